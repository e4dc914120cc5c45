"""Sixteen processes edit five tickets at once: every save that was acknowledged is in the table, once."""

from __future__ import annotations

import pytest

from tests.faults.counting import count_together
from tests.faults.stage import Stage


def test_what_is_acknowledged_is_in_the_table(stage: Stage) -> None:
    counted = count_together(stage, workers=16, edits=100)
    assert counted.problems() == []
    assert counted.saves == counted.total == 1600
    assert counted.met["conflict"] > 0, "nobody met anybody: this showed nothing"
    assert counted.met["held by another"] > 0


@pytest.mark.usefixtures("long_locks")
def test_who_reads_and_then_writes_loses_edits_and_the_count_shows_it(stage: Stage) -> None:
    counted = count_together(stage, workers=16, edits=30, task="count_up_blindly")
    assert counted.saves == 480
    assert counted.total < counted.saves
    assert any("in the table" in problem for problem in counted.problems())
