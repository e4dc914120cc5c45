"""The machines as ``machine list`` shows them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from contextlib import closing
from dataclasses import dataclass

from desk_server.desk import Desk

_MACHINES = """
SELECT m.name, m.level,
    array(SELECT s.code FROM desk.machine_person p JOIN desk.staff s ON s.id = p.staff_id
          WHERE p.machine_id = m.id ORDER BY s.code),
    array(SELECT s.name FROM desk.machine_person p JOIN desk.staff s ON s.id = p.staff_id
          WHERE p.machine_id = m.id ORDER BY s.code),
    (SELECT to_char(max(c.not_after) AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM desk.machine_certificate c
     WHERE c.machine_id = m.id AND c.replaced_at IS NULL),
    (SELECT max(e.expires_at) FROM desk.enrolment_code e
     WHERE e.machine_id = m.id AND e.used_at IS NULL AND e.withdrawn_at IS NULL AND e.expires_at > clock_timestamp()),
    seen.last_seen_at, seen.address,
    (SELECT count(*) FROM pg_stat_activity a WHERE a.datname = current_database() AND a.usename = 'm_' || m.name),
    m.note
FROM desk.machine m LEFT JOIN desk.machine_seen seen ON seen.machine_id = m.id
WHERE m.deleted_at IS NULL ORDER BY m.name
"""


@dataclass(frozen=True, slots=True)
class MachineRow:
    """A machine: who sits there, how long its certificate is good, when and from where it was last seen."""

    name: str
    level: str
    people: tuple[str, ...]  # their codes
    names: tuple[str, ...]  # in the order of ``people``
    certificate_ends: str | None
    code_until: str | None = None  # of a one-time code that was not used yet
    last_seen_at: str | None = None
    address: str | None = None
    sessions: int = 0
    note: str | None = None


def list_machines(desk: Desk) -> list[MachineRow]:
    """All machines by name."""
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(_MACHINES)
        return [
            MachineRow(
                *(name, level, tuple(codes), tuple(names), ends, _moment(code_until), _moment(seen_at)),
                *(address, sessions, note),
            )
            for name, level, codes, names, ends, code_until, seen_at, address, sessions, note in cursor.fetchall()
        ]


def _moment(value: dt.datetime | None) -> str | None:
    return value.astimezone(dt.UTC).isoformat(timespec="seconds") if value else None


def machine_lines(rows: list[MachineRow]) -> list[str]:
    """The machines as columns for a terminal."""
    cells = [(row.name, row.level, _people(row), _certificate(row), _last_seen(row)) for row in rows]
    if not cells:
        return []
    widths = [max(map(terminal_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell + " " * (width - terminal_width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _certificate(row: MachineRow) -> str:
    certificate = f"until {row.certificate_ends}" if row.certificate_ends else "not enrolled"
    return f"{certificate}, code until {_shown(row.code_until)}" if row.code_until else certificate


def _last_seen(row: MachineRow) -> str:
    place = f" at {row.address}" if row.address else ""
    if row.sessions:
        return f"here now{place}"
    return f"seen {_shown(row.last_seen_at)}{place}" if row.last_seen_at else ""


def _shown(moment: str) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


def _people(row: MachineRow) -> str:
    return ", ".join(
        code if code == name else f"{name} ({code})" for code, name in zip(row.people, row.names, strict=True)
    )


def terminal_width(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)
