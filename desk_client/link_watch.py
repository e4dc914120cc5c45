"""Notices that a server does not answer any more though nothing has broken: packets that vanish on the way.

A statement may take its time. So where one has not been answered for a while, another connection asks the server
whether it is still at it: no answer to that either, and the link is dead; "not at it", and that one connection is.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desk_client.lane import Job, Kind, Lane, Running, WorkSource
from shared.errors import DatabaseUnavailableError, LoginRefusedError, ServerFullError

SILENCE_SECONDS = 4.0  # an answer may take that long before anybody asks
ANSWER_SECONDS = 5.0  # as long as a connection may take to be made
TICK_MS = 500


@dataclass(frozen=True, slots=True)
class _Silent:
    """A statement that has not been answered, by when it was sent."""

    running: Running
    sent_at: float


@dataclass(frozen=True, slots=True)
class _Question:
    """Which statements the server was asked about, and when."""

    number: int
    asked_at: float
    silent: frozenset[_Silent]


class LinkWatch(QObject):
    """Watches what the lanes do while they do something.

    Signals:
        is_dead(): the server does not answer, on any connection.
        is_lost(Running): it answers, and knows nothing of this one's statement.
    """

    is_dead = Signal()
    is_lost = Signal(object)
    _answered = Signal(int, object, object)

    def __init__(self, lanes: Sequence[Lane], make_lane: Callable[..., Lane], parent: QObject) -> None:
        """Watch ``lanes``; ``make_lane`` makes the one that asks, given what hears its answers."""
        super().__init__(parent)
        self._lanes = lanes
        self.lane = make_lane(on_finished=self._answered.emit)
        self._numbers = itertools.count(1)
        self._question: _Question | None = None
        self._doubted: frozenset[_Silent] = frozenset()  # unknown to the server when it was asked last
        self._heard_at = 0.0  # when the server said last that it is at what it was asked about
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._look)
        self._answered.connect(self._on_answer, Qt.ConnectionType.QueuedConnection)

    def watch(self) -> None:
        """Something is about to be done."""
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._timer.stop()
        self._question = None

    def _look(self) -> None:
        now = time.monotonic()
        if not any(lane.has_work for lane in self._lanes):
            self.stop()
        elif self._question is None:
            silent = frozenset(
                one for one in self._waiting() if now - max(one.sent_at, self._heard_at) > SILENCE_SECONDS
            )
            if silent:
                self._ask(silent, now)
        elif now - self._question.asked_at > ANSWER_SECONDS:
            self._question = None
            self.is_dead.emit()

    def _waiting(self) -> list[_Silent]:
        """The statements under way. What an operation does besides them is its own affair."""
        found = []
        for lane in self._lanes:
            running = lane.running
            since = lane.database.waiting_since(running.pid) if running is not None and running.pid else None
            if running is not None and since is not None:
                found.append(_Silent(running, since))
        return found

    def _ask(self, silent: frozenset[_Silent], now: float) -> None:
        self._question = _Question(next(self._numbers), now, silent)
        pids = frozenset(one.running.pid for one in silent)
        self.lane.add(Job(self._question.number, partial(_ask_server, self.lane.database, pids), Kind.READ))

    def _on_answer(self, number: int, at_work: frozenset[int] | None, error: BaseException | None) -> None:
        if self._question is None or self._question.number != number:
            return
        silent, self._question = self._question.silent, None
        if error is None and at_work is not None:
            self._judge(silent, at_work)
        elif isinstance(error, DatabaseUnavailableError) and not isinstance(error, ServerFullError | LoginRefusedError):
            self.is_dead.emit()

    def _judge(self, silent: frozenset[_Silent], at_work: frozenset[int]) -> None:
        """Lost is what it does not know two times in a row: the first time the answer may have been on the way."""
        unknown = frozenset(one for one in silent & set(self._waiting()) if one.running.pid not in at_work)
        lost, self._doubted = unknown & self._doubted, unknown - self._doubted
        self._heard_at = time.monotonic()
        for one in lost:
            self.is_lost.emit(one.running)


def _ask_server(database: WorkSource, pids: frozenset[int], conn: Any) -> frozenset[int]:
    return database.at_work(conn, pids)
