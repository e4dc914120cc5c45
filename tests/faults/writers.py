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

    def ask_for_refusals(self) -> None:
        """From now on ``wait_for_refusals`` waits for the next of each."""
        for hand in self._hands:
            hand.ask_to_be_told("refused")

    def refused(self) -> int:
        """How many have been, since they were asked to tell."""
        return sum(hand.has_said() for hand in self._hands)

    def wait_for_refusals(self, seconds: float = 30) -> None:
        """Until each has been told that a save of its could not be made."""
        for hand in self._hands:
            hand.wait_for_step("refused", seconds)

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
            # in one look: a save that was given up may still come in
            ((number, version, comments),) = self._stage.ask(
                "SELECT serial::int, row_version, (SELECT count(*) FROM desk.comment AS c WHERE c.ticket_id = t.id)"
                " FROM desk.ticket AS t WHERE id = %s",
                ticket,
            )
            more = number - told["acknowledged"]
            rounds.expect(more in (0, 1), f"{told['acknowledged']} saves acknowledged, {number} in the table")
            rounds.expect(
                version == number + 1 and comments == number, f"number {number}, version {version}, {comments} comments"
            )
            self.sentences |= set(told.get("sentences", ()))
            rounds.met.update({name: told[name] for name in TOLD})
            rounds.longest("try, s", told["longest try"])
        self._stage.crew.dismiss()
