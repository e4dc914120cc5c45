"""Reads of security events: pages of the list, and the alarms that nobody has seen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, or_, select

from shared.models import SecurityEvent
from shared.queries.keyset import SortRule, page_of
from shared.schemas.listing import PAGE_ROWS, Page, PageKey
from shared.schemas.machine import Alarms, EventFilter, EventListing, EventSort, SecurityEventRow

NAMED_ALARMS = 20
_COLUMNS = tuple(getattr(SecurityEvent, name) for name in SecurityEventRow.model_fields)
SORT_RULES: dict[EventSort, SortRule] = {
    EventSort.AT: SortRule(SecurityEvent.at, SecurityEvent.id, nullable=False),
    EventSort.KIND: SortRule(SecurityEvent.kind, SecurityEvent.id, nullable=False),
    EventSort.MACHINE: SortRule(SecurityEvent.machine, SecurityEvent.id),
}


def list_events(
    conn: Connection, listing: EventListing, after: PageKey | None = None, *, limit: int = PAGE_ROWS
) -> Page[SecurityEventRow]:
    """Up to ``limit`` rows of ``listing`` behind ``after`` (None: from the beginning)."""
    rule = SORT_RULES[listing.sort]
    statement = select(*_COLUMNS, rule.value.label("key")).where(*_conditions(listing.filter))
    if after is not None:
        statement = statement.where(rule.behind(after.value, after.id, descending=listing.descending))
    statement = statement.order_by(*rule.order(listing.descending)).limit(limit + 1)
    return page_of(conn.execute(statement).mappings().all(), limit, _row)


def get_event_row(conn: Connection, event_id: int) -> SecurityEventRow | None:
    """One event as it is now."""
    found = conn.execute(select(*_COLUMNS).where(SecurityEvent.id == event_id)).mappings().one_or_none()
    return None if found is None else _row(found)


def open_alarms(conn: Connection) -> Alarms:
    """The alarms that nobody has seen, the newest first, and how many there are."""
    statement = (
        select(*_COLUMNS, func.count().over().label("count"))
        .where(*_conditions(EventFilter(is_open=True)))
        .order_by(SecurityEvent.at.desc(), SecurityEvent.id.desc())
        .limit(NAMED_ALARMS)
    )
    found = conn.execute(statement).mappings().all()
    return Alarms(events=tuple(map(_row, found)), count=found[0]["count"] if found else 0)


def _row(found: Any) -> SecurityEventRow:
    return SecurityEventRow.model_validate({name: found[name] for name in SecurityEventRow.model_fields})


def _conditions(wanted: EventFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.is_open:
        conditions += [SecurityEvent.is_alarm.is_(True), SecurityEvent.seen_at.is_(None)]
    return conditions + [_has_word(word) for word in wanted.text.split()]


def _has_word(word: str) -> ColumnElement[bool]:
    places = (SecurityEvent.kind, SecurityEvent.machine, SecurityEvent.address, cast(SecurityEvent.detail, Text))
    return or_(*(place.icontains(word, autoescape=True) for place in places))
