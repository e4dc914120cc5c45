"""Reads of the audit for administrators: pages of entries, and their lines for a CSV file. Each is one statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
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
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from shared.models import (
    AuditEntry,
    AuditPrivate,
    AuditSeal,
    Contact,
    Customer,
    FieldRule,
    Machine,
    Product,
    Staff,
    Ticket,
)
from shared.queries.rows import AnySelect
from shared.schemas.audit import AuditAnchors, AuditChoices, AuditFilter, AuditListing, AuditPage, AuditRow
from shared.schemas.listing import PAGE_ROWS, PageKey

EXPORT_ROWS = 2_000
CSV_COLUMNS = ("entry", "at", "machine", "person", "version", "action", "entity", "row", "label", "field", "old", "new")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_LABELS: dict[str, tuple[Any, Any]] = {
    "ticket": (Ticket.number, Ticket.id),
    "customer": (Customer.name, Customer.id),
    "contact": (Contact.name, Contact.id),
    "product": (Product.code, Product.id),
    "machine": (Machine.name, Machine.id),
    "staff": (Staff.name, Staff.id),
}
_PERSON = aliased(Staff, name="stated_person")


def list_audit(
    conn: Connection, listing: AuditListing, after: PageKey | None = None, *, limit: int = PAGE_ROWS
) -> AuditPage:
    """Up to ``limit`` entries of ``listing`` behind ``after`` (None: from the beginning)."""
    statement = _matching(listing.filter, AuditEntry.id)
    if after is not None:
        row, bound = tuple_(AuditEntry.at, AuditEntry.id), tuple_(after.value, after.id)
        statement = statement.where(row < bound if listing.descending else row > bound)
    keys = statement.order_by(*_order(listing.descending)).limit(limit + 1).subquery("keys")
    page = _select_rows().where(AuditEntry.id.in_(select(keys.c.id))).order_by(*_order(listing.descending))
    found = conn.execute(page).mappings().all()
    last = found[limit - 1] if len(found) > limit else None
    return AuditPage(
        rows=tuple(_row_of(row) for row in found[:limit]),
        next_key=None if last is None else PageKey(value=last["at"], id=last["id"]),
    )


def get_audit_anchors(conn: Connection, listing: AuditListing, *, limit: int = PAGE_ROWS) -> AuditAnchors:
    """The key of each page of ``limit`` entries, and their number. It reads all of them: ask it apart from a page."""
    order = _order(listing.descending)
    ranked = (
        _matching(listing.filter, AuditEntry.id, AuditEntry.at)
        .add_columns(
            func.row_number().over(order_by=order).label("rank"),
            func.count().over().label("count"),
        )
        .subquery("ranked")
    )
    page_ends = or_(ranked.c.rank % limit == 0, ranked.c.rank == ranked.c.count)
    found = conn.execute(select(ranked).where(page_ends).order_by(ranked.c.rank)).all()
    ends = tuple(PageKey(value=row.at, id=row.id) for row in found[:-1])
    return AuditAnchors(keys=(None, *ends), count=found[-1].count if found else 0)


def get_audit_row(conn: Connection, entry_id: int) -> AuditRow | None:
    """One entry; None: there is no such entry."""
    row = conn.execute(_select_rows().where(AuditEntry.id == entry_id)).mappings().one_or_none()
    return None if row is None else _row_of(row)


def get_audit_choices(conn: Connection) -> AuditChoices:
    """The machines and entities that have entries, and the fields that have rules. Quick on any number of entries."""
    fields = select(func.array_agg(FieldRule.field.distinct())).where(FieldRule.deleted_at.is_(None))
    row = conn.execute(
        select(
            _distinct(AuditEntry.machine).label("machines"),
            _distinct(AuditEntry.entity).label("entities"),
            fields.scalar_subquery().label("fields"),
        )
    ).one()
    return AuditChoices(
        machines=tuple(row.machines or ()), entities=tuple(row.entities or ()), fields=tuple(sorted(row.fields or ()))
    )


def audit_csv_lines(row: AuditRow) -> Iterator[tuple[str, ...]]:
    """The lines of an entry under CSV_COLUMNS: one for each changed field. A spreadsheet takes none for a formula."""
    head = (
        str(row.id),
        row.at.isoformat(),
        row.machine,
        row.person or "",
        row.version or "",
        row.action,
        row.entity,
        row.row_key,
        row.label or "",
    )
    for field, (old, new) in row.changes.items() or [("", (None, None))]:
        yield tuple(_cell(value) for value in (*head, field, _text(old), _text(new)))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value


def _order(descending: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    if descending:
        return AuditEntry.at.desc(), AuditEntry.id.desc()
    return AuditEntry.at.asc(), AuditEntry.id.asc()


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
            (
                AuditEntry.entity == entity,
                select(cast(name, String))
                .where(row_id == cast(AuditEntry.row_key, BigInteger))
                .correlate(AuditEntry)
                .scalar_subquery(),
            )
            for entity, (name, row_id) in _LABELS.items()
        ),
        else_=None,
    )
    return (
        select(
            *AuditEntry.__table__.columns,
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
