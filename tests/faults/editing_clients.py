"""Clients of a real desk for the model of editing, and the superuser's view of what they do."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from desk_server.jobs.leases import free_leases
from shared.errors import AlreadySavedError, ConflictError, LeaseLostError
from shared.queries.tickets import get_ticket
from shared.schemas.ticket import TicketCreate, TicketUpdate, TicketValues
from shared.services.tickets import create_ticket, update_ticket
from tests.desks import MACHINES, RunningDesk
from tests.faults.editing_model import Save, Who
from tests.integration.server.enrolling import wait_until
from tests.integration.shared.filling import Filling, complete

SEATS = ("full", "full", "full2")  # two windows of one machine, and another machine
SEATS_WITH_ADMIN = ("full", "full2", "admin")


class Client:
    """A program at a machine: what it has read, the token it was told, the save whose answer it waits for."""

    def __init__(self, stand: Stand, seat: str) -> None:
        self.stand, self.seat = stand, seat
        self.start()

    def start(self) -> None:
        """A new program, which knows nothing of the one before."""
        self.who = Who(MACHINES[self.seat][0], uuid.uuid4())
        self.database = self.stand.desk.database(self.seat, session=self.who.session)
        self.forget()

    def forget(self) -> None:
        """Only who it is stays."""
        self.token: int | None = None
        self.unanswered: Save | None = None
        self.version, self.value = 0, 0  # as last read

    def ask(self, question: Callable[[Any], Any]) -> Any:
        with self.database.reading() as conn:
            return question(conn)

    def read(self) -> None:
        seen = self.ask(lambda conn: get_ticket(conn, self.stand.ticket))
        self.version, self.value = seen.row_version, int(seen.values.serial or 0)

    def next_save(self, *, with_token: bool) -> Save:
        return Save(uuid.uuid4(), self.token if with_token else None, self.version, self.value + 1)

    def disconnect(self) -> None:
        """All at once, as by a cut; the server has seen it when this returns."""
        pids = list(self.database.backend_pids())
        self.database.close()
        self.stand.wait_until_gone(pids)

    def send(self, save: Save, *, before_commit: Callable[[], None] = lambda: None) -> str:
        """What became of it, in the words of the model."""
        change = TicketUpdate(
            id=self.stand.ticket, row_version=save.version, save_id=save.save_id, lease_token=save.token,
            values=TicketValues(serial=str(save.value)),
        )  # fmt: skip
        try:
            with self.database.unit_of_work() as session:
                saved = update_ticket(session, change)
                before_commit()
        except AlreadySavedError:
            return "already"
        except LeaseLostError:
            return "lost"
        except ConflictError:
            return "conflict"
        assert (saved.row_version, saved.values.serial) == (save.version + 1, str(save.value))
        return "done"


class UndoneError(Exception):
    """Raised before a commit, so that nothing is."""


class Stand:
    """The desk under test: a new ticket for each run of the machine, and the superuser's view of it."""

    def __init__(self, desk: RunningDesk, seats: tuple[str, ...] = SEATS) -> None:
        self.desk = desk
        self._values = complete(Filling(desk), serial="0")
        self._boss = desk.owner().cursor()
        self._worker = desk.desk.owner_connection(user="desk_worker")
        self.ticket = 0
        self.clients = [Client(self, seat) for seat in seats]

    def new_ticket(self) -> None:
        """Nobody has it, and nobody knows of anything."""
        self.run("DELETE FROM desk.edit_lease")
        for client in self.clients:
            client.forget()
        with self.clients[0].database.unit_of_work() as session:
            self.ticket = create_ticket(session, TicketCreate(save_id=uuid.uuid4(), values=self._values)).id

    def run(self, statement: str, *values: Any) -> list[Any]:
        self._boss.execute(statement, values or None)
        return list(self._boss.fetchall()) if self._boss.description else []

    def wait_until_gone(self, pids: list[int]) -> None:
        count = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)"
        wait_until(lambda: self.run(count, pids)[0][0] == 0, 30)

    def free_leases(self) -> int:
        return free_leases(self._worker, self.desk.desk)

    def state(self) -> tuple[Any, ...]:
        """Version and value of the row; machine, session, token, whether it is over, who asks, whether he was answered,
        all null where there is no lease.
        """
        (found,) = self.run(
            "SELECT ticket.row_version, ticket.serial::int, held.machine, held.session, held.token,"
            " held.expires_at <= clock_timestamp(), held.asked_machine, held.asked_session,"
            " held.answered_at IS NOT NULL FROM desk.ticket LEFT JOIN desk.edit_lease AS held"
            " ON held.entity = 'ticket' AND held.entity_id = ticket.id WHERE ticket.id = %s",
            self.ticket,
        )
        return tuple(found)

    def close(self) -> None:
        self._worker.close()
        for client in self.clients:
            client.database.close()


@contextmanager
def undone() -> Iterator[Callable[[], None]]:
    """``undo()`` before the commit takes the save back, and leaves the block."""

    def undo() -> None:
        raise UndoneError

    try:
        yield undo
    except UndoneError:
        return
