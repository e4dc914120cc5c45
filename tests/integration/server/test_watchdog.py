"""The watchdog: sessions of machines that set their own limits aside are ended, and told of; nobody else's are."""

from __future__ import annotations

import datetime as dt
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from desk_server.jobs import watchdog
from desk_server.jobs.watchdog import _SUSPECTS, _TELL, end_overdue_sessions
from tests.desks import RunningDesk
from tests.integration.server.enrolling import one, rows, wait_until

LIMITS = {"statement": 1, "transaction": 3, "idle": 1, "blocking": 1, "enrol": 1}
PATIENT = dict.fromkeys(LIMITS, 1000)
RUNAWAY = "SELECT count(*) FROM (SELECT generate_series(1, 100000000000)) AS runaway"


@pytest.fixture
def worker(desk: RunningDesk) -> Iterator[Any]:
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield connection


@pytest.fixture
def limits(owner: Any) -> Callable[..., None]:
    """Sets the limits that are named to a second or so, the others to where they don't matter."""

    def set_limits(*names: str) -> None:
        watchdog._untold.clear()
        wait_until(lambda: not one(owner, "SELECT count(*) FROM pg_stat_activity WHERE usename ~ '^m_'"))
        with owner.cursor() as cursor:
            for name, seconds in {**PATIENT, **{name: LIMITS[name] for name in names}}.items():
                cursor.execute(
                    "UPDATE desk.setting SET value = %s WHERE key = %s", (str(seconds), f"watchdog_{name}_seconds")
                )
                assert cursor.rowcount == 1
            cursor.execute("DELETE FROM desk.privacy_mark")
            cursor.execute("DELETE FROM desk.security_event WHERE kind = 'watchdog'")  # one alarm an hour

    return set_limits


def _boundless(desk: RunningDesk, machine: str = "query", *, autocommit: bool = True) -> Any:
    """A session that set aside all its own limits."""
    connection = desk.connect(machine, autocommit=True)
    with connection.cursor() as cursor:
        for name in (
            "statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout", "lock_timeout",
            "client_connection_check_interval",
        ):  # fmt: skip
            cursor.execute(f"SET {name} = 0")
    connection.autocommit = autocommit
    return connection


def _run(connection: Any, statement: str) -> threading.Thread:
    """Run a statement on a thread of its own; the end of its session is no error here."""

    def execute() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        except psycopg2.Error:
            pass

    thread = threading.Thread(target=execute)
    thread.start()
    return thread


def _is_alive(owner: Any, connection: Any) -> bool:
    with owner.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (connection.info.backend_pid,))
        return bool(cursor.rowcount)


def _began(owner: Any, connection: Any, what: str) -> Any:
    """When the server says that the session's ``query_start`` or ``xact_start`` was, once its statement is there."""
    query = f"SELECT {what} FROM pg_stat_activity WHERE pid = %s AND state ~ '^(active|idle in transaction)$'"
    pid = (connection.info.backend_pid,)
    wait_until(lambda: rows(owner, query, pid) not in ([], [None]))
    return one(owner, query, pid)


def _watch(desk: RunningDesk, owner: Any, worker: Any, connection: Any) -> None:
    """Have the job run as the worker does until it ends the session, which is the only one that is to end, and once."""
    wait_until(lambda: end_overdue_sessions(worker, desk.desk) or time.sleep(0.1))
    wait_until(lambda: not _is_alive(owner, connection))


def _told(owner: Any) -> list[tuple[Any, ...]]:
    """What was told of the last ending, by whom the audit has it, and when."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT e.machine, e.address, e.detail ->> 'why', e.is_alarm, a.machine, e.at FROM desk.security_event AS e"
            " JOIN desk.audit_entry AS a ON a.entity = 'security_event' AND a.row_key = e.id::text"
            " WHERE e.kind = 'watchdog' ORDER BY e.id DESC LIMIT 1"
        )
        return list(cursor.fetchall())


def test_a_runaway_without_a_time_limit_is_ended(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    limits("statement")
    runaway, modest = _boundless(desk), _boundless(desk, "query")
    thread = _run(runaway, RUNAWAY)
    began = _began(owner, runaway, "query_start")
    _watch(desk, owner, worker, runaway)
    thread.join()
    ((*told, ended),) = _told(owner)
    assert told == ["pc-query", "127.0.0.1", "statement", True, "desk_worker"]
    assert ended - began >= dt.timedelta(seconds=LIMITS["statement"])
    assert _is_alive(owner, modest)
    with owner.cursor() as cursor:
        cursor.execute("SELECT string_agg(detail::text, ' ') FROM desk.security_event")
        assert "generate_series" not in cursor.fetchone()[0]


def test_a_client_that_reads_no_more_is_ended(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    """The session waits for its client to take what it sends: a cancelled statement would wait there all the same."""
    limits("statement")
    deaf = psycopg2.connect(**desk.profile("query").connect_args(), async_=True)
    _poll(deaf)
    with deaf.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SELECT repeat('x', 1000), generate_series(1, 100000000)")
    _watch(desk, owner, worker, deaf)
    deaf.close()
    assert _told(owner)[0][:3] == ("pc-query", "127.0.0.1", "statement")


def _poll(connection: Any) -> None:
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        reads = [connection] if state == psycopg2.extensions.POLL_READ else []
        select.select(reads, [] if reads else [connection], [], 5)


def test_an_idle_transaction_without_a_limit_is_ended(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    limits("idle")
    idle, resting = _boundless(desk, "full", autocommit=False), _boundless(desk, "full")
    idle.cursor().execute("SELECT 1")
    resting.cursor().execute("SELECT 1")
    _watch(desk, owner, worker, idle)
    assert _told(owner)[0][:4] == ("pc-full", "127.0.0.1", "idle", True)
    assert _is_alive(owner, resting)  # idle, but in no transaction


def test_a_transaction_that_never_ends_is_ended_though_it_is_busy(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    limits("transaction")
    busy = _boundless(desk, "admin", autocommit=False)
    is_over = threading.Event()

    def keep_busy() -> None:
        try:
            with busy.cursor() as cursor:
                while not is_over.is_set():
                    cursor.execute("SELECT 1")
                    is_over.wait(0.05)
        except psycopg2.Error:
            pass

    thread = threading.Thread(target=keep_busy)
    thread.start()
    try:
        began = _began(owner, busy, "xact_start")
        _watch(desk, owner, worker, busy)
    finally:
        is_over.set()
        thread.join()
    ((*told, ended),) = _told(owner)
    assert told[:3] == ["pc-admin", "127.0.0.1", "transaction"]
    assert ended - began >= dt.timedelta(seconds=LIMITS["transaction"])


def test_who_hears_notices_is_left_alone_and_who_reads_none_is_ended(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    """A notice is taken in a transaction as old as the listener's last statement: here older than the limit."""
    limits("transaction")
    listener, teller = desk.connect("query", autocommit=True), desk.connect("query", autocommit=True)
    listener.cursor().execute("LISTEN talk")
    wait_until(lambda: _one(owner, "SELECT query_start < clock_timestamp() - interval '3.1 s'", listener))
    looked_old = "SELECT state = 'idle' AND xact_start < clock_timestamp() - interval '3 s'"
    is_over = threading.Event()

    def talk() -> None:
        """Many at a time, so that taking them lasts; no more before they were heard, so that the way never fills."""
        many = ";".join(f"NOTIFY talk, '{number}'" for number in range(1000))
        with teller.cursor() as cursor:
            while not is_over.is_set():
                cursor.execute(many)
                while not is_over.is_set() and not any(notice.payload == "999" for notice in listener.notifies):
                    select.select([listener], [], [], 0.1)
                    listener.poll()
                listener.notifies.clear()

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        seen, until = 0, time.monotonic() + 120
        while seen < 5 and time.monotonic() < until:
            with owner.cursor() as cursor:  # within a transaction both see the same moment
                cursor.execute("BEGIN")
                if _one(owner, looked_old, listener):
                    seen += 1
                    cursor.execute(_SUSPECTS)
                    suspects = [row[0] for row in cursor.fetchall()]
                    assert listener.info.backend_pid not in suspects, "a listener would be ended"
                cursor.execute("ROLLBACK")
    finally:
        is_over.set()
        talking.join()
    assert seen == 5
    with teller.cursor() as cursor:  # more than the way to a client holds that does not read
        cursor.execute(";".join(f"NOTIFY talk, '{number:7900}'" for number in range(2000)))
    wait_until(lambda: _one(owner, "SELECT wait_event = 'ClientWrite'", listener))
    _watch(desk, owner, worker, listener)
    assert _told(owner)[0][:3] == ("pc-query", "127.0.0.1", "transaction")
    assert _is_alive(owner, teller)


def _one(owner: Any, select: str, connection: Any) -> bool:
    """What is so of a session just now."""
    with owner.cursor() as cursor:
        cursor.execute(f"{select} FROM pg_stat_activity WHERE pid = %s", (connection.info.backend_pid,))
        return bool(cursor.fetchone()[0])


def test_who_blocks_a_migration_by_a_mere_reader_s_lock_is_ended(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    """The migration waits for its 2 s at a time, as ours do; another session of that age blocks nobody and stays."""
    limits("blocking")
    holder, bystander = _boundless(desk, autocommit=False), _boundless(desk, autocommit=False)
    holder.cursor().execute("LOCK TABLE desk.ticket IN ACCESS SHARE MODE")
    bystander.cursor().execute("LOCK TABLE desk.customer IN ACCESS SHARE MODE")
    migration = desk.owner()
    failures: list[str] = []
    went_through = threading.Event()

    def migrate() -> None:
        with migration.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
            for _ in range(200):
                try:
                    cursor.execute("ALTER TABLE desk.ticket ALTER COLUMN next_step SET DEFAULT NULL")
                    went_through.set()
                    return
                except psycopg2.errors.LockNotAvailable as error:
                    failures.append(str(error))

    thread = threading.Thread(target=migrate)
    thread.start()
    wait_until(lambda: failures)  # it does wait, and in vain
    _watch(desk, owner, worker, holder)
    thread.join()
    assert went_through.is_set()
    assert _told(owner)[0][:3] == ("pc-query", "127.0.0.1", "blocking")
    assert _is_alive(owner, bystander)
    assert _is_alive(owner, migration)


@pytest.mark.parametrize("value", [None, "0", "-5", "never", "", "1e9", "99999999999"])
def test_a_setting_that_is_gone_or_nonsense_does_not_switch_it_off(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None], value: str | None
) -> None:
    """The desk's own number counts: ended is who has blocked others for longer than 15 s. The clock is the test's."""
    limits()
    key = "watchdog_blocking_seconds"
    holder = _boundless(desk, "full", autocommit=False)
    holder.cursor().execute("LOCK TABLE desk.ticket IN ACCESS SHARE MODE")
    holder_pid, began = holder.info.backend_pid, _began(owner, holder, "xact_start")
    suspects = _SUSPECTS.replace("clock_timestamp()", f"(timestamptz '{began.isoformat()}' + interval '{{}} s')")
    thread = _run(waiting := desk.owner(), "BEGIN; LOCK TABLE desk.ticket")
    wait_until(lambda: one(owner, "SELECT cardinality(pg_blocking_pids(%s))", (waiting.info.backend_pid,)))
    with owner.cursor() as cursor:
        cursor.execute("UPDATE desk.setting SET value = %s WHERE key = %s", (value or "", key))
        if value is None:
            cursor.execute("DELETE FROM desk.setting WHERE key = %s", (key,))
        cursor.execute(suspects.replace("{}", "15"))
        assert not cursor.fetchall()
        cursor.execute(suspects.replace("{}", "15.001"))
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO desk.setting VALUES (%s, '15') ON CONFLICT (key) DO UPDATE SET value = '15'", (key,)
        )
    holder.close()
    thread.join()
    waiting.close()
    assert found == [holder_pid]


def test_a_machine_raises_one_alarm_an_hour_which_counts(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    """A hostile machine whose sessions are ended for ever does not fill the table; another one's alarm is not lost."""
    limits("idle")

    def end_one(machine: str) -> None:
        idle = _boundless(desk, machine, autocommit=False)
        idle.cursor().execute("SELECT 1")
        _watch(desk, owner, worker, idle)

    def alarms() -> list[Any]:
        with owner.cursor() as cursor:
            cursor.execute(
                "SELECT machine, detail ->> 'sessions' FROM desk.security_event WHERE kind = 'watchdog' ORDER BY id"
            )
            return list(cursor.fetchall())

    for machine in ("full", "full", "query", "full"):
        end_one(machine)
    assert alarms() == [("pc-full", None), ("pc-query", None)]
    with owner.cursor() as cursor:
        cursor.execute("UPDATE desk.security_event SET at = at - interval '61 minutes'")
    end_one("full")
    assert alarms() == [("pc-full", None), ("pc-query", None), ("pc-full", "3")]  # with the two that were not told


def test_a_connection_that_breaks_loses_no_alarm(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    limits("idle")
    told: list[str] = []

    class Breaking(psycopg2.extensions.cursor):
        """Its server process ends as the first ending is to be told."""

        def execute(self, query: Any, values: Any = None) -> None:
            if query == _TELL:
                told.append(values["machine"])
                with owner.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(%s, 60000)", (self.connection.info.backend_pid,))
            super().execute(query, values)

    idle = [_boundless(desk, machine, autocommit=False) for machine in ("full", "query")]
    for session in idle:
        session.cursor().execute("SELECT 1")
    with owner.cursor() as cursor:
        wait_until(lambda: cursor.execute(_SUSPECTS) or cursor.rowcount == len(idle))
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        connection.cursor_factory = Breaking
        with pytest.raises(psycopg2.OperationalError):
            end_overdue_sessions(connection, desk.desk)
    assert len(told) == 1
    wait_until(
        lambda: end_overdue_sessions(worker, desk.desk) is not None and not any(_is_alive(owner, i) for i in idle)
    )
    with owner.cursor() as cursor:
        cursor.execute("SELECT machine FROM desk.security_event WHERE kind = 'watchdog' AND is_alarm ORDER BY machine")
        assert cursor.fetchall() == [("pc-full",), ("pc-query",)]


def test_sessions_of_enrolment_are_short(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    limits("enrol")
    with owner.cursor() as cursor:  # else nobody gets in to enrol
        cursor.execute("SELECT desk.enrolment_begin('pc-query', sha256('a code'))")
    arguments = {
        "host": "localhost", "port": desk.port, "dbname": "desk", "user": "desk_enrol", "sslmode": "verify-ca",
        "sslrootcert": str(desk.desk.authority.certificate_file), "options": "-c idle_session_timeout=0",
    }  # fmt: skip
    with closing(psycopg2.connect(**arguments)) as enroller:
        _watch(desk, owner, worker, enroller)
    assert _told(owner)[0][:4] == (None, "127.0.0.1", "enrol", True)


def test_whoever_is_no_machine_is_never_touched(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    """All limits at once: owner, import and worker stay, whatever they do; a machine beside them does not."""
    limits(*LIMITS)
    imports, idle_worker = desk.owner(role="desk_import"), desk.desk.owner_connection(user="desk_worker")
    busy_owner, modest = desk.owner(), desk.connect("full")
    for connection in (imports, idle_worker):
        connection.autocommit = False
        connection.cursor().execute("SELECT count(*) FROM desk.setting")
    thread = _run(busy_owner, RUNAWAY)
    _began(owner, busy_owner, "query_start")
    machine = _boundless(desk, autocommit=False)
    machine.cursor().execute("SELECT 1")
    _watch(desk, owner, worker, machine)
    until = time.monotonic() + 3.5
    while time.monotonic() < until:
        assert end_overdue_sessions(worker, desk.desk) == 0
        time.sleep(0.2)
    for connection in (imports, idle_worker, busy_owner, worker, modest):
        assert _is_alive(owner, connection)
    busy_owner.cancel()
    thread.join()
    idle_worker.close()


def test_what_was_open_when_a_field_was_marked_is_ended(
    desk: RunningDesk, owner: Any, worker: Any, limits: Callable[..., None]
) -> None:
    """A transaction that has read the table holds its lock, and sees neither changed grants nor, by an old snapshot,
    that the words have gone. Whoever may read private values anyway, or began after it, stays.
    """
    limits()
    before, trusted = _boundless(desk, autocommit=False), _boundless(desk, "full", autocommit=False)
    for connection in (before, trusted):
        connection.cursor().execute("SELECT count(note) FROM desk.contact")
    with owner.cursor() as cursor:
        cursor.execute("UPDATE desk.field_rule SET is_private = true WHERE entity = 'contact' AND field = 'note'")
    end_overdue_sessions(worker, desk.desk)
    time.sleep(0.05)
    after = _boundless(desk, autocommit=False)
    after.cursor().execute("SELECT count(name) FROM desk.contact")
    _watch(desk, owner, worker, before)
    assert _told(owner)[0][:4] == ("pc-query", "127.0.0.1", "private", False)
    for connection in (trusted, after):
        assert _is_alive(owner, connection)
