"""Hears what other machines change: one connection on a thread of its own, which waits for nothing but its sockets.

A notice is a hint. Whatever is missed while the connection is away, is read again once it listens: first LISTEN, then
``connected``, so that nothing falls in between.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import random
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from desk_client.notice_pace import GATHER_SECONDS, GATHER_SPREAD
from desk_client.turns import Chance
from shared.errors import DatabaseUnavailableError, DeskError, LoginRefusedError
from shared.listening import Wait
from shared.notify import ENTITIES, ChangeKind, Notice, parse_notice

BOX_LIMIT = 500  # of more that nobody has looked at none is kept: any row may have changed
ANY_ROW = tuple(Notice(entity, None, None, ChangeKind.ROW) for entity in sorted(ENTITIES))
log = logging.getLogger(__name__)


class Connection(Protocol):
    """What the listener needs of ``shared.listening.ListeningConnection``."""

    def fileno(self) -> int:
        """Its socket."""

    @property
    def waits_for(self) -> Wait:
        """What to watch it for."""

    @property
    def is_listening(self) -> bool:
        """Whether notices come."""

    @property
    def is_asked(self) -> bool:
        """Whether a sign of life is to come."""

    def ask(self) -> None:
        """Ask for one."""

    def go_on(self) -> None:
        """Take what is there."""

    def take(self) -> list[tuple[int, str]]:
        """Notices."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class ListenerTimes:
    """In seconds. Silence is known after ``quiet`` + ``answer`` at the latest."""

    connect: float = 5.0
    quiet: float = 4.0  # so long nothing was heard: ask for a sign of life
    answer: float = 5.0  # so long it may take
    retry: tuple[float, ...] = (0.3, 1.0, 2.0, 3.0)
    refused: float = 30.0  # somebody has to let this machine in again first


@dataclass(frozen=True, slots=True)
class Loss:
    """Why nothing is heard any more, and when something was last (None: never). ``is_silent``: no end was seen."""

    error: DeskError
    is_silent: bool
    heard_at: dt.datetime | None


class _SilentError(DatabaseUnavailableError):
    """Nothing came in time."""


class Listener(QObject):
    """Its thread runs from ``start`` to ``shutdown``; all signals arrive on the GUI thread.

    Signals:
        noticed(tuple[Notice, ...]): others changed something; ``ANY_ROW`` where too much came at once.
        connected(): notices come from now on; what was read before may be old.
        lost(Loss): nothing is heard any more; it tries again by itself.
    """

    noticed = Signal(object)
    connected = Signal()
    lost = Signal(object)
    _came = Signal()
    _listening = Signal()
    _failed = Signal(object)

    def __init__(
        self,
        connect: Callable[[], Connection],
        own_pids: Callable[[], frozenset[int]],
        parent: QObject | None = None,
        times: ListenerTimes | None = None,
        chance: Chance = random.random,
    ) -> None:
        """Nothing is connected yet.

        Args:
            connect: begins a connection; called on the listener's thread.
            own_pids: the server's processes whose notices are our own; called on the listener's thread.
        """
        super().__init__(parent)
        self.times = times or ListenerTimes()
        self._connect, self._own_pids, self._chance = connect, own_pids, chance
        self._box: dict[Notice, None] = {}
        self._is_box_full = self._is_told = False
        self._lock = threading.Lock()
        self._closing = self._again = self._hurry = False
        self._heard: dt.datetime | None = None
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="desk-listener", daemon=True)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._deliver)
        self._came.connect(self._on_came, Qt.ConnectionType.QueuedConnection)
        self._listening.connect(self.connected, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self.lost, Qt.ConnectionType.QueuedConnection)

    # -- GUI thread --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect and listen."""
        self._thread.start()

    def use(self, connect: Callable[[], Connection]) -> None:
        """Connect anew by this: another person at the machine, or a renewed certificate."""
        self._connect = connect
        self._again = True
        self._poke()

    def try_now(self) -> None:
        """Do not wait for the next attempt: the server seems to be back."""
        self._hurry = True
        self._poke()

    def shutdown(self) -> None:
        """End the connection and the thread."""
        self._closing = True
        self._gather.stop()
        self._poke()
        if self._thread.is_alive():
            self._thread.join(self.times.connect)  # at the worst a name is being looked up
        elif not self._thread.ident:
            self._wake.close()
        self._waker.close()

    def _poke(self) -> None:
        with contextlib.suppress(OSError):  # full: it is awake already
            self._waker.send(b"!")

    def _on_came(self) -> None:
        self._gather.start(round((GATHER_SECONDS + GATHER_SPREAD * self._chance()) * 1000))

    def _deliver(self) -> None:
        with self._lock:
            notices = ANY_ROW if self._is_box_full else tuple(self._box)
            self._box.clear()
            self._is_box_full = self._is_told = False
        if notices:
            self.noticed.emit(notices)

    # -- the listener's thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._closing:
            self._again = self._hurry = False
            before = self._heard
            loss = self._listen_once()
            if loss is None or self._closing:
                continue
            failures = 0 if self._heard is not before else failures + 1
            self._tell(self._failed, loss)
            self._pause(loss, failures)
        self._wake.close()

    def _listen_once(self) -> Loss | None:
        """Connect and listen until that ends; None where that was asked for."""
        connection: Connection | None = None
        try:
            connection = self._connect()
            self._await_listening(connection)
            self._listen(connection)
        except DeskError as error:
            log.info("not listening: %s", type(error).__name__)
            return Loss(error, isinstance(error, _SilentError), self._heard)
        except Exception as error:  # a socket that is gone, or a fault of ours: the next attempt may do
            log.info("not listening: %s", type(error).__name__, exc_info=not isinstance(error, OSError | ValueError))
            return Loss(DatabaseUnavailableError("The connection broke."), False, self._heard)
        finally:
            if connection is not None:
                connection.close()
        return None

    def _await_listening(self, connection: Connection) -> None:
        until = time.monotonic() + self.times.connect
        while not connection.is_listening and not self._is_wanted_elsewhere():
            self._turn(connection, until)
            if time.monotonic() >= until and not connection.is_listening:
                raise DatabaseUnavailableError("The database server does not answer.")
        if connection.is_listening:
            self._heard = dt.datetime.now(dt.UTC)
            self._tell(self._listening)

    def _listen(self, connection: Connection) -> None:
        deadline = time.monotonic() + self.times.quiet
        while not self._is_wanted_elsewhere():
            self._keep(connection.take())
            if self._turn(connection, deadline):
                self._heard = dt.datetime.now(dt.UTC)
                deadline = time.monotonic() + (self.times.answer if connection.is_asked else self.times.quiet)
            elif time.monotonic() >= deadline:
                if connection.is_asked:
                    raise _SilentError("The database server has fallen silent.")
                connection.ask()
                deadline = time.monotonic() + self.times.answer

    def _is_wanted_elsewhere(self) -> bool:
        return self._closing or self._again

    def _turn(self, connection: Connection, until: float) -> bool:
        """Wait for the connection's socket and let it go on; whether something came. Ends early when somebody calls."""
        number, wake = connection.fileno(), self._wake.fileno()
        writes = [number] if connection.waits_for is Wait.WRITE else []
        wait = max(until - time.monotonic(), 0.0)
        came, free, broken = select.select([number, wake], writes, [number], wait)
        if wake in came:
            self._drain()
        if number in came or free or broken:
            connection.go_on()
        return number in came

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wake.recv(64):
                pass

    def _pause(self, loss: Loss, failures: int) -> None:
        """Before the next attempt; not all clients at the same moment."""
        retry = self.times.retry
        seconds = retry[min(failures, len(retry) - 1)]
        if isinstance(loss.error, LoginRefusedError):
            seconds = self.times.refused
        until = time.monotonic() + seconds * (0.5 + self._chance())
        while not self._is_wanted_elsewhere() and not self._hurry and (left := until - time.monotonic()) > 0:
            if select.select([self._wake], [], [], left)[0]:
                self._drain()

    def _keep(self, taken: list[tuple[int, str]]) -> None:
        if not taken:
            return
        own = self._own_pids()
        with self._lock:
            for pid, payload in taken:
                if self._is_box_full:
                    break
                notice = None if pid in own else parse_notice(payload)
                if notice is not None and notice.entity in ENTITIES:
                    self._box[notice] = None
                    self._is_box_full = len(self._box) > BOX_LIMIT
            tells = not self._is_told and bool(self._box)
            self._is_told = self._is_told or tells
        if tells:
            self._tell(self._came)

    def _tell(self, signal: SignalInstance, *values: object) -> None:
        if not self._closing:
            with contextlib.suppress(RuntimeError):  # the window is gone this very moment
                signal.emit(*values)
