"""The network fails in each of its ways under writers: said in time, and each save is done once when it is back."""

from __future__ import annotations

import pytest

from tests.faults.network import FAULTS, Fault, fail_under_writers
from tests.faults.no_network import NoNamespaceError, lose_network
from tests.faults.stage import Stage

BOUND = 1.0  # seconds without an answer; 10 in a client
SLACK = 3.0  # for a loaded machine
HOLE = BOUND + SLACK + 0.5  # longer than what is allowed until it is said


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_said_in_time_and_goes_on_once(stage: Stage, fault: Fault) -> None:
    seconds = 1.0 if fault in ("cut", "refuse") else HOLE
    counted = fail_under_writers(stage, fault, seconds=seconds, bound=BOUND, connect_timeout=2)
    assert counted.problems == []
    assert counted.met["sent again"] > 0
    assert counted.measured["try, s"] < BOUND + SLACK
    assert counted.measured["until all save again, s"] < 10


def test_who_waits_without_a_bound_waits_as_long_as_the_hole_is_there(stage: Stage) -> None:
    counted = fail_under_writers(stage, "black_hole", seconds=HOLE, bound=None)
    assert counted.measured["try, s"] > BOUND + SLACK


def test_no_network_at_all(stage: Stage) -> None:
    """The system's own timeouts end a try that nobody answers, without anybody's watching it."""
    try:
        counted = lose_network(seconds=HOLE, timeout=1)
    except NoNamespaceError as error:
        pytest.skip(str(error))
    assert counted.problems == []
    assert counted.met["sent again"] > 0
    assert counted.measured["try, s"] < BOUND + SLACK
    assert counted.measured["until all save again, s"] < 10
