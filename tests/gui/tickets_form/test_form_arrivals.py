"""Before a ticket is resolved or closed: what came in since it was opened is said first, noticed or not."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from shared.errors import DatabaseUnavailableError
from shared.notify import ChangeKind
from tests.gui.tickets_form.elsewhere import (
    CONTROL,
    banner_button,
    call_elsewhere,
    comment_elsewhere,
    comments,
    hear,
    push,
    window_of,
)


def open_one(client: Any, status: str = "open") -> int:
    ticket = client.new_ticket_id(kind="question", status="open", assignee_id=client.person("lin"))
    if status == "resolved":
        client.change(ticket, status="resolved", resolution="Replaced")
    client.open(ticket)
    return int(ticket)


def resolve(client: Any) -> None:
    """By its dialog, all by keys."""
    client.pane.resolve()
    client.until(lambda: client.pane.quick.dialog is not None and client.pane.quick.dialog.isActiveWindow())
    client.type("Replaced the box")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    client.idle()


def close_it(client: Any) -> None:
    client.pane.change_status("closed")
    client.idle()


def looks(client: Any) -> list[Any]:
    return [one for one in client.pane.findChildren(QPushButton, "lookGoOn") if one.isVisible()]


def test_nothing_came_in_and_it_is_resolved(client: Any) -> None:
    ticket = open_one(client)
    resolve(client)
    assert client.stored(ticket).values.status == "resolved"
    assert looks(client) == []


def test_what_came_in_unnoticed_is_said_first(client: Any) -> None:
    ticket = open_one(client)
    comment_elsewhere(client, ticket, "The customer found the real cause")
    call_elsewhere(client, ticket, "They called: still black")
    resolve(client)
    look = window_of(client, "arrivalsLook")
    assert client.stored(ticket).values.status == "open"
    assert look.windowTitle() == "Before you resolve it"
    assert "2 came in since you opened the ticket" in look.accessibleDescription()
    assert "The customer found the real cause" in look.text()
    assert "They called: still black" in look.text()
    assert "pc-full2" in look.text()
    assert QApplication.focusWidget().objectName() == "lookLeave", "the careful answer is at hand"
    assert "still black" in client.pane.history.browser.toPlainText(), "it is in the history by now as well"
    push(client, look, "lookGoOn")
    stored = client.stored(ticket).values
    assert (stored.status, stored.resolution) == ("resolved", "Replaced the box")
    assert not client.pane.is_dirty()


def test_a_second_save_before_the_question_has_the_keys_is_no_answer_to_it(client: Any) -> None:
    ticket = open_one(client)
    comment_elsewhere(client, ticket, "Wait")
    resolve(client)
    look = window_of(client, "arrivalsLook")
    client.pane.editing.save()  # a second Ctrl+Enter, while the main window has the keys still
    client.idle()
    assert client.stored(ticket).values.status == "open"
    push(client, look, "lookGoOn")
    assert client.stored(ticket).values.status == "resolved"


def test_who_goes_back_keeps_what_is_typed_and_is_not_asked_the_same_again(client: Any) -> None:
    ticket = open_one(client)
    comment_elsewhere(client, ticket, "Wait")
    resolve(client)
    QTest.keyClick(window_of(client, "arrivalsLook"), Qt.Key.Key_Escape)
    client.pane.activateWindow()
    client.idle()
    assert client.stored(ticket).values.status == "open"
    assert client.pane.form.values()["resolution"] == "Replaced the box"
    assert client.pane.is_dirty()
    comment_elsewhere(client, ticket, "And this")
    client.pane.save()
    client.idle()
    look = window_of(client, "arrivalsLook")
    assert "And this" in look.text()
    assert "Wait" not in look.text()
    assert look.accessibleDescription() == "This came in since you opened the ticket:"
    push(client, look, "lookGoOn")
    assert client.stored(ticket).values.status == "resolved"


def test_what_a_notice_brought_into_the_history_counts_too(client: Any) -> None:
    ticket = open_one(client)
    comment_elsewhere(client, ticket, "Overlooked")
    hear(client, ticket, ChangeKind.BESIDE)
    assert "Overlooked" in client.pane.history.browser.toPlainText()
    resolve(client)
    QTest.keyClick(window_of(client, "arrivalsLook"), Qt.Key.Key_Escape)
    client.pane.activateWindow()
    client.idle()
    client.pane.editing.discard()
    client.open(ticket)
    resolve(client)
    assert client.stored(ticket).values.status == "resolved", "opened again, it was read"


def test_what_is_said_here_is_known(client: Any) -> None:
    ticket = open_one(client)
    comment_elsewhere(client, ticket, "Mine from another window", machine="full")
    client.pane.add_comment()
    client.until(lambda: QApplication.focusWidget() is client.pane.comment_box.focusProxy())
    client.type("Mine")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    resolve(client)
    assert client.stored(ticket).values.status == "resolved"
    assert looks(client) == []


def test_before_closing_too_and_before_nothing_else(client: Any) -> None:
    ticket = open_one(client, "resolved")
    comment_elsewhere(client, ticket, "Not solved at all")
    client.go("serial")
    client.type("SN 1")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert client.stored(ticket).values.serial == "SN 1"
    close_it(client)
    look = window_of(client, "arrivalsLook")
    assert look.windowTitle() == "Before you close it"
    button = look.findChild(QPushButton, "lookGoOn")
    assert button.text() == "Close anyway"
    push(client, look, "lookGoOn")
    assert client.stored(ticket).values.status == "closed"


def test_a_comment_of_the_dialog_goes_along_once(client: Any) -> None:
    ticket = open_one(client)
    comment_elsewhere(client, ticket, "Wait")
    client.pane.comment_box.append("Because")
    resolve(client)
    push(client, window_of(client, "arrivalsLook"), "lookGoOn")
    assert comments(client, ticket) == ["Wait", "Because"]
    assert client.pane.comment_box.comment() is None


def test_what_came_in_on_a_new_ticket_since_it_was_saved(client: Any) -> None:
    client.pane.new_row()
    client.go("subject")
    client.type("Made here")
    client.find("customer_id", "nor")
    client.find("product_id", "stb")
    client.choose("category", "v")
    client.choose("kind", "que")
    client.pane.save()
    client.idle()
    ticket = client.pane.editing.detail.id
    client.pane.take()
    client.idle()
    comment_elsewhere(client, ticket, "Quick")
    resolve(client)
    assert "Quick" in window_of(client, "arrivalsLook").text()
    QTest.keyClick(window_of(client, "arrivalsLook"), Qt.Key.Key_Escape)
    client.idle()


def test_where_the_desk_can_t_be_asked_nothing_is_resolved(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from desk_client.tickets import controller

    ticket = open_one(client)
    honest = controller.get_history

    def break_off(*args: Any, **keywords: Any) -> Any:
        raise DatabaseUnavailableError("The server can't be reached.")

    client.pane.resolve()
    client.until(lambda: client.pane.quick.dialog is not None and client.pane.quick.dialog.isActiveWindow())
    monkeypatch.setattr(controller, "get_history", break_off)
    client.type("Replaced the box")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert client.stored(ticket).values.status == "open"
    assert client.pane.change_banner.text().startswith("The server can't be reached. What you typed is kept")
    monkeypatch.setattr(controller, "get_history", honest)
    client.look_again()
    banner_button(client, "saveNow").click()
    client.idle()
    assert client.stored(ticket).values.status == "resolved"
