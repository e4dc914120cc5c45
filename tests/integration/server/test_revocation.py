"""A level that falls, falls at once: the next write is refused, the sessions end, and nobody slips in meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server import machines, sessions
from desk_server.jobs import JOBS
from desk_server.jobs.sessions import end_outdated_sessions, note_sessions
from desk_server.machines import add_machine, set_machine
from shared.config import Profile
from tests.desks import RunningDesk
from tests.integration.server.enrolling import at_work, one, rows, wait_until
from tests.integration.server.storm import let_in_again, live_sessions, reconnect_storm

ROUNDS = 12
MANY = 200
INSERT = "INSERT INTO desk.customer (name, save_id) VALUES (%s, gen_random_uuid()) RETURNING id"
RIGHTS_ALONE = "SELECT desk.machine_set(%s, %s, NULL)"


@pytest.fixture
def machine(desk: RunningDesk, tmp_path: Path, request: pytest.FixtureRequest) -> Profile:
    """A machine of this test's own, level full."""
    name = "pc-" + str(abs(hash(request.node.name)))[:10]
    return add_machine(desk.desk, name, "full", ["lin"], tmp_path / name)


def _connect(machine: Profile, *, autocommit: bool = True) -> Any:
    connection = psycopg2.connect(**machine.connect_args())
    connection.autocommit = autocommit
    return connection


def _is_cut(connection: Any) -> bool:
    try:
        one(connection, "SELECT 1")
    except psycopg2.OperationalError:
        return True
    return False


def test_nobody_survives_a_revocation_under_a_storm_of_reconnects(
    desk: RunningDesk, owner: Any, machine: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "SWEEP_SECONDS", 0.2)
    with reconnect_storm(machine.connect_args()) as storm:
        for _ in range(ROUNDS):
            let_in_again(desk.desk, machine.machine)
            wait_until(lambda: live_sessions(owner, machine.machine) >= 2)
            set_machine(desk.desk, machine.machine, "none")
            wait_until(lambda: live_sessions(owner, machine.machine) == 0)  # who is not ended now stays for ever
            wait_until(lambda refusals=storm.refusals: storm.refusals > refusals)  # it rages on
    assert storm.logins


def test_two_hundred_sessions_are_cut_in_one_call(desk: RunningDesk, machine: Profile) -> None:
    """The machine's limit is raised for it, and the server's."""
    with desk.owner().cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET max_connections = {MANY + 60}")
    desk.close_connections()
    desk.desk.cluster.stop()
    desk.start()
    owner = desk.owner()
    with owner.cursor() as cursor:
        cursor.execute(f'ALTER ROLE "m_{machine.machine}" CONNECTION LIMIT {MANY}')
    with ThreadPoolExecutor(4) as pool:
        connections = list(pool.map(lambda _: _connect(machine), range(MANY)))
    try:
        assert live_sessions(owner, machine.machine) == MANY
        assert one(owner, "SELECT desk.machine_sessions_end(%s)", (machine.machine,)) == MANY
        wait_until(lambda: live_sessions(owner, machine.machine) == 0)
        assert all(map(_is_cut, connections))
    finally:
        for connection in connections:
            connection.close()
    event = one(owner, "SELECT detail FROM desk.security_event WHERE kind = 'sessions_ended' ORDER BY id DESC LIMIT 1")
    assert event["sessions"] == MANY


def test_a_demotion_refuses_the_next_write_of_the_same_session(owner: Any, machine: Profile) -> None:
    with closing(_connect(machine)) as connection:
        assert one(connection, INSERT, ("Before",))
        one(owner, RIGHTS_ALONE, (machine.machine, "query"))
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            one(connection, INSERT, ("After",))
        assert one(connection, "SELECT count(*) FROM desk.customer WHERE name = 'After'") == 0  # it may read on


def test_a_demotion_refuses_the_next_write_in_an_open_transaction(owner: Any, machine: Profile) -> None:
    with closing(_connect(machine, autocommit=False)) as connection:
        assert one(connection, INSERT, ("Begun",))
        one(owner, RIGHTS_ALONE, (machine.machine, "query"))
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            one(connection, INSERT, ("Gone on",))


@pytest.mark.parametrize("level", ["query", "none"])
def test_what_was_written_before_does_not_get_in_by_a_bare_commit(
    desk: RunningDesk, owner: Any, machine: Profile, level: str
) -> None:
    """It would: rights are asked for when a statement runs, and a COMMIT asks for none. Hence the sessions end."""
    with closing(_connect(machine, autocommit=False)) as connection:
        one(connection, INSERT, (f"Rights alone {level}",))
        one(owner, RIGHTS_ALONE, (machine.machine, level))
        connection.commit()
    let_in_again(desk.desk, machine.machine)
    with closing(_connect(machine, autocommit=False)) as connection:
        one(connection, INSERT, (f"Sessions ended {level}",))
        assert set_machine(desk.desk, machine.machine, level) >= 1
        with pytest.raises(psycopg2.OperationalError):
            connection.commit()
    kept = rows(owner, "SELECT name FROM desk.customer WHERE name LIKE %s", (f"%{level}",))
    assert kept == [f"Rights alone {level}"]


@pytest.mark.parametrize("level", ["query", "none"])
def test_the_worker_ends_what_whoever_took_the_level_left_open(
    owner: Any, desk: RunningDesk, machine: Profile, level: str
) -> None:
    """At once: its own turn comes ten minutes later."""
    jobs = tuple(replace(job, every_seconds=600) for job in JOBS if job.topic == "sessions")
    with at_work(desk, jobs), closing(_connect(machine)) as connection, closing(desk.connect("full")) as other:
        one(owner, RIGHTS_ALONE, (machine.machine, level))
        wait_until(lambda: _is_cut(connection))
        assert one(other, "SELECT 1") == 1


def test_the_worker_ends_sessions_of_a_replaced_certificate_and_no_others(
    desk: RunningDesk, owner: Any, machine: Profile
) -> None:
    with closing(_connect(machine)) as connection, closing(desk.desk.owner_connection(user="desk_worker")) as worker:
        assert end_outdated_sessions(worker, desk.desk) == 0
        with owner.cursor() as cursor:
            cursor.execute(
                "UPDATE desk.machine_certificate SET replaced_at = clock_timestamp() WHERE machine_id ="
                " (SELECT id FROM desk.machine WHERE name = %s)",
                (machine.machine,),
            )
        assert end_outdated_sessions(worker, desk.desk) == 1
        assert _is_cut(connection)


def test_a_clock_set_back_after_a_change_of_level_cuts_nobody_off(
    desk: RunningDesk, owner: Any, machine: Profile
) -> None:
    """Every session would be from before the change, until the clock is where it was."""
    change = "UPDATE desk.machine SET level_since = clock_timestamp() + interval %s WHERE name = %s"
    with closing(_connect(machine)) as connection, closing(desk.desk.owner_connection(user="desk_worker")) as worker:
        with owner.cursor() as cursor:
            cursor.execute(change, ("1 hour", machine.machine))
        assert end_outdated_sessions(worker, desk.desk) == 0
        assert not _is_cut(connection)
        with owner.cursor() as cursor:
            cursor.execute(change, ("-1 ms", machine.machine))
        assert end_outdated_sessions(worker, desk.desk) == 1


def test_a_note_gives_back_no_level_that_was_taken_meanwhile(
    desk: RunningDesk, owner: Any, machine: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shell has read the machine when an administrator revokes it; then the shell writes its note."""
    known = machines._known

    def read_and_revoked(connection: Any, name: str) -> Any:
        found = known(connection, name)
        one(owner, RIGHTS_ALONE, (name, "none"))
        return found

    monkeypatch.setattr(machines, "_known", read_and_revoked)
    set_machine(desk.desk, machine.machine, note="on the bench")
    level_and_note = "SELECT level || ' ' || note FROM desk.machine WHERE name = %s"
    assert one(owner, level_and_note, (machine.machine,)) == "none on the bench"
    set_machine(desk.desk, machine.machine, people=["lin"])
    assert one(owner, level_and_note, (machine.machine,)) == "none on the bench"
    set_machine(desk.desk, machine.machine, "query")
    assert one(owner, level_and_note, (machine.machine,)) == "query on the bench"


def test_a_level_that_rises_disturbs_nobody(desk: RunningDesk, owner: Any, machine: Profile) -> None:
    one(owner, RIGHTS_ALONE, (machine.machine, "query"))
    time.sleep(0.3)
    with closing(_connect(machine)) as connection, closing(desk.desk.owner_connection(user="desk_worker")) as worker:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            one(connection, INSERT, ("Too early",))
        assert set_machine(desk.desk, machine.machine, "full") == 0
        assert end_outdated_sessions(worker, desk.desk) == 0
        assert one(connection, INSERT, ("Allowed now",))


def test_the_worker_notes_who_was_there(desk: RunningDesk, owner: Any, machine: Profile) -> None:
    seen = (
        "SELECT address, last_seen_at FROM desk.machine_seen s"
        " JOIN desk.machine m ON m.id = s.machine_id WHERE m.name = %s"
    )
    assert rows(owner, seen, (machine.machine,)) == []
    before = one(owner, "SELECT clock_timestamp()")
    with closing(_connect(machine)), closing(desk.desk.owner_connection(user="desk_worker")) as worker:
        note_sessions(worker, desk.desk)
    ((address, seen_at),) = rows(owner, seen, (machine.machine,))
    assert address in ("127.0.0.1", "::1")
    assert before <= seen_at <= one(owner, "SELECT clock_timestamp()")
    used = "SELECT count(*) FROM desk.machine_certificate c JOIN desk.machine m ON m.id = c.machine_id"
    assert one(owner, f"{used} WHERE m.name = %s AND first_used_at IS NOT NULL", (machine.machine,)) == 1


@pytest.fixture(autouse=True)
def _no_session_left(desk: RunningDesk) -> Iterator[None]:
    """On the server either: its processes end a moment after their clients."""
    yield
    desk.close_connections()
    with closing(desk.desk.owner_connection()) as connection:
        wait_until(lambda: not one(connection, "SELECT count(*) FROM desk.machine_sessions()"))
