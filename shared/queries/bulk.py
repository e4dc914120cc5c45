"""What is read before many rows are changed at once: their versions, what they are called, their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.models import Base, Contact, Customer, Project, Ticket
from shared.schemas.bulk import RowName

_NAMES: dict[str, tuple[Any, Any]] = {
    "ticket": (Ticket.number, Ticket.subject),
    "customer": (Customer.number, Customer.name),
    "contact": (Contact.id, Contact.name),
    "project": (Project.code, Project.name),
}
"""By which two columns a row of an entity is known to a person: its key, and what it is about."""


def name_rows(conn: Connection, entity: str, ids: Sequence[int]) -> tuple[RowName, ...]:
    """These rows with the version that they have now, in the order of ``ids``; deleted and unknown ones are absent."""
    key, title = _NAMES[entity]
    table = Base.metadata.tables[f"desk.{entity}"].c
    statement = select(
        table.id, table.row_version, cast(key, Text).label("key"), func.coalesce(title, "").label("title")
    )
    found = conn.execute(statement.where(table.id.in_(ids), table.deleted_at.is_(None)))
    names = {row.id: RowName(row.id, row.row_version, row.key, row.title) for row in found}
    return tuple(names[row_id] for row_id in ids if row_id in names)


def row_values(
    conn: Connection, entity: str, ids: Sequence[int], fields: Sequence[str]
) -> dict[int, tuple[int, Mapping[str, Any]]]:
    """For each row its version and, as JSON, what it has in these fields: to know it should an answer get lost."""
    table = Base.metadata.tables[f"desk.{entity}"].c
    pairs = [part for name in fields for part in (literal(name, Text), table[name])]
    statement = select(table.id, table.row_version, func.jsonb_build_object(*pairs, type_=JSONB).label("had"))
    return {row.id: (row.row_version, row.had) for row in conn.execute(statement.where(table.id.in_(ids)))}
