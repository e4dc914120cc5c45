"""The worker: one process that gives a sign of life and runs the jobs, until its standard input ends.

Between two rounds it waits on its connection: a notice on the channel ``desk_worker`` names a topic, and that topic's
jobs run at once. A notice is a hint and anybody may send one: jobs look at the tables, never at what was sent.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading
import time
from contextlib import closing
from typing import Any

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from desk_server.desk import Desk
from desk_server.jobs import JOBS, Job
from shared import __version__
from shared.errors import DatabaseUnavailableError

BEAT_SECONDS = 5.0
CHANNEL = "desk_worker"
_LONGEST_WAIT_SECONDS = 0.25  # so soon a stop is noticed
_SHORTEST_GAP_SECONDS = 0.1  # between two runs of a job, however many notices come: every role may send them
_RETRY_SECONDS = 1.0
_BUSY = ("55P03", "40P01", "40001", "57014")  # somebody's lock, a deadlock, a cancelled statement
_WORKER_LOCK = 0x6465736B_776F726B  # "deskwork": one worker in a database, from whatever folder it was started

_BEAT = """
INSERT INTO desk.worker_heartbeat AS h (id, pid, version, started_at, beat_at)
VALUES (1, %(pid)s, %(version)s, clock_timestamp(), clock_timestamp())
ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, version = excluded.version, beat_at = excluded.beat_at,
    started_at = CASE WHEN %(first)s THEN excluded.started_at ELSE h.started_at END
"""

log = logging.getLogger(__name__)


class Worker:
    """The loop of the worker process. ``stop`` may be set from any thread."""

    def __init__(self, desk: Desk, jobs: tuple[Job, ...] = JOBS, beat_seconds: float = BEAT_SECONDS) -> None:
        self.stop = threading.Event()
        self._desk = desk
        self._jobs = jobs
        self._beat_seconds = beat_seconds
        self._due = dict.fromkeys((job.name for job in jobs), 0.0)
        self._ran: dict[str, float] = {}
        self._again: dict[str, float | None] = {}
        self._next_beat = 0.0
        self._is_first_beat = True

    def run(self) -> None:
        """Work until told to stop; a lost database is waited for."""
        while not self.stop.is_set():
            try:
                with closing(self._desk.owner_connection(user="desk_worker")) as connection:
                    self._work(connection)
            except (psycopg2.OperationalError, psycopg2.InterfaceError, DatabaseUnavailableError) as error:
                what = "no database" if _is_lost(error) else "the database is busy"
                log.warning("%s: %s", what, str(error).strip().splitlines()[0])
            except psycopg2.Error as error:  # a schema that does not fit: migrate may be on its way
                log.error("the database refused: %s", type(error).__name__)
            self.stop.wait(_RETRY_SECONDS)

    def _work(self, connection: Any) -> None:
        if not self._is_alone(connection):
            log.warning("another worker is at work")
            return
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._next_beat = 0.0
        for job in self._jobs:
            if job.topic:
                self._due[job.name] = 0.0  # what was asked for while nobody listened
        while not self.stop.is_set():
            if time.monotonic() >= self._next_beat:
                self._beat(connection)
            self._run_due_jobs(connection)
            self._wait(connection)

    def _wait(self, connection: Any) -> None:
        """Until a notice comes, the next job or sign of life is due, or a stop should be looked for."""
        self._take_notices(connection)  # some came with the answers to the jobs' own statements
        next_due = min([self._next_beat, *self._due.values()])
        pause = min(next_due - time.monotonic(), _LONGEST_WAIT_SECONDS)
        if pause > 0 and select.select([connection], [], [], pause)[0]:
            self._take_notices(connection)

    def _take_notices(self, connection: Any) -> None:
        connection.poll()
        topics = {notice.payload for notice in connection.notifies}
        connection.notifies.clear()
        for job in self._jobs:
            if job.topic in topics:
                self._due[job.name] = self._ran.get(job.name, 0.0) + _SHORTEST_GAP_SECONDS
                self._again[job.name] = job.again_after_seconds

    def _is_alone(self, connection: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (_WORKER_LOCK,))
            return bool(cursor.fetchone()[0])

    def _beat(self, connection: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BEAT, {"pid": os.getpid(), "version": __version__, "first": self._is_first_beat})
        self._is_first_beat = False
        self._next_beat = time.monotonic() + self._beat_seconds

    def _run_due_jobs(self, connection: Any) -> None:
        for job in self._jobs:
            if time.monotonic() < self._due[job.name] or self.stop.is_set():
                continue
            pause = self._again.pop(job.name, None) or job.every_seconds
            self._ran[job.name] = time.monotonic()
            self._due[job.name] = self._ran[job.name] + pause
            try:
                done = job.run(connection, self._desk)
            except Exception as error:
                if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
                    if _is_lost(error):
                        raise
                    log.warning("job %s failed this time: %s", job.name, str(error).strip().splitlines()[0])
                else:
                    log.exception("job %s failed", job.name)
                _leave_transaction(connection)
            else:
                log.log(logging.INFO if done else logging.DEBUG, "job %s: %s", job.name, done)


def _is_lost(error: Exception) -> bool:
    """Whether the connection is gone; waits that came to nothing are operational errors to psycopg2 as well."""
    return getattr(error, "pgcode", None) not in _BUSY


def _leave_transaction(connection: Any) -> None:
    """A job that began one may have failed within it; the next one needs a clean connection."""
    if connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def run_until_input_ends(worker: Worker) -> None:
    """Run, and stop when standard input ends: when the supervisor closes it, or is no more."""

    def wait_for_end() -> None:
        while os.read(sys.stdin.fileno(), 1):  # unbuffered: a daemon thread must not hold a buffer's lock at exit
            pass
        worker.stop.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    worker.run()
