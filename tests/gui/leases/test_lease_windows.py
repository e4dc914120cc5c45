"""Who edits what, in two windows on two machines: seen, asked for, handed over, taken over; nothing typed is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from desk_client.forms import lease_controller
from desk_client.tickets.columns import INDEX, ColumnId
from tests.desks import RunningDesk
from tests.gui.leases.conftest import Window

Windows = Callable[..., Window]
Stored = Callable[..., list[tuple[Any, ...]]]


def typed_in_two(windows: Windows, ticket: int) -> tuple[Window, Window]:
    """A holds the lease with a text; B has typed too and was refused."""
    a, b = windows("full"), windows("full2")
    a.open(ticket)
    b.open(ticket)
    a.take_lease("mine")
    b.until(lambda: "pc-full (lin) is editing this" in b.notice())
    b.type("theirs")
    b.until(b.is_locked)
    return a, b


def test_others_see_who_edits_in_list_and_form_and_that_it_ended(
    windows: Windows, lengths: Callable[..., None], ticket: int
) -> None:
    lengths(lease_seconds=240, heartbeat_seconds=60)  # they hear of it: no look from time to time comes first
    a, b = windows("full"), windows("full2")
    a.open(ticket)
    b.open(ticket)
    a.type("x")
    b.until(lambda: b.edited_by(ticket) == "pc-full" and "pc-full (lin) is editing this since" in b.notice())
    b.until(lambda: "last sign of life" in b.notice())
    assert not b.is_locked(), "nothing is typed there"
    a.pane.editing.discard()
    b.until(lambda: b.edited_by(ticket) is None and b.notice() == "")


def test_who_typed_in_vain_may_ask_and_gets_it_when_it_is_handed_over(windows: Windows, ticket: int) -> None:
    a, b = typed_in_two(windows, ticket)
    assert "Your changes are kept here, not saved yet." in b.notice()
    assert "theirs" in b.editor("serial").text()
    b.push("askForIt")
    a.until(lambda: "pc-full2 (sun) asks for this." in a.notice())
    assert set(a.buttons()) == {"handOver", "keepWorking"}
    text = a.editor("serial").text()
    a.push("handOver")
    assert a.is_locked()
    assert a.editor("serial").text() == text, "nothing is saved, nothing is lost"
    assert "Handed over to pc-full2 (sun)." in a.notice()
    b.until(lambda: b.holds() and not b.is_locked())
    assert b.notice() == ""
    a.until(lambda: "pc-full2 (sun)" in a.notice())
    assert a.pane.is_dirty()


def test_who_gets_what_he_asked_for_is_not_told_that_it_is_free(windows: Windows, ticket: int) -> None:
    a, b = typed_in_two(windows, ticket)
    b.push("tellWhenFree")
    b.push("askForIt")
    a.push("handOver")
    b.until(b.holds)
    b.client.settle()
    assert b.client.window.message_bar.text() == ""


def test_a_holder_may_keep_working_and_be_asked_again(windows: Windows, ticket: int) -> None:
    a, b = typed_in_two(windows, ticket)
    b.push("askForIt")
    a.push("keepWorking")
    b.until(lambda: "they go on working" in b.notice())
    assert a.notice() == ""
    assert a.holds()
    time.sleep(2.2)  # the question's time: the answer has ended it
    b.client.settle()
    assert "takeOver" not in b.buttons()
    b.push("askForIt")
    a.until(lambda: "asks for this" in a.notice())


def test_what_is_not_answered_is_taken_over_and_the_loser_keeps_his_text(
    windows: Windows, ticket: int, stored: Stored
) -> None:
    a, b = typed_in_two(windows, ticket)
    said: list[str | None] = []  # for a moment each; None: it can be taken over

    def note() -> None:
        said.append(None if "takeOver" in b.buttons() else b.notice())

    b.pane.editing.leasing.changed.connect(note)
    b.push("askForIt")
    b.until(lambda: None in said)
    b.pane.editing.leasing.changed.disconnect(note)
    assert any("without an answer by" in text for text in said[: said.index(None)] if text)
    b.push("takeOver")
    b.until(lambda: b.holds() and not b.is_locked())
    a.until(a.is_locked)
    assert "pc-full2 (sun) took this over at" in a.notice()
    assert a.editor("serial").text().startswith("m")
    assert a.pane.is_dirty()
    assert not a.pane.foot.save_button.isEnabled()
    a.pane.save()
    a.client.settle()
    assert a.is_locked()
    reasons = stored(
        "SELECT machine, changes -> 'reason' FROM desk.audit_entry WHERE entity = 'edit_lease' ORDER BY id DESC LIMIT 1"
    )
    assert reasons == [("pc-full2", [None, "unanswered"])]
    b.pane.save()
    a.until(lambda: "It is free now." in a.notice())
    a.push("goOnEditing")
    a.until(lambda: a.holds() and not a.is_locked())
    assert a.pane.is_dirty()


def test_an_administrator_takes_over_at_once(windows: Windows, ticket: int) -> None:
    a, admin = windows("full"), windows("admin")
    a.open(ticket)
    admin.open(ticket)
    a.take_lease()
    admin.push("takeOver")
    a.until(a.is_locked)
    assert "pc-admin (wang) took this over" in a.notice()


def test_who_wants_to_be_told_is_told_wherever_he_is(windows: Windows, ticket: int, stored: Stored) -> None:
    a, b = windows("full"), windows("full2")
    a.open(ticket)
    b.open(ticket)
    a.take_lease()
    title = b.pane.title()
    b.push("tellWhenFree")
    assert "You will be told when it is free." in b.notice()
    assert "tellWhenFree" not in b.buttons()
    other = stored("SELECT id FROM desk.ticket WHERE id <> %s ORDER BY id LIMIT 1", ticket)[0][0]
    b.open(other)
    a.pane.editing.discard()
    b.until(lambda: b.client.window.message_bar.text() == f"Free now: {title}")


def test_a_save_gives_the_lease_back_without_another_question(
    windows: Windows, ticket: int, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(lease_controller, "release_lease", lambda *values: asked.append(values))
    a, b = windows("full"), windows("full2")
    a.open(ticket)
    a.take_lease("z")
    b.until(lambda: b.edited_by(ticket) == "pc-full")
    a.pane.save()
    b.until(lambda: b.edited_by(ticket) is None)
    a.client.settle()
    assert not a.holds()
    assert asked == [], "the save has ended it"
    assert stored("SELECT count(*) FROM desk.edit_lease") == [(0,)]


def test_closing_the_window_gives_all_back(windows: Windows, ticket: int, stored: Stored) -> None:
    a = windows("full")
    a.open(ticket)
    a.take_lease()
    assert stored("SELECT count(*) FROM desk.edit_lease") == [(1,)]
    a.client.app.stop()
    assert stored("SELECT count(*) FROM desk.edit_lease") == [(0,)]


def test_the_list_shows_the_last_sign_of_life_and_forgets_an_edit_that_ended_unseen(
    windows: Windows, lengths: Callable[..., None], ticket: int, stored: Stored
) -> None:
    lengths(heartbeat_seconds=0.5)
    a, b = windows("full"), windows("full2")
    a.open(ticket)
    b.client.list.select_row(ticket)  # only what is in sight is looked at
    a.take_lease()
    b.until(lambda: b.edited_by(ticket) == "pc-full")
    first = b.row(ticket).edited_seen
    b.until(lambda: b.row(ticket).edited_seen > first)
    cell = b.client.model.index(b.client.model.find(ticket), INDEX[ColumnId.NUMBER])
    tooltip = cell.data(Qt.ItemDataRole.ToolTipRole)
    assert "lin is editing this on pc-full since" in tooltip
    assert "last sign of life" in tooltip
    a.stand_still()
    stored("UPDATE desk.edit_lease SET expires_at = clock_timestamp()")
    b.until(lambda: b.edited_by(ticket) is None)


def test_the_own_list_shows_no_edit_any_more_once_its_tab_is_discarded_and_closed(
    windows: Windows, lengths: Callable[..., None], ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_closed, honest = threading.Event(), lease_controller.release_lease

    def release_late(*asked: Any) -> Any:
        is_closed.wait(30)
        return honest(*asked)

    monkeypatch.setattr(lease_controller, "release_lease", release_late)
    lengths(lease_seconds=240, heartbeat_seconds=60)  # no look of the list comes first
    window = windows("full")
    workspace = window.client.workspace
    window.client.list.select_row(ticket)
    workspace.open_in_tab(ticket)
    pane = workspace.tabs.currentWidget()
    window.until(lambda: pane.editing.detail is not None)
    window.client.settle()
    QTest.keyClicks(pane.form.fields.frames["serial"].editor, "x")
    window.until(lambda: window.edited_by(ticket) == "pc-full")
    window.client.settle()
    pane.editing.discard()
    workspace.tabs.close_tab(workspace.tabs.currentIndex())
    window.until(lambda: not isValid(pane))
    assert window.edited_by(ticket) == "pc-full"
    is_closed.set()
    window.until(lambda: window.edited_by(ticket) is None)


@pytest.mark.parametrize("is_left", [True, False], ids=["closed", "gone with its window"])
def test_a_tab_that_is_closed_before_it_heard_of_its_lease_leaves_none(
    windows: Windows, ticket: int, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch, is_left: bool
) -> None:
    owner = desk.owner().cursor()
    may_answer, honest, tokens = threading.Event(), lease_controller.take_lease, list[int | None]()

    def take_late(*asked: Any) -> Any:
        lease = honest(*asked)
        tokens.append(lease.token)
        may_answer.wait(30)
        return lease

    def held() -> list[Any]:
        owner.execute("SELECT token FROM desk.edit_lease WHERE entity_id = %s", [ticket])
        return list(owner.fetchall())

    monkeypatch.setattr(lease_controller, "take_lease", take_late)
    window = windows("full")
    workspace = window.client.workspace
    workspace.open_in_tab(ticket)
    pane = workspace.tabs.currentWidget()
    window.until(lambda: pane.editing.detail is not None)
    QTest.keyClicks(pane.form.fields.frames["serial"].editor, "x")
    window.until(lambda: bool(tokens))
    assert held() == [(tokens[0],)]
    if is_left:
        pane.editing.discard()
        workspace.tabs.close_tab(workspace.tabs.currentIndex())
    else:
        pane.deleteLater()
    window.until(lambda: not isValid(pane))
    assert held() == [(tokens[0],)]
    may_answer.set()
    window.until(lambda: held() == [])
