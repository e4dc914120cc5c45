"""A machine holds locks that its own revocation needs, and comes back whenever it is cut off: against the shell.

Against an administrator, and against the worker: tests/attack/test_locks_held.py.
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.machines import add_machine
from shared.config import Profile
from tests.desks import RunningDesk, desk_server
from tests.integration.database.world import one
from tests.integration.server.enrolling import wait_until

PATIENT = "SET lock_timeout = 0; SET transaction_timeout = 0; SET idle_in_transaction_session_timeout = 0; BEGIN;"
HOLDS = {
    "its row, by asking for a renewal": "SELECT desk.cert_renew('-----BEGIN CERTIFICATE REQUEST-----x')",
    "its role, by a password of its own": "ALTER ROLE CURRENT_USER PASSWORD 'x'",
    "its role's settings": "ALTER ROLE CURRENT_USER SET work_mem = '64kB'",
}
HOLDERS = 3
ENOUGH_SECONDS = 50


class Holder(threading.Thread):
    """Takes what it can, holds it, and comes back when it is cut off, until it is let in no more."""

    def __init__(self, profile: Profile, statement: str, is_held: threading.Event, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._profile, self._statement, self._is_held, self._stop_event = profile, statement, is_held, stop

    def run(self) -> None:
        while not self._stop_event.is_set():
            with contextlib.suppress(psycopg2.Error), contextlib.closing(self._connect()) as connection:
                cursor = connection.cursor()
                cursor.execute(PATIENT)
                cursor.execute(self._statement)
                self._is_held.set()
                self._stop_event.wait(4)
                connection.rollback()
            self._stop_event.wait(0.01)

    def _connect(self) -> Any:
        connection = psycopg2.connect(**self._profile.connect_args())
        connection.autocommit = True
        return connection


@pytest.fixture
def losing(desk: RunningDesk, tmp_path: Path) -> Profile:
    return add_machine(desk.desk, f"pc-{uuid.uuid4().hex[:8]}", "query", ["lin"], tmp_path / "profile")


@pytest.fixture(params=HOLDS, ids=str)
def held_up(request: pytest.FixtureRequest, losing: Profile) -> Iterator[Profile]:
    is_held, stop = threading.Event(), threading.Event()
    holders = [Holder(losing, HOLDS[request.param], is_held, stop) for _ in range(HOLDERS)]
    for holder in holders:
        holder.start()
    assert is_held.wait(30), "the attack holds nothing: the test would show nothing"
    yield losing
    stop.set()
    for holder in holders:
        holder.join(30)
        assert not holder.is_alive()


def _is_out(owner: Any, name: str) -> bool:
    cursor = owner.cursor()
    return (
        one(cursor, "SELECT level FROM desk.machine WHERE name = %s", name) == "none"
        and not one(cursor, "SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", f"m_{name}")
        and one(cursor, "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", f"m_{name}") == 0
    )


def test_hold_up_the_server_s_shell(desk: RunningDesk, owner: Any, held_up: Profile) -> None:
    began = time.monotonic()
    for _ in range(3):
        answer = desk_server("machine", "set", held_up.machine, "--level", "none", "--data", desk.desk.data, timeout=60)
        if "Try again in a moment" not in answer.stderr:  # said where a session that is ended stands still for 2 s
            break
    assert answer.returncode == 0, answer.stderr
    assert time.monotonic() - began < ENOUGH_SECONDS
    wait_until(lambda: _is_out(owner, held_up.machine), 30)  # who was on the way in is refused a moment later
