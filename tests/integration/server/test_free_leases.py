"""A lease whose session is gone ends at once; its holder, back before anybody took it, goes on where he was."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from desk_server.jobs import Job
from desk_server.jobs.leases import free_leases
from tests.desks import RunningDesk
from tests.integration.database.world import World, fill, insert, one, refused, rows, update
from tests.integration.server.enrolling import at_work, wait_until


@pytest.fixture(scope="module")
def world(desk: RunningDesk) -> World:
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        return fill(cursor)


@pytest.fixture
def free(desk: RunningDesk) -> Iterator[Callable[[], int]]:
    """The job, run once."""
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield lambda: free_leases(connection, desk.desk)


@pytest.fixture
def ticket(world: World, raw: Any, boss: Any) -> int:
    boss.execute("DELETE FROM desk.edit_lease")
    return insert(raw("full2").cursor(), "ticket", **world.ticket())


def take(cursor: Any, ticket: int) -> dict[str, Any]:
    return rows(cursor, "SELECT * FROM desk.lease_take('ticket', %s)", ticket)[0]


def is_live(boss: Any, ticket: int) -> bool:
    return bool(one(boss, "SELECT count(*) FROM desk.edit_lease WHERE entity_id = %s AND expires_at > now()", ticket))


def end(connection: Any, boss: Any) -> None:
    """Break the link as a killed client does; the server has seen it when this returns."""
    pid = connection.info.backend_pid
    with socket.socket(fileno=os.dup(connection.fileno())) as link:
        link.shutdown(socket.SHUT_RDWR)
    wait_until(lambda: not one(boss, "SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid))


@pytest.fixture
def boss(owner: Any) -> Any:
    return owner.cursor()


def test_the_lease_of_a_killed_client_ends(
    desk: RunningDesk, raw: Any, boss: Any, ticket: int, free: Callable[[], int]
) -> None:
    session, other = uuid.uuid4(), raw("full2").cursor()
    holder = raw("full", session=session)
    lease = take(holder.cursor(), ticket)
    assert free() == 0
    assert not take(other, ticket)["is_mine"]
    end(holder, boss)
    assert free() == 1
    assert free() == 0
    assert not is_live(boss, ticket)
    # nobody took it: back again, he goes on under the same token
    again = raw("full", session=session).cursor()
    beat = rows(again, "SELECT * FROM desk.lease_beat('{ticket}', ARRAY[%s], ARRAY[%s])", ticket, lease["token"])[0]
    assert beat["is_mine"] and beat["taken_at"] == lease["taken_at"]
    assert is_live(boss, ticket) and free() == 0
    update(again, "ticket", ticket, subject="After the crash", lease_token=lease["token"])


def test_what_another_took_meanwhile_is_his(raw: Any, boss: Any, ticket: int, free: Callable[[], int]) -> None:
    holder, other = raw("full", session=uuid.uuid4()), raw("full2").cursor()
    lease = take(holder.cursor(), ticket)
    end(holder, boss)
    free()
    assert take(other, ticket)["is_mine"]
    with refused("DK002"):
        update(raw("full").cursor(), "ticket", ticket, subject="Late", lease_token=lease["token"])
    update(other, "ticket", ticket, subject="His")


def test_a_save_after_the_early_end_passes_while_nobody_took_it(
    raw: Any, boss: Any, ticket: int, free: Callable[[], int]
) -> None:
    holder = raw("full", session=uuid.uuid4())
    lease = take(holder.cursor(), ticket)
    end(holder, boss)
    assert free() == 1
    update(raw("full").cursor(), "ticket", ticket, subject="Still good", lease_token=lease["token"])


def test_another_connection_of_the_session_keeps_its_leases(
    raw: Any, boss: Any, ticket: int, free: Callable[[], int]
) -> None:
    session = uuid.uuid4()
    holder, second = raw("full", session=session), raw("full", session=session)
    take(holder.cursor(), ticket)
    end(holder, boss)
    assert free() == 0 and is_live(boss, ticket)
    end(second, boss)
    assert free() == 1


def test_another_machine_or_window_does_not(raw: Any, boss: Any, ticket: int, free: Callable[[], int]) -> None:
    session = uuid.uuid4()
    holder = raw("full", session=session)
    take(holder.cursor(), ticket)
    raw("full2", session=session)
    raw("full", session=uuid.uuid4())
    assert free() == 0
    end(holder, boss)
    assert free() == 1


def test_a_session_without_a_name_lives_as_long_as_its_connection(
    raw: Any, boss: Any, ticket: int, free: Callable[[], int]
) -> None:
    """psql, say; and the same process number, given again to somebody else, is not that connection."""
    holder = raw("full", application_name="psql")
    take(holder.cursor(), ticket)
    assert free() == 0
    boss.execute(
        "UPDATE desk.edit_lease SET holder_started = holder_started - interval '1 hour' WHERE entity_id = %s", (ticket,)
    )
    assert free() == 1


def test_nobody_s_lock_holds_the_job_up(raw: Any, boss: Any, world: World, free: Callable[[], int]) -> None:
    maker = raw("full2").cursor()
    locked, other = (insert(maker, "ticket", **world.ticket()) for _ in range(2))
    holder = raw("full", session=uuid.uuid4())
    lease = take(holder.cursor(), locked)
    take(holder.cursor(), other)
    end(holder, boss)
    saver = raw("full", autocommit=False).cursor()
    update(saver, "ticket", locked, subject="Under way", lease_token=lease["token"])
    assert free() == 1  # the other one, and without waiting
    assert not is_live(boss, other) and is_live(boss, locked)
    saver.connection.rollback()
    assert free() == 1


def test_after_the_server_s_own_restart_holders_have_their_time_to_come_back(
    raw: Any, boss: Any, ticket: int, free: Callable[[], int]
) -> None:
    holder = raw("full", session=uuid.uuid4())
    take(holder.cursor(), ticket)
    end(holder, boss)
    back = "UPDATE desk.edit_lease SET beat_at = pg_postmaster_start_time() {} WHERE entity_id = %s"
    boss.execute(back.format("- interval '1 s'"), (ticket,))
    assert free() == 0 and is_live(boss, ticket)
    boss.execute(back.format("+ interval '1 ms'"), (ticket,))
    assert free() == 1


@pytest.mark.parametrize(("seconds", "notice"), [(1, "SELECT 1"), (600, "NOTIFY desk_worker, 'leases'")])
def test_the_worker_frees_within_a_second_or_two_and_at_once_where_somebody_says_so(
    desk: RunningDesk, raw: Any, boss: Any, ticket: int, seconds: int, notice: str
) -> None:
    holder = raw("full", session=uuid.uuid4())
    take(holder.cursor(), ticket)
    boss.execute("UPDATE desk.edit_lease SET expires_at = expires_at + interval '1 hour'")  # by itself it does not end
    with at_work(desk, (Job("free leases", seconds, free_leases, topic="leases"),)):
        end(holder, boss)
        boss.execute(notice)
        wait_until(lambda: not is_live(boss, ticket))


def test_no_machine_may_end_leases(raw: Any) -> None:
    for machine in ("query", "full", "admin"):
        with refused("42501"):
            raw(machine).cursor().execute("SELECT desk.leases_end_gone()")
        with refused("42501"):
            raw(machine).cursor().execute("SELECT desk.session_started()")
