"""All database work of the client, off the GUI thread: one thread reads, another writes; answers on the GUI thread.

Reads go newest first; a read that was asked again for the same purpose replaces the waiting one, and the answer of
an older one is dropped when it comes late. A read that is under way and not wanted any more is ended at the server.
Writes and calls go in their order and are never dropped; none of them waits behind a read.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from desk_client.lane import Job, Kind, Lane, Running, SharedSource, VoidError, WorkSource
from desk_client.link_watch import LinkWatch
from shared.errors import DatabaseUnavailableError, DeskError

T = TypeVar("T")
CANCEL_AFTER_SECONDS = 0.3  # a younger read has its answer sooner than a cancel would have its own
SWEEP_MS = 100
SHUTDOWN_SECONDS = 10.0
LANES = 3  # reads; writes and calls; and one that looks whether the server still answers

__all__ = ["DbRunner", "WorkSource"]


@dataclass(frozen=True, slots=True)
class _Reply:
    """What stays on the GUI thread while a job runs."""

    on_done: Callable[[Any], None]
    on_error: Callable[[DeskError], None] | None
    receiver: QObject
    key: tuple[int, str] | None


class DbRunner(QObject):
    """Runs operations on its threads and calls back on the GUI thread.

    All of it may be called from the GUI thread only, ``backend_pids`` from any. An op must not touch widgets: it takes
    values and returns values. The op of a write or call may run more than once, where a lock was not to be had.

    Signals:
        failed(DeskError): an error that no ``on_error`` took.
        reachable_changed(bool): the server stopped answering, or answers again.
        reconnected(): a connection had ended by itself and was replaced; what it was asked has been answered.
    """

    failed = Signal(object)
    reachable_changed = Signal(bool)
    reconnected = Signal()
    _finished = Signal(int, object, object)

    def __init__(self, database: WorkSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._replies: dict[int, _Reply] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._watched: set[int] = set()  # receivers whose end is heard
        self._unwanted: set[int] = set()  # reads that may be under way
        self._reachable = True
        self._losses = 0
        self._closing = False
        source = SharedSource(database, LANES)
        self._reads = Lane("desk-database-reads", source, self._finished.emit, newest_first=True)
        self._writes = Lane("desk-database-writes", source, self._finished.emit)
        self._link = LinkWatch((self._reads, self._writes), partial(Lane, "desk-database-asks", source), self)
        self._link.is_dead.connect(self.abandon)
        self._link.is_lost.connect(self._give_up)
        self._lanes = (self._writes, self._reads, self._link.lane)
        self._sweep = QTimer(self)
        self._sweep.setInterval(SWEEP_MS)
        self._sweep.timeout.connect(self._cancel_unwanted)
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_reachable(self) -> bool:
        """Whether the last operation got an answer from the server."""
        return self._reachable

    def is_idle(self) -> bool:
        """Whether nothing waits, runs or is still to be delivered."""
        return not self._replies

    def backend_pids(self) -> frozenset[int]:
        """The server's processes behind our connections: their notices are our own."""
        return self._reads.database.backend_pids() | self._writes.database.backend_pids()

    def start(self) -> None:
        """Start the threads. Nothing is connected before the first ``run``."""
        for lane in self._lanes:
            lane.start()

    def run(
        self,
        op: Callable[[Any], T],
        *,
        on_done: Callable[[T], None],
        on_error: Callable[[DeskError], None] | None = None,
        receiver: QObject,
        purpose: str | None = None,
        write: bool = False,
        call: bool = False,
    ) -> None:
        """Queue ``op``; it gets a connection in autocommit, or with ``write`` a session within a unit of work.

        Args:
            op: runs on a worker thread.
            on_done: gets the op's result on the GUI thread.
            on_error: gets a ``DeskError`` on the GUI thread; without it ``failed`` is emitted.
            receiver: when it is destroyed before the answer comes, the answer is dropped.
            purpose: of this receiver; a newer read for it makes the older one void. Not for writes and calls.
            write: never dropped and in order of call.
            call: one statement that changes something (a lease): as ``write``, but in autocommit.
        """
        if self._closing:
            return
        kind = Kind.WRITE if write else Kind.CALL if call else Kind.READ
        key = (id(receiver), purpose) if purpose is not None and kind is Kind.READ else None
        job = Job(next(self._numbers), op, kind, key)
        self._replies[job.number] = _Reply(on_done, on_error, receiver, key)
        self._link.watch()
        if kind is not Kind.READ:
            self._writes.add(job)
            return
        if key is not None:
            self._make_void(lambda other: other.key == key)
            self._newest[key] = job.number
        self._watch(receiver)
        self._reads.add(job)

    def cancel(self, receiver: QObject, purpose: str) -> None:
        """Make the read for this purpose void: it is not begun, or ended at the server, and its answer is dropped."""
        key = (id(receiver), purpose)
        self._newest.pop(key, None)
        self._make_void(lambda job: job.key == key)

    def use(self, database: WorkSource) -> None:
        """Go on with another database (another person at the machine); the old one is closed behind what is queued."""
        source = SharedSource(database, LANES)
        for lane in self._lanes:
            lane.go_on_with(source)

    def abandon(self) -> None:
        """The link is dead: what is under way fails now, and the connections are cut. What waits tries new ones."""
        for lane in (self._writes, self._reads):  # the watch counts its questions on its own: none is a job of ours
            if (running := lane.running) is not None:
                self._fail(running)
        for database in {id(lane.database): lane.database for lane in self._lanes}.values():
            database.abandon()

    def _give_up(self, running: Running) -> None:
        self._fail(running)
        for lane in self._lanes:
            lane.database.abandon(running.pid)

    def _fail(self, running: Running) -> None:
        error = DatabaseUnavailableError("The database server does not answer.")
        running.give_up(error)
        if self._replies.get(running.job.number) is not None:
            self._finished.emit(running.job.number, None, error)

    def shutdown(self) -> None:
        """Finish the writes, drop the reads, close the connections and join the threads."""
        self._closing = True
        self._sweep.stop()
        self._link.stop()
        self._reads.take_out(lambda job: job.kind is Kind.READ)
        if (running := self._reads.running) is not None:
            running.give_up(VoidError())
            self._ask_cancel(running)
        for lane in self._lanes:
            lane.close()
        until = time.monotonic() + SHUTDOWN_SECONDS
        if not all([lane.join(max(until - time.monotonic(), 0)) for lane in self._lanes]):
            self.abandon()
            for lane in self._lanes:
                lane.join(None)
        self._replies = {n: reply for n, reply in self._replies.items() if reply.key is None}
        self._newest.clear()

    # -- what is not wanted any more -------------------------------------------------------------------------------

    def _watch(self, receiver: QObject) -> None:
        key = id(receiver)
        if key not in self._watched:
            self._watched.add(key)
            receiver.destroyed.connect(partial(self._on_gone, key))

    def _on_gone(self, key: int, *_: object) -> None:
        self._watched.discard(key)
        self._newest = {purpose: number for purpose, number in self._newest.items() if purpose[0] != key}
        gone = {number for number, reply in self._replies.items() if id(reply.receiver) == key}
        if gone and not self._closing:
            self._make_void(lambda job: job.number in gone and job.kind is Kind.READ)

    def _make_void(self, is_void: Callable[[Job], bool]) -> None:
        for waiting in self._reads.take_out(is_void):
            self._replies.pop(waiting.number, None)
        running = self._reads.running
        if running is not None and is_void(running.job):
            running.give_up(VoidError())
            self._unwanted.add(running.job.number)
            self._sweep.start()

    def _cancel_unwanted(self) -> None:
        running = self._reads.running
        if running is None or running.job.number not in self._unwanted:
            self._unwanted.clear()
            self._sweep.stop()
        elif time.monotonic() - running.since >= CANCEL_AFTER_SECONDS:
            self._ask_cancel(running)

    def _ask_cancel(self, running: Running) -> None:
        """Over the other connection: encrypted as all is, which libpq's own cancel is not, and over when answered."""
        database = self._reads.database
        if running.is_cancel_asked:
            return
        running.is_cancel_asked = True

        def cancel(conn: Any) -> None:
            pid = running.hold()
            try:
                if pid is not None:
                    database.cancel_statement(conn, pid)
            finally:
                running.let_go()

        self._writes.add(Job(0, cancel, Kind.CALL))

    # -- answers ---------------------------------------------------------------------------------------------------

    def _deliver(self, number: int, result: Any, error: BaseException | None) -> None:
        reply = self._replies.pop(number, None)
        if not isinstance(error, VoidError):
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
        losses = self._reads.database.losses()
        if losses != self._losses:
            self._losses = losses
            if error is None and losses:
                self.reconnected.emit()
