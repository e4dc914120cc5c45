"""A machine tries to use up what all share: locks, connections, disk, notices, time. Others go on working."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests.attack.small_desk import start_small
from tests.desks import RunningDesk
from tests.integration.database.races import admitted
from tests.integration.database.world import insert, one, refused, rows
from tests.integration.server.enrolling import settle_log, wait_until

DENIED = "42501"
CONNECTIONS, RESERVED, FOR_SUPERUSER = 20, 3, 3
MACHINES_LIMIT = 8  # two clients with three each, and a little for what is being cut off
SMALL = {
    "max_connections": str(CONNECTIONS),
    "reserved_connections": str(RESERVED),
    "superuser_reserved_connections": str(FOR_SUPERUSER),
    # Who has not said yet who he is counts as well, up to twice the sum of these and of the connections: 44.
    "autovacuum_max_workers": "1",
    "max_worker_processes": "0",
    "max_wal_senders": "0",
    "temp_file_limit": "8MB",
}


@pytest.fixture(scope="module")
def small() -> Iterator[RunningDesk]:
    """A desk with few connections and little room for sorting."""
    desk = start_small(SMALL)
    yield desk
    desk.remove()


@pytest.fixture
def crowd(small: RunningDesk) -> Iterator[Callable[..., Any]]:
    """Connections to the small desk, on which nobody else is any more; closed after the test."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with closing(small.desk.owner_connection()) as connection, connection.cursor() as cursor:
        wait_until(lambda: one(cursor, others) == 0, 30)
    yield small.connect
    small.close_connections()


def worker(desk: RunningDesk) -> Any:
    """A connection of the worker's role, as the worker makes it."""
    return psycopg2.connect(**desk.desk.owner_connect_args(user="desk_worker"))


def test_every_advisory_lock_is_closed(query: Any, full: Any, boss: Any) -> None:
    """Nine thousand of them use up the memory of all: none can be taken, by whatever function."""
    functions = rows(
        boss,
        """SELECT oid::regprocedure::text AS routine, pronargs FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ 'advisory'""",
    )
    assert len(functions) > 20
    for row in functions:
        name, kinds = row["routine"].rstrip(")").split("(")
        arguments = ", ".join(f"1::{kind}" for kind in kinds.split(",") if kind)
        for cursor in (query, full):
            with refused(DENIED):
                cursor.execute(f"SELECT {name}({arguments})")
            with refused(DENIED):
                cursor.execute(f"SELECT count({name}({arguments})) FROM generate_series(1, 100000)")
        boss.execute(f"SELECT {name}({arguments})")
    boss.execute("SELECT pg_advisory_unlock_all()")


def test_every_large_object_function_is_closed(query: Any, full: Any, boss: Any) -> None:
    functions = rows(
        boss,
        """SELECT oid::regprocedure::text AS routine FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^(lo_|loread|lowrite)'""",
    )
    assert len(functions) > 15
    for row in functions:
        name, kinds = row["routine"].rstrip(")").split("(")
        arguments = ", ".join(f"'0'::{kind}" for kind in kinds.split(",") if kind)  # a NULL would be folded away
        for cursor in (query, full):
            with refused(DENIED):
                cursor.execute(f"SELECT {name}({arguments})")
    assert one(boss, "SELECT count(*) FROM pg_largeobject_metadata") == 0
    assert one(boss, "SELECT lo_unlink(lo_create(0))") == 1


def test_all_locks_a_machine_may_take_leave_room(query: Any, full: Any, raw: Any) -> None:
    """ACCESS SHARE on everything readable, in all of its sessions: others read, write and lock on."""
    tables = [row["name"] for row in rows(
        query, "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r'"
               " AND has_table_privilege(oid, 'SELECT')")]  # fmt: skip
    held = [query, *(admitted(lambda: raw("query")).cursor() for _ in range(MACHINES_LIMIT - 1))]
    for cursor in held:
        cursor.execute("BEGIN")
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS SHARE MODE")
    full.execute("SELECT id FROM desk.ticket FOR UPDATE")
    assert insert(full, "customer", name="Meanwhile")
    assert one(raw("admin").cursor(), "SELECT 1") == 1


def test_a_migration_does_not_wait_for_a_lock_that_is_held(query: Any, boss: Any, full: Any) -> None:
    """A held ACCESS SHARE stops an ALTER, and everybody who queues behind it: lock_timeout ends that."""
    query.execute("BEGIN; LOCK TABLE desk.ticket IN ACCESS SHARE MODE")
    with refused("55P03"):
        boss.execute("SET lock_timeout = '300ms'; ALTER TABLE desk.ticket ADD COLUMN probe int")
    assert one(full, "SELECT count(*) FROM desk.ticket") >= 0
    query.execute("ROLLBACK")


def test_notices_carry_nothing_and_need_no_trust(query: Any, full: Any, boss: Any) -> None:
    """NOTIFY and LISTEN can't be refused. What they reach is a hint: nothing is read from it, nothing decided by it."""
    full.execute("LISTEN desk; LISTEN desk_worker")
    query.execute("NOTIFY desk, 'ticket 1 2'")
    query.execute("NOTIFY desk_worker, 'sign'")
    query.execute("NOTIFY desk_worker, 'sessions'")
    with refused(DENIED):
        query.execute("SELECT pg_notify('desk', 'x')")
    full.execute("SELECT 1")
    assert {notice.payload for notice in full.connection.notifies} == {"ticket 1 2", "sign", "sessions"}
    assert one(full, "SELECT 1") == 1  # the session goes on, and so does the one who listens to nonsense


def test_eight_connections_and_no_more(crowd: Callable[..., Any]) -> None:
    held = [admitted(lambda: crowd("query")) for _ in range(MACHINES_LIMIT)]
    with pytest.raises(psycopg2.OperationalError, match="too many connections for role"):
        crowd("query")
    cursor = held[0].cursor()
    with refused(DENIED):
        cursor.execute("ALTER ROLE CURRENT_USER CONNECTION LIMIT 100")
    assert one(crowd("full").cursor(), "SELECT 1") == 1


def test_all_slots_taken_leave_the_worker_and_the_owner_a_way_in(small: RunningDesk, crowd: Callable[..., Any]) -> None:
    """Machines fill every slot but the reserved ones; the worker gets in and makes room, the owner too."""
    taken = []
    with pytest.raises(psycopg2.OperationalError, match=r"remaining connection slots are reserved"):
        for machine in ("query", "full", "full2", "shared", "admin"):
            for _ in range(MACHINES_LIMIT):
                taken.append(crowd(machine))
    assert 10 <= len(taken) <= CONNECTIONS - RESERVED - FOR_SUPERUSER
    with closing(worker(small)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT desk.machine_sessions_end('pc-query')")
        assert cursor.fetchone()[0] == MACHINES_LIMIT
        connection.commit()
    with closing(small.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert one(admitted(lambda: crowd("admin")).cursor(), "SELECT 1") == 1


def open_silent(port: int, count: int) -> list[socket.socket]:
    """Connections that say nothing."""
    opened = []
    for number in range(count):
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=30))
        if number % 20 == 0:
            time.sleep(0.02)  # the server's queue is short: what does not fit waits for a whole second
    return opened


def test_two_hundred_silent_sockets_end_by_themselves(small: RunningDesk, crowd: Callable[..., Any]) -> None:
    """Whoever connects and says nothing holds a slot until authentication_timeout, and not longer."""
    sockets: list[socket.socket] = []
    is_refused = False
    try:
        while not is_refused:
            assert len(sockets) < 1000, "nobody was kept out: the attack itself does not work"
            sockets += open_silent(small.port, 200)
            try:
                crowd("admin", connect_timeout=60).close()  # behind two hundred others it may take long
            except psycopg2.OperationalError as error:
                is_refused = any(word in str(error) for word in ("too many clients", "closed", "reserved", "EOF"))
                assert is_refused, error
        began = time.monotonic()
        while True:
            try:
                assert one(crowd("admin").cursor(), "SELECT 1") == 1
                break
            except psycopg2.OperationalError:
                assert time.monotonic() - began < 40, "nobody gets in again"
                time.sleep(0.1)
    finally:
        for silent in sockets:
            silent.close()


def test_a_sort_does_not_fill_the_disk(crowd: Callable[..., Any]) -> None:
    cursor = crowd("query").cursor()
    cursor.execute("SET work_mem = '64kB'; SET statement_timeout = 0")
    with refused(DENIED):
        cursor.execute("SET temp_file_limit = -1")
    sort = "SELECT count(*) FROM (SELECT repeat('x', 100) || i AS t FROM generate_series(1, {}) AS i ORDER BY 1) AS s"
    with refused("53400"):
        cursor.execute(sort.format(300_000))
    with refused("53400"):
        cursor.execute("BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT repeat('x', 100) FROM generate_series(1, 300000);"
                       " COMMIT")  # fmt: skip
    cursor.execute("ROLLBACK")
    assert one(cursor, sort.format(1_000)) == 1_000


def test_the_limit_for_sorts_is_shipped(desk: RunningDesk, query: Any, boss: Any) -> None:
    """The owner sorts what he needs; machines don't, and can't say otherwise."""
    assert one(query, "SHOW temp_file_limit") == "256MB"
    assert one(boss, "SHOW temp_file_limit") == "-1"


@pytest.mark.parametrize(
    ("setting", "what"),
    [("statement_timeout", "SELECT count(*) FROM generate_series(1, 10000000000)"),
     ("transaction_timeout", "SELECT count(*) FROM generate_series(1, 10000000000)")],
)  # fmt: skip
def test_an_accident_ends_by_the_role_s_own_limits(query: Any, setting: str, what: str) -> None:
    """The defaults stop accidents. Against malice, which sets them to 0, stands the watchdog: see its own test."""
    assert one(query, f"SHOW {setting}") != "0"
    query.execute(f"SET {setting} = '150ms'")
    began = time.monotonic()
    with pytest.raises(psycopg2.Error, match=r"timeout|closed unexpectedly"):
        query.execute(what)
    assert time.monotonic() - began < 20, "it was ended by the role's limit, not by the one that was set"


def test_prepared_transactions_and_slots_hold_nothing(query: Any, boss: Any) -> None:
    assert one(boss, "SHOW max_prepared_transactions") == "0"
    for statement in ("SELECT pg_create_physical_replication_slot('x')", "SELECT pg_export_snapshot()"):
        with refused(DENIED):
            query.execute(statement)


def test_the_server_s_log_is_not_filled(desk: RunningDesk, query: Any, boss: Any) -> None:
    """Errors, notices, parse trees and sorts: of what a machine's session does, nothing goes into the log."""

    def text() -> str:
        files = (desk.desk.cluster_folder / "log").glob("*")
        return "".join(file.read_text("utf-8", "replace") for file in files)

    def lines(user: str) -> int:
        return text().count(f" {user}@desk ")

    for setting in ("debug_print_parse", "debug_print_plan", "debug_print_rewritten", "trace_notify", "trace_sort"):
        query.execute(f"SET {setting} = on")
    for name in ("log_min_messages", "log_error_verbosity"):
        with refused(DENIED):
            query.execute(f"RESET ROLE; SET {name} = DEFAULT")
    settle_log(desk, boss.connection)
    before = lines("m_pc-query")
    assert before > 0
    for _ in range(50):
        query.execute("SELECT relname FROM pg_class ORDER BY relname; NOTIFY desk")
        with pytest.raises(psycopg2.Error):
            query.execute("SELECT 1 / 0")
    boss.execute("SET log_min_messages = 'log'; SET debug_print_plan = on; SELECT 1")
    wait_until(lambda: "LOG:  plan:" in text(), 30)  # the control
    assert lines("m_pc-query") == before
