"""Leases of windows whose desk does not answer, that slept, that were left alone, or whose process was killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtTest import QTest

from desk_client.leases import keeper as keeper_module
from desk_server.jobs.leases import free_leases
from shared.errors import DeskError
from tests.desks import RunningDesk, command_environment
from tests.gui.leases.conftest import Window

Windows = Callable[..., Window]
Stored = Callable[..., list[tuple[Any, ...]]]

# No sign of life and no look comes by itself while a test runs.
LEFT_ALONE = {"lease_seconds": 240, "heartbeat_seconds": 60, "lease_idle_seconds": 30}
HOLDER = """
import sys, time, uuid
from pathlib import Path
from shared.config import Profile
from shared.database import Database
from shared.services.leases import take_lease
database = Database(Profile.load(Path(sys.argv[1])).connect_args(session=uuid.uuid4()))
with database.reading() as connection:
    assert take_lease(connection, "ticket", int(sys.argv[2])).is_mine
    print("taken", flush=True)
    time.sleep(120)
"""


def no_answer(_conn: object, _held: object) -> None:
    raise DeskError("this one got lost")


def wake_up(window: Window, later: float) -> None:
    """So much time has passed for it; none of its timers knows of it yet."""
    leases = window.client.app.leases
    before = leases._clock
    leases._clock = lambda: before() + later
    window.client.app.bus.blockSignals(False)


def test_three_quarters_of_a_lease_without_an_answer_hold_saving_up(
    windows: Windows, lengths: Callable[..., None], ticket: int, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths(lease_seconds=240, heartbeat_seconds=60, lease_idle_seconds=3_000)
    a = windows("full")
    a.open(ticket)
    a.take_lease("q")
    turned: list[object] = []
    a.client.app.leases.sureness_changed.connect(lambda *key: turned.append(key))
    for _ in range(3):
        a.let_pass(100)
        a.until(a.client.app.runner.is_idle)
    assert (a.notice(), turned) == ("", []), "beats keep it certain"
    monkeypatch.setattr(keeper_module, "beat_leases", no_answer)
    a.let_pass(100)
    a.until(a.client.app.runner.is_idle)
    assert a.notice() == "", "it was confirmed less than three quarters ago"
    a.let_pass(100)
    a.until(lambda: "not confirmed for a while" in a.notice())
    assert not a.pane.foot.save_button.isEnabled()
    assert not a.is_locked(), "typing goes on"
    a.pane.save()
    assert not a.pane.editing.is_saving
    assert stored("SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == [(1,)]
    monkeypatch.undo()
    a.let_pass(60)
    a.until(lambda: a.notice() == "" and not a.pane.is_dirty())  # the save that waited is done
    assert stored("SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == [(2,)]


def test_who_slept_past_his_lease_writes_nothing_over_the_one_who_has_it_now(
    windows: Windows, ticket: int, stored: Stored
) -> None:
    a, b = windows("full"), windows("full2")
    a.open(ticket)
    a.take_lease("mine")
    a.stand_still()
    stored("UPDATE desk.edit_lease SET expires_at = clock_timestamp()")
    b.open(ticket)
    b.take_lease("theirs")
    wake_up(a, later=60)
    assert a.pane.controller.lease.is_unsure, "known before any timer"
    a.pane.save()
    a.until(a.is_locked)
    assert "pc-full2 (sun) took this over at" in a.notice()
    assert "mine" in a.editor("serial").text()
    assert stored("SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == [(1,)]


def test_who_slept_and_nobody_came_goes_on(windows: Windows, ticket: int, stored: Stored) -> None:
    a = windows("full")
    a.open(ticket)
    a.take_lease("mine")
    a.stand_still()
    stored("UPDATE desk.edit_lease SET expires_at = clock_timestamp()")
    wake_up(a, later=60)
    a.pane.save()
    a.until(lambda: not a.pane.is_dirty())
    assert stored("SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == [(2,)]


def test_a_lease_whose_row_was_swept_is_taken_again_unseen(windows: Windows, ticket: int, stored: Stored) -> None:
    a = windows("full")
    a.open(ticket)
    a.take_lease("mine")
    stored("DELETE FROM desk.edit_lease")
    a.until(lambda: stored("SELECT machine FROM desk.edit_lease") == [("pc-full",)] and a.holds())
    assert a.notice() == ""
    a.pane.save()
    a.until(lambda: not a.pane.is_dirty())


def test_a_form_left_alone_gives_the_row_free_keeps_its_text_and_takes_it_at_the_next_key(
    windows: Windows, lengths: Callable[..., None], ticket: int, stored: Stored
) -> None:
    lengths(**LEFT_ALONE)
    a, b = windows("full"), windows("full2")
    a.open(ticket)
    b.open(ticket)
    a.take_lease("mine")
    a.let_pass(LEFT_ALONE["lease_idle_seconds"])
    a.until(lambda: "others may edit this now" in a.notice())
    assert "mine" in a.editor("serial").text()
    assert not a.is_locked()
    b.until(lambda: b.notice() == "" and stored("SELECT count(*) FROM desk.edit_lease") == [(0,)])
    a.type("!")
    a.until(lambda: a.holds() and a.notice() == "")
    b.until(lambda: "pc-full (lin) is editing this" in b.notice())


def test_a_key_in_a_dialog_over_the_form_is_typing_too(
    windows: Windows, lengths: Callable[..., None], ticket: int
) -> None:
    lengths(**LEFT_ALONE)
    a = windows("full")
    a.open(ticket)
    a.pane.assign()
    a.until(lambda: a.pane.quick.dialog is not None)
    a.let_pass(LEFT_ALONE["lease_idle_seconds"])
    a.until(lambda: not a.holds())
    QTest.keyClicks(a.pane.quick.dialog._comment, "back again")
    a.until(a.holds)
    a.pane.quick.dialog.leave()
    a.until(lambda: not a.holds())


def test_a_row_that_another_took_while_its_form_was_left_alone_is_locked(
    windows: Windows, lengths: Callable[..., None], ticket: int
) -> None:
    lengths(**LEFT_ALONE)
    a = windows("full")
    a.open(ticket)
    a.take_lease("mine")
    a.let_pass(LEFT_ALONE["lease_idle_seconds"])
    a.until(lambda: not a.holds())
    lengths()
    b = windows("full2")
    b.open(ticket)
    b.take_lease("theirs")
    a.until(a.is_locked)
    assert "Your changes are kept here, not saved yet." in a.notice()
    b.pane.editing.discard()
    a.push("goOnEditing")
    a.until(lambda: a.holds() and not a.is_locked())


def test_a_killed_client_is_not_said_to_edit_any_more(
    windows: Windows, lengths: Callable[..., None], ticket: int, desk: RunningDesk
) -> None:
    lengths(lease_seconds=240)  # it does not end by itself meanwhile
    b = windows("full2")
    b.open(ticket)
    b.client.list.select_row(ticket)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(desk.profile("full").directory), str(ticket)],
        stdout=subprocess.PIPE, env=command_environment(),
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"taken"
        b.until(lambda: b.edited_by(ticket) == "pc-full" and "pc-full (lin) is editing this" in b.notice())
        holder.kill()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    owner = desk.owner()
    b.until(lambda: free_leases(owner, desk.desk) == 1)  # the worker's job, which comes every second
    b.until(lambda: b.edited_by(ticket) is None and b.notice() == "")
