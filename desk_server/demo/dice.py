"""Draws that depend on their key alone: no clock, no hash seed, no order of calls elsewhere."""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values with weights, prepared for many draws."""

    def __init__(self, values: Sequence[T], weights: Sequence[float]) -> None:
        self.values = tuple(values)
        self._bounds = list(accumulate(weights))

    def at(self, share: float) -> T:
        """The value at ``share`` (0 <= share < 1) of the total weight."""
        return self.values[min(bisect(self._bounds, share * self._bounds[-1]), len(self.values) - 1)]


class Dice:
    """A source of draws for one key. Built on ``random()`` alone, the one method whose sequence Python promises."""

    def __init__(self, *key: object) -> None:
        self._random = random.Random(":".join(str(part) for part in key)).random  # noqa: S311 - no secret

    def share(self) -> float:
        """Uniform in [0, 1)."""
        return self._random()

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self._random() < probability

    def between(self, low: float, high: float) -> float:
        """Uniform in [low, high)."""
        return low + (high - low) * self._random()

    def whole(self, low: int, high: int) -> int:
        """A whole number, low and high included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, values: Sequence[T]) -> T:
        """One of the values, all equally likely."""
        return values[int(self._random() * len(values))]

    def weighted(self, values: Weighted[T]) -> T:
        """One of the values by its weight."""
        return values.at(self._random())

    def lognormal(self, median: float, sigma: float) -> float:
        """Log-normal with that median; ``sigma`` is the deviation of the logarithm."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self._random()))
        return median * math.exp(sigma * radius * math.cos(math.tau * self._random()))

    def count(self, mean: float) -> int:
        """Poisson distributed; for small means."""
        limit, product, number = math.exp(-mean), self._random(), 0
        while product > limit:
            product *= self._random()
            number += 1
        return number
