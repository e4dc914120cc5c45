"""Undo in a form: field by field, with what a change emptied; a text's own undo and input methods do not fight it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk_client.forms import undo
from tests.gui.tickets_form.conftest import Client

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def back(client: Client) -> None:
    client.press(Qt.Key.Key_Z, CONTROL)


def again(client: Client, key: Qt.Key = Qt.Key.Key_Z) -> None:
    client.press(key, CONTROL | SHIFT if key is Qt.Key.Key_Z else CONTROL)


def texts(client: Client) -> tuple[Any, ...]:
    return (
        client.editor("subject").text(), client.editor("description").toPlainText(), client.editor("priority").value()
    )  # fmt: skip


@pytest.fixture
def opened(client: Client) -> Client:
    client.open(client.new_ticket_id())
    return client


def test_one_step_a_field_back_and_forth(opened: Client) -> None:
    client = opened
    states = [texts(client)]
    client.go("subject")
    client.press(Qt.Key.Key_End)
    client.type(" again")
    states.append(texts(client))
    client.go("description")
    client.type("First line")
    client.press(Qt.Key.Key_Return)
    client.type("第二行")
    states.append(texts(client))
    client.choose("priority", "h")
    states.append(texts(client))
    client.go("subject")
    client.press(Qt.Key.Key_End)
    client.type("!")
    states.append(texts(client))
    assert len(set(states)) == 5
    where = []
    for state in reversed(states[:-1]):
        back(client)
        assert texts(client) == state
        where.append(client.focused_field())
    assert where == ["subject", "priority", "description", "subject"]
    assert not client.pane.is_dirty()
    back(client)  # there is nothing before it
    assert texts(client) == states[0]
    for at, state in enumerate(states[1:]):
        again(client, (Qt.Key.Key_Z, Qt.Key.Key_Y)[at % 2])
        assert texts(client) == state
    assert client.pane.is_dirty()
    assert client.editor("subject").cursorPosition() == len(states[-1][0])


def test_what_a_change_emptied_comes_back_with_it(opened: Client) -> None:
    client = opened
    client.choose("found_in_release_id", "4.2.1")
    client.choose("hardware_revision_id", "C2")
    chosen = [client.editor(name).value() for name in ("product_id", "found_in_release_id", "hardware_revision_id")]
    assert None not in chosen
    client.find("product_id", "STB-520")
    assert client.editor("found_in_release_id").value() is None
    assert client.editor("hardware_revision_id").value() is None
    back(client)
    assert [client.editor(n).value() for n in ("product_id", "found_in_release_id", "hardware_revision_id")] == chosen
    assert client.focused_field() == "product_id"
    assert client.editor("product_id").text() == "STB-300"
    assert "found_in_release_id" not in client.messages_shown()
    offered = client.editor("found_in_release_id").offered()
    assert chosen[1] in offered
    back(client)
    assert client.editor("hardware_revision_id").value() is None
    assert client.editor("found_in_release_id").value() == chosen[1]


def test_a_pause_begins_another_step(opened: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client = opened
    client.go("description")
    client.type("one")
    monkeypatch.setattr(undo, "PAUSE_MS", -1)  # any time that has gone by is a pause
    client.type("2")
    monkeypatch.undo()
    client.type("3")
    back(client)
    assert client.editor("description").toPlainText() == "one"
    back(client)
    assert client.editor("description").toPlainText() == ""


def test_typed_and_taken_away_is_no_step(opened: Client) -> None:
    client = opened
    client.choose("priority", "h")
    client.go("description")
    client.type("x")
    client.press(Qt.Key.Key_Backspace)
    back(client)
    assert client.editor("priority").value() == "normal"
    assert not client.pane.is_dirty()


def test_saved_is_clean_and_can_still_be_undone(opened: Client) -> None:
    client = opened
    client.go("subject")
    client.press(Qt.Key.Key_End)
    client.type(" more")
    client.pane.save()
    client.until(lambda: not client.pane.is_dirty())
    client.idle()
    assert client.pane.form.fields.undo._stack.isClean()
    client.go("subject")
    back(client)
    assert client.pane.is_dirty()
    assert client.editor("subject").text() == "No picture after standby"
    client.pane.save()
    client.until(lambda: not client.pane.is_dirty())
    client.idle()
    assert client.stored().values.subject == "No picture after standby"


def test_what_another_changed_is_not_undone(opened: Client) -> None:
    client = opened
    ticket = client.pane.editing.detail.id
    client.choose("priority", "h")
    client.pane.save()
    client.until(lambda: not client.pane.is_dirty())
    client.idle()
    client.change(ticket, subject="Theirs")
    client.pane.read_again()
    client.until(lambda: client.editor("subject").text() == "Theirs")
    client.go("priority")
    back(client)
    assert (client.editor("priority").value(), client.editor("subject").text()) == ("normal", "Theirs")
    assert client.pane.form.changed_values() == {"priority": "normal"}


def test_an_input_method_keeps_its_keys(opened: Client) -> None:
    client = opened
    client.go("description")
    client.type("before")
    client.compose("hua")
    back(client)
    assert client.editor("description").toPlainText() == "before"
    client.compose("")
    client.commit("花")
    assert client.editor("description").toPlainText() == "before花"
    back(client)
    assert client.editor("description").toPlainText() == ""


def test_a_comment_has_its_own_undo(opened: Client) -> None:
    client = opened
    client.go("subject")
    client.press(Qt.Key.Key_End)
    client.type("!")
    box = client.pane.comment_box.editor
    box.setFocus()
    QTest.keyClicks(box, "note")
    back(client)
    assert box.toPlainText() == ""
    assert client.editor("subject").text().endswith("!")


def test_a_locked_form_undoes_nothing(opened: Client) -> None:
    client = opened
    client.go("subject")
    client.press(Qt.Key.Key_End)
    client.type("!")
    client.pane.form.set_locked(True)
    back(client)
    assert client.editor("subject").text().endswith("!")
    client.pane.form.set_locked(False)
    back(client)
    assert not client.editor("subject").text().endswith("!")


def test_undone_while_a_save_is_under_way_it_stays_undone(opened: Client) -> None:
    client = opened
    client.go("subject")
    client.press(Qt.Key.Key_End)
    client.type("!")
    client.pane.save()
    back(client)
    client.until(lambda: not client.pane.editing.is_saving)
    client.idle()
    assert client.editor("subject").text() == "No picture after standby"
    assert client.pane.is_dirty()
    assert client.stored().values.subject.endswith("!")


def test_a_found_customer_is_one_step_with_its_letters(opened: Client) -> None:
    client = opened
    before = client.editor("customer_id").value()
    client.find("customer_id", "Lumora")
    assert client.editor("customer_id").value() != before
    back(client)
    assert (client.editor("customer_id").value(), client.editor("customer_id").text()) == (
        before,
        "Nordwave Electronics",
    )
    again(client)
    assert client.editor("customer_id").text() == "Lumora Devices"
    assert client.pane.form.fields.unresolved() == []


def test_many_steps_soak(opened: Client) -> None:
    """Steps are made, merged and dropped by Qt; none of it may end the process."""
    client = opened
    client.go("description")
    for round_ in range(60):
        client.type(f"{round_}")
        client.pane.form.fields.undo.end_run()
    for _ in range(60):
        back(client)
    assert client.editor("description").toPlainText() == ""
    for _ in range(60):
        again(client)
    assert client.editor("description").toPlainText().endswith("59")
    client.pane.editing.discard()
    assert not client.pane.form.fields.undo._stack.canUndo()
    assert QApplication.focusWidget() is not None
