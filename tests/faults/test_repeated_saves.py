"""A save that is sent again, at once or after its answer was lost, is done once, and says so."""

from __future__ import annotations

import pytest

from tests.faults.repeats import SAMPLES, Kind, resend_after_cuts, send_at_once
from tests.faults.stage import Stage

OTHERS = tuple(SAMPLES)
pytestmark = pytest.mark.usefixtures("long_locks")


@pytest.mark.parametrize("kind", ["change", "new"])
def test_sent_ten_times_at_once_it_is_done_once(stage: Stage, kind: Kind) -> None:
    counted = send_at_once(stage, kind, rounds=20)
    assert counted.problems == []
    assert counted.met == {"done": 20, "AlreadySavedError": 180}


@pytest.mark.parametrize("kind", ["change", "new"])
def test_sent_again_after_its_answer_was_cut_it_is_done_once(stage: Stage, kind: Kind) -> None:
    counted = resend_after_cuts(stage, kind, rounds=10)
    assert counted.problems == []
    assert counted.met == {"cut before then done": 5, "cut after then AlreadySavedError": 5}


@pytest.mark.parametrize("kind", ["change", "new"])
def test_so_is_a_row_of_every_other_entity_at_once(stage: Stage, kind: Kind) -> None:
    rounds = 2 * len(OTHERS)
    counted = send_at_once(stage, kind, rounds=rounds, entities=OTHERS)
    assert counted.problems == []
    assert counted.met == {"done": rounds, "AlreadySavedError": 9 * rounds}


@pytest.mark.parametrize("kind", ["change", "new"])
def test_so_is_a_row_of_every_other_entity_after_a_cut(stage: Stage, kind: Kind) -> None:
    counted = resend_after_cuts(stage, kind, rounds=2 * len(OTHERS), entities=OTHERS)
    assert counted.problems == []
    assert counted.met == {"cut before then done": len(OTHERS), "cut after then AlreadySavedError": len(OTHERS)}


def test_where_nobody_looks_at_save_ids_it_is_done_more_than_once(stage: Stage) -> None:
    with stage.planted("use_save_id", "IF FOUND THEN", "IF true THEN"):
        counted = send_at_once(stage, "new", rounds=1)
    assert "round 1: ticket: 10 saved" in counted.problems


def test_where_save_ids_of_one_entity_are_not_looked_at_its_rows_alone_are_found(stage: Stage) -> None:
    good, bad = "IF FOUND THEN", "IF FOUND OR saved_entity = 'interaction' THEN"
    with stage.planted("use_save_id", good, bad):
        counted = send_at_once(stage, "new", rounds=len(OTHERS), entities=OTHERS)
    assert "round 3: interaction: 10 saved" in counted.problems
    assert {problem.split(":")[0] for problem in counted.problems} == {"round 3"}
