"""Filter and order of a ticket listing as SQL: conditions and sort keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, func, select, union
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased

from shared.domain.status import ACTIVE
from shared.models import Choice, Customer, Product, SearchPrivate, SearchPublic, Staff, Ticket, TicketSummary
from shared.queries.keyset import SortRule
from shared.queries.rows import AnySelect
from shared.schemas.ticket_listing import SortKey, TicketFilter

NOBODY = 0
_PRIORITY = aliased(Choice, name="priority_choice")
_STATUS = aliased(Choice, name="status_choice")
_ASSIGNEE = aliased(Staff, name="sorted_assignee")


SORT_RULES: dict[SortKey, SortRule] = {
    SortKey.NUMBER: SortRule(Ticket.number, Ticket.id, nullable=False),
    SortKey.REPORTED: SortRule(Ticket.reported_at, Ticket.id, nullable=False),
    SortKey.DUE: SortRule(Ticket.due_at, Ticket.id),
    SortKey.ACTIVITY: SortRule(
        TicketSummary.last_activity_at,
        TicketSummary.ticket_id,  # the key's two columns from one table, so that one index serves both
        lambda statement: statement.join(TicketSummary, TicketSummary.ticket_id == Ticket.id),
        nullable=False,
    ),
    SortKey.PRIORITY: SortRule(
        _PRIORITY.position,
        Ticket.id,
        lambda statement: statement.outerjoin(
            _PRIORITY, and_(_PRIORITY.list_code == "priority", _PRIORITY.code == Ticket.priority)
        ),
    ),
    SortKey.STATUS: SortRule(
        _STATUS.position,
        Ticket.id,
        lambda statement: statement.outerjoin(
            _STATUS, and_(_STATUS.list_code == "status", _STATUS.code == Ticket.status)
        ),
    ),
    SortKey.CUSTOMER: SortRule(
        func.lower(Customer.name),
        Ticket.id,
        lambda statement: statement.outerjoin(Customer, Customer.id == Ticket.customer_id),
    ),
    SortKey.PRODUCT: SortRule(
        func.lower(Product.code),
        Ticket.id,
        lambda statement: statement.outerjoin(Product, Product.id == Ticket.product_id),
    ),
    SortKey.ASSIGNEE: SortRule(
        func.lower(_ASSIGNEE.name),
        Ticket.id,
        lambda statement: statement.outerjoin(_ASSIGNEE, _ASSIGNEE.id == Ticket.assignee_id),
    ),
}


def given(wanted: TicketFilter, readable_private: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The conditions that ``wanted`` makes, by their name in CONDITIONS, each with its value."""
    values: dict[str, Any] = {name: getattr(wanted, name) for name in ("product_id", "customer_id", "due_within_days")}
    values["status"] = wanted.status or None
    values["unassigned" if wanted.assignee_id == NOBODY else "assignee_id"] = wanted.assignee_id
    values["private_text" if "search.private" in readable_private else "text"] = wanted.text.strip() or None
    return {name: value for name, value in values.items() if value is not None}


def search_query(text: Any) -> ColumnElement[Any]:
    """The words of ``text`` as a tsquery. Immutable, thus a constant to the planner."""
    return func.desk.search_query(text, type_=TSQUERY)


def _has_words(text: Any, *tables: Any) -> ColumnElement[bool]:
    query = search_query(text)
    hits = [
        select(table.ticket_id).where(table.words.op("@@")(query), table.ticket_id.is_not(None)) for table in tables
    ]
    return Ticket.id.in_(union(*hits) if len(hits) > 1 else hits[0])


def _is_due(days: Any) -> ColumnElement[bool]:
    """Nothing is due any more of a ticket that has ended."""
    return and_(
        Ticket.due_at <= func.now() + func.make_interval(0, 0, 0, days),
        Ticket.status.in_([status.value for status in ACTIVE]),
    )


CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "status": Ticket.status.in_,
    "product_id": lambda product_id: Ticket.product_id == product_id,
    "customer_id": lambda customer_id: Ticket.customer_id == customer_id,
    "assignee_id": lambda assignee_id: Ticket.assignee_id == assignee_id,
    "unassigned": lambda _: Ticket.assignee_id.is_(None),
    "due_within_days": _is_due,
    "text": lambda text: _has_words(text, SearchPublic),
    "private_text": lambda text: _has_words(text, SearchPublic, SearchPrivate),
}
PARAMETER_TYPES: dict[str, Any] = {"due_within_days": Integer(), "text": String(), "private_text": String()}
"""Of parameters that are compared with no column, which would tell their type."""


def conditions(values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """What a ticket must fulfil; ``values`` as of ``given``, or parameters. Deleted tickets are in no listing."""
    return [Ticket.deleted_at.is_(None), *(CONDITIONS[name](value) for name, value in values.items())]


def select_sorted(sort: SortKey, values: Mapping[str, Any], columns: tuple[Any, ...]) -> AnySelect:
    """``columns`` and ``key`` (the sort value) of all tickets that fulfil ``values``, not yet in order."""
    rule = SORT_RULES[sort]
    statement = rule.join(select(*columns, rule.value.label("key")).select_from(Ticket))
    return statement.where(*conditions(values))
