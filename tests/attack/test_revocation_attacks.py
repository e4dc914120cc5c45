"""A machine that is losing its rights tries to keep something: a write, a session, a certificate.

The storm of reconnects and the worker's part are in tests/integration/server/test_revocation.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.machines import add_machine
from shared.config import Profile
from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, one, refused

Connect = Callable[[], Any]


@pytest.fixture
def losing(desk: RunningDesk, world: World, tmp_path: Path) -> Profile:
    """A full machine of this test's own."""
    return add_machine(desk.desk, f"pc-{uuid.uuid4().hex[:8]}", "full", ["lin"], tmp_path / "profile")


@pytest.fixture
def connect(losing: Profile) -> Connect:
    def open_one() -> Any:
        connection = psycopg2.connect(**losing.connect_args())
        connection.autocommit = True
        return connection.cursor()

    return open_one


def demote(boss: Any, name: str, level: str) -> None:
    """The first of the two transactions: rights and login."""
    boss.execute("SELECT desk.machine_set(%s, %s, NULL)", (name, level))


def test_write_on_after_a_demotion(boss: Any, losing: Profile, connect: Connect, world: World) -> None:
    idle, busy = connect(), connect()
    busy.execute("BEGIN")
    insert(busy, "ticket", **world.ticket())
    demote(boss, losing.machine, "query")
    with refused("42501"):
        insert(idle, "ticket", **world.ticket())
    with refused("42501"):
        insert(busy, "ticket", **world.ticket())
    assert one(idle, "SELECT count(*) FROM desk.ticket") >= 0


def test_commit_what_was_written_before(boss: Any, losing: Profile, connect: Connect, world: World) -> None:
    """A bare COMMIT asks for no right: only the end of the session stops it."""
    busy = connect()
    busy.execute("BEGIN")
    ticket = insert(busy, "ticket", **world.ticket())
    demote(boss, losing.machine, "query")
    assert one(boss, "SELECT desk.machine_sessions_end(%s)", losing.machine) == 1
    with pytest.raises(psycopg2.Error):
        busy.execute("COMMIT")
    assert one(boss, "SELECT count(*) FROM desk.ticket WHERE id = %s", ticket) == 0
    honest = connect()
    demote(boss, losing.machine, "full")
    honest.execute("BEGIN")
    ticket = insert(honest, "ticket", **world.ticket())
    honest.execute("COMMIT")
    assert one(boss, "SELECT count(*) FROM desk.ticket WHERE id = %s", ticket) == 1


def test_read_on_after_level_none(boss: Any, losing: Profile, connect: Connect) -> None:
    cursor = connect()
    cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM desk.customer")
    demote(boss, losing.machine, "none")
    for statement in ("SELECT count(*) FROM desk.customer", "FETCH ALL FROM nothing"):
        with pytest.raises(psycopg2.Error):
            cursor.execute(statement)
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        connect()


def test_an_open_cursor_tells_no_more(boss: Any, losing: Profile, connect: Connect) -> None:
    """A cursor was allowed when it was opened, and is not asked again: the end of the session closes it."""
    cursor = connect()
    cursor.execute("BEGIN; DECLARE held NO SCROLL CURSOR FOR SELECT name FROM desk.customer; FETCH 1 FROM held")
    demote(boss, losing.machine, "none")
    one(boss, "SELECT desk.machine_sessions_end(%s)", losing.machine)
    with pytest.raises(psycopg2.Error):
        cursor.execute("FETCH 1 FROM held")


def test_the_end_of_one_machine_s_sessions_is_nobody_else_s(
    desk: RunningDesk, boss: Any, admin: Any, full: Any, losing: Profile, connect: Connect
) -> None:
    """Of no machine, of an unknown one, of one session by its number: whoever is not meant goes on."""
    first, second = connect(), connect()
    for name, pid in (("pc-none", None), ("", None), ("pc-none", 1), (losing.machine, 1), ("%", None), (None, None)):
        assert one(admin, "SELECT desk.machine_sessions_end(%s, %s)", name, pid) == 0
    other = one(full, "SELECT pg_backend_pid()")
    assert one(admin, "SELECT desk.machine_sessions_end(%s, %s)", losing.machine, other) == 0
    assert one(admin, "SELECT desk.machine_sessions_end('pc-admin')") == 0, "never the caller's own"
    own = one(first, "SELECT pg_backend_pid()")
    assert one(admin, "SELECT desk.machine_sessions_end(%s, %s)", losing.machine, own) == 1
    with pytest.raises(psycopg2.OperationalError):
        first.execute("SELECT 1")
    assert one(second, "SELECT 1") == one(full, "SELECT 1") == one(admin, "SELECT 1") == 1


def test_a_copied_certificate_after_its_renewal(
    desk: RunningDesk, owner: Any, losing: Profile, connect: Connect, tmp_path: Path
) -> None:
    """The old files got in, and do no more; the machine itself goes on."""
    connect().execute("SELECT 1")
    copied = dict(losing.connect_args())
    for name in ("sslcert", "sslkey"):
        file = tmp_path / name
        file.touch(mode=0o600)
        file.write_bytes(Path(copied[name]).read_bytes())
        copied[name] = str(file)
    psycopg2.connect(**copied).close()  # a copied key file is as good as the original: SECURITY.md says so
    again = add_machine(desk.desk, losing.machine, "full", ["lin"], losing.directory)
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        psycopg2.connect(**copied)
    psycopg2.connect(**again.connect_args()).close()
