"""The stream of demo tickets: any part of it, in any order of asking, is always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date

from desk_server.demo.history import DemoTicket
from desk_server.demo.lifecycle import make_ticket
from desk_server.demo.opening import World, make_world


@dataclass(frozen=True, slots=True)
class DemoStream:
    """``tickets`` tickets over the three years that end with the day before ``until``."""

    tickets: int
    seed: int
    until: date
    world: World

    @classmethod
    def make(cls, tickets: int, seed: int, until: date) -> DemoStream:
        """The stream of these arguments."""
        return cls(tickets, seed, until, make_world(tickets, seed, until))

    def part(self, first: int, number: int) -> Iterator[DemoTicket]:
        """The tickets from ``first`` on, at most ``number`` of them; nothing is kept in memory."""
        for index in range(first, min(first + number, self.tickets)):
            yield make_ticket(self.world, index)

    def fingerprint(self) -> str:
        """A hash over everything in the stream, customers and company included."""
        digest = hashlib.sha256(repr((self.world.company.staff, self.world.customers)).encode())
        for ticket in self.part(0, self.tickets):
            digest.update(repr(astuple(ticket)).encode())
        return digest.hexdigest()
