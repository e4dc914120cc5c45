"""Workers that save on and on, whatever happens to their server, and the comparison of what they were told with it."""

from __future__ import annotations

import time
from typing import Any

from tests.faults.rounds import Rounds
from tests.faults.stage import Stage

TOLD = ("acknowledged", "sent again", "had been done")


class Writers:
    """Each counts a ticket of its own up, from now until ``compare``."""

    def __init__(self, stage: Stage, count: int, *, bound: float | None = None, **overrides: Any) -> None:
        """``bound``: a try without an answer is given up after so many seconds; ``overrides``: libpq keywords."""
        self._stage = stage
        self.tickets = stage.tickets(count)
        self.sentences = set[str]()  # what they were told while they could not save; known after ``compare``
        stage.ask("CHECKPOINT")  # the tickets themselves are there, whatever comes
        self._hands = stage.hire(count, **overrides)
        for hand, ticket in zip(self._hands, self.tickets, strict=True):
            hand.start("save_on_and_on", ticket=ticket, bound=bound)

    def wait_for_saves(self, seconds: float = 60) -> float:
        """Until each has saved once more; the seconds that took."""
        began = time.monotonic()
        before = self._stage.counts(self.tickets)
        while any(count.number <= before[ticket].number for ticket, count in self._stage.counts(self.tickets).items()):
            if any(hand.has_said() for hand in self._hands):
                return time.monotonic() - began  # one has given up: ``compare`` tells why
            assert time.monotonic() - began < seconds, f"no save for {seconds} s"
            time.sleep(0.02)
        return time.monotonic() - began

    def wait_for_standstill(self, quiet: float = 1.0, seconds: float = 60) -> None:
        """Until none has saved for ``quiet`` seconds."""
        began = at = time.monotonic()
        before = self._stage.counts(self.tickets)
        while time.monotonic() - at < quiet:
            assert time.monotonic() - began < seconds, f"they still save after {seconds} s"
            time.sleep(0.1)
            if (now := self._stage.counts(self.tickets)) != before:
                before, at = now, time.monotonic()

    def compare(self, rounds: Rounds) -> None:
        """Call them off; their tickets' counts, versions and comments are what was acknowledged, each save once.

        The very last one may be in doubt: it may be there, and not be acknowledged.
        """
        for hand in self._hands:
            if not hand.has_said():
                hand.go_on()
        for hand, ticket in zip(self._hands, self.tickets, strict=True):
            told = hand.result()
            rounds.expect(not told["lost"], f"ticket {ticket}: a save that was acknowledged is gone")
            count = self._stage.counts([ticket])[ticket]
            ((comments,),) = self._stage.ask("SELECT count(*) FROM desk.comment WHERE ticket_id = %s", ticket)
            more = count.number - told["acknowledged"]
            rounds.expect(more in (0, 1), f"{told['acknowledged']} saves acknowledged, {count.number} in the table")
            rounds.expect(
                count.version == count.number + 1 and comments == count.number,
                f"number {count.number}, version {count.version}, {comments} comments",
            )
            self.sentences |= set(told.get("sentences", ()))
            rounds.met.update({name: told[name] for name in TOLD})
            rounds.longest("try, s", told["longest try"])
        self._stage.crew.dismiss()
