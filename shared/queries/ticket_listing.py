"""Filter and order of a ticket listing as SQL: conditions, sort keys, and where a keyset page begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_, union
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, aliased

from shared.models import Choice, Customer, Product, SearchPrivate, SearchPublic, Staff, Ticket, TicketSummary
from shared.queries.rows import AnySelect
from shared.schemas.listing import PageKey, SortKey, TicketFilter, TicketListing

NOBODY = 0
_PRIORITY = aliased(Choice, name="priority_choice")
_STATUS = aliased(Choice, name="status_choice")
_ASSIGNEE = aliased(Staff, name="sorted_assignee")


@dataclass(frozen=True, slots=True)
class SortRule:
    """How a listing is sorted: by ``value``, ties by ``id``. Rows without a value come last in both directions."""

    value: ColumnElement[Any] | InstrumentedAttribute[Any]
    join: Callable[[AnySelect], AnySelect] = lambda statement: statement
    id: Any = Ticket.id
    nullable: bool = True

    def order(self, descending: bool) -> tuple[ColumnElement[Any], ...]:
        """The ORDER BY; without NULLS LAST where it says nothing, since an index must serve it."""
        return ordering(self.value, self.id, descending=descending, nullable=self.nullable)

    def behind(self, key: PageKey, descending: bool) -> ColumnElement[bool]:
        """The condition of all rows after ``key``."""
        row = tuple_(self.value, self.id)
        bound = tuple_(literal(key.value, self.value.type), literal(key.id, self.id.type))
        if not self.nullable:
            return row < bound if descending else row > bound
        if key.value is None:
            bound_id = self.id < key.id if descending else self.id > key.id
            return and_(self.value.is_(None), bound_id)
        return or_(row < bound if descending else row > bound, self.value.is_(None))


SORT_RULES: dict[SortKey, SortRule] = {
    SortKey.NUMBER: SortRule(Ticket.number, nullable=False),
    SortKey.REPORTED: SortRule(Ticket.reported_at, nullable=False),
    SortKey.DUE: SortRule(Ticket.due_at),
    SortKey.ACTIVITY: SortRule(
        TicketSummary.last_activity_at,
        lambda statement: statement.join(TicketSummary, TicketSummary.ticket_id == Ticket.id),
        id=TicketSummary.ticket_id,  # the key's two columns from one table, so that one index serves both
        nullable=False,
    ),
    SortKey.PRIORITY: SortRule(
        _PRIORITY.position,
        lambda statement: statement.outerjoin(
            _PRIORITY, and_(_PRIORITY.list_code == "priority", _PRIORITY.code == Ticket.priority)
        ),
    ),
    SortKey.STATUS: SortRule(
        _STATUS.position,
        lambda statement: statement.outerjoin(
            _STATUS, and_(_STATUS.list_code == "status", _STATUS.code == Ticket.status)
        ),
    ),
    SortKey.CUSTOMER: SortRule(
        func.lower(Customer.name),
        lambda statement: statement.outerjoin(Customer, Customer.id == Ticket.customer_id),
    ),
    SortKey.PRODUCT: SortRule(
        func.lower(Product.code),
        lambda statement: statement.outerjoin(Product, Product.id == Ticket.product_id),
    ),
    SortKey.ASSIGNEE: SortRule(
        func.lower(_ASSIGNEE.name),
        lambda statement: statement.outerjoin(_ASSIGNEE, _ASSIGNEE.id == Ticket.assignee_id),
    ),
}


def ordering(value: Any, row_id: Any, *, descending: bool, nullable: bool) -> tuple[ColumnElement[Any], ...]:
    """ORDER BY ``value``, then ``row_id``, both in one direction; empty values last."""
    ordered = value.desc() if descending else value.asc()
    return (
        ordered.nulls_last() if nullable and descending else ordered,
        row_id.desc() if descending else row_id.asc(),
    )


def select_keys(listing: TicketListing, readable_private: frozenset[str]) -> AnySelect:
    """``id`` and ``key`` (the sort value) of all tickets of ``listing``, not yet in order."""
    rule = SORT_RULES[listing.sort]
    statement = rule.join(select(rule.id.label("id"), rule.value.label("key")).select_from(Ticket))
    return statement.where(*conditions(listing.filter, readable_private))


def conditions(wanted: TicketFilter, readable_private: frozenset[str]) -> list[ColumnElement[bool]]:
    """What a ticket must fulfil. Deleted tickets are in no listing."""
    found: list[ColumnElement[bool]] = [Ticket.deleted_at.is_(None)]
    if wanted.status:
        found.append(Ticket.status.in_(wanted.status))
    if wanted.product_id is not None:
        found.append(Ticket.product_id == wanted.product_id)
    if wanted.customer_id is not None:
        found.append(Ticket.customer_id == wanted.customer_id)
    if wanted.assignee_id == NOBODY:
        found.append(Ticket.assignee_id.is_(None))
    elif wanted.assignee_id is not None:
        found.append(Ticket.assignee_id == wanted.assignee_id)
    if wanted.due_within_days is not None:
        found.append(Ticket.due_at <= func.now() + timedelta(days=wanted.due_within_days))
    if wanted.text.strip():
        found.append(_has_words(wanted.text, readable_private))
    return found


def search_query(text: str) -> ColumnElement[Any]:
    """The words of ``text`` as a tsquery. Immutable, thus a constant to the planner."""
    return func.desk.search_query(text.strip(), type_=TSQUERY)


def _has_words(text: str, readable_private: frozenset[str]) -> ColumnElement[bool]:
    query = search_query(text)
    tables = (SearchPublic, SearchPrivate) if "search.private" in readable_private else (SearchPublic,)
    hits = [
        select(table.ticket_id).where(table.words.op("@@")(query), table.ticket_id.is_not(None)) for table in tables
    ]
    return Ticket.id.in_(union(*hits) if len(hits) > 1 else hits[0])
