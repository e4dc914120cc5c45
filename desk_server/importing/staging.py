"""COPY into the staging tables, in PostgreSQL's text format."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

ROWS_A_COPY = 20_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Copies rows into ``table``, a bounded number at a time; None becomes null. The names are never a user's."""
    command = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    lines = ("\t".join(_cell(value) for value in row) + "\n" for row in rows)
    while portion := list(itertools.islice(lines, ROWS_A_COPY)):
        cursor.copy_expert(command, io.StringIO("".join(portion)))


def _cell(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return str(value)
