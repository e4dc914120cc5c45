"""What the window says, and goes on saying: in the language in force, before the desk is asked and after it refuses."""

from __future__ import annotations

import datetime as dt
import gc
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox, QPushButton

import desk_client.app as app_module
from desk_client import __main__ as client_main
from desk_client import main_window
from desk_client.client_settings import ClientSettings
from desk_client.language import CHINESE, ENGLISH, Language
from desk_client.listing.list_header import ENOUGH_FILLING
from desk_client.session import controller as session_controller
from desk_client.session.person_dialog import PersonDialog
from desk_client.theme import Scheme
from desk_client.tickets.columns import INDEX, ColumnId
from desk_client.widgets.multi_pick import MultiPick
from desk_server.demo.loader import seed
from shared.config import PROFILE_FILE, Profile
from shared.errors import DatabaseUnavailableError, LoginRefusedError
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


def choose_language(client: Client, code: str) -> None:
    """By the menu, as it is at this moment."""
    menus = [action.menu() for action in client.window.menuBar().actions()]
    view = next(menu for menu in menus if menu.objectName() == "viewMenu")
    languages = next(action.menu() for action in view.actions() if action.menu() and "语言" in action.text())
    next(action for action in languages.actions() if action.objectName() == f"language_{code}").trigger()
    QApplication.processEvents()


# -- before the desk lets us in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("remembered", "said"), [("", "profile"), (CHINESE, "配置文件"), (ENGLISH, "profile")])
def test_a_damaged_profile_is_said_in_the_remembered_language(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: str, said: str
) -> None:
    shown: list[str] = []
    (tmp_path / PROFILE_FILE).write_text("no profile", encoding="utf-8")  # without one there is the page to enrol by
    monkeypatch.setattr(app_module, "has_screen", lambda: True)
    monkeypatch.setattr(QMessageBox, "critical", lambda *arguments: shown.append(arguments[-1]))
    if remembered:
        settings = ClientSettings(tmp_path)
        settings.set("window/language", remembered)
        settings.sync()
    spoken: list[Language] = []
    use = Language.use
    monkeypatch.setattr(Language, "use", lambda self, code: (spoken.append(self), use(self, code)))
    try:
        assert client_main.main(["--profile", str(tmp_path)]) == 1
    finally:
        for language in spoken:
            use(language, ENGLISH)
    assert len(shown) == 1
    assert said in shown[0]
    assert str(tmp_path) in shown[0]


def test_the_language_can_be_switched_on_the_start_page(
    start_client: StartClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start_client(enter=False)
    choose_language(client, CHINESE)
    client.until(lambda: not client.window.start_page.text().isascii())
    client.until(lambda: client.window.workspace is not None)
    client.settle()
    titles = [action.menu().objectName() for action in client.window.menuBar().actions()]
    assert titles == ["ticketMenu", "editMenu", "goMenu", "viewMenu", "helpMenu"]
    choose_language(client, ENGLISH)
    assert client.window.actions_here["new_ticket"].text() == "New ticket"


def test_the_menu_is_in_reach_while_it_asks_who_sits_there(start_client: StartClient) -> None:
    client = start_client("shared", enter=False)
    client.until(lambda: client.window.findChild(PersonDialog) is not None)
    dialog = client.window.findChild(PersonDialog)
    assert not dialog.isModal()
    choose_language(client, CHINESE)
    client.until(lambda: not dialog.accessibleName().isascii())
    assert dialog.findChild(QComboBox, "personChoice") is not None
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    client.until(lambda: client.window.workspace is not None)
    client.settle()


def test_the_window_answers_while_the_workspace_is_built(start_client: StartClient) -> None:
    client = start_client(enter=False)
    pieces: list[bool] = []
    client.window._piece_timer.timeout.connect(lambda: pieces.append(client.window.workspace is not None))
    client.until(lambda: client.window.workspace is not None and not client.window._piece_timer.isActive())
    client.settle()
    assert pieces.count(False) == 3, "the pane, the page, the rest: the window works in between"
    assert pieces.count(True) > 3, "styled before it is needed, in portions"


def test_what_is_loaded_is_spared_by_the_collector(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    desk = MagicMock()
    desk.start.side_effect = lambda: order.append("start")
    monkeypatch.setattr(app_module, "DeskApp", lambda *_arguments: desk)
    monkeypatch.setattr(gc, "freeze", lambda: order.append("freeze"))
    monkeypatch.setattr(QApplication, "exec", lambda *_arguments: order.append("exec") or 0)
    profile = Profile(directory=tmp_path, host="localhost", port=1, machine="pc")
    assert client_main._run(qapp, profile) == 0
    assert order == ["start", "freeze", "exec"]


# -- messages ----------------------------------------------------------------------------------------------------------


def test_a_success_leaves_a_warning_and_takes_a_failure_away(start_client: StartClient) -> None:
    client = start_client()
    messages, bar = client.app.messages, client.window.message_bar
    messages.warning(lambda: "Something to know")
    messages.info(lambda: "Saved")
    assert bar.text() == "Something to know"
    client.window.findChild(QPushButton, "messageDismiss").click()
    messages.error(LoginRefusedError("x"))
    assert bar.text() != ""
    messages.info(lambda: "Saved")
    assert bar.text() == ""


def test_what_is_being_said_is_said_again_in_the_other_language(
    start_client: StartClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "INFO_MS", 600_000)  # it is looked at below, however late
    client = start_client()
    client.app.messages.info(lambda: QCoreApplication.translate("Actions", "Save"))
    client.app.messages.error(DatabaseUnavailableError("x"))
    client.app.language.use(CHINESE)
    client.settle()
    assert client.window.message_bar.text() == "连接不上服务器"
    assert client.window.statusBar().currentMessage() == "保存"


# -- shut out ----------------------------------------------------------------------------------------------------------


def test_a_machine_shut_out_meanwhile_is_told_so(start_client: StartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = start_client()
    badge, retry = client.window.top_bar.badge, client.app.session._retry
    monkeypatch.setattr(session_controller, "RETRY_MS", 50)

    def refuse(*_args: object) -> None:
        raise LoginRefusedError("The server does not let this machine in: this machine has been shut out")

    asked = session_controller.get_version_gate
    monkeypatch.setattr(session_controller, "get_version_gate", refuse)
    client.app.runner._note_reachable(DatabaseUnavailableError("the line broke"))
    assert "reconnecting" in badge.accessibleDescription()
    client.until(lambda: "not let in" in badge.accessibleDescription())
    assert "shut out" in client.window.message_bar.text()
    assert retry.interval() >= session_controller.SHUT_OUT_RETRY_MS / 2
    monkeypatch.setattr(session_controller, "get_version_gate", asked)
    client.app.session._ask_again()
    client.until(badge.is_live)
    client.settle()
    assert "live" in badge.accessibleDescription()
    assert not retry.isActive()


# -- one word for each thing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_menu_and_button_name_the_key_alike(start_client: StartClient, language: str) -> None:
    client = start_client(language=language)
    key = client.window.actions_here["save"].toolTip().split("  ")[-1]
    assert client.page.pane.foot.save_button.text().endswith(key)
    assert client.window.actions_here["save"].shortcuts()[0].toString() == "Ctrl+Enter"
    assert [keys.toString() for keys in client.window.actions_here["save"].shortcuts()] == ["Ctrl+Enter", "Ctrl+Return"]


@pytest.mark.parametrize(("language", "said"), [(ENGLISH, "Open, Resolved"), (CHINESE, "处理中、已解决")])
def test_marks_are_joined_as_the_language_does_it(start_client: StartClient, language: str, said: str) -> None:
    client = start_client(language=language)
    pick: MultiPick = client.page.filters._status
    pick.set_values(["open", "resolved"])
    assert pick.toolTip() == said


@pytest.mark.parametrize(("language", "said"), [(ENGLISH, "Waiting for us"), (CHINESE, "等待内部")])
def test_status_and_view_have_one_name(start_client: StartClient, language: str, said: str) -> None:
    client = start_client(language=language)
    assert client.app.reference.choice_label("status", "waiting_internal") == said
    views = client.workspace.views
    at = [view.id for view in views.views].index("waiting_us")
    assert said in views.item(at).data(Qt.ItemDataRole.AccessibleTextRole)


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_subject_keeps_its_room_in_a_narrow_window(start_client: StartClient) -> None:
    client = start_client()
    header, waiting, subject = client.list.header, INDEX[ColumnId.WAITING], INDEX[ColumnId.SUBJECT]
    assert not header.isSectionHidden(waiting)
    client.window.resize(1280, 800)
    client.settle()
    assert header.isSectionHidden(waiting)
    assert header.sectionSize(subject) >= ENOUGH_FILLING
    state = client.list.save_columns()
    client.window.resize(1440, 900)
    client.settle()
    assert not header.isSectionHidden(waiting)
    client.list.restore_columns(state)
    assert not header.isSectionHidden(waiting), "hidden for the width is not hidden by the person"
    client.window.resize(1280, 800)
    client.settle()
    header.toggle(waiting)
    assert not header.isSectionHidden(waiting), "whoever wants it has it"


def test_a_minute_says_the_rows_in_sight_again(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    told: list[tuple[int, int]] = []
    client.model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    client.page._say_ages()
    assert told == [client.list.visible_rows()]
    assert told[0][1] < client.model.rowCount() - 1


def test_a_ticket_that_does_not_fit_any_more_leaves_the_list(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    client.show_view("all")
    client.page.filters._status.set_values(["closed"])
    client.page.filters._status.picked.emit()
    client.settle()
    at = next(at for at in range(1, client.model.rowCount()) if client.model.row(at).assignee)
    client.list.setCurrentIndex(client.model.index(at, 0))
    client.until(client.page.has_ticket)
    client.settle()
    row, before = client.model.row(at), client.model.rowCount()
    client.page.pane.change_status("open")
    client.until(lambda: client.model.rowCount() == before - 1)
    client.settle()
    assert client.model.find(row.id) is None
    assert client.page.pane.editing.detail.id == row.id, "it stays open below"
    assert client.page.pane.editing.detail.values.status == "open"


def test_an_open_ticket_is_read_again_after_an_outage(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(2, 0))
    client.until(client.page.has_ticket)
    client.settle()
    shown = client.page.pane.editing.detail
    with desk.owner().cursor() as cursor:
        cursor.execute("UPDATE desk.ticket SET next_step = 'Seen after the outage' WHERE id = %s", [shown.id])
    client.app.session.returned.emit()
    client.settle()
    assert client.page.pane.editing.detail.values.next_step == "Seen after the outage"
    editor = client.page.pane.form.fields.frames["subject"].editor
    editor.setFocus()
    QTest.keyClicks(editor, "typed ")
    with desk.owner().cursor() as cursor:
        cursor.execute("UPDATE desk.ticket SET next_step = 'Later still' WHERE id = %s", [shown.id])
    client.app.session.returned.emit()
    client.settle()
    assert "typed" in editor.text()
    client.page.pane.editing.discard()


# -- looks -------------------------------------------------------------------------------------------------------------


def test_a_history_is_shown_from_its_newest_line(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    bar = client.page.pane.history.browser.verticalScrollBar()
    seen = []
    for at in range(8):
        client.list.setCurrentIndex(client.model.index(at, 0))
        chosen = client.list.current_id()
        client.until(lambda chosen=chosen: client.page.shown_id() == chosen and client.page.has_ticket())
        client.settle()
        client.window.resize(1440 - at, 700)
        client.settle()
        seen.append((bar.value(), bar.maximum()))
    assert max(maximum for _, maximum in seen) > 0, "one of them is longer than its place"
    assert [value for value, _ in seen] == [0] * len(seen)


def test_switching_there_and_back_looks_as_before(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(1, 0))
    client.until(client.page.has_ticket)
    client.settle()
    client.window.setFocus()
    now = dt.datetime.now(dt.UTC)
    client.model._texts._now = lambda: now  # no age goes on meanwhile
    before = picture(client)
    client.app.theme.apply(Scheme.DARK)
    assert picture(client) != before
    client.app.theme.apply(Scheme.LIGHT)
    assert picture(client) == before


def picture(client: Client) -> QImage:
    """Of the window, once nothing more is on its way into it."""
    client.until(lambda: not (client.window._piece_timer.isActive() or client.page.pane.history._more.isActive()))
    client.settle()
    return client.window.grab().toImage()
