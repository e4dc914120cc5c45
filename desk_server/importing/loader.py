"""From a reading into the desk, in one transaction: all of it or nothing, so a killed run is simply run again.

Staging and planning are the owner's; what lies in schema desk is written under SET ROLE desk_import, in portions,
since the audit gathers each statement's rows. A dry run ends after planning, before anything, even a sequence, moved.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg2

from desk_server.importing.fields import FIELDS, PARENTS
from desk_server.importing.history import Known, KnownEvent, TicketHistory, tickets_of
from desk_server.importing.identity import import_keys
from desk_server.importing.mapping import LogMap
from desk_server.importing.reader import LogReading
from desk_server.importing.result import ImportResult, KeptTicket, RejectedRow
from desk_server.importing.staging import copy_rows
from desk_server.importing.times import TimeReader
from shared.database import translate_error
from shared.domain.fields import FieldType

PORTION = 10_000  # rows a statement
STAGING_TABLES = "staged_name, staged_ticket, staged_value, staged_event, staged_field, staged_choice, staged_reference"
STAGING_VIEWS = "staged_resolved, staged_document, staged_change"


@dataclass(frozen=True, slots=True)
class LogImport:
    """What to import: a reading by its map. ``file`` is said in rejects, ``source`` is part of each row's identity."""

    log_map: LogMap
    reading: LogReading
    source: str
    file: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the import will do, known before it writes."""

    histories: list[TicketHistory]
    created: dict[str, tuple[str, ...]]
    tickets: int
    events: int
    updated: int

    @property
    def kept(self) -> tuple[KeptTicket, ...]:
        """The log's tickets that a machine has edited since."""
        return tuple(
            KeptTicket(number=history.known.number, ticket=history.ticket, new_events=len(history.events))
            for history in self.histories
            if history.known and history.known.touched
        )


def run_import(connection: Any, work: LogImport) -> ImportResult:
    """Import over a psycopg2 connection of the desk's owner (no transaction open). DeskError where it fails."""
    started = time.perf_counter()
    connection.autocommit = False
    try:
        with connection, connection.cursor() as cursor:
            plan = _plan(cursor, work)
            batch = None if work.dry_run else _write(cursor, work, plan)
            if work.dry_run:
                connection.rollback()
    except psycopg2.Error as error:
        raise translate_error(error) from error
    return _result(work, plan, batch, time.perf_counter() - started)


def _plan(cursor: Any, work: LogImport) -> Plan:
    cursor.execute("SET LOCAL TimeZone = 'UTC'")
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"import {work.source}",))
    _run(cursor, "staging.sql")
    rows = work.reading.rows
    copy_rows(cursor, "staged_name", ["ticket"], ((name,) for name in dict.fromkeys(row.ticket for row in rows)))
    known = _known(cursor, work.source)
    keys = import_keys(work.source, rows)
    histories = tickets_of(work.log_map, work.reading.fields, zip(rows, keys, strict=True), known)
    histories.sort(key=lambda history: history.reported_at)
    _stage(cursor, work.log_map, histories)
    _run(cursor, "collect.sql")
    _run(cursor, "match.sql")
    return Plan(
        histories=histories,
        created=_missing(cursor),
        tickets=sum(history.known is None for history in histories),
        events=sum(len(history.events) for history in histories),
        updated=_number(cursor, "SELECT count(*) FROM staged_change"),
    )


def _known(cursor: Any, source: str) -> dict[str, Known]:
    """What the desk has of the staged ticket names."""
    cursor.execute("ANALYZE staged_name")
    events: dict[str, list[KnownEvent]] = {}
    _run(cursor, "known_events.sql", {"source": source})
    for ticket, at, key, status in cursor.fetchall():
        events.setdefault(ticket, []).append(KnownEvent(at, uuid.UUID(key) if key else None, status))
    _run(cursor, "known_tickets.sql", {"source": source})
    return {
        ticket: Known(
            id=ticket_id,
            number=number,
            touched=touched,
            values={"product": product, "customer": customer},
            events=tuple(events.get(ticket, ())),
        )
        for ticket, ticket_id, number, touched, product, customer in cursor.fetchall()
    }


def _stage(cursor: Any, log_map: LogMap, histories: list[TicketHistory]) -> None:
    copy_rows(
        cursor,
        "staged_field",
        ["field", "column_name", "list_code", "entity", "parent"],
        (
            (field.name, field.column, field.choice_list, field.entity, (PARENTS.get(field.entity or "") or [None])[0])
            for field in FIELDS.values()
        ),
    )
    copy_rows(
        cursor,
        "staged_ticket",
        ["position", "ticket", "ticket_id", "is_newer", "reported_at", "status"],
        (
            (position, story.ticket, story.known and story.known.id, story.is_newer, story.reported_at, story.status)
            for position, story in enumerate(histories)
        ),
    )
    copy_rows(cursor, "staged_value", ["ticket", "field", "value", "is_default"], _values(log_map, histories))
    events = ((history.ticket, event) for history in histories for event in history.events)
    copy_rows(
        cursor,
        "staged_event",
        ["position", "ticket", "at", "import_key", "event", "person", "status"],
        (
            (position, ticket, event.at, event.key, event.event or None, event.by, event.status)
            for position, (ticket, event) in enumerate(events)
        ),
    )
    cursor.execute(f"ANALYZE {STAGING_TABLES}")


def _values(log_map: LogMap, histories: list[TicketHistory]) -> Iterable[tuple[str, str, str, bool]]:
    times = TimeReader(log_map.log.time_format, log_map.log.time_zone)
    for history in histories:
        for name, value in history.values.items():
            if value:
                is_time = name in FIELDS and FIELDS[name].type is FieldType.TIME
                said = times.read(value).isoformat() if is_time else value
                yield history.ticket, name, said, name in history.defaulted


def _missing(cursor: Any) -> dict[str, tuple[str, ...]]:
    _run(cursor, "missing.sql")
    made: dict[str, list[str]] = {}
    for group, name in cursor.fetchall():
        made.setdefault(group, []).append(name)
    return {"customers": (), "products": (), "people": (), "choices": ()} | {
        group: tuple(names) for group, names in made.items()
    }


def _write(cursor: Any, work: LogImport, plan: Plan) -> int:
    cursor.execute(f"GRANT SELECT, UPDATE ON {STAGING_TABLES} TO desk_import")
    cursor.execute(f"GRANT SELECT ON {STAGING_VIEWS} TO desk_import")
    cursor.execute("SET LOCAL ROLE desk_import")
    batch = _batch(cursor, work, plan)
    for step in ("create.sql", "match.sql", "create_hanging.sql", "match.sql"):
        _run(cursor, step)
    for first in range(0, len(plan.histories), PORTION):
        _run(cursor, "write_tickets.sql", {"source": work.source, "first": first, "last": first + PORTION})
    for first in range(0, plan.events, PORTION):
        _run(
            cursor,
            "write_events.sql",
            {"source": work.source, "batch": batch, "first": first, "last": first + PORTION},
        )
    cursor.execute("UPDATE desk.import_batch SET finished_at = clock_timestamp() WHERE id = %s", (batch,))
    return batch


def _batch(cursor: Any, work: LogImport, plan: Plan) -> int:
    batch = _number(
        cursor,
        "INSERT INTO desk.import_batch (source, file, encoding, rows, tickets, events)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
        (work.source, work.file, work.reading.encoding, work.reading.row_count, plan.tickets, plan.events),
    )
    copy_rows(
        cursor,
        "desk.import_reject",
        ["batch_id", "file", "line", "reason", "content"],
        (
            (batch, work.file, reject.line, _visible(reject.reason), _visible(reject.content))
            for reject in work.reading.rejects
        ),
    )
    return batch


def _visible(text: str) -> str:
    """PostgreSQL keeps no NUL; its picture stands for it."""
    return text.replace("\0", "\u2400")


def _result(work: LogImport, plan: Plan, batch: int | None, seconds: float) -> ImportResult:
    return ImportResult(
        rows=work.reading.row_count,
        tickets=plan.tickets,
        events=plan.events,
        updated=plan.updated,
        created=plan.created,
        rejects=tuple(
            RejectedRow(file=work.file, line=reject.line, reason=reject.reason) for reject in work.reading.rejects
        ),
        kept=plan.kept,
        unused_status=tuple(sorted(set(work.log_map.status) - {row.event for row in work.reading.rows})),
        batch=batch,
        source=work.source,
        file=work.file,
        encoding=work.reading.encoding,
        delimiter=work.reading.delimiter,
        time_zone=work.log_map.log.time_zone,
        dry_run=work.dry_run,
        seconds=round(seconds, 3),
    )


def _number(cursor: Any, statement: str, values: tuple[object, ...] | None = None) -> int:
    cursor.execute(statement, values)
    return int(cursor.fetchone()[0])


def _run(cursor: Any, name: str, values: dict[str, object] | None = None) -> None:
    statements = resources.files("desk_server.importing").joinpath("sql", name).read_text(encoding="utf-8")
    cursor.execute(statements, values)
