"""A save that is sent again, at once or after its answer was lost, is done once, and says so."""

from __future__ import annotations

import pytest

from tests.faults.repeats import Kind, resend_after_cuts, send_at_once
from tests.faults.stage import Stage


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


def test_where_nobody_looks_at_save_ids_it_is_done_more_than_once(stage: Stage) -> None:
    with stage.planted("use_save_id", "IF FOUND THEN", "IF true THEN"):
        counted = send_at_once(stage, "new", rounds=1)
    assert "round 1: 10 saved" in counted.problems
