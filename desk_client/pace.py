"""A pace for what is read again because others changed something: at once, then not before a pause.

The pause grows with the time that the last reading took, so that however often something changes, and however many
clients look, reading again takes a small share of the server.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 60.0
TIMES_AS_LONG = 50  # as the reading took: two per cent of the time
LOST_SECONDS = 30.0  # an answer that was dropped does not hold it up for ever


class Pace(QObject):
    """Who reads says ``begin`` and ``end``; who hears of a change says ``want``.

    Signals:
        due(): read now.
    """

    due = Signal()

    def __init__(
        self, parent: QObject, shortest: float = SHORTEST_SECONDS, times_as_long: float = TIMES_AS_LONG
    ) -> None:
        super().__init__(parent)
        self._shortest, self._times_as_long = shortest, times_as_long
        self._began: float | None = None
        self._free_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)
        self._is_wanted = False

    def want(self) -> None:
        """Something changed."""
        self._is_wanted = True
        if not self._timer.isActive():
            self._on_time()

    def begin(self) -> None:
        """It is being read, for whatever reason: what was wanted until now is served by that."""
        self._began = time.monotonic()
        self._free_at = self._began + LOST_SECONDS
        self._is_wanted = False
        self._timer.stop()

    def end(self, *, is_cheap: bool = False) -> None:
        """It was read, or could not be. ``is_cheap``: what took its time was the way, not the server."""
        if self._began is None:
            return
        now = time.monotonic()
        share = 0.0 if is_cheap else (now - self._began) * self._times_as_long
        pause = min(max(self._shortest, share), LONGEST_SECONDS)
        self._began, self._free_at = None, now + pause
        self._wait()

    @property
    def is_reading(self) -> bool:
        """Whether an answer is on its way."""
        return self._began is not None

    def stop(self) -> None:
        """Nothing is due any more."""
        self._timer.stop()
        self._is_wanted = False

    def reset(self) -> None:
        """It was read by other means, or is not of interest any more."""
        self.stop()
        self._began, self._free_at = None, time.monotonic() + self._shortest

    def _on_time(self) -> None:
        if self._is_wanted and time.monotonic() >= self._free_at:
            self.due.emit()
        else:
            self._wait()

    def _wait(self) -> None:
        if self._is_wanted:
            self._timer.start(max(1, round((self._free_at - time.monotonic()) * 1000)))
