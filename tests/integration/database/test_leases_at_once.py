"""Leases when several come at the same moment: one holder, one valid token, and a save is never undercut."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.desks import RunningDesk
from tests.integration.database.leasing import (
    answer,
    ask_and_tell,
    beat,
    is_waiting,
    lengths,
    release,
    take,
    take_over,
    wait_until,
)
from tests.integration.database.races import admitted, at_once, begun, make_patient
from tests.integration.database.world import World, insert, one, refused, update
from tests.integration.server.enrolling import wait_until as until

ROUNDS = 30


@pytest.fixture
def takers(desk: RunningDesk, world: World) -> Iterator[list[Any]]:
    """Six sessions on two machines that are no administrator's."""
    people = {"full2": None, "shared": "zhao"}
    connections = [
        admitted(lambda machine=machine, person=person: desk.connect(machine, person=person, session=uuid.uuid4()))
        for machine, person in people.items()
        for _ in "123"
    ]
    make_patient(*connections)
    yield connections
    for connection in connections:
        connection.close()


@pytest.fixture
def patient(full: Any, full2: Any, admin: Any) -> None:
    """Nobody gives up waiting for a lock, however busy this computer is."""
    make_patient(*(cursor.connection for cursor in (full, full2, admin)))


def test_of_many_who_take_a_free_lease_at_once_one_gets_it(takers: list[Any], boss: Any, ticket: int) -> None:
    for _ in range(ROUNDS):
        boss.execute("DELETE FROM desk.edit_lease")
        answers = at_once(takers, lambda cursor: take(cursor, ticket))
        assert sorted(lease["is_mine"] for lease in answers) == [False] * (len(takers) - 1) + [True]
        assert len({(lease["machine"], lease["taken_at"]) for lease in answers}) == 1


@pytest.mark.parametrize("act", [take, take_over])
def test_of_many_who_take_an_ended_lease_at_once_one_gets_it(
    takers: list[Any], full: Any, boss: Any, ticket: int, act: Callable[[Any, int], dict[str, Any]]
) -> None:
    for _ in range(ROUNDS // 3):
        boss.execute("DELETE FROM desk.edit_lease")
        lost = take(full, ticket)
        boss.execute("UPDATE desk.edit_lease SET expires_at = clock_timestamp()")
        answers = at_once(takers, lambda cursor: act(cursor, ticket))
        (won,) = [lease for lease in answers if lease != "DK023" and lease["is_mine"]]
        assert won["token"] > lost["token"]
        assert one(boss, "SELECT token FROM desk.edit_lease WHERE entity_id = %s", ticket) == won["token"]


def test_at_the_end_of_a_lease_its_holder_and_a_taker_never_both_have_it(
    desk: RunningDesk, boss: Any, ticket: int
) -> None:
    """The holder's beat and another's take come at the moment of the end."""
    holder, taker = (desk.connect(machine, session=uuid.uuid4()) for machine in ("full", "full2"))
    make_patient(holder, taker)
    for _ in range(ROUNDS):
        with lengths(boss, lease_seconds="0.03"):
            lease = take(holder.cursor(), ticket)
        kept, taken = at_once(
            [holder, taker], lambda cursor, lease=lease: _at_the_end(cursor, cursor.connection is holder, ticket, lease)
        )
        assert kept["is_mine"] != taken["is_mine"]
        if taken["is_mine"]:
            assert taken["token"] > lease["token"]
            with refused("DK002"):
                update(holder.cursor(), "ticket", ticket, subject="Late", lease_token=lease["token"])
        winner, token = (taker, taken["token"]) if taken["is_mine"] else (holder, lease["token"])
        update(winner.cursor(), "ticket", ticket, subject="In time", lease_token=token)
    holder.close()
    taker.close()


def _at_the_end(cursor: Any, is_holder: bool, ticket: int, lease: dict[str, Any]) -> dict[str, Any]:
    wait_until(cursor, lease["expires_at"])
    return beat(cursor, (ticket, lease["token"]))[0] if is_holder else take(cursor, ticket)


@pytest.mark.parametrize("way", ["admin", "unanswered", "expired"])
def test_a_take_over_during_a_save_waits_and_then_wins(
    raw: Any, patient: None, full: Any, full2: Any, admin: Any, boss: Any, ticket: int, way: str
) -> None:
    taker = admin if way == "admin" else full2
    with lengths(boss, lease_seconds="0.05" if way == "expired" else "60", lease_ask_seconds="0.01"):
        token = take(full, ticket)["token"]
        if way != "admin":
            wait_until(boss, ask_and_tell(taker, full, ticket, token))
            wait_until(boss, one(boss, "SELECT clock_timestamp() + interval '60 ms'"))
        saver = raw("full", autocommit=False).cursor()
        update(saver, "ticket", ticket, subject="Under way", lease_token=token)
        pid = taker.connection.info.backend_pid
        taking = begun(lambda: take_over(taker, ticket))
        until(lambda: is_waiting(boss, pid) or taking.done(), 30)
        assert not taking.done()  # the save has the lease's row until it commits
        saver.connection.commit()
        assert taking.result(30)["is_mine"]
    assert one(boss, "SELECT subject FROM desk.ticket WHERE id = %s", ticket) == "Under way"


def test_a_take_over_during_a_save_that_is_undone_takes_it_from_its_holder(
    raw: Any, patient: None, full: Any, admin: Any, boss: Any, ticket: int
) -> None:
    token = take(full, ticket)["token"]
    saver = raw("full", autocommit=False).cursor()
    update(saver, "ticket", ticket, subject="Under way", lease_token=token)
    pid = admin.connection.info.backend_pid
    taking = begun(lambda: take_over(admin, ticket))
    until(lambda: is_waiting(boss, pid), 30)
    saver.connection.rollback()
    assert taking.result(30)["is_mine"]
    with refused("DK002"):
        update(full, "ticket", ticket, subject="Too late", lease_token=token)


def test_a_save_during_a_take_over_waits_and_is_refused(
    raw: Any, patient: None, full: Any, admin: Any, boss: Any, ticket: int
) -> None:
    token = take(full, ticket)["token"]
    taker = raw("admin", autocommit=False).cursor()
    assert take_over(taker, ticket)["is_mine"]
    pid = full.connection.info.backend_pid
    saving = begun(lambda: update(full, "ticket", ticket, subject="Late", lease_token=token))
    until(lambda: is_waiting(boss, pid), 30)
    taker.connection.commit()
    assert saving.result(30) == "DK002"


def test_of_holder_s_answer_and_take_over_at_once_one_counts(
    patient: None, full: Any, full2: Any, boss: Any, ticket: int
) -> None:
    """Either he keeps it, or it is gone when he answers; never both."""
    outcomes = set()
    with lengths(boss, lease_ask_seconds="0.001"):
        for _ in range(ROUNDS // 2):
            boss.execute("DELETE FROM desk.edit_lease")
            token = take(full, ticket)["token"]
            wait_until(boss, ask_and_tell(full2, full, ticket, token))
            kept, taken = at_once(
                [full.connection, full2.connection],
                lambda cursor, token=token: answer(cursor, ticket, token, keeps=True)
                if cursor.connection is full.connection else take_over(cursor, ticket),
            )  # fmt: skip
            assert (kept, taken if isinstance(taken, str) else taken["is_mine"]) in {(True, "DK023"), (False, True)}
            outcomes.add(kept)
    assert outcomes


def test_who_beats_and_who_saves_many_rows_never_wait_for_each_other(
    desk: RunningDesk, full: Any, full2: Any, boss: Any, world: World
) -> None:
    """Beats in any order of the client's, saves by their ids: no deadlock, nothing refused."""
    tickets = [insert(full, "ticket", **world.ticket()) for _ in range(12)]
    session = uuid.uuid4()
    beaters = [desk.connect("full", session=session) for _ in range(2)]
    savers = [desk.connect("full", session=session, autocommit=False)]
    make_patient(*beaters, *savers)
    held = [(ticket, take(beaters[0].cursor(), ticket)["token"]) for ticket in tickets]

    def act(cursor: Any) -> str:
        for number in range(15):
            if cursor.connection in savers:
                for ticket in tickets:
                    update(cursor, "ticket", ticket, next_step=str(number))
                cursor.connection.commit()
            else:
                order = held if number % 2 else held[::-1]
                assert all(row["is_mine"] for row in beat(cursor, *order))
        return "ok"

    assert at_once(beaters + savers, act) == ["ok"] * 3
    for connection in beaters + savers:
        connection.close()


def test_who_lost_his_lease_is_refused_also_after_the_other_gave_it_up(
    full: Any, full2: Any, boss: Any, ticket: int
) -> None:
    """Asleep past the end, another saves and leaves; awake again, the late save is refused, not merged away."""
    with lengths(boss, lease_seconds="0.05"):
        asleep = take(full, ticket)
        wait_until(boss, asleep["expires_at"])
        other = take(full2, ticket)
    update(full2, "ticket", ticket, subject="The other's", lease_token=other["token"])
    assert not release(full2, ticket, other["token"])  # it went with the save
    told = beat(full, (ticket, asleep["token"]))[0]
    assert (told["is_mine"], told["machine"]) == (False, None)
    with refused("DK002"):
        update(full, "ticket", ticket, subject="Late", lease_token=asleep["token"])
    assert one(boss, "SELECT subject FROM desk.ticket WHERE id = %s", ticket) == "The other's"
