"""How tickets end and how long they take: shares and medians, apart from the story that uses them."""

from __future__ import annotations

from desk_server.demo.dice import Dice, Weighted
from desk_server.demo.opening import Opening
from desk_server.demo.rhythm import DAY, HOUR

LOOK_BACK = 25  # a duplicate repeats one of the tickets just before it
REOPENED, REOPENED_AGAIN = 0.066, 0.12
SOLVED_AT_ONCE = 0.2  # of the questions and requests by phone or chat
DUE_DAYS = {"urgent": 2, "high": 7, "normal": 21, "low": 60}
PAUSES = {"problem": 1.9, "question": 0.6, "request": 1.3}  # mean number of waits and hand-overs

_FATES = Weighted(("solved", "duplicate", "cancelled"), (93.6, 3.2, 3.2))
_MEDIAN_DAYS = {"problem": 15.0, "question": 2.2, "request": 24.0}
_SIGMA = {"problem": 1.1, "question": 1.2, "request": 1.0}
_PRIORITY_FACTOR = {"urgent": 0.35, "high": 0.65, "normal": 1.0, "low": 1.9}
_CATEGORY_FACTOR = {"hardware": 1.4, "drm": 1.3, "sdk": 1.1}
_BAD_RELEASE_FACTOR = 1.5
_TRIAGE_HOURS = {"urgent": 0.4, "high": 1.5, "normal": 5.0, "low": 20.0}


def fate_of(seed: int, index: int) -> str:
    """How ticket ``index`` ends in the end: solved, duplicate or cancelled."""
    return Dice("fate", seed, index).weighted(_FATES)


def original_of(seed: int, index: int) -> int | None:
    """The older ticket that a duplicate repeats; None where none fits."""
    dice = Dice("original", seed, index)
    for _ in range(4):
        original = index - dice.whole(1, LOOK_BACK)
        if original >= 0 and fate_of(seed, original) == "solved":
            return original
    return None


def triage_seconds(opening: Opening, dice: Dice) -> float:
    """From the logging until somebody takes it."""
    return dice.lognormal(_TRIAGE_HOURS[opening.priority], 0.9) * HOUR


def solution_seconds(opening: Opening, dice: Dice) -> float:
    """From the logging to the solution: log-normal, by kind, priority, product, category and luck."""
    days = _MEDIAN_DAYS[opening.kind] * _PRIORITY_FACTOR[opening.priority] * opening.product.weakness
    days *= _CATEGORY_FACTOR.get(opening.category, 1.0) * (_BAD_RELEASE_FACTOR if opening.is_bad_release else 1.0)
    return dice.lognormal(days, _SIGMA[opening.kind]) * DAY
