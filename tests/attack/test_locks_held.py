"""Sessions that hold what others need: a revocation, a new code, the worker. Each takes turns and never gives up.

Held against the server's shell: tests/attack/test_revocation_held_up.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.machines import add_machine
from tests.desks import RunningDesk
from tests.integration.database.machine_calls import CSR, begin, set_machine
from tests.integration.database.world import World, one, refused
from tests.integration.server.enrolling import at_work, enrol_login, wait_until

SESSIONS = 4
TURN = 40.0  # longer than anything here takes
BOUNDLESS = "SET lock_timeout = 0; SET transaction_timeout = 0; SET idle_in_transaction_session_timeout = 0; BEGIN"
BY_RENEWAL = f"SELECT desk.cert_renew('{CSR.format('held')}')"
BY_PASSWORD = "ALTER ROLE CURRENT_USER PASSWORD 'x'"
Login = dict[str, Any]


@contextmanager
def by_turns(login: Login, statement: str, sessions: int = SESSIONS, turn: float = 2) -> Iterator[None]:
    """Each session takes it when the one before lets it go, or is ended; who is ended comes back at once.

    Nothing is held any more when the block is over.
    """
    is_over, is_held = threading.Event(), threading.Event()

    def hold() -> None:
        while not is_over.is_set():
            with contextlib.suppress(psycopg2.Error), contextlib.closing(psycopg2.connect(**login)) as connection:
                connection.autocommit = True
                cursor = connection.cursor()
                cursor.execute(BOUNDLESS)
                cursor.execute(statement)
                is_held.set()
                is_over.wait(turn)
                cursor.execute("ROLLBACK")

    threads = [threading.Thread(target=hold) for _ in range(sessions)]
    for thread in threads:
        thread.start()
    try:
        assert is_held.wait(30), "nothing is held: this would show nothing"
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()


def take_level(admin: Any, name: str, level: str) -> None:
    """As an administrator does: told that the machine is busy, as a session that stands still makes it, once more."""
    for is_last in (False, False, True):
        try:
            set_machine(admin, name, level)
        except psycopg2.errors.LockNotAvailable:
            if is_last:
                raise
        else:
            return


@pytest.fixture
def losing(desk: RunningDesk, world: World, tmp_path: Path) -> Iterator[tuple[str, Login]]:
    """A machine of this test's own that may only read, due to renew."""
    name = f"pc-{uuid.uuid4().hex[:8]}"
    profile = add_machine(desk.desk, name, "query", ["lin"], tmp_path / name)
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "UPDATE desk.machine_certificate SET first_used_at = now(), issued_at = now() - interval '70 days'"
            " WHERE machine_id = (SELECT id FROM desk.machine WHERE name = %s)",
            (name,),
        )
    yield name, profile.connect_args()
    desk.close_connections()


@pytest.mark.parametrize("statement", [BY_RENEWAL, BY_PASSWORD])
def test_four_sessions_by_turns_do_not_hold_up_a_revocation(
    admin: Any, boss: Any, losing: tuple[str, Login], statement: str
) -> None:
    name, login = losing
    with by_turns(login, statement, turn=TURN):
        begun = time.monotonic()
        take_level(admin, name, "none")
        assert time.monotonic() - begun < TURN / 2, "it waited for somebody's turn to end"
        one(admin, "SELECT desk.machine_sessions_end(%s)", name)
        wait_until(lambda: one(boss, "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", f"m_{name}") == 0, 30)
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        psycopg2.connect(**login)


def test_nobody_is_ended_for_a_change_that_takes_nothing(admin: Any, losing: tuple[str, Login]) -> None:
    """The control: a password that is held does hold up what needs the role, and a renewal does not."""
    name, login = losing
    with by_turns(login, BY_PASSWORD, 1, TURN), refused("55P03"):
        set_machine(admin, name, "full")
    with by_turns(login, BY_RENEWAL, 1):
        set_machine(admin, name, "full")


def test_a_machine_that_asks_to_renew_holds_up_no_new_code(admin: Any, losing: tuple[str, Login]) -> None:
    name, login = losing
    with by_turns(login, BY_RENEWAL):
        assert begin(admin, name)


def test_who_hands_in_a_code_and_waits_holds_up_nobody_s_revocation(
    desk: RunningDesk, admin: Any, boss: Any, losing: tuple[str, Login]
) -> None:
    """Neither the machine's that the code is for, nor the administrator's who gave it out."""
    name, _ = losing
    boss.execute("SELECT desk.machine_set('pc-full2', 'admin', NULL)")
    for giver, victim, level in (("admin", name, "none"), ("full2", "pc-full2", "full")):
        boss.execute("SELECT desk.machine_set(%s, 'query', NULL)", (name,))
        secret = begin(desk.connect(giver).cursor(), name)
        claim = f"SELECT desk.enrol('{secret}', '{CSR.format('x')}', gen_random_uuid())"
        with by_turns(enrol_login(desk), claim, 3):
            take_level(admin, victim, level)
        wait_until(lambda: one(boss, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'desk_enrol'") == 0)
        assert one(boss, "SELECT withdrawn_at IS NOT NULL FROM desk.enrolment_code WHERE code_hash = %s",
                   hashlib.sha256(secret.encode()).digest())  # fmt: skip


def test_an_administrator_who_changes_others_holds_up_nobody_but_himself(
    desk: RunningDesk, admin: Any, boss: Any
) -> None:
    boss.execute("SELECT desk.machine_set('pc-full2', 'admin', NULL)")
    version = one(boss, "SELECT row_version FROM desk.machine WHERE name = 'pc-shared'")
    change = f"SELECT desk.machine_set('pc-shared', 'full', NULL, NULL, gen_random_uuid(), NULL, {version})"
    with by_turns(desk.profile("full2").connect_args(), change):
        take_level(admin, "pc-full2", "full")
        one(admin, "SELECT desk.machine_sessions_end('pc-full2')")


@pytest.mark.parametrize("statement", [BY_RENEWAL, BY_PASSWORD])
def test_the_worker_goes_on(
    desk: RunningDesk, boss: Any, losing: tuple[str, Login], raw: Callable[..., Any], statement: str
) -> None:
    """Beside a machine that holds what it can, and the owner, who holds more: others are signed, entries sealed."""
    name, login = losing
    boss.execute("UPDATE desk.machine_certificate SET first_used_at = NULL WHERE replaced_at IS NULL")
    holder = desk.owner()
    holder.autocommit = False
    holder.cursor().execute(
        "SELECT FROM desk.machine m JOIN desk.machine_certificate c ON c.machine_id = m.id"
        " WHERE name = %s FOR NO KEY UPDATE",
        (name,),
    )
    secret = begin(boss, "pc-shared")
    claim = psycopg2.connect(**enrol_login(desk))
    with by_turns(login, statement), at_work(desk):
        request = str(uuid.uuid4())
        from shared.key_store import new_key
        from tests.integration.server.enrolling import request_for

        with claim, claim.cursor() as cursor:
            cursor.execute("SELECT desk.enrol(%s, %s, %s)", (secret, request_for(new_key()), request))
        wait_until(lambda: one(boss, "SELECT signed_at FROM desk.signing_request WHERE request = %s", request), 30)
        last = one(boss, "SELECT max(id) FROM desk.audit_entry")
        wait_until(lambda: one(boss, "SELECT count(*) FROM desk.audit_seal WHERE entry_id = %s", last) == 1, 30)
    claim.close()
    holder.rollback()
