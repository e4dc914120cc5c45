"""A save while the desk is away: said at once, kept, offered once it is back by one key, and done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desk_client.tickets import controller
from shared.errors import DatabaseUnavailableError
from tests.gui.tickets_form.elsewhere import CONTROL, banner_button, change_elsewhere, comments, window_of

AWAY = "The server can't be reached. What you typed is kept as a draft; you can save it once the desk is back."


@pytest.fixture
def cut(client: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bool], Callable[[], None]]:
    """``mend = cut("update_ticket", True)``: from now on its connection breaks, after (True) or before it was done."""

    def make(name: str, done: bool) -> Callable[[], None]:
        honest = getattr(controller, name)

        def break_off(work: Any, *args: Any) -> Any:
            if done:
                honest(work, *args)
                work.commit()
            raise DatabaseUnavailableError("The connection to the database server broke.")

        monkeypatch.setattr(controller, name, break_off)
        return lambda: monkeypatch.setattr(controller, name, honest)

    return make


def lose_the_line(client: Any) -> None:
    """The client knows that the desk is away."""
    client.runner.reachable_changed.emit(False)
    client.runner._reachable = False
    client.line.become(live=False)


def find_the_line(client: Any) -> None:
    client.runner._reachable = True
    client.line.become(live=True)


def said(client: Any) -> str:
    return str(client.pane.change_banner.text())


def typed(client: Any) -> int:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("SN 42")
    client.idle()
    return int(ticket)


def save(client: Any) -> None:
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()


def test_while_the_desk_is_known_to_be_away_a_save_says_so_at_once(client: Any, monkeypatch: Any) -> None:
    ticket = typed(client)
    lose_the_line(client)
    sent: list[Any] = []
    monkeypatch.setattr(controller, "update_ticket", lambda *args: sent.append(args))
    client.press(Qt.Key.Key_Return, CONTROL)
    assert said(client) == AWAY
    assert client.runner.is_idle(), "nobody waits for a timeout"
    assert sent == []
    assert client.editor("serial").text() == "SN 42"
    assert not client.editor("serial").isReadOnly(), "it stays usable"
    client.type("7")
    assert client.pane.foot.save_button.isEnabled()
    monkeypatch.undo()
    find_the_line(client)
    assert said(client) == "The desk is back. What you typed is not saved yet."
    assert "Ctrl+Enter" in banner_button(client, "saveNow").text()
    assert client.stored(ticket).values.serial is None, "nothing is saved without a key"
    save(client)
    assert client.stored(ticket).values.serial == "SN 427"
    assert said(client) == ""


def test_a_save_that_broke_off_before_it_was_done_is_done_once(client: Any, cut: Any) -> None:
    ticket = typed(client)
    mend = cut("update_ticket", False)
    save(client)
    assert said(client).startswith("The server can't be reached")
    assert client.pane.is_dirty()
    mend()
    client.look_again()
    banner_button(client, "saveNow").click()
    client.idle()
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.row_version) == ("SN 42", 2)
    assert said(client) == ""


def test_the_offer_to_save_outlives_that_the_unseen_save_is_heard_of(client: Any, cut: Any) -> None:
    """Its notice comes in by another connection than the one that broke: it is a change like any other."""
    ticket = typed(client)
    mend = cut("update_ticket", True)
    save(client)
    client.type("7")
    mend()
    client.look_again()
    client.bus.publish("ticket", ticket, version=2)
    client.idle()
    assert said(client).startswith("The desk is back"), "the way to save stays in sight"
    banner_button(client, "saveNow").click()
    client.idle()
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.row_version) == ("SN 427", 3)
    assert said(client) == ""
    assert not client.pane.is_dirty()


def wait_while_another_saves(client: Any, cut: Any) -> int:
    """A save broke off and is offered; the row has moved on meanwhile, and its notice has come."""
    ticket = typed(client)
    mend = cut("update_ticket", False)
    save(client)
    mend()
    client.look_again()
    client.desk.owner().cursor().execute("DELETE FROM desk.edit_lease WHERE entity_id = %s", [ticket])
    change_elsewhere(client, ticket, subject="Theirs")
    client.bus.publish("ticket", ticket, version=2)
    client.idle()
    return ticket


def test_changes_of_others_are_said_once_the_offer_is_gone(client: Any, cut: Any) -> None:
    ticket = wait_while_another_saves(client, cut)
    assert said(client).startswith("The desk is back")
    banner_button(client, "saveNow").click()
    client.until(lambda: not client.pane.is_dirty())
    client.idle()
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.values.subject) == ("SN 42", "Theirs")
    assert said(client).startswith("Saved, merged with changes of")


def test_a_save_that_was_done_unseen_counts_once(client: Any, cut: Any) -> None:
    ticket = typed(client)
    client.pane.comment_box.append("Only once")
    mend = cut("update_ticket", True)
    save(client)
    assert client.stored(ticket).row_version == 2
    mend()
    save(client)
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.row_version) == ("SN 42", 2)
    assert comments(client, ticket) == ["Only once"]
    assert not client.pane.is_dirty()


def test_what_was_typed_after_a_save_done_unseen_is_saved_after_it(client: Any, cut: Any) -> None:
    """No clash with oneself, and neither part is lost or written twice."""
    ticket = typed(client)
    client.pane.comment_box.append("First")
    mend = cut("update_ticket", True)
    save(client)
    client.type("7")
    client.pane.comment_box.append("Second")
    mend()
    save(client)
    stored = client.stored(ticket)
    assert (stored.values.serial, stored.row_version) == ("SN 427", 3)
    assert comments(client, ticket) == ["First", "Second"]
    assert not client.pane.is_dirty()
    assert client.pane.editing.merging.dialog is None


def test_a_save_done_unseen_and_then_overtaken(client: Any, cut: Any) -> None:
    ticket = typed(client)
    mend = cut("update_ticket", True)
    save(client)
    change_elsewhere(client, ticket, serial="SN theirs", priority="urgent")
    mend()
    save(client)
    assert client.stored(ticket).values.serial == "SN theirs", "mine was done before theirs, and is not done again"
    assert client.editor("priority").value() == "urgent"


def test_a_comment_alone_whose_answer_got_lost_is_added_once(client: Any, cut: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.pane.add_comment()
    client.until(lambda: client.focus() is client.pane.comment_box.focusProxy())
    client.type("Once")
    mend = cut("add_comment", True)
    save(client)
    assert said(client).startswith("The server can't be reached")
    client.type(" more")
    mend()
    save(client)
    assert comments(client, ticket) == ["Once", "more"]
    assert client.pane.comment_box.comment() is None


def test_a_clash_after_the_desk_was_away_is_asked_about(client: Any) -> None:
    ticket = typed(client)
    client.pane.controller.lease.release()
    client.idle()
    lose_the_line(client)
    save(client)
    assert said(client) == AWAY
    change_elsewhere(client, ticket, serial="SN theirs")
    find_the_line(client)
    save(client)
    window_of(client, "mergeDialog")
    assert client.stored(ticket).values.serial == "SN theirs"
    client.pane.editing.discard()
    client.idle()


def test_what_is_thrown_away_is_not_offered(client: Any) -> None:
    typed(client)
    lose_the_line(client)
    save(client)
    client.pane.editing.discard()
    assert said(client) == ""
    find_the_line(client)
    client.idle()
    assert said(client) == ""


def test_who_throws_away_what_waits_sees_what_others_made_of_the_row(client: Any, cut: Any) -> None:
    wait_while_another_saves(client, cut)
    assert client.editor("subject").text() != "Theirs", "what is typed stands over what was read"
    client.pane.editing.discard()
    client.idle()
    assert client.editor("subject").text() == "Theirs"
    assert said(client) == ""


def test_whoever_wanted_to_leave_stays(client: Any) -> None:
    """Leaving by "save": the form stays while nothing can be saved."""
    ticket = typed(client)
    lose_the_line(client)
    left: list[int] = []
    client.pane.editing.after_save = lambda: left.append(1)
    client.pane.save()
    assert said(client) == AWAY
    find_the_line(client)
    client.pane.save()
    client.idle()
    assert left == [], "that was another moment's wish"
    assert client.stored(ticket).values.serial == "SN 42"
