"""Many rows saved at once: a portion of them is one statement, in autocommit, with a result for each row.

What breaks one row undoes none of the others. A portion whose answer got lost is sent again as it was: rows that it
had saved are ``ALREADY`` then. The database locks rows in the order of their ids, whatever order they come in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnClause, Connection, Text, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.schemas.bulk import RowResult, RowSave, RowState
from shared.sqlstate import error_for

PORTION = 25
_COLUMNS: tuple[ColumnClause[Any], ...] = (
    *(column(name) for name in ("id", "state", "sqlstate", "field", "row_version", "machine", "person")),
    column("before", JSONB),
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What of a refusal ``error_for`` looks at."""

    column_name: str | None
    constraint_name: None = None
    table_name: None = None
    datatype_name: None = None
    message_primary: None = None


def save_rows(conn: Connection, entity: str, rows: Sequence[RowSave]) -> tuple[RowResult, ...]:
    """Save a portion of rows, each by itself; their results in the order of their ids. One round trip.

    Raises PermissionDeniedError where this machine may not write such rows at all.
    """
    sent = cast(literal(json.dumps([_sent(row) for row in rows]), Text), JSONB)
    saved = func.desk.save_rows(literal(entity, Text), sent).table_valued(*_COLUMNS)
    found = conn.execute(select(*(saved.c[column.name] for column in _COLUMNS))).mappings()
    return tuple(_result(row) for row in found)


def _sent(row: RowSave) -> dict[str, Any]:
    token = {} if row.lease_token is None else {"lease_token": row.lease_token}
    return {
        "id": row.id, "row_version": row.row_version, "save_id": str(row.save_id), "values": dict(row.values), **token,
    }  # fmt: skip


def _result(row: Mapping[Any, Any]) -> RowResult:
    state = RowState(row["state"])
    return RowResult(
        id=row["id"],
        state=state,
        error=error_for(row["sqlstate"], _Said(row["field"])) if state is RowState.FAILED else None,
        row_version=row["row_version"],
        before=row["before"],
        machine=row["machine"],
        person=row["person"],
    )
