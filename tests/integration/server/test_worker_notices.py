"""The worker waits for notices: a topic's jobs run at once, however many notices come, and after a lost connection."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from desk_server.desk import Desk
from desk_server.jobs import JOBS, Job
from desk_server.jobs.watchdog import end_overdue_sessions
from tests.desks import RunningDesk
from tests.integration.server.enrolling import at_work, one, wait_until


class Counted:
    """A job that counts its runs."""

    def __init__(self) -> None:
        self.runs: list[float] = []

    def __call__(self, connection: Any, desk: Desk) -> int:
        self.runs.append(time.monotonic())
        return 0


def _notify(connection: Any, topic: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY desk_worker, '{topic}'")


def test_a_notice_runs_the_jobs_of_its_topic_at_once_and_no_others(desk: RunningDesk, owner: Any) -> None:
    heard, other, timed = Counted(), Counted(), Counted()
    jobs = (Job("a", 600, heard, topic="a"), Job("b", 600, other, topic="b"), Job("c", 600, timed))
    with at_work(desk, jobs):
        assert (len(heard.runs), len(other.runs), len(timed.runs)) == (1, 1, 1)
        _notify(owner, "a")  # nothing else brings it within ten minutes
        wait_until(lambda: len(heard.runs) == 2)
        _notify(owner, "unheard-of")
        _notify(owner, "a")
        wait_until(lambda: len(heard.runs) == 3)  # the other notice was heard before
    assert (len(heard.runs), len(other.runs), len(timed.runs)) == (3, 1, 1)


def test_after_a_notice_a_job_may_run_a_second_time(desk: RunningDesk, owner: Any) -> None:
    swept = Counted()
    with at_work(desk, (Job("a", 600, swept, topic="a", again_after_seconds=0.3),)):
        assert len(swept.runs) == 1
        sent = time.monotonic()
        _notify(owner, "a")
        wait_until(lambda: len(swept.runs) >= 3)
        time.sleep(0.5)
    assert len(swept.runs) == 3
    assert swept.runs[2] - sent >= 0.3


def test_a_flood_of_notices_by_a_machine_that_may_only_read_keeps_nobody_busy(
    desk: RunningDesk, raw: Callable[..., Any]
) -> None:
    """NOTIFY can't be refused to a role. The job runs a few times a second at most, and others have their turn."""
    flooded, other = Counted(), Counted()
    hostile, is_over = raw("query"), threading.Event()

    def flood() -> None:
        while not is_over.is_set():
            _notify(hostile, "a")

    thread = threading.Thread(target=flood)
    begun = time.monotonic()
    with at_work(desk, (Job("a", 600, flooded, topic="a"), Job("b", 0.2, other))):
        thread.start()
        try:
            time.sleep(1.0)
            turns = len(other.runs)
            wait_until(lambda: len(flooded.runs) >= 4 and len(other.runs) >= turns + 2)
        finally:
            is_over.set()
            thread.join()
    assert len(flooded.runs) - 1 <= (flooded.runs[-1] - begun) / 0.1


def test_a_lost_connection_is_made_anew_and_what_was_asked_meanwhile_is_done(desk: RunningDesk, owner: Any) -> None:
    heard = Counted()
    with at_work(desk, (Job("a", 600, heard, topic="a"),)):
        assert len(heard.runs) == 1
        assert one(owner, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename='desk_worker'")
        wait_until(lambda: len(heard.runs) == 2)  # at its return, without a notice
        _notify(owner, "a")
        wait_until(lambda: len(heard.runs) == 3)


def test_a_job_that_finds_a_lock_held_fails_this_time_and_the_others_go_on(
    desk: RunningDesk, raw: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody takes it for a lost database; and a transaction that the job had begun is not the next one's."""

    def take_lock(connection: Any, desk: Desk) -> int:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE desk.worker_heartbeat IN ACCESS EXCLUSIVE MODE")
            cursor.execute("COMMIT")
        return 1

    other, pids = Counted(), set[int]()

    def note_pid(connection: Any, desk: Desk) -> int:
        pids.add(connection.info.backend_pid)
        assert connection.info.transaction_status == TRANSACTION_STATUS_IDLE
        return other(connection, desk)

    holder = raw("full", autocommit=False)
    jobs = (Job("held up", 1.0, take_lock), Job("other", 0.2, note_pid))
    with at_work(desk, jobs), caplog.at_level(logging.INFO, "desk_server.worker"):
        holder.cursor().execute("SET lock_timeout = 0; LOCK TABLE desk.worker_heartbeat IN ACCESS SHARE MODE")
        begun = len(other.runs)
        wait_until(lambda: "failed this time" in caplog.text and len(other.runs) >= begun + 3)
        caplog_before = len(caplog.text)
        holder.rollback()
        wait_until(lambda: "job held up: 1" in caplog.text[caplog_before:])
    assert "job held up failed this time: canceling statement due to lock timeout" in caplog.text
    assert "no database" not in caplog.text
    assert len(pids) == 1


def test_the_worker_does_all_that_was_promised() -> None:
    topics = {job.name: job.topic for job in JOBS if job.topic}
    assert topics == {
        "sign requests": "sign", "end outdated sessions": "sessions", "note sessions": "sessions",
        "free leases": "leases",
    }  # fmt: skip
    assert JOBS[0].run is end_overdue_sessions, "what the watchdog frees, the others may need"
    often = {job.name for job in JOBS if job.every_seconds <= 5}
    assert {"sign requests", "end outdated sessions", "note sessions", "raise old certificate alarms"} <= often
    assert {job.name: job.every_seconds for job in JOBS}["free leases"] == 1, "others wait for what a crash left"
