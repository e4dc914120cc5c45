"""A desk for fault tests: machines that may have many sessions, and tickets whose ``serial`` counts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from shared.schemas.ticket import TicketCreate, TicketValues
from shared.services.tickets import create_ticket
from tests.desks import MACHINES, RunningDesk
from tests.faults.crew import Crew, Hand
from tests.integration.shared.filling import Filling, complete

WRITERS = ("full", "full2", "admin", "shared")


@dataclass(frozen=True)
class Count:
    """What a counting ticket says."""

    number: int
    version: int


class Stage:
    """A running desk whose machines may have ``sessions`` sessions each."""

    def __init__(self, running: RunningDesk, crew: Crew, *, sessions: int = 60) -> None:
        self.running, self.crew = running, crew
        self.values = complete(Filling(running), serial="0")
        for key in WRITERS:
            self.ask(f'ALTER ROLE "m_{MACHINES[key][0]}" CONNECTION LIMIT {sessions}')

    def hire(self, count: int, **overrides: Any) -> list[Hand]:
        """Workers that are logged in, by turns at each machine that may write."""
        return [self.worker(WRITERS[number % len(WRITERS)], **overrides) for number in range(count)]

    def worker(self, machine: str, *, session: uuid.UUID | None = None, **overrides: Any) -> Hand:
        """A worker that is logged in at this machine."""
        hand = self.crew.hire()
        hand.call("open_desk", session=session and str(session), **self.way_in(machine), overrides=overrides)
        return hand

    def way_in(self, machine: str) -> dict[str, Any]:
        """What ``open_desk`` wants of a machine."""
        people = MACHINES[machine][2]
        return {
            "profile": str(self.running.desk.profiles / machine),
            "person": people[0] if len(people) > 1 else None,
        }

    def tickets(self, count: int, **values: Any) -> list[int]:
        """New tickets whose count is 0."""
        wanted = self.values.model_copy(update=values)
        with closing(self.running.database("full")) as database, database.unit_of_work() as session:
            return [create_ticket(session, _new(wanted)).id for _ in range(count)]

    def counts(self, tickets: Sequence[int]) -> dict[int, Count]:
        found = self.ask("SELECT id, serial::bigint, row_version FROM desk.ticket WHERE id = ANY (%s)", list(tickets))
        return {ticket: Count(number, version) for ticket, number, version in found}

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement of the superuser, on a connection of its own: the server may have been killed."""
        with closing(self.running.desk.owner_connection()) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    @contextmanager
    def planted(self, function: str, good: str, bad: str) -> Iterator[None]:
        """Within the block the function ``desk.<function>`` has the fault ``bad`` in place of ``good``."""
        ((definition,),) = self.ask("SELECT pg_get_functiondef(%s::regproc)", f"desk.{function}")
        assert good in definition, f"desk.{function} has changed: plant the fault elsewhere"
        self.ask(definition.replace(good, bad))
        try:
            yield
        finally:
            self.ask(definition)

    @contextmanager
    def lengths(self, **settings: float) -> Iterator[None]:
        """Within the block the desk's settings are these: ``lease_seconds=0.5``."""
        before = dict(self.ask("SELECT key, value FROM desk.setting WHERE key = ANY (%s)", list(settings)))
        self._set({name: str(value) for name, value in settings.items()})
        try:
            yield
        finally:
            self._set(before)

    @contextmanager
    def idle_limit(self, seconds: float, key: str = "full") -> Iterator[None]:
        """Within the block the server ends a transaction of this machine that lies idle so long; else 30 s."""
        change = f'ALTER ROLE "m_{MACHINES[key][0]}" SET idle_in_transaction_session_timeout ='
        self.ask(f"{change} {int(seconds * 1000)}")
        try:
            yield
        finally:
            self.ask(f"{change} '30s'")

    @contextmanager
    def lock_limit(self, seconds: float) -> Iterator[None]:
        """Within the block who logs in waits so long for a lock; else 2 s: so long a process may stand still that has
        it."""
        for key in WRITERS:
            self.ask(f'ALTER ROLE "m_{MACHINES[key][0]}" SET lock_timeout = {int(seconds * 1000)}')
        try:
            yield
        finally:
            for key in WRITERS:
                self.ask(f"ALTER ROLE \"m_{MACHINES[key][0]}\" SET lock_timeout = '2s'")

    def _set(self, settings: dict[str, str]) -> None:
        for name, value in settings.items():
            self.ask("UPDATE desk.setting SET value = %s WHERE key = %s", value, name)


def _new(values: TicketValues) -> TicketCreate:
    return TicketCreate(save_id=uuid.uuid4(), values=values)
