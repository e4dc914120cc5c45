"""Puts the stream into the desk, a portion a transaction: killed at any moment, the same call goes on to the same end.

Everything is written under SET ROLE desk_import with origin 'seed'. What is done is told by the run's row in
``import_batch``, which grows in the same transaction as the tickets.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg2

from desk_server.demo.base import insert, write_base
from desk_server.demo.history import DemoTicket
from desk_server.demo.rhythm import OFFICE_OFFSET
from desk_server.demo.rows import (
    Ids,
    comment_rows,
    complaint_rows,
    event_rows,
    external_id,
    interaction_rows,
    ticket_row,
)
from desk_server.demo.stream import DemoStream
from desk_server.desk import Desk
from shared.database import translate_error
from shared.errors import UserError

PORTION = 500  # tickets a transaction
EARLIEST = date(2000, 1, 1)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What a run did. ``added`` counts this run's tickets, the other numbers all of the set's rows."""

    tickets: int
    seed: int
    until: date
    added: int
    events: int

    @property
    def was_complete(self) -> bool:
        """Whether all of it was in the desk before."""
        return self.added == 0


def today() -> date:
    """The day at the demo company's office, whose beginning is never in the future anywhere."""
    return (datetime.now(UTC) + timedelta(seconds=OFFICE_OFFSET)).date()


def seed(
    desk: Desk, tickets: int, seed: int, until: date | None = None, progress: Progress | None = None
) -> SeedResult:
    """Fill the running desk with ``tickets`` demo tickets of three years, the last on the day before ``until``.

    Without ``until`` a set of the same number and seed that the desk already has is taken up again, else it is
    today. The same arguments add nothing twice; others add a set of their own. UserError where ``until`` is in
    the future.
    """
    if tickets < 0:
        raise UserError("The number of tickets can't be below 0.")
    try:
        with closing(desk.owner_connection()) as connection:
            connection.autocommit = False
            day = until or _begun(connection, tickets, seed) or today()
            _check_day(day)
            return _Loader(connection, DemoStream.make(tickets, seed, day)).run(progress)
    except psycopg2.Error as error:
        raise translate_error(error) from error


def _check_day(day: date) -> None:
    if day > today():
        raise UserError(f"Demo data can't reach into the future: {day} is later than today, {today()}.")
    if day < EARLIEST:
        raise UserError(f"Demo data can't end before {EARLIEST}.")


def _begun(connection: Any, tickets: int, seed: int) -> date | None:
    """Up to when an earlier run of the same number and seed reaches."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT right(source, 10) FROM desk.import_batch WHERE source LIKE %s ORDER BY id DESC LIMIT 1",
            (f"demo-{tickets}-{seed}-____-__-__",),
        )
        row = cursor.fetchone()
    return date.fromisoformat(row[0]) if row else None


class _Loader:
    def __init__(self, connection: Any, stream: DemoStream) -> None:
        self.connection, self.stream = connection, stream
        self.source = f"demo-{stream.tickets}-{stream.seed}-{stream.until}"
        self.ids = Ids()

    def run(self, progress: Progress | None) -> SeedResult:
        """Portion by portion until all tickets are there."""
        self._transaction(self._begin)
        added = 0
        while True:
            done, new = self._transaction(self._portion)
            added += new
            if progress and new:
                progress(done, self.stream.tickets)
            if done >= self.stream.tickets:
                break
        events = self._transaction(self._finish)
        return SeedResult(self.stream.tickets, self.stream.seed, self.stream.until, added, events)

    def _transaction(self, work: Callable[[Any], Any]) -> Any:
        """One transaction as desk_import; two runs at once take turns."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL TimeZone = 'UTC'")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('demo data', 0))")
            cursor.execute("SET LOCAL ROLE desk_import")
            return work(cursor)

    def _begin(self, cursor: Any) -> None:
        self.ids = write_base(cursor, self.stream.world)
        cursor.execute("SELECT 1 FROM desk.import_batch WHERE source = %s", (self.source,))
        if cursor.fetchone() is None:
            cursor.execute(
                "INSERT INTO desk.import_batch (source, file, encoding) VALUES (%s, %s, 'utf-8')",
                (self.source, "made by desk-server seed"),
            )

    def _portion(self, cursor: Any) -> tuple[int, int]:
        """The next tickets with all that belongs to them; how many are done now, and how many were added."""
        cursor.execute("SELECT id, tickets FROM desk.import_batch WHERE source = %s FOR UPDATE", (self.source,))
        batch, done = cursor.fetchone()
        tickets = list(self.stream.part(done, PORTION))
        if not tickets:
            return done, 0
        self._insert_tickets(cursor, tickets)
        written = 0
        for table, rows in (
            ("ticket_event", [row for ticket in tickets for row in event_rows(ticket, self.ids, batch)]),
            ("comment", [row for ticket in tickets for row in comment_rows(ticket, self.ids)]),
            ("interaction", [row for ticket in tickets for row in interaction_rows(ticket, self.ids)]),
            ("complaint", [row for ticket in tickets for row in complaint_rows(ticket, self.ids)]),
        ):
            insert(cursor, table, rows)
            written += len(rows)
        events = sum(len(ticket.events) for ticket in tickets)
        cursor.execute(
            "UPDATE desk.import_batch SET tickets = tickets + %s, events = events + %s, rows = rows + %s WHERE id = %s",
            (len(tickets), events, written + len(tickets), batch),
        )
        return done + len(tickets), len(tickets)

    def _insert_tickets(self, cursor: Any, tickets: list[DemoTicket]) -> None:
        """In the order of their logging, which gives them their numbers.

        A duplicate names an older ticket, whose id must be known: so what is collected is written before it.
        """
        self.ids.ticket = self._originals(cursor, tickets)
        waiting: list[DemoTicket] = []
        for ticket in tickets:
            original = ticket.values()["duplicate_of_id"]
            if original is not None and original not in self.ids.ticket:
                self._write_tickets(cursor, waiting)
                waiting = []
            waiting.append(ticket)
        self._write_tickets(cursor, waiting)

    def _originals(self, cursor: Any, tickets: list[DemoTicket]) -> dict[int, int]:
        """The ids of older portions' tickets that this one's duplicates name."""
        wanted = {ticket.values()["duplicate_of_id"] for ticket in tickets} - {None}
        names = {external_id(index): index for index in wanted if index < tickets[0].index}
        cursor.execute(
            "SELECT external_id, id FROM desk.ticket WHERE import_source = %s AND external_id = ANY (%s)",
            (self.source, list(names)),
        )
        return {names[name]: row_id for name, row_id in cursor.fetchall()}

    def _write_tickets(self, cursor: Any, tickets: list[DemoTicket]) -> None:
        rows = [ticket_row(ticket, self.ids, self.source) for ticket in tickets]
        found = dict(insert(cursor, "ticket", rows, returning="external_id, id"))
        self.ids.ticket.update({ticket.index: found[external_id(ticket.index)] for ticket in tickets})

    def _finish(self, cursor: Any) -> int:
        cursor.execute(
            "UPDATE desk.import_batch SET finished_at = coalesce(finished_at, clock_timestamp()) WHERE source = %s"
            " RETURNING events",
            (self.source,),
        )
        return int(cursor.fetchone()[0])
