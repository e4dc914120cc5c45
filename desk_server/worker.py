"""The worker: one process that gives a sign of life and runs the jobs, until its standard input ends."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import closing
from typing import Any

import psycopg2

from desk_server.desk import Desk
from desk_server.jobs import JOBS, Job
from shared import __version__
from shared.errors import DatabaseUnavailableError

BEAT_SECONDS = 5.0
_RETRY_SECONDS = 1.0
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
        self._is_first_beat = True

    def run(self) -> None:
        """Work until told to stop; a lost database is waited for."""
        while not self.stop.is_set():
            try:
                with closing(self._desk.owner_connection(user="desk_worker")) as connection:
                    self._work(connection)
            except (psycopg2.OperationalError, psycopg2.InterfaceError, DatabaseUnavailableError) as error:
                log.warning("no database: %s", str(error).strip().splitlines()[0])
            except psycopg2.Error as error:  # a schema that does not fit: migrate may be on its way
                log.error("the database refused: %s", type(error).__name__)
            self.stop.wait(_RETRY_SECONDS)

    def _work(self, connection: Any) -> None:
        if not self._is_alone(connection):
            log.warning("another worker is at work")
            return
        while not self.stop.is_set():
            self._beat(connection)
            self._run_due_jobs(connection)
            self.stop.wait(self._beat_seconds)

    def _is_alone(self, connection: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (_WORKER_LOCK,))
            return bool(cursor.fetchone()[0])

    def _beat(self, connection: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BEAT, {"pid": os.getpid(), "version": __version__, "first": self._is_first_beat})
        self._is_first_beat = False

    def _run_due_jobs(self, connection: Any) -> None:
        for job in self._jobs:
            if time.monotonic() < self._due[job.name] or self.stop.is_set():
                continue
            self._due[job.name] = time.monotonic() + job.every_seconds
            try:
                done = job.run(connection)
            except psycopg2.OperationalError:
                raise
            except Exception:
                log.exception("job %s failed", job.name)
            else:
                log.log(logging.INFO if done else logging.DEBUG, "job %s: %s", job.name, done)


def run_until_input_ends(worker: Worker) -> None:
    """Run, and stop when standard input ends: when the supervisor closes it, or is no more."""

    def wait_for_end() -> None:
        while os.read(sys.stdin.fileno(), 1):  # unbuffered: a daemon thread must not hold a buffer's lock at exit
            pass
        worker.stop.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    worker.run()
