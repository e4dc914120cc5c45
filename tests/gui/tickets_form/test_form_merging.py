"""Two machines save one ticket: disjoint changes are merged and said, a clash is decided side by side, none is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from desk_client.forms.merge_dialog import Side
from tests.gui.tickets_form.elsewhere import (
    CONTROL,
    banner_button,
    change_elsewhere,
    comment_elsewhere,
    comments,
    push,
    window_of,
)

LONG = "\n".join(f"Line {number}: the picture is gone after standby 待机后黑屏" for number in range(60))


def typed_over(client: Any, ticket: int, theirs: dict[str, Any], **mine: str) -> None:
    """Open, let the other machine save, then type here: as it goes where nobody's notice came in between."""
    client.open(ticket)
    change_elsewhere(client, ticket, **theirs)
    for name, letters in mine.items():
        client.go(name)
        client.type(letters)
    client.idle()


def save(client: Any) -> None:
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()


def merge_dialog(client: Any) -> Any:
    return window_of(client, "mergeDialog")


def said(client: Any) -> str:
    return str(client.pane.change_banner.text())


def test_disjoint_changes_are_saved_together_and_said(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"priority": "urgent", "next_step": "Call back"}, serial="SN 42")
    save(client)
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.values.priority, stored.row_version) == ("SN 42", "urgent", 3)
    assert client.editor("priority").value() == "urgent"
    assert said(client) == "Saved, merged with changes of pc-full2 (sun): Priority, Next step"
    assert client.messages.said[-1][1] == f"Saved: ticket {stored.number}"
    assert not client.pane.is_dirty()
    assert stored.edited_by is None
    banner_button(client, "lookAtChanges").click()
    look = window_of(client, "changesLook")
    assert "Normal  →  Urgent" in look.text()
    assert "Next step  ·  pc-full2 (sun)  ·  " in look.text()
    push(client, look, "lookLeave")
    client.go("serial")
    client.type("7")
    save(client)
    assert said(client) == "", "the next save has nothing to say of that one"


def test_the_same_change_on_both_sides_is_no_clash(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"serial": "SN 42"}, serial="SN 42")
    save(client)
    assert not client.pane.is_dirty()
    assert client.stored(ticket).row_version == 2, "nothing was left to write"
    assert client.pane.editing.detail.row_version == 2
    assert client.stored(ticket).edited_by is None


def test_a_clash_is_decided_in_one_dialog_by_keys(client: Any) -> None:
    ticket = client.new_ticket_id(serial="SN 1")
    client.open(ticket)
    change_elsewhere(client, ticket, subject="Theirs", serial="SN theirs", description="Theirs", priority="urgent")
    client.go("subject")
    client.editor("subject").selectAll()
    client.type("Mine")
    client.go("serial")
    client.editor("serial").selectAll()
    client.type("SN mine")
    client.go("description")
    client.type("Mine too")
    save(client)
    dialog = merge_dialog(client)
    assert list(dialog.cards) == ["subject", "serial", "description"] or set(dialog.cards) == {
        "subject", "serial", "description"
    }  # fmt: skip
    assert set(dialog.choices().values()) == {Side.MINE}
    assert "pc-full2 (sun)" in dialog.windowTitle()
    assert dialog._merged.text().endswith("Priority")
    assert not dialog._notes.isVisible(), "nothing is written beside"
    texts = {side: box.text() for side, box in dialog.cards["serial"].boxes.items()}
    assert texts == {Side.MINE: "SN mine", Side.THEIRS: "SN theirs", Side.BEFORE: "SN 1"}
    for name, rights in (("subject", 1), ("serial", 2), ("description", 0)):
        dialog.cards[name].setFocus(Qt.FocusReason.TabFocusReason)
        for _ in range(rights):
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert dialog.choices() == {"subject": Side.THEIRS, "serial": Side.BEFORE, "description": Side.MINE}
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert dialog.isVisible(), "Enter alone decides nothing"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    client.idle()
    values = client.stored(ticket).values
    assert (values.subject, values.serial, values.description, values.priority) == (
        "Theirs", "SN 1", "Mine too", "urgent",
    )  # fmt: skip
    assert not client.pane.is_dirty()
    assert client.pane.editing.merging.dialog is None
    assert "merged with changes of pc-full2 (sun)" in said(client)


def test_tab_goes_from_clash_to_clash_and_to_the_buttons(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"serial": "A", "next_step": "B"}, serial="1", next_step="2")
    save(client)
    dialog = merge_dialog(client)
    came: list[str] = []
    for _ in range(12):
        came.append(QApplication.focusWidget().objectName())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert {"clashSide_serial_mine", "clashSide_next_step_mine", "mergeBack", "mergeDecide"} <= set(came)
    assert "clashSide_serial_theirs" not in came, "the arrow keys go there"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    client.idle()


def test_a_second_save_before_the_dialog_has_the_keys_asks_no_second_time(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"serial": "THEIRS"}, serial="MINE")
    save(client)
    dialog = merge_dialog(client)
    client.pane.editing.save()  # a second Ctrl+Enter, while the main window has the keys still
    client.idle()
    assert client.pane.editing.merging.dialog is dialog
    QTest.keyClick(dialog, Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert client.stored(ticket).values.serial == "MINE"
    assert client.pane.editing.merging.dialog is None


def test_leaving_the_dialog_loses_nothing_and_saves_nothing(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"subject": "Theirs", "priority": "urgent"}, subject="Mine: ")
    typed = client.editor("subject").text()
    save(client)
    QTest.keyClick(merge_dialog(client), Qt.Key.Key_Escape)
    client.pane.activateWindow()
    client.idle()
    assert client.editor("subject").text() == typed
    assert client.editor("priority").value() == "urgent"
    assert client.messages_shown() == {
        "subject": "Changed elsewhere to “Theirs”; yours is kept",
        "priority": "Changed elsewhere",
    }
    assert said(client).startswith("Changed on pc-full2 (sun) at ")
    assert client.stored(ticket).values.subject == "Theirs"
    assert client.pane.is_dirty()
    client.go("serial")
    save(client)
    stored = client.stored(ticket)
    assert (stored.values.subject, stored.values.priority) == (typed.strip(), "urgent")


def test_theirs_can_be_taken_after_the_dialog_was_left(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"subject": "Theirs"}, subject="Mine: ")
    save(client)
    QTest.keyClick(merge_dialog(client), Qt.Key.Key_Escape)
    client.idle()
    banner_button(client, "takeTheirs").click()
    client.idle()
    assert client.editor("subject").value() == "Theirs"
    assert not client.pane.is_dirty()
    assert client.stored(ticket).edited_by is None


def write_comment(client: Any, body: str) -> None:
    client.pane.add_comment()
    client.until(lambda: QApplication.focusWidget() is client.pane.comment_box.focusProxy())
    client.type(body)


def test_a_comment_goes_along_with_a_merge(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"priority": "urgent"}, serial="SN 42")
    write_comment(client, "Seen in the lab")
    save(client)
    assert comments(client, ticket) == ["Seen in the lab"]
    assert client.stored(ticket).values.serial == "SN 42"
    assert not client.pane.is_dirty()


def test_a_comment_is_appended_also_where_the_dialog_is_left(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"serial": "SN 7"}, serial="SN 42")
    write_comment(client, "Seen in the lab")
    save(client)
    assert comments(client, ticket) == []
    QTest.keyClick(merge_dialog(client), Qt.Key.Key_Escape)
    client.idle()
    assert comments(client, ticket) == ["Seen in the lab"]
    assert client.pane.comment_box.comment() is None
    assert client.editor("serial").value() == "SN 42"
    assert client.stored(ticket).values.serial == "SN 7"


def test_the_comment_alone_can_be_added(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"serial": "SN 7"}, serial="SN 42")
    write_comment(client, "Seen in the lab")
    save(client)
    push(client, merge_dialog(client), "mergeNotes")
    assert comments(client, ticket) == ["Seen in the lab"]
    assert client.editor("serial").value() == "SN 7"
    assert not client.pane.is_dirty()
    assert client.stored(ticket).edited_by is None


def test_another_s_comment_is_no_clash(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    comment_elsewhere(client, ticket, "Theirs")
    client.go("serial")
    client.type("SN 42")
    write_comment(client, "Mine")
    save(client)
    assert comments(client, ticket) == ["Theirs", "Mine"]
    assert said(client) == ""


def test_long_texts_are_readable_as_a_whole(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"description": LONG}, description="Short")
    save(client)
    dialog = merge_dialog(client)
    box = dialog.findChild(QPlainTextEdit, "clashValue_description_theirs")
    assert box.toPlainText() == LONG
    assert box.isReadOnly()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_PageDown)
    assert box.verticalScrollBar().value() > 0
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not box, "Tab is no letter in it"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    client.idle()


def test_a_customer_is_called_by_name_in_the_dialog(client: Any) -> None:
    ticket = client.new_ticket_id()
    theirs = client.id_of("SELECT id FROM desk.customer WHERE short_name = 'Lumora'")
    client.open(ticket)
    change_elsewhere(client, ticket, customer_id=theirs)
    client.find("customer_id", "三川")
    client.idle()
    save(client)
    dialog = merge_dialog(client)
    texts = {side: box.text() for side, box in dialog.cards["customer_id"].boxes.items()}
    assert texts == {
        Side.MINE: "三川实业有限公司", Side.THEIRS: "Lumora Devices", Side.BEFORE: "Nordwave Electronics",
    }  # fmt: skip
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert client.stored(ticket).values.customer_id == theirs
    assert client.editor("customer_id").text() == "Lumora Devices"


def test_a_symptom_under_a_category_that_changed_there_is_asked_about(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    categories = [one.code for one in client.reference.choices("category")]
    other = next(code for code in categories if code != "video")
    change_elsewhere(client, ticket, category=other)
    symptom = client.editor("symptom").offered()[0] or client.editor("symptom").offered()[1]
    client.pane.form.put({"symptom": symptom}, {})
    client.idle()
    save(client)
    dialog = merge_dialog(client)
    assert set(dialog.cards) == {"symptom"}
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    client.idle()
    values = client.stored(ticket).values
    assert (values.category, values.symptom) == (other, None)


def test_who_saves_again_while_the_dialog_is_open_is_not_overwritten(client: Any) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"serial": "SN 7"}, serial="SN 42")
    save(client)
    dialog = merge_dialog(client)
    client.pane.controller.lease.release()  # as if it had run out while the person reads
    client.idle()
    change_elsewhere(client, ticket, serial="SN 8", next_step="Call")
    QTest.keyClick(dialog, Qt.Key.Key_Return, CONTROL)
    client.idle()
    second = merge_dialog(client)
    assert second.cards["serial"].boxes[Side.THEIRS].text() == "SN 8"
    assert client.stored(ticket).values.serial == "SN 8"
    QTest.keyClick(second, Qt.Key.Key_Return, CONTROL)
    client.idle()
    values = client.stored(ticket).values
    assert (values.serial, values.next_step) == ("SN 42", "Call")


def test_the_dialog_goes_with_its_ticket(client: Any) -> None:
    ticket, next_one = client.new_ticket_id(), client.new_ticket_id()
    typed_over(client, ticket, {"serial": "SN 7"}, serial="SN 42")
    save(client)
    merge_dialog(client)
    client.pane.editing.discard()
    client.open(next_one)
    assert client.pane.editing.merging.dialog is None
    assert client.stored(ticket).values.serial == "SN 7"
    assert client.stored(next_one).values.serial is None


def test_the_dialog_speaks_the_language_of_the_window(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = client.new_ticket_id()
    typed_over(client, ticket, {"priority": "urgent"}, priority="l")
    save(client)
    dialog = merge_dialog(client)
    card = dialog.cards["priority"]
    card.buttons[Side.THEIRS].setChecked(True)
    client.reference.set_language("zh_CN")
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
    assert dialog.choices() == {"priority": Side.THEIRS}
    assert card.accessibleName() == "优先级"
    client.reference.set_language("en")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    client.idle()


def test_a_save_goes_on_by_itself_where_the_lease_was_lost_and_is_free_again(client: Any) -> None:
    """DK002: another had taken it over, and gave it back."""
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("SN 42")
    client.idle()
    client.desk.owner().cursor().execute("DELETE FROM desk.edit_lease WHERE entity_id = %s", [ticket])
    change_elsewhere(client, ticket, priority="urgent")
    save(client)
    values = client.stored(ticket).values
    assert (values.serial, values.priority) == ("SN 42", "urgent")
    assert client.messages.said[-1][1].startswith("Saved: ticket")


def test_a_lease_that_another_holds_stops_the_save(client: Any, make_client: Callable[..., Any]) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("SN 42")
    client.idle()
    client.desk.owner().cursor().execute("DELETE FROM desk.edit_lease WHERE entity_id = %s", [ticket])
    other = make_client("full2")
    other.open(ticket)
    other.go("serial")
    other.type("theirs")
    other.idle()
    client.pane.activateWindow()
    client.pane.save()
    client.idle()
    assert client.stored(ticket).values.serial is None
    assert client.editor("serial").text() == "SN 42"
    assert client.pane.is_dirty()
    assert "pc-full2" in client.pane.lease_banner.text()
