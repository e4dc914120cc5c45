"""One worker thread of the runner: what waits for it, what it does just now, and how that is given up."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from shared.errors import BusyError, DatabaseUnavailableError, DeskError, ServerFullError, TooSlowError

RETRY_PAUSES = (0.1, 0.3, 0.9)  # seconds before the same work is tried again
log = logging.getLogger(__name__)


class VoidError(DeskError):
    """Nobody wanted it any more before it began. Says nothing of the server."""


class WorkSource(Protocol):
    """What the runner needs of ``shared.database.Database``; all of it raises ``shared.errors`` only."""

    def reading(self) -> AbstractContextManager[Any]:
        """A connection in autocommit: one round trip a statement."""

    def unit_of_work(self) -> AbstractContextManager[Any]:
        """A session that commits at the end of the block."""

    def backend_pid(self, work: Any) -> int:
        """The server's process behind what ``reading`` or ``unit_of_work`` gave."""

    def backend_pids(self) -> frozenset[int]:
        """The server's processes behind all connections of this source."""

    def waiting_since(self, pid: int) -> float | None:
        """Since when (monotonic) the connection to this process waits for an answer; None: it does not."""

    def losses(self) -> int:
        """How many connections had ended when they were to be used again, and were replaced."""

    def cancel_statement(self, conn: Any, pid: int) -> None:
        """End the statement of another connection of this source, asked over ``conn``."""

    def at_work(self, conn: Any, pids: frozenset[int]) -> frozenset[int]:
        """Which of these processes of this source are within a statement or transaction, asked over ``conn``."""

    def abandon(self, pid: int | None = None) -> None:
        """Cut this connection, or all: who waits for an answer gets a DatabaseUnavailableError now. From any thread."""

    def close(self) -> None:
        """Close all connections."""


class Kind(Enum):
    """What a job needs of the database."""

    READ = "read"
    WRITE = "write"  # a unit of work
    CALL = "call"  # a statement in autocommit that changes something
    BARE = "bare"  # nothing; an errand of the runner's own


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker thread sees: no QObject, so that none can die on the wrong thread.

    ``number`` is 0 where nobody waits for an answer.
    """

    number: int
    op: Callable[[Any], Any]
    kind: Kind
    key: tuple[int, str] | None = None
    asked_at: float = field(default_factory=time.monotonic)


class SharedSource:
    """A database that several lanes use: the last one to leave closes it."""

    def __init__(self, database: WorkSource, users: int) -> None:
        self.database = database
        self._users = users
        self._lock = threading.Lock()

    def leave(self) -> None:
        """This lane is done with it."""
        with self._lock:
            self._users -= 1
            is_last = self._users == 0
        if is_last:
            self.database.close()


class Running:
    """A job under way. A cancel holds its connection: it goes back to the pool, and to another statement, only when
    the server has dealt with the cancel; so none but this job's statements can be hit."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.since = time.monotonic()
        self.is_cancel_asked = False  # of the GUI thread: not twice at a time
        self.is_connected = False
        self.pid = 0  # of the server's process, once connected
        self._is_open = False  # to a cancel
        self._changed = threading.Condition()
        self._is_held = False
        self._given_up = threading.Event()
        self._why: DeskError = VoidError()

    def connected(self, pid: int) -> None:
        """It has a connection and is about to begin; raises why it was given up meanwhile."""
        with self._changed:
            self.pid, self.is_connected = pid, True
            if self._given_up.is_set():
                raise self._why
            self._is_open = True

    def hold(self) -> int | None:
        """The process to cancel, or None: too late. ``let_go`` must follow a hold."""
        with self._changed:
            self._is_held = self._is_open
            return self.pid if self._is_open else None

    def let_go(self) -> None:
        """The server has dealt with the cancel."""
        with self._changed:
            self._is_held = False
            self.is_cancel_asked = False
            self._changed.notify_all()

    def finish(self) -> None:
        """The job is done: wait for a cancel under way, let none begin."""
        with self._changed:
            self._is_open = False
            self._changed.wait_for(lambda: not self._is_held)

    def give_up(self, why: DeskError) -> None:
        """Where it has not begun, it need not."""
        self._why = why
        self._given_up.set()

    def pause(self, seconds: float) -> bool:
        """Wait before it is tried again; False: given up."""
        return not self._given_up.wait(seconds)


class Lane:
    """A thread and its queue; what is asked of it is asked from the GUI thread."""

    def __init__(
        self,
        name: str,
        source: SharedSource,
        on_finished: Callable[[int, Any, BaseException | None], None],
        *,
        newest_first: bool = False,
    ) -> None:
        self._source = source
        self._on_finished = on_finished
        self._newest_first = newest_first
        self._running: Running | None = None
        self._queue: deque[Job] = deque()
        self._is_busy = False  # with what it took from the queue
        self._wake = threading.Condition()
        self._closing = False
        self._failure: tuple[float, DeskError] | None = None  # when it could not connect, and why
        self._thread = threading.Thread(target=self._work, name=name, daemon=False)

    @property
    def database(self) -> WorkSource:
        """The one that is used now."""
        return self._source.database

    @property
    def running(self) -> Running | None:
        """What it does just now."""
        return self._running

    @property
    def has_work(self) -> bool:
        """Whether something waits for it or is being done."""
        with self._wake:
            return self._is_busy or bool(self._queue)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def add(self, job: Job) -> None:
        """Queue a job."""
        with self._wake:
            self._queue.append(job)
            self._wake.notify()

    def take_out(self, unwanted: Callable[[Job], bool]) -> list[Job]:
        """Remove jobs that have not begun."""
        with self._wake:
            out = [job for job in self._queue if unwanted(job)]
            for job in out:
                self._queue.remove(job)
        return out

    def go_on_with(self, source: SharedSource) -> None:
        """Use another database behind what is queued; with the newest first: before it."""

        def swap(_work: object) -> None:
            left, self._source, self._failure = self._source, source, None
            left.leave()

        self.add(Job(0, swap, Kind.BARE))

    def close(self) -> None:
        """End when the queue is empty."""
        with self._wake:
            self._closing = True
            self._wake.notify()

    def join(self, seconds: float | None) -> bool:
        """Wait for the end; whether it came."""
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    # -- worker thread ---------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._next_job()) is not None:
            result, error = self._execute(job)
            if job.number:
                self._on_finished(job.number, result, error)
            del job, result, error
        self._source.leave()

    def _next_job(self) -> Job | None:
        with self._wake:
            self._is_busy = False
            self._wake.wait_for(lambda: self._queue or self._closing)
            if not self._queue:
                return None
            self._is_busy = True
            if not self._newest_first:
                return self._queue.popleft()
            # another database comes before whatever was asked since: that is meant for it
            at = next((at for at, job in enumerate(self._queue) if job.kind is Kind.BARE), -1)
            job = self._queue[at]
            del self._queue[at]
            return job

    def _execute(self, job: Job) -> tuple[Any, BaseException | None]:
        if job.kind is Kind.BARE:
            return job.op(None), None
        if self._failure is not None and job.asked_at < self._failure[0]:
            return None, self._failure[1]  # it waited while we could not connect: not once more for each
        running = self._running = Running(job)
        try:
            return self._until_it_passes(running), None
        except DeskError as error:
            if isinstance(error, DatabaseUnavailableError) and not running.is_connected:
                self._failure = (time.monotonic(), error)
            return None, error
        except Exception as error:
            log.exception("an operation failed by a fault of ours")
            return None, error
        finally:
            self._running = None

    def _until_it_passes(self, running: Running) -> Any:
        for pause in RETRY_PAUSES:
            try:
                return self._attempt(running)
            except DeskError as error:
                if not _may_pass_later(running.job.kind, error):
                    raise
                spread = random.uniform(0.5, 1.5)  # noqa: S311 - so that two in each other's way do not meet again
                if not running.pause(pause * spread):
                    raise
        return self._attempt(running)

    def _attempt(self, running: Running) -> Any:
        job, database = running.job, self._source.database
        with database.unit_of_work() if job.kind is Kind.WRITE else database.reading() as work:
            running.connected(database.backend_pid(work))
            try:
                return job.op(work)
            finally:
                running.finish()


def _may_pass_later(kind: Kind, error: DeskError) -> bool:
    """Locks that were not to be had, deadlocks: nothing was written. A full server: nothing was begun."""
    if isinstance(error, BusyError):
        return kind is not Kind.READ and not isinstance(error, TooSlowError)
    return isinstance(error, ServerFullError)
