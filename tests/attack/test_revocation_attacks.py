"""A machine that is losing its rights tries to keep something: a write, a session, a certificate.

The storm of reconnects and the worker's part are in tests/integration/server/test_revocation.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.machines import add_machine
from shared.config import Profile
from tests.desks import RunningDesk
from tests.integration.database.leasing import is_waiting
from tests.integration.database.machine_calls import CSR, enrol, issue, renew
from tests.integration.database.races import begun, make_patient
from tests.integration.database.world import World, insert, one, refused
from tests.integration.server.enrolling import wait_until

Connect = Callable[[], Any]
TOO_LATE = "55P03"  # desk.machine_set waits for half a second, whatever its caller's patience


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


@pytest.fixture
def falling(desk: RunningDesk, world: World, tmp_path: Path) -> Iterator[Profile]:
    """An administrator's machine of this test's own, about to be one no more."""
    name = f"pc-{uuid.uuid4().hex[:8]}"
    yield add_machine(desk.desk, name, "admin", ["wang"], tmp_path / "falling")
    with desk.owner().cursor() as cursor:
        demote(cursor, name, "none")


def queued_behind_a_demotion(
    desk: RunningDesk, boss: Any, falling: Profile, statement: str, values: tuple[Any, ...]
) -> str:
    """What the falling machine hears that asked while its demotion was under way, and before its sessions end."""
    session = psycopg2.connect(**falling.connect_args())
    session.autocommit = True
    make_patient(session)
    taking = desk.desk.owner_connection()
    taking.autocommit = False
    demote(taking.cursor(), falling.machine, "none")

    def ask() -> str:
        with session.cursor() as cursor:
            cursor.execute(statement, values)
        return "done"

    asking = begun(ask)
    pid = session.info.backend_pid
    wait_until(lambda: is_waiting(boss, pid) or asking.done(), 30)
    assert not asking.done() or asking.result() == TOO_LATE, f"it did not have to wait: {asking.result()}"
    taking.commit()
    answer = str(asking.result(30))
    taking.close()
    session.close()
    return answer


def test_a_code_asked_for_while_the_level_is_taken(
    desk: RunningDesk, boss: Any, admin: Any, falling: Profile, losing: Profile
) -> None:
    """It waits for the lock of the demotion: by then it may not any more, whichever machine the code is for."""
    begin_code = "SELECT desk.enrolment_begin(%s, %s)"
    codes = "SELECT count(*) FROM desk.enrolment_code WHERE issued_by = %s"
    for name in (losing.machine, "pc-admin", falling.machine):
        demote(boss, falling.machine, "admin")
        again = add_machine(desk.desk, falling.machine, "admin", ["wang"], falling.directory)
        assert queued_behind_a_demotion(desk, boss, again, begin_code, (name, uuid.uuid4().bytes * 2)) == "42501"
    assert one(boss, codes, falling.machine) == 0
    one(admin, begin_code, losing.machine, uuid.uuid4().bytes * 2)


def test_a_level_given_while_the_own_is_taken(desk: RunningDesk, boss: Any, falling: Profile, losing: Profile) -> None:
    version = one(boss, "SELECT row_version FROM desk.machine WHERE name = %s", losing.machine)
    raise_it = "SELECT desk.machine_set(%s, 'admin', NULL, NULL, gen_random_uuid(), NULL, %s)"
    answer, asked = queued_behind_a_demotion(desk, boss, falling, raise_it, (losing.machine, version)), 1
    while answer == TOO_LATE and asked < 10:  # this computer stood still: the demotion was not committed in time
        demote(boss, falling.machine, "admin")
        again = add_machine(desk.desk, falling.machine, "admin", ["wang"], falling.directory)
        answer = queued_behind_a_demotion(desk, boss, again, raise_it, (losing.machine, version))
        asked += 1
    assert answer == "42501"
    assert one(boss, "SELECT level FROM desk.machine WHERE name = %s", losing.machine) == "full"


def test_a_code_counts_while_who_gave_it_is_an_administrator(
    boss: Any, admin: Any, falling: Profile, losing: Profile
) -> None:
    """However it has come to stay: it is looked at when the code is used, and when the certificate is issued."""
    made = [uuid.uuid4().hex for _ in range(3)]
    givers = (falling.machine, falling.machine, None)
    for secret, giver in zip(made, givers, strict=True):
        boss.execute(
            "INSERT INTO desk.enrolment_code (machine_id, code_hash, expires_at, issued_by, issuer_id) SELECT m.id,"
            " sha256(convert_to(%s, 'UTF8')), now() + interval '5 min', %s,"
            " (SELECT id FROM desk.machine WHERE name = %s) FROM desk.machine m WHERE m.name = %s",
            (secret, giver or "postgres", giver, losing.machine),
        )
    claimed = uuid.uuid4()
    assert enrol(boss, made[0], claimed)["state"] == "waiting"
    boss.execute("UPDATE desk.machine SET level = 'full' WHERE name = %s", (falling.machine,))  # and nothing else
    assert not issue(boss, claimed, 770_001)
    with refused("DK032"):
        enrol(boss, made[1], uuid.uuid4())
    of_the_owner = uuid.uuid4()
    assert enrol(boss, made[2], of_the_owner)["state"] == "waiting"
    assert issue(boss, of_the_owner, 770_002)


def test_a_renewal_that_is_committed_after_its_certificate_was_replaced(
    boss: Any, losing: Profile, desk: RunningDesk
) -> None:
    """Asked in time and held back: it would be a way in that outlives the enrolment anew."""
    boss.execute("UPDATE desk.machine_certificate SET first_used_at = now(), issued_at = now() - interval '70 days'"
                 " WHERE machine_id = (SELECT id FROM desk.machine WHERE name = %s)", (losing.machine,))  # fmt: skip
    held = psycopg2.connect(**losing.connect_args())
    assert renew(held.cursor(), CSR.format("held back"))[0] == "waiting"
    asked = "SELECT request FROM desk.signing_request r JOIN desk.machine m ON m.id = r.machine_id WHERE name = %s"
    boss.execute("SELECT desk.certificate_add(%s, 770003, now() + interval '1 day')", (losing.machine,))
    held.commit()
    assert not issue(boss, one(boss, asked, losing.machine), 770_004)
    good = "SELECT array_agg(serial::int) FROM desk.machine_certificate c JOIN desk.machine m ON m.id = c.machine_id"
    assert one(boss, f"{good} WHERE name = %s AND replaced_at IS NULL", losing.machine) == [770_003]
    held.close()


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
