"""Reads of the audit for administrators: pages of entries, and what the filters offer. Each is one statement."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from shared.models import (
    AuditEntry,
    AuditPrivate,
    AuditSeal,
    Choice,
    Comment,
    Contact,
    Customer,
    Department,
    FieldRule,
    Machine,
    MachineCertificate,
    Product,
    Project,
    Release,
    SecurityEvent,
    Staff,
    Ticket,
)
from shared.queries.keyset import SortRule, page_of
from shared.queries.rows import AnySelect
from shared.schemas.audit import AuditChoices, AuditFilter, AuditListing, AuditRow
from shared.schemas.listing import PAGE_ROWS, Page, PageKey

_BY_TIME = SortRule(AuditEntry.at, AuditEntry.id, nullable=False)
_KEY = cast(AuditEntry.row_key, BigInteger)
_LABELS: dict[str, AnySelect] = {
    "ticket": select(Ticket.number).where(Ticket.id == _KEY),
    "comment": select(Ticket.number).join(Comment, Comment.ticket_id == Ticket.id).where(Comment.id == _KEY),
    "comment_private": select(Ticket.number).join(Comment, Comment.ticket_id == Ticket.id).where(Comment.id == _KEY),
    "customer": select(Customer.name).where(Customer.id == _KEY),
    "contact": select(Contact.name).where(Contact.id == _KEY),
    "project": select(Project.name).where(Project.id == _KEY),
    "product": select(Product.code).where(Product.id == _KEY),
    "release": select(Release.version).where(Release.id == _KEY),
    "department": select(Department.code).where(Department.id == _KEY),
    "choice": select(Choice.list_code + ": " + Choice.code).where(Choice.id == _KEY),
    "field_rule": select(FieldRule.entity + "." + FieldRule.field).where(FieldRule.id == _KEY),
    "machine": select(Machine.name).where(Machine.id == _KEY),
    "machine_certificate": (
        select(Machine.name)
        .join(MachineCertificate, MachineCertificate.machine_id == Machine.id)
        .where(MachineCertificate.id == _KEY)
    ),
    "machine_person": (
        select(Machine.name + ", " + Staff.name).where(
            Machine.id == cast(func.split_part(AuditEntry.row_key, "/", 1), BigInteger),
            Staff.id == cast(func.split_part(AuditEntry.row_key, "/", 2), BigInteger),
        )
    ),
    "security_event": select(SecurityEvent.machine).where(SecurityEvent.id == _KEY),
    "staff": select(Staff.name).where(Staff.id == _KEY),
}
_PERSON = aliased(Staff, name="stated_person")


def list_audit(
    conn: Connection, listing: AuditListing, after: PageKey | None = None, *, limit: int = PAGE_ROWS
) -> Page[AuditRow]:
    """Up to ``limit`` entries of ``listing`` behind ``after`` (None: from the beginning)."""
    order = _BY_TIME.order(listing.descending)
    statement = _matching(listing.filter, AuditEntry.id)
    if after is not None:
        statement = statement.where(_BY_TIME.behind(after.value, after.id, descending=listing.descending))
    keys = statement.order_by(*order).limit(limit + 1).subquery("keys")
    page = _select_rows().where(AuditEntry.id.in_(select(keys.c.id))).order_by(*order)
    return page_of(conn.execute(page).mappings().all(), limit, _row_of)


def get_audit_row(conn: Connection, entry_id: int) -> AuditRow | None:
    """One entry; None: there is no such entry."""
    row = conn.execute(_select_rows().where(AuditEntry.id == entry_id)).mappings().one_or_none()
    return None if row is None else _row_of(row)


def get_audit_choices(conn: Connection) -> AuditChoices:
    """The machines and entities that have entries, and the fields that have rules. Quick on any number of entries."""
    fields = select(func.array_agg(FieldRule.field.distinct())).where(FieldRule.deleted_at.is_(None))
    row = conn.execute(
        select(
            _distinct(AuditEntry.machine).label("writers"),
            select(func.array_agg(Machine.name)).scalar_subquery().label("machines"),
            _distinct(AuditEntry.entity).label("entities"),
            fields.scalar_subquery().label("fields"),
        )
    ).one()
    known = set(row.machines or ())
    return AuditChoices(
        machines=tuple(name for name in row.writers or () if name in known),
        servers=tuple(name for name in row.writers or () if name not in known),
        entities=tuple(row.entities or ()),
        fields=tuple(sorted(row.fields or ())),
    )


def _matching(wanted: AuditFilter, *columns: Any) -> AnySelect:
    """``columns`` of the entries that fulfil ``wanted``; the private values are joined only where they are asked."""
    statement = select(*columns)
    if wanted.field or wanted.text.strip():
        statement = statement.outerjoin(AuditPrivate, AuditPrivate.entry_id == AuditEntry.id)
    given = {name: value for name, value in wanted if value not in (None, "") and str(value).strip()}
    return statement.where(*(_CONDITIONS[name](value) for name, value in given.items()))


def _has_field(name: str) -> ColumnElement[bool]:
    return or_(AuditEntry.changes.op("?")(name), AuditPrivate.values.op("?")(name))


def _has_text(text: str) -> ColumnElement[bool]:
    """In the values as they are stored: quotes and line ends have a backslash before them there."""
    wanted = func.lower(text.strip())
    stored = func.lower(json.dumps(text.strip(), ensure_ascii=False)[1:-1])
    return or_(
        func.strpos(func.lower(cast(AuditEntry.changes, String)), stored) > 0,
        func.strpos(func.lower(cast(AuditPrivate.values, String)), stored) > 0,
        func.strpos(func.lower(AuditEntry.row_key), wanted) > 0,
    )


_CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "since": lambda since: AuditEntry.at >= since,
    "until": lambda until: AuditEntry.at < until,
    "machine": lambda machine: AuditEntry.machine == machine,
    "person_id": lambda person_id: AuditEntry.person_id == person_id,
    "entity": lambda entity: AuditEntry.entity == entity,
    "row_key": lambda row_key: AuditEntry.row_key == row_key.strip(),
    "action": lambda action: AuditEntry.action == action.value,
    "field": _has_field,
    "text": _has_text,
}


@cache
def _select_rows() -> AnySelect:
    """The columns of an AuditRow."""
    label = case(
        *(
            (AuditEntry.entity == entity, cast(name.correlate(AuditEntry).scalar_subquery(), String))
            for entity, name in _LABELS.items()
        ),
        else_=None,
    )
    return (
        select(
            *AuditEntry.__table__.columns,
            AuditEntry.at.label("key"),
            ~select(Machine.id)
            .where(Machine.name == AuditEntry.machine)
            .correlate(AuditEntry)
            .exists()
            .label("is_server"),
            _PERSON.name.label("person"),
            label.label("label"),
            AuditPrivate.values.label("private_values"),
            AuditSeal.block_id,
            and_(AuditEntry.private_hash.is_not(None), AuditPrivate.entry_id.is_(None)).label("is_forgotten"),
        )
        .select_from(AuditEntry)
        .outerjoin(_PERSON, _PERSON.id == AuditEntry.person_id)
        .outerjoin(AuditPrivate, AuditPrivate.entry_id == AuditEntry.id)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
    )


def _row_of(found: Any) -> AuditRow:
    private = found["private_values"] or {}
    own = {name: found[name] for name in AuditRow.model_fields if name not in ("changes", "private")}
    changes = {name: tuple(pair) for name, pair in {**found["changes"], **private}.items()}
    return AuditRow.model_construct(**own, changes=changes, private=tuple(private))


def _distinct(column: InstrumentedAttribute[Any]) -> Any:
    """All values of an indexed column as an array, from one to the next: PostgreSQL would read every entry."""
    name = f"walk_{column.key}"
    walk = select(func.min(column).label("value")).cte(name, recursive=True)
    further = select(func.min(column)).where(column > walk.c.value).scalar_subquery()
    walk = walk.union_all(select(further).where(walk.c.value.is_not(None)))
    values: ColumnElement[Any] = func.array_agg(literal_column(f"{name}.value"))
    return select(values).select_from(walk).where(walk.c.value.is_not(None)).scalar_subquery()
