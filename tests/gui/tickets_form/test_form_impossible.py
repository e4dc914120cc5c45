"""An action that the ticket's status does not allow: nothing changes, and the message bar says why."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from desk_client.tickets.transitions import impossible_text
from shared.domain.status import Status, next_statuses

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def open_at_subject(client: Any, **values: Any) -> int:
    ticket = client.new_ticket_id(**values)
    client.open(ticket)
    client.go("subject")
    return int(ticket)


def test_resolving_a_new_ticket_says_what_comes_first(client: Any) -> None:
    ticket = open_at_subject(client, kind="question")
    client.press(Qt.Key.Key_R, CONTROL)
    client.idle()
    assert client.messages.said == [("warning", "A new ticket can't become Resolved: take or assign it first")]
    assert client.pane.quick.dialog is None
    assert client.stored(ticket).edited_by is None
    client.press(Qt.Key.Key_T, CONTROL | SHIFT)
    client.until(lambda: client.pane.editing.detail.values.status == "open")
    client.press(Qt.Key.Key_R, CONTROL)
    client.until(lambda: client.pane.quick.dialog is not None)
    assert len([one for one in client.messages.said if one[0] == "warning"]) == 1
    client.pane.quick.dialog.reject()
    client.idle()


def test_a_ticket_that_is_mine_says_so_when_taken_again(client: Any) -> None:
    open_at_subject(client, status="open", assignee_id=client.person("lin"))
    version = client.stored().row_version
    client.press(Qt.Key.Key_T, CONTROL | SHIFT)
    client.idle()
    assert client.messages.said == [("warning", "This ticket is yours already")]
    assert client.stored().row_version == version


@pytest.mark.parametrize("key", [(Qt.Key.Key_R, CONTROL), (Qt.Key.Key_A, CONTROL | SHIFT)])
def test_a_ticket_not_yet_saved_says_so(client: Any, key: tuple[Any, Any]) -> None:
    client.pane.new_row()
    client.go("subject")
    client.press(*key)
    assert client.messages.said == [("warning", "Save the new ticket first")]
    assert client.pane.quick.dialog is None


def test_the_status_menu_of_an_ended_ticket_says_that_it_is_the_end(client: Any) -> None:
    open_at_subject(client, status="new")
    client.change(client.pane.editing.detail.id, status="cancelled")
    client.open(client.pane.editing.detail.id)
    client.go("subject")
    client.press(Qt.Key.Key_S, CONTROL | SHIFT)
    assert client.messages.said == [("warning", "The status stays: Cancelled is an end")]
    assert not client.pane.head.status_button.isVisible()


@pytest.mark.parametrize("current", list(Status))
def test_every_transition_is_offered_or_explained(client: Any, current: Status) -> None:
    """By words alone: what the graph allows has a verb in the menu, all else a sentence naming both ends."""
    label = client.reference.choice_label
    for target in Status:
        if target in next_statuses(current):
            continue
        text = impossible_text(current, target, client.reference)
        assert label("status", target) in text
        assert current is Status.NEW or label("status", current) in text
