"""An open ticket on which another machine saves: untouched it follows in place, touched it says what changed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from shared.notify import ChangeKind
from tests.gui.tickets_form.elsewhere import (
    CONTROL,
    banner_button,
    call_elsewhere,
    change_elsewhere,
    comment_elsewhere,
    delete_elsewhere,
    hear,
    push,
    window_of,
)

LINES = "\n".join(f"Line {number}" for number in range(40))


def said(client: Any) -> str:
    return str(client.pane.change_banner.text())


def test_an_untouched_form_follows_and_nobody_is_moved(client: Any) -> None:
    ticket = client.new_ticket_id(description=LINES, serial="SN 123456")
    client.pane.resize(1180, 420)
    client.open(ticket)
    bar = client.pane.form.verticalScrollBar()
    client.go("description")
    box = client.editor("description")
    cursor = box.textCursor()
    cursor.setPosition(100)
    cursor.setPosition(120, QTextCursor.MoveMode.KeepAnchor)
    box.setTextCursor(cursor)
    bar.setValue(bar.maximum() // 2)
    inner = box.verticalScrollBar().value()
    assert bar.value() > 0
    place = (bar.value(), inner, cursor.position(), cursor.anchor())
    change_elsewhere(client, ticket, priority="urgent", serial="SN 9")
    hear(client, ticket)
    assert client.editor("priority").value() == "urgent"
    assert client.editor("serial").text() == "SN 9"
    after = box.textCursor()
    assert (bar.value(), box.verticalScrollBar().value(), after.position(), after.anchor()) == place
    assert QApplication.focusWidget() is box
    assert said(client) == "", "nothing has to be said"
    assert not client.pane.is_dirty()
    assert client.pane.editing.detail.row_version == 2
    assert "Priority Normal → Urgent" in client.pane.history.browser.toPlainText()


def test_the_cursor_stays_also_in_a_field_that_changed(client: Any) -> None:
    ticket = client.new_ticket_id(serial="SN 123456", description=LINES)
    client.open(ticket)
    client.go("serial")
    client.editor("serial").setCursorPosition(4)
    change_elsewhere(client, ticket, serial="SN 12345678")
    hear(client, ticket)
    assert (client.editor("serial").text(), client.editor("serial").cursorPosition()) == ("SN 12345678", 4)
    client.go("description")
    cursor = client.editor("description").textCursor()
    cursor.setPosition(30)
    client.editor("description").setTextCursor(cursor)
    change_elsewhere(client, ticket, description="Short text of theirs")
    hear(client, ticket)
    assert client.editor("description").toPlainText() == "Short text of theirs"
    assert client.editor("description").textCursor().position() == 20, "as far as there is text"
    client.go("serial")
    client.type("!")
    client.idle()
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert said(client) == "", "it was saved on the newest version: nothing to merge"
    assert client.stored(ticket).values.description == "Short text of theirs"


def test_what_was_typed_and_taken_back_is_no_change(client: Any) -> None:
    ticket = client.new_ticket_id(serial="SN 1")
    client.open(ticket)
    client.go("serial")
    client.type("x")
    client.press(Qt.Key.Key_Backspace)
    client.idle()
    assert not client.pane.is_dirty()
    client.pane.controller.lease.release()
    client.idle()
    change_elsewhere(client, ticket, serial="SN 2")
    hear(client, ticket)
    assert client.editor("serial").text() == "SN 2"
    assert not client.pane.is_dirty()


def test_a_touched_form_says_how_many_changes_and_where(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    change_elsewhere(client, ticket, priority="urgent")
    client.type("SN 42")
    client.idle()
    hear(client, ticket)
    assert said(client).startswith("1 change on pc-full2 (sun) at ")
    assert client.editor("priority").value() == "normal", "what is seen is what was read"
    assert client.editor("serial").text() == "SN 42"
    client.pane.controller.lease.release()
    client.idle()
    change_elsewhere(client, ticket, machine="admin", subject="Theirs", priority="low")
    hear(client, ticket)
    assert said(client).startswith("2 changes on pc-admin (wang), pc-full2 (sun) at ")
    banner_button(client, "lookAtChanges").click()
    look = window_of(client, "changesLook")
    assert "Normal  →  Low" in look.text()
    assert "No picture after standby  →  Theirs" in look.text()
    assert "pc-admin (wang)" in look.text()
    QTest.keyClick(look, Qt.Key.Key_Escape)
    client.idle()
    client.go("serial")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    stored = client.stored(ticket).values
    assert (stored.serial, stored.priority, stored.subject) == ("SN 42", "low", "Theirs")
    assert said(client).startswith("Saved, merged with changes of ")


def type_while_another_saves(client: Any) -> None:
    """And hear of it."""
    ticket = client.new_ticket_id()
    client.open(ticket)
    change_elsewhere(client, ticket, priority="urgent")
    client.go("serial")
    client.type("SN 42")
    client.idle()
    hear(client, ticket)


def test_who_discards_after_being_told_sees_what_is_stored(client: Any) -> None:
    type_while_another_saves(client)
    assert said(client).startswith("1 change on ")
    client.pane.editing.discard()
    client.idle()
    assert client.editor("priority").value() == "urgent"
    assert said(client) == ""


def test_a_clash_that_was_announced_is_still_asked_about(client: Any) -> None:
    """What the look showed is not agreed to by it: the save is on the version that was read."""
    ticket = client.new_ticket_id()
    client.open(ticket)
    change_elsewhere(client, ticket, serial="SN 7")
    client.go("serial")
    client.type("SN 42")
    client.idle()
    hear(client, ticket)
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    dialog = window_of(client, "mergeDialog")
    assert client.stored(ticket).values.serial == "SN 7"
    QTest.keyClick(dialog, Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert client.stored(ticket).values.serial == "SN 42"


def test_a_comment_being_written_does_not_keep_the_form_from_following(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.pane.add_comment()
    client.until(lambda: QApplication.focusWidget() is client.pane.comment_box.focusProxy())
    client.type("Half a comm")
    change_elsewhere(client, ticket, priority="urgent")
    hear(client, ticket)
    assert client.editor("priority").value() == "urgent"
    assert client.pane.comment_box.comment().body == "Half a comm"
    assert QApplication.focusWidget() is client.pane.comment_box.focusProxy()
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert "Half a comm" in client.pane.history.browser.toPlainText()


def test_what_is_added_beside_comes_into_the_history_alone(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("SN 42")
    client.idle()
    comment_elsewhere(client, ticket, "Seen in the lab")
    call_elsewhere(client, ticket, "They called")
    hear(client, ticket, ChangeKind.BESIDE)
    text = client.pane.history.browser.toPlainText()
    assert "Seen in the lab" in text
    assert "They called" in text
    assert said(client) == ""
    assert client.editor("serial").text() == "SN 42"


def test_who_reads_the_history_stays_where_he_reads(client: Any) -> None:
    ticket = client.new_ticket_id()
    for number in range(30):
        comment_elsewhere(client, ticket, f"Comment {number}\nwith a second line")
    client.open(ticket)
    browser = client.pane.history.browser
    bar = browser.verticalScrollBar()
    client.until(lambda: bar.maximum() > 0)

    def seen() -> str:
        """The first comment in sight."""
        found = (browser.cursorForPosition(QPoint(4, y)).block().text() for y in range(0, browser.height(), 4))
        return next(text for text in found if text.startswith("Comment"))

    bar.setValue(bar.maximum() // 2)
    top, before = seen(), bar.value()
    comment_elsewhere(client, ticket, "The newest")
    hear(client, ticket, ChangeKind.BESIDE)
    client.until(lambda: "The newest" in browser.toPlainText())
    assert seen() == top
    assert bar.value() > before, "what came is above"
    whole = browser.toPlainText()
    client.pane.history.clear()
    client.pane.controller.read_beside_again()
    client.idle()
    client.until(lambda: len(browser.toPlainText()) >= len(whole))
    assert browser.toPlainText() == whole, "in the same order as when it is read as a whole"
    bar.setValue(0)
    comment_elsewhere(client, ticket, "Newer still")
    hear(client, ticket, ChangeKind.BESIDE)
    client.until(lambda: "Newer still" in browser.toPlainText())
    assert bar.value() == 0, "who looks at the top sees what comes"


def test_a_known_version_is_not_read_again(client: Any, monkeypatch: Any) -> None:
    from desk_client.tickets import controller

    ticket = client.new_ticket_id()
    client.open(ticket)
    honest, read = controller.get_ticket, []
    monkeypatch.setattr(controller, "get_ticket", lambda *args: (read.append(args), honest(*args))[1])
    client.bus.publish("ticket", ticket, version=1)
    client.bus.publish("ticket", ticket, kind=ChangeKind.LEASE)
    client.idle()
    assert read == []
    client.bus.publish("ticket", ticket, version=2)
    client.idle()
    assert len(read) == 1


def test_a_ticket_deleted_elsewhere_says_so_and_keeps_what_is_typed(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    delete_elsewhere(client, ticket)
    client.go("serial")
    client.type("SN 42")
    client.idle()
    hear(client, ticket)
    assert said(client).startswith("This was deleted on another machine. What you typed stays here")
    assert client.editor("serial").text() == "SN 42"
    assert client.editor("serial").isReadOnly()
    client.pane.save()
    client.idle()
    assert said(client).startswith("This was deleted")
    assert client.pane.is_dirty()
    delete_elsewhere(client, ticket, back=True)
    hear(client, ticket)
    assert not client.editor("serial").isReadOnly()
    assert client.editor("serial").text() == "SN 42"
    client.pane.save()
    client.idle()
    assert client.stored(ticket).values.serial == "SN 42"


def test_a_save_that_meets_the_deletion_says_so(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("SN 42")
    client.idle()
    client.pane.controller.lease.release()
    client.idle()
    delete_elsewhere(client, ticket)
    client.pane.save()
    client.idle()
    assert said(client).startswith("This was deleted")
    assert client.editor("serial").text() == "SN 42"
    assert not client.pane.foot.save_button.isEnabled()
    banner_button(client, "discardMine").click()
    assert not client.pane.is_dirty()
    assert said(client) == "This was deleted on another machine"
    assert client.editor("serial").isReadOnly()


def test_an_untouched_ticket_that_was_deleted_is_for_reading(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    delete_elsewhere(client, ticket)
    hear(client, ticket)
    assert said(client) == "This was deleted on another machine"
    assert client.editor("serial").isReadOnly()
    next_one = client.new_ticket_id()
    client.open(next_one)
    assert said(client) == ""
    assert not client.editor("serial").isReadOnly()


def test_a_notice_during_a_save_is_followed_after_it(client: Any, monkeypatch: Any) -> None:
    from desk_client.tickets import controller

    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("SN 42")
    client.idle()
    honest = controller.update_ticket

    def save_and_be_overtaken(work: Any, change: Any) -> Any:
        detail = honest(work, change)
        work.commit()
        change_elsewhere(client, ticket, priority="urgent")
        return detail

    monkeypatch.setattr(controller, "update_ticket", save_and_be_overtaken)
    client.pane.save()
    client.bus.publish("ticket", ticket)
    client.idle()
    client.until(lambda: client.editor("priority").value() == "urgent")
    assert not client.pane.is_dirty()


def test_a_reading_machine_follows_too(client: Any, make_client: Any) -> None:
    ticket = client.new_ticket_id()
    query = make_client("query")
    query.open(ticket)
    change_elsewhere(query, ticket, priority="urgent")
    hear(query, ticket)
    assert query.pane.form.text_of("priority") == "Urgent"
    assert query.pane.editing.detail.row_version == 2


def test_the_look_is_left_by_a_key(client: Any) -> None:
    type_while_another_saves(client)
    banner_button(client, "lookAtChanges").click()
    push(client, window_of(client, "changesLook"), "lookLeave")
    assert client.editor("serial").text() == "SN 42"
