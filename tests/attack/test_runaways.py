"""A machine that has set all its limits aside, against the running worker: from the statement to the alarm.

Each reason by itself is in tests/integration/server/test_watchdog.py.
"""

from __future__ import annotations

import threading
from typing import Any

import psycopg2

from tests.desks import RunningDesk
from tests.integration.database.world import World, one, rows
from tests.integration.server.enrolling import at_work, wait_until

LIMITLESS = ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout", "lock_timeout")
FOREVER = "SELECT count(*) FROM (SELECT generate_series(1, 100000000000)) AS runaway"


def limitless(raw: Any, machine: str) -> Any:
    cursor = raw(machine).cursor()
    for name in LIMITLESS:
        cursor.execute(f"SET {name} = 0")
    return cursor


def test_a_runaway_and_a_holder_of_locks_are_ended_and_told_of(
    desk: RunningDesk, world: World, raw: Any, boss: Any, admin: Any
) -> None:
    boss.execute("UPDATE desk.setting SET value = '1' WHERE key IN"
                 " ('watchdog_statement_seconds', 'watchdog_idle_seconds')")  # fmt: skip
    runaway, holder, modest = limitless(raw, "query"), limitless(raw, "full"), limitless(raw, "full2")
    answers: list[str] = []

    def run() -> None:
        try:
            runaway.execute(FOREVER)
        except psycopg2.Error as error:
            answers.append(str(error))

    holder.execute("BEGIN; LOCK TABLE desk.ticket IN ACCESS SHARE MODE")
    thread = threading.Thread(target=run)
    thread.start()
    try:
        with at_work(desk):
            told = "SELECT count(*) FROM desk.security_event WHERE kind = 'watchdog'"
            wait_until(lambda: one(boss, told) == 2, 30)
            thread.join(30)
        is_over = not thread.is_alive()
    finally:
        boss.execute("SELECT pg_terminate_backend(%s)", (runaway.connection.info.backend_pid,))  # else it runs on
        thread.join(30)
    assert is_over and answers, "the statement was not ended"
    assert rows(
        admin, "SELECT machine, is_alarm FROM desk.security_event WHERE kind = 'watchdog' ORDER BY machine"
    ) == [
        {"machine": "pc-full", "is_alarm": True},
        {"machine": "pc-query", "is_alarm": True},
    ]
    assert one(modest, "SELECT 1") == 1  # the control: a limitless session that harms nobody
    boss.execute("SET lock_timeout = '30s'; BEGIN; LOCK TABLE desk.ticket IN ACCESS EXCLUSIVE MODE; ROLLBACK")
    audited = "SELECT count(*) FROM desk.audit_entry WHERE entity = 'security_event' AND machine = 'desk_worker'"
    assert one(boss, audited) == 2
