"""Saves that broke off, were given up or have to wait: nothing typed is lost, nothing given up is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desk_client import lane
from desk_client.forms import lease_controller
from desk_client.tickets import controller
from shared.errors import BusyError, DatabaseUnavailableError, DeskError, LeaseLostError
from tests.gui.tickets_form.elsewhere import CONTROL, comments, hear

BROKEN = "The connection to the database server broke."


@pytest.fixture
def cut(client: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Callable[[], None]]:
    """``mend = cut("update_ticket", True)``: from now on it breaks, after (True) or before (False) it was done."""

    def make(name: str, done: bool, error: Exception | None = None, where: Any = controller) -> Callable[[], None]:
        honest = getattr(where, name)

        def break_off(work: Any, *args: Any, **more: Any) -> Any:
            if done:
                honest(work, *args, **more)
                work.commit()
            raise error or DatabaseUnavailableError(BROKEN)

        monkeypatch.setattr(where, name, break_off)
        return lambda: monkeypatch.setattr(where, name, honest)

    return make


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked is tried again at once."""
    monkeypatch.setattr(lane, "RETRY_PAUSES", (0.0,))


def said(client: Any) -> str:
    return str(client.pane.change_banner.text())


def save(client: Any) -> None:
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()


def typed(client: Any, text: str = "SN 42") -> int:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type(text)
    client.idle()
    return int(ticket)


def comment(client: Any, text: str) -> None:
    client.pane.add_comment()
    client.until(lambda: client.focus() is client.pane.comment_box.focusProxy())
    client.type(text)


def test_what_was_thrown_away_after_a_save_that_broke_off_is_not_saved_later(client: Any, cut: Any) -> None:
    ticket = typed(client, "Wrong")
    mend = cut("update_ticket", False)
    save(client)
    client.pane.editing.discard()
    client.idle()
    mend()
    client.go("description")
    client.type("Right")
    client.idle()
    save(client)
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.values.description, stored.row_version) == (None, "Right", 2)


def test_thrown_away_though_it_was_saved_unseen(client: Any, cut: Any) -> None:
    """What comes next is a save of its own: not taken for the one that was done."""
    ticket = typed(client, "Seen")
    mend = cut("update_ticket", True)
    save(client)
    client.pane.editing.discard()
    client.idle()
    mend()
    client.go("description")
    client.type("Next")
    client.idle()
    save(client)
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.values.description, stored.row_version) == ("Seen", "Next", 3)
    assert not client.pane.is_dirty()


def test_a_comment_offered_after_the_desk_was_away_is_not_offered_once_it_is_added(client: Any, cut: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    comment(client, "Once")
    mend = cut("add_comment", False)
    save(client)
    client.look_again()
    mend()
    save(client)
    assert comments(client, ticket) == ["Once"]
    assert said(client) == ""
    assert not client.pane.editing.away.is_waiting


@pytest.mark.parametrize(
    ("fails_next", "by"),
    [("update_ticket", BusyError("Somebody else is saving the same record.")), ("get_ticket", None)],
    ids=["busy", "could not be read"],
)
def test_a_comment_goes_on_growing_after_a_save_done_unseen(
    client: Any, cut: Any, fails_next: str, by: DeskError | None
) -> None:
    ticket = typed(client)
    client.pane.comment_box.append("First")
    for breaking in (("update_ticket", True), (fails_next, False, by)):
        mend = cut(*breaking)
        save(client)
        mend()
    client.pane.comment_box.append("Second")
    client.go("serial")
    client.editor("serial").end(False)
    client.type("7")
    save(client)
    if client.pane.is_dirty():
        save(client)
    assert comments(client, ticket) == ["First", "Second"]
    assert client.stored(ticket).values.serial == "SN 427"


def test_a_comment_with_blanks_before_it_is_added_once(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    comment(client, "  Once ")
    save(client)
    assert not client.pane.is_dirty()
    save(client)
    assert len(comments(client, ticket)) == 1


def test_a_save_whose_lease_could_not_be_asked_for_is_not_done_by_the_next_key(client: Any, cut: Any) -> None:
    """Half a word is not saved since the desk was away a while ago."""
    ticket = typed(client)
    mend_save = cut("update_ticket", False, LeaseLostError("Another session is editing this record now."))
    mend_lease = cut("take_lease", False, None, lease_controller)
    save(client)
    mend_save()
    mend_lease()
    client.type("7")
    client.idle()
    assert client.stored(ticket).values.serial is None, "nobody pressed save since"
    assert client.editor("serial").text() == "SN 427"
    save(client)
    assert client.stored(ticket).values.serial == "SN 427"


def test_a_row_that_comes_back_stays_locked_while_another_edits_it(client: Any, make_client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    other = make_client("full2")
    other.open(ticket)
    other.go("serial")
    other.type("T")
    other.idle()
    client.go("serial")
    client.type("M")
    client.until(lambda: client.editor("serial").isReadOnly())
    client.pane.editing.live.say_gone()
    hear(client, ticket)
    assert not client.pane.editing.live.is_gone
    assert client.editor("serial").isReadOnly(), "the other still edits it"
    client.pane.editing.discard()
    other.pane.editing.discard()
    client.idle()


def test_a_comment_grew_while_nobody_could_write_the_draft(client: Any) -> None:
    """The draft knows the ids of a save that was done, and only the beginning of its comment."""
    ticket = client.new_ticket_id()
    client.open(ticket)
    comment(client, "First")
    ids = dict(client.pane.controller.ids.as_mapping())
    save(client)
    for added in ("First, and more", "First"):
        client.open(ticket)
        client.pane.controller.ids.restore(ids)
        comment(client, added)
        save(client)
        if client.pane.is_dirty():
            save(client)
    assert comments(client, ticket) == ["First", "First, and more"]


def test_thrown_away_while_its_save_is_under_way_and_breaks_off(client: Any, cut: Any) -> None:
    ticket = typed(client, "Wrong")
    mend = cut("update_ticket", False)
    client.press(Qt.Key.Key_Return, CONTROL)
    client.pane.editing.discard()
    client.idle()
    mend()
    assert said(client) == ""
    client.go("description")
    client.type("Right")
    client.idle()
    save(client)
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.values.description, stored.row_version) == (None, "Right", 2)


def test_thrown_away_while_its_save_is_under_way_and_gets_through(client: Any) -> None:
    ticket = typed(client, "Through")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.pane.editing.discard()
    client.until(lambda: client.editor("serial").text() == "Through")
    client.idle()
    assert not client.pane.is_dirty()
    assert client.pane.editing.detail.row_version == client.stored(ticket).row_version == 2


def test_a_save_does_not_fight_for_its_row_for_ever(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease is ours whenever it is asked for, and another's whenever it is to be saved."""
    ticket, tries = typed(client), list[int]()

    def lose(*_: Any) -> None:
        tries.append(1)
        raise LeaseLostError("Another session is editing this record now.")

    with monkeypatch.context() as losing:
        losing.setattr(controller, "update_ticket", lose)
        client.press(Qt.Key.Key_Return, CONTROL)
        client.until(lambda: len(tries) > 5 or bool(client.messages.said))
        client.idle()
    assert len(tries) < 5
    assert "Another machine is editing this now" in client.messages.said[-1][1]
    save(client)
    assert client.stored(ticket).values.serial == "SN 42"
