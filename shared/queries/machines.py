"""Reads of machines: pages of the list, one opened machine, who is connected. Each function is one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    TableValuedAlias,
    Text,
    case,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    table,
)

from shared.domain.level import Level
from shared.errors import NotFoundError
from shared.models import Machine, MachinePerson, MachineSeen, Staff
from shared.queries.keyset import SortRule, anchors_of, page_of
from shared.queries.machine_columns import certificate_ends, detail_columns, detail_of, last_seen, row_columns, row_of
from shared.queries.rows import AnySelect
from shared.schemas.listing import PAGE_ROWS, Anchors, Page, PageKey
from shared.schemas.machine import (
    MachineDetail,
    MachineFilter,
    MachineListing,
    MachineRow,
    MachineSession,
    MachineSort,
)

_ACTIVITY = table("pg_stat_activity", column("pid"), column("application_name"), schema="pg_catalog")
_SESSION_MARK = " ([0-9a-f-]{36})$"  # a client's connections share it; another program's connection has none
_RANKS = {level.value: rank for rank, level in enumerate(Level)}
SORT_RULES: dict[MachineSort, SortRule] = {
    MachineSort.NAME: SortRule(Machine.name, Machine.id, nullable=False),
    MachineSort.LEVEL: SortRule(case(_RANKS, value=Machine.level, else_=0), Machine.id, nullable=False),
    MachineSort.CERTIFICATE: SortRule(certificate_ends(), Machine.id),
    MachineSort.SEEN: SortRule(last_seen(MachineSeen.last_seen_at), Machine.id),
    MachineSort.ADDRESS: SortRule(last_seen(MachineSeen.address), Machine.id),
}


def list_machines(
    conn: Connection, listing: MachineListing, after: PageKey | None = None, *, limit: int = PAGE_ROWS
) -> Page[MachineRow]:
    """Up to ``limit`` rows of ``listing`` behind ``after`` (None: from the beginning)."""
    rule = SORT_RULES[listing.sort]
    statement = _select_rows(rule.value.label("key")).where(*_conditions(listing.filter))
    if after is not None:
        statement = statement.where(rule.behind(after.value, after.id, descending=listing.descending))
    statement = statement.order_by(*rule.order(listing.descending)).limit(limit + 1)
    return page_of(conn.execute(statement).mappings().all(), limit, row_of)


def get_machine_anchors(conn: Connection, listing: MachineListing, *, limit: int = PAGE_ROWS) -> Anchors:
    """The key of each page, and the number of machines."""
    rule = SORT_RULES[listing.sort]
    keys: AnySelect = select(Machine.id, rule.value.label("key")).where(*_conditions(listing.filter))
    return anchors_of(conn, keys, rule, descending=listing.descending, limit=limit)


def get_machine_row(conn: Connection, machine_id: int) -> MachineRow | None:
    """The list line of a machine as it is now; None where there is none."""
    found = conn.execute(_select_rows().where(Machine.id == machine_id)).mappings().one_or_none()
    return None if found is None else row_of(found)


def get_machine(conn: Connection, machine_id: int) -> MachineDetail:
    """One machine; NotFoundError where there is none."""
    statement = select(*detail_columns()).where(Machine.id == machine_id, Machine.deleted_at.is_(None))
    found = conn.execute(statement).mappings().one_or_none()
    if found is None:
        raise NotFoundError("There is no such machine.")
    return detail_of(found)


def list_sessions(conn: Connection, machine: str) -> tuple[MachineSession, ...]:
    """The live sessions of a machine, the oldest first."""
    found = _sessions()
    statement = (
        select(*(found.c[name] for name in MachineSession.model_fields))
        .where(found.c.machine == machine)
        .order_by(found.c.since, found.c.pid)
    )
    return tuple(MachineSession.model_validate(dict(row)) for row in conn.execute(statement).mappings())


def _sessions() -> TableValuedAlias:
    return func.desk.machine_sessions().table_valued(
        "machine", "pid", "address", "since", "application", "serial", "state", name="live"
    )


def _select_rows(*more: Any) -> AnySelect:
    live = _sessions()
    session = func.coalesce(func.substring(_ACTIVITY.c.application_name, _SESSION_MARK), cast(live.c.pid, Text))
    counted = (
        select(live.c.machine, func.count(session.distinct()).label("sessions"))
        .outerjoin(_ACTIVITY, _ACTIVITY.c.pid == live.c.pid)
        .group_by(live.c.machine)
        .subquery("counted")
    )
    return (
        select(*row_columns(), func.coalesce(counted.c.sessions, 0).label("sessions"), *more)
        .select_from(Machine)
        .outerjoin(counted, counted.c.machine == Machine.name)
        .where(Machine.deleted_at.is_(None))
    )


def _conditions(wanted: MachineFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Machine.deleted_at.is_(None)]
    if wanted.levels:
        conditions.append(Machine.level.in_([level.value for level in wanted.levels]))
    conditions += [_has_word(word) for word in wanted.text.split()]
    return conditions


def _has_word(word: str) -> ColumnElement[bool]:
    """In the name, the note, the address, or the name or code of one of its people."""
    person = exists().where(
        MachinePerson.machine_id == Machine.id,
        Staff.id == MachinePerson.staff_id,
        or_(Staff.name.icontains(word, autoescape=True), Staff.code.icontains(word, autoescape=True)),
    )
    return or_(
        Machine.name.icontains(word, autoescape=True),
        Machine.note.icontains(word, autoescape=True),
        last_seen(MachineSeen.address).icontains(word, autoescape=True),
        person,
    )
