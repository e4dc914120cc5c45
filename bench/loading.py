"""Fills a desk with the workload, as the import fills it: under SET ROLE desk_import, all triggers on."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from bench.dataset import CUSTOMERS, PRODUCTS, STAFF, BenchTicket

PORTION = 2_000
TICKET_COLUMNS = (
    "id", "number", "kind", "subject", "description", "status", "priority", "severity", "product_id", "customer_id",
    "assignee_id", "serial", "category", "source", "channel", "reported_at", "created_at", "updated_at", "due_at",
    "custom", "origin", "resolution",
)  # fmt: skip
EVENT_COLUMNS = ("ticket_id", "at", "kind", "status")
COMMENT_COLUMNS = ("ticket_id", "body", "created_at", "origin")
DUE_SECONDS = 14 * 86_400


def fill_desk(owner: Any, tickets: Iterable[BenchTicket]) -> float:
    """Load everything through ``owner``, a superuser's psycopg2 connection in autocommit; returns the seconds."""
    began = time.perf_counter()
    cursor = owner.cursor()
    cursor.execute("SET ROLE desk_import")
    first = {table: _base_rows(cursor, table) for table in ("customer", "product", "staff")}
    for portion in _portions(tickets):
        cursor.execute("BEGIN")
        _copy(cursor, "ticket", TICKET_COLUMNS, (_ticket_row(ticket, first) for ticket in portion))
        _copy(cursor, "ticket_event", EVENT_COLUMNS, _event_rows(portion))
        _copy(cursor, "comment", COMMENT_COLUMNS, _comment_rows(portion))
        cursor.execute("COMMIT")
    cursor.execute("RESET ROLE")
    cursor.execute("SELECT setval(pg_get_serial_sequence('desk.ticket', 'id'), max(id)) FROM desk.ticket")
    cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began


def copy_text(rows: Iterable[tuple[Any, ...]]) -> io.StringIO:
    """Rows in COPY's text format."""
    return io.StringIO("".join("\t".join(map(_cell, row)) + "\n" for row in rows))


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _copy(cursor: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    cursor.copy_expert(f"COPY desk.{table} ({', '.join(columns)}) FROM STDIN", copy_text(rows))


def _portions(tickets: Iterable[BenchTicket]) -> Iterator[list[BenchTicket]]:
    portion: list[BenchTicket] = []
    for ticket in tickets:
        portion.append(ticket)
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _base_rows(cursor: Any, table: str) -> int:
    """Make customers, products and staff; returns the id before their first."""
    statements = {
        "customer": "INSERT INTO desk.customer (name, origin) SELECT 'Customer ' || n, 'import'",
        "product": "INSERT INTO desk.product (code, name, origin) SELECT 'P-' || n, 'Product ' || n, 'import'",
        "staff": "INSERT INTO desk.staff (code, name, department_id)"
        " SELECT 'bench-' || n, 'Engineer ' || n, (SELECT id FROM desk.department WHERE code = 'support')",
    }
    count = {"customer": CUSTOMERS, "product": PRODUCTS, "staff": STAFF}[table]
    cursor.execute(f"{statements[table]} FROM generate_series(1, {count}) AS n RETURNING id")
    return min(int(row[0]) for row in cursor.fetchall()) - 1


def _ticket_row(ticket: BenchTicket, first: dict[str, int]) -> tuple[Any, ...]:
    modified = ticket.comments[-1][0]
    return (
        ticket.id, 1_000_000 + ticket.id, "request", ticket.title, ticket.description, ticket.status, ticket.priority,
        ticket.severity, first["product"] + ticket.product, first["customer"] + ticket.customer,
        None if ticket.owner is None else first["staff"] + ticket.owner, ticket.serial, "hardware", "customer", "mail",
        ticket.created.isoformat(), ticket.created.isoformat(), modified.isoformat(),
        ticket.created.fromtimestamp(ticket.created.timestamp() + DUE_SECONDS, ticket.created.tzinfo).isoformat(),
        json.dumps({"environment": ticket.environment}), "import",
        "replaced" if ticket.status in ("resolved", "closed") else None,
    )  # fmt: skip


def _event_rows(portion: list[BenchTicket]) -> Iterator[tuple[Any, ...]]:
    for ticket in portion:
        yield ticket.id, ticket.created.isoformat(), "created", "open"
        if ticket.status != "open":
            yield ticket.id, ticket.comments[-1][0].isoformat(), "status", ticket.status


def _comment_rows(portion: list[BenchTicket]) -> Iterator[tuple[Any, ...]]:
    for ticket in portion:
        for at, body in ticket.comments:
            yield ticket.id, body, at.isoformat(), "import"
