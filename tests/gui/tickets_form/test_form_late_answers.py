"""Answers that come late: of a ticket asked for, of a save that was left, of a lease. Nothing typed is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from desk_client.forms import lease_controller
from desk_client.messages import Answer
from desk_client.tickets import controller
from shared.errors import DatabaseUnavailableError
from shared.notify import ChangeKind
from tests.gui.tickets_form.elsewhere import comment_elsewhere, delete_elsewhere

SLOW_SECONDS, WAIT_SECONDS = 0.4, 60.0
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``slow("get_ticket")``: from now on that takes a while on the worker thread."""

    def make_slow(name: str) -> None:
        module = lease_controller if name == "take_lease" else controller
        honest = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **named: (time.sleep(SLOW_SECONDS), honest(*args, **named))[1])

    return make_slow


@contextmanager
def reads_held(client: Any) -> Iterator[None]:
    """What is read within waits, and then goes newest first."""
    busy, gate = threading.Event(), threading.Event()
    client.runner.run(lambda _conn: (busy.set(), gate.wait(WAIT_SECONDS)), on_done=lambda _: None, receiver=client.pane)
    assert busy.wait(WAIT_SECONDS)
    try:
        yield
    finally:
        gate.set()


def two_with_comments(client: Any) -> tuple[int, int]:
    """Two tickets; the comment of one says which."""
    tickets = client.new_ticket_id(), client.new_ticket_id()
    for ticket, body in zip(tickets, ("Of the first", "Of the second"), strict=True):
        comment_elsewhere(client, ticket, body)
    return tickets


def comments_shown(client: Any) -> list[str]:
    return [line.text for line in client.pane.history._lines if line.line == "comment"]


def test_typing_while_another_ticket_is_on_its_way_stays(client: Any, slow: Any) -> None:
    first, second = client.new_ticket_id(), client.new_ticket_id()
    stayed: list[Any] = []
    client.pane.editing.opening.stayed.connect(stayed.append)
    client.open(first)
    client.go("serial")
    slow("get_ticket")
    client.pane.open_row(second)
    client.type("SN 7")
    client.idle()
    assert stayed == [first]
    assert client.pane.editing.detail.id == first
    assert client.editor("serial").text() == "SN 7"
    assert client.stored(first).edited_by == "pc-full"
    client.pane.save()
    client.idle()
    assert client.stored(first).values.serial == "SN 7"
    assert client.stored(second).values.serial is None


def test_without_typing_the_other_ticket_comes(client: Any, slow: Any) -> None:
    first, second = client.new_ticket_id(), client.new_ticket_id()
    client.open(first)
    slow("get_ticket")
    client.pane.open_row(second)
    client.idle()
    assert client.pane.editing.detail.id == second


def test_a_ticket_that_does_not_come_leaves_the_one_before(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = client.new_ticket_id(), client.new_ticket_id()
    client.open(first)
    honest = controller.get_ticket

    def break_off(*_args: Any) -> Any:
        raise DatabaseUnavailableError("the line broke")

    monkeypatch.setattr(controller, "get_ticket", break_off)
    client.pane.open_row(second)
    client.idle()
    assert client.messages.said[-1] == ("error", "The server can't be reached")
    monkeypatch.setattr(controller, "get_ticket", honest)
    client.go("serial")
    client.type("SN 8")
    client.idle()
    assert client.stored(first).edited_by == "pc-full"
    assert client.stored(second).edited_by is None
    client.pane.save()
    client.idle()
    assert client.stored(first).values.serial == "SN 8"
    client.open(second)


def test_a_history_stands_beside_its_own_ticket_only(client: Any) -> None:
    first, second = two_with_comments(client)
    beside: list[tuple[int, list[str]]] = []  # which ticket was shown as a history came
    client.pane.controller.history_loaded.connect(
        lambda lines: beside.append((client.pane.editing.detail.id, [one.text for one in lines if one.text]))
    )
    client.pane.controller.opened.connect(
        lambda _: beside.append((client.pane.editing.detail.id, comments_shown(client)))
    )
    client.open(first)
    with reads_held(client):
        client.pane.open_row(second)
    client.until(lambda: client.pane.editing.detail.id == second)
    client.idle()
    assert beside == [(first, []), (first, ["Of the first"]), (second, []), (second, ["Of the second"])]


def test_where_the_other_does_not_come_the_history_stays_too(client: Any) -> None:
    first, second = two_with_comments(client)
    delete_elsewhere(client, second)
    client.open(first)
    failed: list[Any] = []
    client.pane.controller.open_failed.connect(failed.append)
    with reads_held(client):
        client.pane.open_row(second)
        comment_elsewhere(client, first, "Just now")
        client.bus.publish("ticket", first, kind=ChangeKind.BESIDE)
    client.idle()
    assert len(failed) == 1
    assert comments_shown(client) == ["Just now", "Of the first"]


def test_a_history_on_its_way_comes_to_whoever_stays(client: Any, slow: Any) -> None:
    first, second = two_with_comments(client)
    client.open(first)
    client.go("serial")
    comment_elsewhere(client, first, "Just now")
    slow("get_history")
    client.bus.publish("ticket", first, kind=ChangeKind.BESIDE)
    client.pane.open_row(second)
    client.type("SN 12")
    client.idle()
    assert client.pane.editing.detail.id == first
    assert comments_shown(client) == ["Just now", "Of the first"]


def test_an_action_meanwhile_is_done_to_the_ticket_that_comes(client: Any, slow: Any) -> None:
    first, second = client.new_ticket_id(), client.new_ticket_id()
    client.open(first)
    slow("get_ticket")
    client.pane.open_row(second)
    client.pane.take()
    client.until(lambda: client.pane.editing.detail.id == second and client.pane.editing.detail.row_version == 2)
    client.idle()
    assert client.stored(second).values.status == "open"
    assert client.stored(first).values.status == "new"


def test_the_answer_to_a_save_that_was_left_is_not_shown(client: Any, slow: Any) -> None:
    first, second = client.new_ticket_id(), client.new_ticket_id()
    client.open(first)
    client.go("serial")
    client.type("SN 9")
    client.idle()
    slow("update_ticket")
    client.messages.answer = Answer.DISCARD
    client.pane.save()
    client.pane.open_row(second)
    client.idle()
    assert client.pane.editing.detail.id == second
    client.go("serial")
    client.type("SN 10")
    client.idle()
    assert client.stored(second).edited_by == "pc-full"
    client.pane.save()
    client.idle()
    assert client.stored(second).values.serial == "SN 10"
    assert client.stored(first).values.serial == "SN 9", "it was on its way already"


def test_a_lease_asked_for_too_late_is_taken_for_the_ticket_shown(client: Any, slow: Any) -> None:
    first, second = client.new_ticket_id(), client.new_ticket_id()
    client.open(first)
    slow("take_lease")
    client.messages.answer = Answer.DISCARD
    client.go("serial")
    client.type("S")
    client.pane.open_row(second)
    client.until(lambda: client.pane.editing.detail.id == second)
    client.pane.controller.lease.take()
    client.idle()
    client.until(lambda: client.stored(second).edited_by == "pc-full")
    assert client.stored(first).edited_by is None


def test_what_is_written_behind_a_comment_on_its_way_stays(client: Any, slow: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.pane.add_comment()
    client.type("Reproduced 📺")
    slow("add_comment")
    client.press(Qt.Key.Key_Return, CTRL)
    client.type(" and fi")
    client.idle()
    client.type("xed")
    assert client.pane.comment_box.comment().body == "and fixed"
    assert [line.text for line in client.pane.history._lines if line.line == "comment"] == ["Reproduced 📺"]
    client.press(Qt.Key.Key_Return, CTRL)
    client.idle()
    assert client.pane.comment_box.comment() is None
    assert not client.pane.is_dirty()


def test_the_cursor_stays_where_one_types_while_a_save_runs(client: Any, slow: Any) -> None:
    ticket = client.new_ticket_id(description="Black")
    client.open(ticket)
    client.go("description")
    client.editor("description").moveCursor(QTextCursor.MoveOperation.End)
    client.type(" screen")
    slow("update_ticket")
    client.pane.save()
    client.type(" ")
    client.idle()
    client.type("again")
    assert client.editor("description").value() == "Black screen again"


def test_save_and_new_does_not_throw_away_what_is_typed_meanwhile(client: Any, slow: Any) -> None:
    client.pane.new_row()
    client.go("subject")
    client.type("No sound")
    client.find("customer_id", "nor")
    client.find("product_id", "stb")
    client.choose("category", "a")
    client.go("serial")
    slow("create_ticket")
    client.pane.save_and_new()
    client.type("SN 11")
    client.idle()
    assert client.pane.editing.detail is not None
    assert client.editor("serial").value() == "SN 11"
    assert client.pane.is_dirty()
