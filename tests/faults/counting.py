"""Many processes count the same few tickets up at once: what is in the table at the end is what was acknowledged."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults.stage import Count, Stage

ROWS = 5


@dataclass(frozen=True)
class Counted:
    """What the workers were told, and what the table says."""

    acknowledged: dict[int, list[int]]  # ticket: the versions whose saves were acknowledged
    table: dict[int, Count]
    met: Counter[str]
    seconds: float

    @property
    def saves(self) -> int:
        return sum(map(len, self.acknowledged.values()))

    @property
    def total(self) -> int:
        """The sum in the table."""
        return sum(count.number for count in self.table.values())

    def problems(self) -> list[str]:
        """What must not be. A version acknowledged twice is a clash that nobody saw."""
        found = []
        for ticket, versions in self.acknowledged.items():
            count = self.table[ticket]
            if count.number != len(versions):
                found.append(f"ticket {ticket}: {len(versions)} saves acknowledged, {count.number} in the table")
            if sorted(versions) != list(range(2, count.version + 1)):
                found.append(f"ticket {ticket}: the versions acknowledged are not 2 to {count.version}, each once")
        return found

    def figures(self) -> dict[str, Any]:
        return {
            "acknowledged": self.saves,
            "in the table": self.total,
            "seconds": round(self.seconds, 1),
            **{f"met: {name}": number for name, number in sorted(self.met.items())},
        }


def count_together(
    stage: Stage,
    *,
    workers: int,
    edits: int,
    task: str = "count_up",
    seed: int = 1,
    meanwhile: Callable[[], None] = lambda: None,
) -> Counted:
    """``workers`` processes, ``edits`` each, on five tickets; ``meanwhile`` is called while they are at it."""
    tickets = stage.tickets(ROWS)
    hands = stage.hire(workers)
    began = time.monotonic()
    for number, hand in enumerate(hands):
        hand.start(task, tickets=tickets, edits=edits, seed=1000 * seed + number)
    meanwhile()
    answers = [hand.result(edits * 3 + 60) for hand in hands]
    seconds = time.monotonic() - began
    stage.crew.dismiss()
    acknowledged = {ticket: [v for answer in answers for v in answer["done"][str(ticket)]] for ticket in tickets}
    met = sum((Counter(answer["met"]) for answer in answers), Counter[str]())
    return Counted(acknowledged, stage.counts(tickets), met, seconds)
