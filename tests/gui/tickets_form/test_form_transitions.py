"""Each change of status asks for what it needs, when it is made."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import text

from desk_client.messages import Answer
from shared.domain.status import next_statuses

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def open_ticket(client: Any, status: str = "open", **values: Any) -> int:
    ticket = client.new_ticket_id(assignee_id=client.person("lin"), status="open", **values)
    for step in {"open": (), "waiting_internal": ("waiting_internal",)}[status]:
        client.change(ticket, status=step)
    client.open(ticket)
    return int(ticket)


def dialog(client: Any) -> Any:
    client.until(lambda: client.pane.quick.dialog is not None and client.pane.quick.dialog.isVisible())
    client.until(client.pane.quick.dialog.isActiveWindow)
    return client.pane.quick.dialog


def shown(client: Any) -> dict[str, str]:
    frames = dialog(client).fields.frames
    return {name: frame.message_text() for name, frame in frames.items() if frame.message_text()}


def put(client: Any, **values: Any) -> None:
    for name, value in values.items():
        editor = dialog(client).fields.editor(name)
        editor.set_value(value)
        editor.edited.emit()


def decide(client: Any) -> None:
    QTest.keyClick(dialog(client), Qt.Key.Key_Return, CONTROL)
    client.idle()


@pytest.mark.parametrize("status", ["new", "open", "waiting_internal"])
def test_the_menu_offers_only_what_may_come_next(client: Any, status: str) -> None:
    if status == "new":
        client.open(client.new_ticket_id())
    else:
        open_ticket(client, status)
    codes = [action.data() for action in client.pane.head.status_menu.actions()]
    assert codes == list(next_statuses(status))
    assert client.editor("status").offered() == [status, *next_statuses(status)]


def test_opening_asks_for_the_assignee(client: Any) -> None:
    client.open(client.new_ticket_id())
    client.pane.change_status("open")
    assert list(dialog(client).fields.frames) == ["assignee_id"]
    decide(client)
    assert shown(client) == {"assignee_id": "Needed while it is open"}
    client.type("lin")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.until(lambda: client.pane.editing.detail.values.status == "open")
    assert client.stored().values.assignee_id == client.person("lin")


def test_resolving_a_problem_asks_for_all_it_needs(client: Any) -> None:
    open_ticket(client)
    client.press(Qt.Key.Key_R, CONTROL)
    assert list(dialog(client).fields.frames) == ["resolution", "symptom", "cause", "fixed_in_release_id"]
    decide(client)
    assert shown(client) == {
        "resolution": "Needed to resolve",
        "cause": "Needed to resolve a problem",
        "fixed_in_release_id": "Needed to resolve a problem",
    }
    assert client.pane.editing.detail.values.status == "open"
    put(client, resolution="New decoder", symptom="garbled_picture", cause="decoder_defect")
    release = dialog(client).fields.editor("fixed_in_release_id").offered()[0]
    put(client, fixed_in_release_id=release)
    dialog(client)._comment.set_value("Shipped today")
    decide(client)
    saved = client.stored()
    assert (saved.values.status, saved.values.resolution) == ("resolved", "New decoder")
    assert saved.values.fixed_in_release_id == release
    assert "Shipped today" in client.pane.history.browser.toPlainText()
    assert "Status Open → Resolved" in client.pane.history.browser.toPlainText()


def test_resolving_a_question_asks_for_the_resolution_alone(client: Any) -> None:
    open_ticket(client, kind="question")
    client.press(Qt.Key.Key_R, CONTROL)
    assert list(dialog(client).fields.frames) == ["resolution"]
    put(client, resolution="Explained")
    decide(client)
    assert client.stored().values.status == "resolved"


def test_waiting_for_us_asks_for_whom(client: Any) -> None:
    open_ticket(client)
    client.pane.change_status("waiting_internal")
    decide(client)
    assert shown(client) == {"waiting_for_staff_id": "Say who it waits for"}
    rd = next(one.id for one in client.reference.data.departments if one.code == "rd")
    put(client, waiting_for_department_id=rd)
    decide(client)
    assert client.stored().values.waiting_for_department_id == rd
    client.pane.change_status("open")  # asks nothing: there is an assignee
    client.idle()
    assert client.stored().values.status == "open"
    assert client.stored().values.waiting_for_department_id is None


def test_waiting_is_for_a_person_or_a_department(client: Any) -> None:
    open_ticket(client)
    client.pane.change_status("waiting_internal")
    rd = next(one.id for one in client.reference.data.departments if one.code == "rd")
    put(client, waiting_for_department_id=rd)
    put(client, waiting_for_staff_id=client.person("sun"))
    assert dialog(client).fields.value("waiting_for_department_id") is None


def test_a_duplicate_asks_of_what(client: Any) -> None:
    other = client.new_ticket_id(subject="The first of two")
    number = client.stored(other).number
    open_ticket(client)
    client.pane.change_status("duplicate")
    decide(client)
    assert shown(client) == {"duplicate_of_id": "Needed to mark a duplicate"}
    client.type(str(number))
    client.press(Qt.Key.Key_Return)
    client.until(lambda: dialog(client).fields.value("duplicate_of_id") is not None)
    decide(client)
    client.until(lambda: client.pane.editing.detail.values.status == "duplicate")
    assert client.stored().values.duplicate_of_id == other


def test_closing_asks_nothing(client: Any) -> None:
    open_ticket(client, kind="question")
    client.pane.change_status("resolved")
    put(client, resolution="Explained")
    decide(client)
    client.pane.change_status("closed")
    client.idle()
    assert client.pane.quick.dialog is None
    assert client.stored().values.status == "closed"


def test_going_back_changes_nothing_and_frees_the_lease(client: Any) -> None:
    ticket = open_ticket(client)
    client.press(Qt.Key.Key_R, CONTROL)
    dialog(client)
    client.idle()
    assert client.stored(ticket).edited_by == "pc-full"
    QTest.keyClick(dialog(client), Qt.Key.Key_Escape)
    client.until(lambda: client.pane.quick.dialog is None)
    client.idle()
    assert client.stored(ticket).edited_by is None
    assert client.stored(ticket).values.status == "open"


def test_take_it_is_one_key(client: Any) -> None:
    client.open(client.new_ticket_id())
    client.go("subject")
    client.presses = 0
    client.press(Qt.Key.Key_T, CONTROL | SHIFT)
    client.idle()
    saved = client.stored()
    assert client.presses == 1
    assert (saved.values.assignee_id, saved.values.status) == (client.person("lin"), "open")
    assert not client.pane.head.take_button.isVisible()


def test_assigning_brings_the_department_along(client: Any) -> None:
    open_ticket(client)
    client.go("subject")
    client.press(Qt.Key.Key_A, CONTROL | SHIFT)
    dialog(client)
    client.type("sun")
    client.press(Qt.Key.Key_Return)
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    person = next(one for one in client.reference.data.staff if one.code == "sun")
    assert client.stored().values.assignee_id == person.id
    assert client.stored().values.department_id == person.department_id


def test_a_comment_goes_alone_or_with_the_save(client: Any) -> None:
    open_ticket(client)
    version = client.stored().row_version
    client.go("subject")
    client.press(Qt.Key.Key_M, CONTROL)
    client.type("Same picture as before")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert client.stored().row_version == version, "a comment alone raises no version"
    assert "Same picture as before" in client.pane.history.browser.toPlainText()
    client.press(Qt.Key.Key_M, CONTROL)
    client.type("Secret")
    client.pane.comment_box._private.setChecked(True)
    client.go("subject")
    client.type("And ")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()
    assert client.stored().row_version == version + 1
    assert "Secret" in client.pane.history.browser.toPlainText()
    assert not client.pane.is_dirty()


@pytest.mark.parametrize("way", ["esc", "back"])
def test_what_is_typed_in_the_dialog_is_not_lost_unasked(client: Any, way: str) -> None:
    def go_back() -> None:
        if way == "esc":
            QTest.keyClick(dialog(client), Qt.Key.Key_Escape)
        else:
            dialog(client)._leave.click()

    open_ticket(client, kind="question")
    client.pane.change_status("resolved")
    go_back()
    assert client.pane.quick.dialog is None
    assert client.messages.asked == [], "nothing was typed"
    client.pane.change_status("resolved")
    put(client, resolution="Explained at length")
    client.messages.answer = Answer.CANCEL
    go_back()
    assert len(client.messages.asked) == 1
    assert dialog(client).fields.value("resolution") == "Explained at length"
    client.messages.answer = Answer.SAVE
    go_back()
    client.until(lambda: client.stored().values.resolution == "Explained at length")
    client.idle()


def test_what_is_typed_in_the_dialog_can_be_thrown_away(client: Any) -> None:
    open_ticket(client, kind="question")
    client.pane.change_status("resolved")
    dialog(client)._comment.set_value("Only this")
    client.messages.answer = Answer.DISCARD
    QTest.keyClick(dialog(client), Qt.Key.Key_Escape)
    assert len(client.messages.asked) == 1
    assert client.pane.quick.dialog is None
    client.idle()
    assert client.stored().values.status == "open"


def test_the_dialog_names_what_was_picked_not_what_was_there(client: Any) -> None:
    first = client.new_ticket_id()
    client.open(first)
    client.find("customer_id", "Nordw")
    old = client.pane.form.text_of("customer_id")
    where = "FROM desk.customer WHERE short_name IS DISTINCT FROM 'Nordwave' ORDER BY id LIMIT 1"
    other = client.id_of(f"SELECT id {where}")
    name = client.direct(lambda work: work.execute(text(f"SELECT name {where}")).scalar_one())
    client.find("customer_id", name)
    assert client.editor("customer_id").value() == other
    assert client.pane.form.text_of("customer_id") != old
    client.pane.editing.discard()


def test_what_nobody_touched_in_the_dialog_is_not_written_back_over_a_newer_value(client: Any) -> None:
    ticket = open_ticket(client, next_step="as it was read")
    client.pane.change_status("waiting_internal")
    assert dialog(client).fields.value("next_step") == "as it was read"
    client.idle()
    client.pane.controller.lease.release()  # as where nobody types for long
    client.idle()
    client.change(ticket, next_step="theirs")
    client.pane.read_again()
    client.until(lambda: client.editor("next_step").value() == "theirs")
    rd = next(one.id for one in client.reference.data.departments if one.code == "rd")
    put(client, waiting_for_department_id=rd)
    decide(client)
    assert client.stored().values.status == "waiting_internal"
    assert client.stored().values.next_step == "theirs"
