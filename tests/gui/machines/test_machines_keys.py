"""Keys, menus and the status bar on the screen of machines; and that it stays as new as the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from tests.gui.conftest import CHINESE, StartClient
from tests.gui.machines.conftest import Machines

KEY = Qt.Key
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Stored = Callable[..., Any]


def test_it_opens_on_the_list(start_client: StartClient) -> None:
    client = start_client("admin")
    client.window.actions_here["machines"].trigger()
    page = client.workspace.tabs.currentWidget()
    client.until(lambda: page.model.rowCount() > 0)
    assert QApplication.focusWidget() is page.list


def test_enter_lands_where_something_can_be_changed(machines: Machines) -> None:
    machines.show("pc-shared")
    assert QApplication.focusWidget() is machines.editor("level")
    machines.go(machines.page.list)
    machines.press(KEY.Key_3, CONTROL)
    assert QApplication.focusWidget() is machines.editor("level")


def test_the_search_is_left_down_and_emptied_by_escape(machines: Machines) -> None:
    machines.press(KEY.Key_F, CONTROL)
    machines.type("shared")
    machines.client.until(lambda: machines.names() == ["pc-shared"])
    machines.press(KEY.Key_Escape)
    assert machines.page.filters.search.text() == ""
    machines.client.until(lambda: len(machines.names()) > 4)
    machines.press(KEY.Key_Down)
    assert QApplication.focusWidget() is machines.page.list


def test_no_key_has_two_meanings(machines: Machines) -> None:
    head = machines.pane.head
    for language in ("en", CHINESE):
        machines.client.app.language.use(language)
        titles = [action.text() for action in machines.client.window.menuBar().actions()]
        texts = [*titles, *(one.text() for one in (head.code, head.sessions, head.login, head.revoke)),
                 machines.page.filters.new_button.text()]  # fmt: skip
        letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(set(letters)) == len(letters), texts


def test_columns_are_those_of_the_list_in_front(machines: Machines) -> None:
    menu = machines.client.window._menus._columns
    menu.aboutToShow.emit()
    assert "Certificate until" in [action.text() for action in menu.actions()]
    machines.client.workspace.tabs.setCurrentIndex(0)
    menu.aboutToShow.emit()
    assert "Subject" in [action.text() for action in menu.actions()]


def test_the_status_bar_speaks_of_what_is_in_front(machines: Machines) -> None:
    assert machines.client.window._rows.text().startswith("Machines: ")
    machines.page.show_events()
    machines.settle()
    assert machines.client.window._rows.text().startswith("Security events: ")


def test_ctrl_3_goes_to_no_hidden_ticket(start_client: StartClient) -> None:
    client = start_client("full")
    client.page.pane.hide()
    client.page._has_ticket = False
    client.list.setFocus()
    client.workspace.to_ticket()
    assert QApplication.focusWidget() is client.list


def test_what_changes_without_us_is_seen(machines: Machines, stored: Stored) -> None:
    machines.show("pc-shared")
    stored("UPDATE desk.machine SET note = 'theirs' WHERE name = 'pc-shared'")
    machines.page._again.timeout.emit()
    machines.client.until(lambda: machines.editor("note").value() == "theirs")
    machines.client.workspace.tabs.setCurrentIndex(0)
    stored("UPDATE desk.machine SET note = NULL WHERE name = 'pc-shared'")
    machines.client.workspace.tabs.setCurrentWidget(machines.page)
    machines.client.until(lambda: machines.editor("note").value() is None)
    machines.settle()


def test_nothing_is_given_up_before_all_agree_to_close(machines: Machines) -> None:
    window, tabs = machines.client.window, machines.client.workspace.tabs
    privacy = machines.client.workspace.open_screen("privacy")
    machines.client.settle()
    tabs.tabBar().moveTab(2, 1)  # it is asked first
    tabs.setCurrentWidget(machines.page)
    machines.show("pc-shared")
    machines.go(machines.editor("note"))
    machines.type("y")
    privacy.controller.is_moving = True

    def go_on_editing() -> None:
        box = window.findChild(QMessageBox, "unsavedQuestion")
        box.findChild(QPushButton, "unsaved_cancel").click()

    QTimer.singleShot(300, go_on_editing)
    window.close()
    assert window.isVisible()
    assert privacy.controller.is_moving
    privacy.controller.is_moving = False
    machines.pane.editing.discard()
    machines.settle()


def test_a_growing_list_is_read_again_where_it_stands(start_client: StartClient, stored: Stored) -> None:
    stored("DO $$ BEGIN FOR i IN 1..500 LOOP UPDATE desk.machine SET note = i::text WHERE name = 'pc-shared';"
           " END LOOP; UPDATE desk.machine SET note = NULL WHERE name = 'pc-shared'; END $$")  # fmt: skip
    client = start_client("admin")
    client.window.actions_here["audit"].trigger()
    page = client.workspace.tabs.currentWidget()
    client.until(lambda: page.model.rowCount() > 100)
    bar = page.list.verticalScrollBar()

    def is_far() -> bool:
        bar.setValue(bar.maximum())
        return page.list.visible_rows()[0] > 350

    client.until(is_far)
    client.settle()
    before = page.list.visible_rows()
    page.refresh()
    client.settle()
    assert page.list.visible_rows() == before
