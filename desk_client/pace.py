"""A pace for what is read again because others changed something: ``turns.py`` with a clock and a timer."""

from __future__ import annotations

import random
import time

from PySide6.QtCore import QObject, QTimer, Signal

from desk_client.turns import USUAL, Chance, Turns, TurnTimes


class Pace(QObject):
    """Who reads says ``begin`` and ``end``; who hears of a change says ``want``.

    Signals:
        due(): read now.
    """

    due = Signal()

    def __init__(self, parent: QObject, times: TurnTimes = USUAL, chance: Chance = random.random) -> None:
        super().__init__(parent)
        self._turns = Turns(times, chance)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)

    def want(self) -> None:
        """Something changed."""
        self._turns.want(time.monotonic())
        if not self._timer.isActive():
            self._on_time()

    def begin(self) -> None:
        """It is being read, for whatever reason: what was wanted until now is served by that."""
        self._turns.begin(time.monotonic())
        self._timer.stop()

    def end(self, *, is_cheap: bool = False) -> None:
        """It was read, or could not be. ``is_cheap``: what took its time was the way, not the server."""
        self._turns.end(time.monotonic(), is_cheap=is_cheap)
        self._wait()

    @property
    def is_near(self) -> bool:
        """Whether it is being read, or will be soon."""
        return self._turns.is_near(time.monotonic())

    @property
    def is_reading(self) -> bool:
        """Whether an answer is on its way."""
        return self._turns.is_reading

    def stop(self) -> None:
        """Nothing is due any more."""
        self._timer.stop()
        self._turns.stop()

    def reset(self) -> None:
        """It was read by other means, or is not of interest any more."""
        self._timer.stop()
        self._turns.reset(time.monotonic())

    def _on_time(self) -> None:
        if self._turns.is_due(time.monotonic()):
            self.due.emit()
        else:
            self._wait()

    def _wait(self) -> None:
        at = self._turns.due_at()
        if at is not None:
            self._timer.start(max(1, round((at - time.monotonic()) * 1000)))
