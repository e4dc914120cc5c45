"""kill -9 of a client at each step of an edit: no half edit, the lease soon free, the draft back and saved once."""

from __future__ import annotations

from tests.faults.client_kills import check_row, kill_at_every_step
from tests.faults.client_tasks import STEPS
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage


def test_no_half_edit_the_lease_free_the_draft_back(stage: Stage) -> None:
    counted = kill_at_every_step(stage, rounds=30)
    assert counted.problems == []
    assert all(counted.met[f"killed: {step}"] >= 2 for step in STEPS)
    assert counted.met["draft sent: done"] > 0
    assert counted.met["draft sent: AlreadySavedError"] > 0, "killed between save and answer"


def test_an_edit_in_two_pieces_is_found_half_done(stage: Stage) -> None:
    (ticket,), hand, counted = stage.tickets(1), stage.worker("full"), Rounds()
    hand.start("edit_in_two_pieces", stops=["half done"], ticket=ticket)
    hand.wait_for_step("half done")
    hand.kill()
    check_row(counted, stage, ticket, "after the kill")
    assert counted.problems == ["round 0: after the kill: number 1, version 2, 0 comments"]
