"""When it is this client's turn to read again what others changed: the times alone, without a clock or a timer.

All clients hear of a change at the same moment. So each waits by chance before it reads, and a little longer or shorter
than the others before it reads again. The pause grows with the time that the last reading took, so that however often
something changes, and however many clients look, reading again takes a small share of the server.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 45.0
LONGER_BY = 1 / 3  # at most, by chance: who has read together reads apart the next time
TIMES_AS_LONG = 50  # as the reading took: two per cent of the time
LOST_SECONDS = 30.0  # an answer that was dropped does not hold it up for ever

Chance = Callable[[], float]  # from 0 to 1


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """In seconds. ``spread``: who hears of a change waits so long at most.

    ``least``: so long at least after each reading; ``pause``: after one because of others that was not cheap.
    """

    spread: float = 1.0
    least: float = SHORTEST_SECONDS
    pause: float = SHORTEST_SECONDS


USUAL = TurnTimes()
ROWS = TurnTimes(spread=0.3)
UNSEEN = TurnTimes(spread=0.5, least=3.0)  # rows that are not shown: nearly all that changes, and few come in
SIGHT = TurnTimes(spread=0.3, pause=3.0)
WHOLE = TurnTimes(spread=0.7, pause=10.0)  # its length, and where the pages begin: what is in sight is read sooner
LOOKS = TurnTimes(spread=0.0)  # who edits what is shown; the notices were gathered by chance
COUNTS = TurnTimes(spread=2.0, pause=10.0)  # to count is to look at all tickets


class Turns:
    """Of one thing that is read again. Each call says what time it is."""

    def __init__(self, times: TurnTimes = USUAL, chance: Chance = random.random) -> None:
        self._times, self._chance = times, chance
        self._began: float | None = None
        self._is_for_others = False
        self._free_at = 0.0
        self._wanted_at: float | None = None

    def want(self, now: float) -> None:
        """Something changed."""
        if self._wanted_at is None:
            self._wanted_at = now + self._times.spread * self._chance()

    def due_at(self) -> float | None:
        """When to read; None: there is no reason."""
        if self._wanted_at is None:
            return None
        lost_at = 0.0 if self._began is None else self._began + LOST_SECONDS
        return max(self._wanted_at, self._free_at, lost_at)

    def is_due(self, now: float) -> bool:
        """Whether to read now."""
        at = self.due_at()
        return at is not None and at <= now

    def is_near(self, now: float) -> bool:
        """Whether it is being read, or will be as soon as anybody who heard of a change just now might."""
        at = self.due_at()
        return self.is_reading or (at is not None and at <= now + self._times.spread)

    def begin(self, now: float) -> None:
        """It is being read, for whatever reason: what was wanted until now is served by that."""
        self._is_for_others = self.is_due(now)
        self._began, self._wanted_at = now, None

    def end(self, now: float, *, is_cheap: bool = False) -> None:
        """It was read, or could not be. ``is_cheap``: what took its time was the way, not the server.

        What a person did here is read at once and holds up what others do only shortly.
        """
        if self._began is None:
            return
        pause = self._times.least
        if self._is_for_others and not is_cheap:
            pause = min(max(pause, self._times.pause, (now - self._began) * TIMES_AS_LONG), LONGEST_SECONDS)
        self._began, self._free_at = None, max(self._free_at, now + pause * (1 + LONGER_BY * self._chance()))

    @property
    def is_reading(self) -> bool:
        """Whether an answer is on its way."""
        return self._began is not None

    def stop(self) -> None:
        """There is no reason any more."""
        self._wanted_at = None

    def reset(self, now: float) -> None:
        """It was read by other means, or is not of interest any more."""
        self._began, self._wanted_at, self._free_at = None, None, now + self._times.least
