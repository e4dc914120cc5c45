"""Who has a lease when several want it at once, when its holder sleeps over its end, or has a wrong clock."""

from __future__ import annotations

import pytest

from tests.faults.races import (
    beat_against_takers,
    edit_with_a_wrong_clock,
    sleep_over_the_end,
    sleep_within_a_save,
    take_at_a_barrier,
)
from tests.faults.stage import Stage


@pytest.mark.usefixtures("long_locks")
def test_one_of_sixteen_gets_a_free_lease(stage: Stage) -> None:
    races = take_at_a_barrier(stage, takers=16, rounds=100)
    assert races.problems == []
    assert races.met == {"1 won": 100}


@pytest.mark.usefixtures("long_locks")
def test_a_lease_that_is_not_looked_at_again_is_found_to_have_two_holders(stage: Stage) -> None:
    good = "WHERE held.expires_at <= clock_timestamp() OR (held.machine = me AND held.session = mine)"
    with stage.planted("lease_take", good, "WHERE true"):
        races = take_at_a_barrier(stage, takers=8, rounds=20)
    assert any("have the lease" in problem for problem in races.problems)


@pytest.mark.usefixtures("long_locks")
def test_at_its_end_a_lease_is_its_holders_or_a_takers_never_both(stage: Stage) -> None:
    with stage.lengths(lease_seconds=0.3):
        races = beat_against_takers(stage, rounds=8, lease_seconds=0.3)
    assert races.problems == []


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ("nothing", "done; in the table: the sleeper's"),
        ("takes", "LeaseLostError; in the table: None"),
        ("saves", "LeaseLostError; in the table: the rival's"),
    ],
)
def test_a_holder_that_slept_saves_only_where_nobody_took_its_lease(stage: Stage, other: str, outcome: str) -> None:
    with stage.lengths(lease_seconds=0.3):
        assert sleep_over_the_end(stage, other=other) == outcome


def test_who_sleeps_within_a_save_holds_nobody_up_for_long(stage: Stage) -> None:
    with stage.lengths(lease_seconds=1), stage.idle_limit(4):  # it may stand still for a moment on its way there
        met, text = sleep_within_a_save(stage)
    assert text == "the rival's"
    assert met[-2:] == ["done", "the sleeper: DatabaseUnavailableError"]
    assert set(met[:-2]) <= {"BusyError", "LeaseLostError"}


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_clients_clock_is_of_no_account(stage: Stage, days: float) -> None:
    assert edit_with_a_wrong_clock(stage, days=days) == [
        "taken: True",
        "taken by the rival: False",
        "beats: True",
        "the rival's save: LeaseLostError",
        "saves: done",
        "after its end, taken by the rival: True",
        "saves: LeaseLostError",
    ]
