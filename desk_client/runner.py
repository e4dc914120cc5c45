"""All database work of the client: one worker thread, results back on the GUI thread.

Reads go newest first; a read that was asked again for the same purpose replaces the waiting one, and the answer of
an older one is dropped when it comes late. Writes go first, in their order, and are never dropped.
"""

from __future__ import annotations

import itertools
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from shared.errors import DatabaseUnavailableError, DeskError

T = TypeVar("T")
log = logging.getLogger(__name__)


class WorkSource(Protocol):
    """What the runner needs of ``shared.database.Database``; both raise ``shared.errors`` only."""

    def reading(self) -> AbstractContextManager[Any]:
        """A connection in autocommit: one round trip a statement."""

    def unit_of_work(self) -> AbstractContextManager[Any]:
        """A session that commits at the end of the block."""

    def close(self) -> None:
        """Close all connections."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What the worker sees: no QObject, so that none can die on the wrong thread."""

    number: int
    op: Callable[[Any], Any]
    write: bool
    key: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class _Reply:
    """What stays on the GUI thread while a job runs."""

    on_done: Callable[[Any], None]
    on_error: Callable[[DeskError], None] | None
    receiver: QObject
    key: tuple[int, str] | None


class DbRunner(QObject):
    """Runs operations on the worker thread and calls back on the GUI thread.

    ``run`` may be called from the GUI thread only. An op must not touch widgets: it takes values and returns values.

    Signals:
        failed(DeskError): an error that no ``on_error`` took.
        reachable_changed(bool): the server stopped answering, or answers again.
    """

    failed = Signal(object)
    reachable_changed = Signal(bool)
    _finished = Signal(int, object, object)

    def __init__(self, database: WorkSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._database = database
        self._numbers = itertools.count(1)
        self._replies: dict[int, _Reply] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._reachable = True
        self._closing = False
        self._reads: deque[_Job] = deque()
        self._writes: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="desk-database", daemon=False)
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_reachable(self) -> bool:
        """Whether the last operation got an answer from the server."""
        return self._reachable

    def is_idle(self) -> bool:
        """Whether nothing waits, runs or is still to be delivered."""
        return not self._replies

    def start(self) -> None:
        """Start the worker thread. Nothing is connected before the first ``run``."""
        self._thread.start()

    def run(
        self,
        op: Callable[[Any], T],
        *,
        on_done: Callable[[T], None],
        on_error: Callable[[DeskError], None] | None = None,
        receiver: QObject,
        purpose: str | None = None,
        write: bool = False,
    ) -> None:
        """Queue ``op``; it gets a connection, or with ``write`` a session within a unit of work.

        Args:
            op: runs on the worker thread.
            on_done: gets the op's result on the GUI thread.
            on_error: gets a ``DeskError`` on the GUI thread; without it ``failed`` is emitted.
            receiver: when it is destroyed before the answer comes, the answer is dropped.
            purpose: of this receiver; a newer read for it makes the older one void. Not for writes.
            write: never dropped and in order of call.
        """
        if self._closing:
            return
        key = (id(receiver), purpose) if purpose is not None and not write else None
        job = _Job(next(self._numbers), op, write, key)
        self._replies[job.number] = _Reply(on_done, on_error, receiver, key)
        self._enqueue(job)

    def cancel(self, receiver: QObject, purpose: str) -> None:
        """Make the read for this purpose void: it is not begun, and its answer is dropped."""
        key = (id(receiver), purpose)
        self._newest.pop(key, None)
        with self._wake:
            self._drop_waiting(key)

    def use(self, database: WorkSource) -> None:
        """Go on with another database (another person at the machine); the old one is closed behind what is queued."""

        def swap(_work: object) -> None:
            self._database.close()
            self._database = database

        # `swap` runs as a bare job: it must not open a unit of work on the database that it closes.
        with self._wake:
            self._writes.append(_Job(0, swap, True, None))
            self._wake.notify()

    def shutdown(self) -> None:
        """Finish the writes, drop the reads, close the connection and join the thread."""
        with self._wake:
            self._closing = True
            self._reads.clear()
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._replies = {n: reply for n, reply in self._replies.items() if reply.key is None}
        self._newest.clear()

    def _enqueue(self, job: _Job) -> None:
        with self._wake:
            if job.key is not None:
                self._drop_waiting(job.key)
                self._newest[job.key] = job.number
            (self._writes if job.write else self._reads).append(job)
            self._wake.notify()

    def _drop_waiting(self, key: tuple[int, str]) -> None:
        for waiting in [job for job in self._reads if job.key == key]:
            self._reads.remove(waiting)
            self._replies.pop(waiting.number, None)

    # -- worker thread ---------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._next_job()) is not None:
            result, error = self._execute(job)
            if job.number:
                self._finished.emit(job.number, result, error)
            del job, result, error
        self._database.close()

    def _next_job(self) -> _Job | None:
        with self._wake:
            self._wake.wait_for(lambda: self._writes or self._reads or self._closing)
            if self._writes:
                return self._writes.popleft()
            return self._reads.pop() if self._reads else None

    def _execute(self, job: _Job) -> tuple[Any, BaseException | None]:
        try:
            if not job.number:
                return job.op(None), None
            with self._database.unit_of_work() if job.write else self._database.reading() as work:
                result = job.op(work)
        except DeskError as error:
            return None, error
        except Exception as error:
            log.exception("an operation failed by a fault of ours")
            return None, error
        return result, None

    # -- GUI thread ------------------------------------------------------------------------------------------------

    def _deliver(self, number: int, result: Any, error: BaseException | None) -> None:
        reply = self._replies.pop(number, None)
        self._note_reachable(error)
        if reply is None or not isValid(reply.receiver):
            return
        if reply.key is not None:
            if self._newest.get(reply.key) != number:
                return
            del self._newest[reply.key]
        if error is None:
            reply.on_done(result)
        else:
            self._deliver_error(reply, error)

    def _deliver_error(self, reply: _Reply, error: BaseException) -> None:
        if not isinstance(error, DeskError):
            sys.excepthook(type(error), error, error.__traceback__)
            error = DeskError("SupportDesk made a mistake; what you typed is still there.")
        if reply.on_error is None:
            self.failed.emit(error)
        else:
            reply.on_error(error)

    def _note_reachable(self, error: BaseException | None) -> None:
        reachable = not isinstance(error, DatabaseUnavailableError)
        if reachable != self._reachable:
            self._reachable = reachable
            self.reachable_changed.emit(reachable)
