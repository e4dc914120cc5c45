"""The network fails in each of its ways under writers: said in time, and each save is done once when it is back."""

from __future__ import annotations

import pytest

from tests.faults.network import FAULTS, Fault, fail_under_writers, wait_without_a_bound
from tests.faults.no_network import NoNamespaceError, lose_network
from tests.faults.stage import Stage

BOUND = 1.0  # seconds without an answer; 10 in a client
SLACK = 9.0  # for a loaded machine; costs nothing, since a fault lasts until it is said


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_said_in_time_and_goes_on_once(stage: Stage, fault: Fault) -> None:
    counted = fail_under_writers(stage, fault, seconds=None, bound=BOUND, connect_timeout=2)
    assert counted.problems == []
    assert counted.met["sent again"] > 0
    assert counted.measured["try, s"] < BOUND + SLACK
    assert counted.measured["until all save again, s"] < 30


def test_who_waits_without_a_bound_waits_as_long_as_the_hole_is_there(stage: Stage) -> None:
    """So it is their bound that ends the wait in the test above."""
    assert wait_without_a_bound(stage, seconds=3 * BOUND) == 0


def test_no_network_at_all(stage: Stage) -> None:
    """The system's own timeouts end a try that nobody answers, without anybody's watching it."""
    try:
        counted = lose_network(seconds=None, timeout=1)
    except NoNamespaceError as error:
        pytest.skip(str(error))
    assert counted.problems == []
    assert counted.met["sent again"] > 0
    assert counted.measured["try, s"] < BOUND + SLACK
    assert counted.measured["until all save again, s"] < 30
