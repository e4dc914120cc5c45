"""What a fault test counts: rounds, what was met in them, and what must not have been."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Rounds:
    """Of one fault, repeated."""

    rounds: int = 0
    problems: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    measured: dict[str, float] = field(default_factory=dict)

    def expect(self, is_right: bool, problem: str) -> None:
        """Keep what is not right in this round."""
        if not is_right:
            self.problems.append(f"round {self.rounds}: {problem}")

    def longest(self, name: str, value: float) -> None:
        """Keep a measured value where it is the largest so far."""
        self.measured[name] = max(self.measured.get(name, 0.0), value)

    def figures(self) -> dict[str, Any]:
        measured = {f"longest {name}": round(value, 1) for name, value in self.measured.items()}
        return {"rounds": self.rounds, "seconds": round(self.seconds, 1), **measured, **dict(sorted(self.met.items()))}
