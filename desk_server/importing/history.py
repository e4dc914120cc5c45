"""From rows to tickets: what a ticket's events state, and the values that its last rows left.

Pure: the database's part arrives as ``Known``. A log that grew holds its old rows too, but need not: rows that only
the database knows take part, so that an export of the new rows alone gives the same ticket.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from desk_server.importing.mapping import LogMap
from desk_server.importing.reader import LogRow
from shared.domain.fields import SUBJECT_LENGTH
from shared.domain.status import Status

REOPENED_FROM = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event that the desk holds already; ``key`` is None for one that a machine made."""

    at: datetime
    key: uuid.UUID | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket that the desk holds already. ``values`` are fields whose rows point to others: product, customer."""

    id: int
    number: int
    touched: bool
    values: dict[str, str | None] = field(default_factory=dict)
    events: tuple[KnownEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A row that the desk has not yet, with the status that it states."""

    key: uuid.UUID
    at: datetime
    event: str
    by: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class TicketHistory:
    """A ticket as the log leaves it. ``defaulted`` names the fields whose value is the map's default.

    ``is_newer`` tells whether the log's last row is at least as late as everything the desk holds: then its values
    go before those of the desk, else they only fill gaps.
    """

    ticket: str
    known: Known | None
    reported_at: datetime
    status: str
    values: dict[str, str | None]
    defaulted: tuple[str, ...]
    is_newer: bool
    events: tuple[NewEvent, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    at: datetime
    stated: str | None = None
    key: uuid.UUID | None = None
    row: LogRow | None = None
    is_known: bool = False


def tickets_of(
    log_map: LogMap, fields: Sequence[str], rows: Iterable[tuple[LogRow, uuid.UUID]], known: dict[str, Known]
) -> list[TicketHistory]:
    """One history for each ticket of the log, in the order of their first rows in the file."""
    grouped: dict[str, list[tuple[LogRow, uuid.UUID]]] = {}
    for row, key in rows:
        grouped.setdefault(row.ticket, []).append((row, key))
    return [_history(log_map, fields, name, own, known.get(name)) for name, own in grouped.items()]


def _history(
    log_map: LogMap, fields: Sequence[str], name: str, rows: list[tuple[LogRow, uuid.UUID]], known: Known | None
) -> TicketHistory:
    entries = _merged(rows, known)
    status, events = _states(log_map, entries)
    values = _last_values(fields, entries)
    defaulted = _fill(log_map, values, name, known)
    return TicketHistory(
        ticket=name,
        known=known,
        reported_at=entries[0].at,
        status=status,
        values=values,
        defaulted=defaulted,
        is_newer=entries[-1].row is not None,
        events=tuple(events),
    )


def _merged(rows: list[tuple[LogRow, uuid.UUID]], known: Known | None) -> list[_Entry]:
    """All events of a ticket by time; equal times keep the file's order, behind those that only the desk has."""
    held = {event.key for event in known.events if event.key} if known else set()
    in_file = {key for _, key in rows}
    entries = [
        _Entry(event.at, stated=event.status, is_known=True)
        for event in (known.events if known else ())
        if event.key not in in_file
    ]
    entries += [_Entry(row.at, key=key, row=row, is_known=key in held) for row, key in rows]
    return sorted(entries, key=lambda entry: entry.at)  # stable: keeps the file's order


def _states(log_map: LogMap, entries: list[_Entry]) -> tuple[str, list[NewEvent]]:
    """The status behind the last event, and the new events with what they state.

    An event that the desk has never changes, also where a row that came late shows that it was a reopening; but the
    ticket's status is what the whole log says.
    """
    status = log_map.default.get("status", Status.NEW.value)
    events = []
    for entry in entries:
        stated = _stated(log_map, entry.row.event, status) if entry.row else entry.stated
        if entry.row and entry.key and not entry.is_known:
            events.append(NewEvent(entry.key, entry.at, entry.row.event, entry.row.by, stated))
        status = stated or status
    return status, events


def _stated(log_map: LogMap, event: str, status: str) -> str | None:
    """A mapped event states its status; any other reopens what was resolved or closed."""
    mapped = log_map.status.get(event)
    if mapped is not None:
        return mapped.value
    return Status.OPEN.value if status in REOPENED_FROM else None


def _last_values(fields: Sequence[str], entries: list[_Entry]) -> dict[str, str | None]:
    values: dict[str, str | None] = dict.fromkeys(fields)
    for entry in entries:
        if entry.row:
            values.update((name, value) for name, value in zip(fields, entry.row.values, strict=True) if value)
    return values


def _fill(log_map: LogMap, values: dict[str, str | None], ticket: str, known: Known | None) -> tuple[str, ...]:
    """Fills gaps, from what the desk holds, then with the map's defaults; returns the names of the latter.

    A ticket without any subject is listed under the name that its source gave it.
    """
    for name, value in (known.values if known else {}).items():
        if name in log_map.fields and not values.get(name):
            values[name] = value
    defaults = {"subject": ticket[:SUBJECT_LENGTH], **log_map.default}
    defaulted = [name for name in defaults if name != "status" and not values.get(name)]
    values.update((name, defaults[name]) for name in defaulted)
    return tuple(defaulted)
