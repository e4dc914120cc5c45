"""What the migrations and bootstrap have made, kept outside of the database: whatever differs was changed by hand.

Taken over into the record is only what a run of them has itself changed. What was changed by hand before stays a
difference, so that nobody has it blessed by running them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from desk_server.desk import Desk
from shared.files import PRIVATE, write_atomic

RECORD_FILE = "schema_record.json"
_SQL = Path(__file__).resolve().parent / "sql" / "schema_record.sql"
_IS_MADE = "SELECT to_regclass('desk.field_rule') IS NOT NULL"

Shape = dict[str, str]


def current_shape(desk: Desk, connection: Any) -> Shape:
    """Every object that is there now, with a mark of its definition, and every right; empty before the first."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_MADE)
        if not cursor.fetchone()[0]:
            return {}
        # names are written in full, and alike in every session
        cursor.execute("BEGIN; SET LOCAL search_path = pg_catalog")
        try:
            cursor.execute(_SQL.read_text(encoding="utf-8"), {"all_databases": desk.settings.kind == "embedded"})
            return {f"{kind} {name}": str(mark) for kind, name, mark in cursor.fetchall()}
        finally:
            cursor.execute("ROLLBACK")


def load_record(desk: Desk) -> Shape | None:
    """The record; None where there is none that can be read."""
    try:
        stored = json.loads((desk.data / RECORD_FILE).read_text(encoding="utf-8"))
        return {str(name): str(mark) for name, mark in stored.items()}
    except (OSError, ValueError, AttributeError):
        return None


def keep_record(desk: Desk, before: Shape, after: Shape) -> None:
    """Take over what has changed from ``before`` to ``after``."""
    record = load_record(desk)
    if record is None:
        record = dict(after)
    for name in before.keys() | after.keys():
        if before.get(name) == after.get(name):
            continue
        if name in after:
            record[name] = after[name]
        else:
            record.pop(name, None)
    write_atomic(desk.data / RECORD_FILE, json.dumps(record, indent=0, sort_keys=True), PRIVATE)


def differences(record: Shape, now: Shape) -> list[str]:
    """What was changed by hand since, for a person."""
    answer = []
    for name in sorted(record.keys() | now.keys()):
        if name not in record:
            answer.append(f"{name} is new: {now[name]}" if name.startswith("rights on") else f"{name} is new")
        elif name not in now:
            answer.append(f"{name} is gone")
        elif record[name] != now[name]:
            answer.append(_changed(name, record[name], now[name]))
    return answer


def _changed(name: str, before: str, now: str) -> str:
    if not name.startswith("rights on"):
        return f"{name} was changed"
    held, has = set(before.split(", ")), set(now.split(", "))
    words = [f"now {word}" for word in sorted(has - held)] + [f"no longer {word}" for word in sorted(held - has)]
    return f"{name}: {', '.join(words)}"
