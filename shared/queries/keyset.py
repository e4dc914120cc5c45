"""Keyset paging for any listing: the order, where a page begins, a page from its rows, the keys of all pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from shared.queries.rows import AnySelect
from shared.schemas.listing import Anchors, Page, PageKey, Row


@dataclass(frozen=True, slots=True)
class SortRule:
    """How a listing is sorted: by ``value``, ties by ``id``. Rows without a value come last in both directions."""

    value: ColumnElement[Any] | InstrumentedAttribute[Any]
    id: ColumnElement[Any] | InstrumentedAttribute[Any]
    join: Callable[[AnySelect], AnySelect] = lambda statement: statement
    nullable: bool = True

    def order(self, descending: bool) -> tuple[ColumnElement[Any], ...]:
        """The ORDER BY; without NULLS LAST where it says nothing, since an index must serve it."""
        return ordering(self.value, self.id, descending=descending, nullable=self.nullable)

    def behind(self, value: Any, row_id: Any, *, descending: bool) -> ColumnElement[bool]:
        """The condition of all rows after the one with ``value`` (None: it has none) and ``row_id``."""
        if value is None:
            further: ColumnElement[bool] = self.id < row_id if descending else self.id > row_id
            return and_(self.value.is_(None), further)
        row, bound = tuple_(self.value, self.id), tuple_(value, row_id)
        beyond = row < bound if descending else row > bound
        return or_(beyond, self.value.is_(None)) if self.nullable else beyond


def ordering(value: Any, row_id: Any, *, descending: bool, nullable: bool) -> tuple[ColumnElement[Any], ...]:
    """ORDER BY ``value``, then ``row_id``, both in one direction; empty values last."""
    ordered = value.desc() if descending else value.asc()
    return (
        ordered.nulls_last() if nullable and descending else ordered,
        row_id.desc() if descending else row_id.asc(),
    )


def page_of(found: Sequence[Any], limit: int, row_of: Callable[[Any], Row]) -> Page[Row]:
    """A page from mappings with ``id`` and ``key`` (the sort value); one more than ``limit`` says that more follow."""
    last = found[limit - 1] if len(found) > limit else None
    return Page(
        rows=tuple(row_of(row) for row in found[:limit]),
        next_key=None if last is None else PageKey(value=last["key"], id=last["id"]),
    )


def anchors_of(conn: Connection, keys: AnySelect, rule: SortRule, *, descending: bool, limit: int) -> Anchors:
    """The key of each page of ``limit`` rows, and the number of rows, of a select of ``id`` and ``key``."""
    ranked = keys.add_columns(
        func.row_number().over(order_by=rule.order(descending)).label("rank"),
        func.count().over().label("count"),
    ).subquery("ranked")
    page_ends = or_(ranked.c.rank % limit == 0, ranked.c.rank == ranked.c.count)
    found = conn.execute(select(ranked).where(page_ends).order_by(ranked.c.rank)).all()
    ends = tuple(PageKey(value=row.key, id=row.id) for row in found[:-1])
    return Anchors(keys=(None, *ends), count=found[-1].count if found else 0)
