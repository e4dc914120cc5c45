"""Reads of tickets: pages of the list, one opened ticket, its history. Each function is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from sqlalchemy import BigInteger, Connection, Integer, bindparam, case, func, not_, or_, select

from shared.errors import NotFoundError
from shared.models import Ticket
from shared.queries.keyset import anchors_of, ordering, page_of
from shared.queries.rows import AnySelect
from shared.queries.ticket_columns import PAGE_COLUMNS, detail_columns, detail_of, row_of, select_rows
from shared.queries.ticket_history import select_history
from shared.queries.ticket_listing import PARAMETER_TYPES, SORT_RULES, conditions, given, select_sorted
from shared.schemas.base import storable
from shared.schemas.listing import PAGE_ROWS, Anchors, PageKey
from shared.schemas.ticket import HistoryLine, TicketDetail, TicketRow
from shared.schemas.ticket_listing import SortKey, TicketFilter, TicketListing, TicketPage

NOTHING_PRIVATE: frozenset[str] = frozenset()
_LARGEST_NUMBER = 2**63 - 1


def list_tickets(
    conn: Connection,
    listing: TicketListing,
    after: PageKey | None = None,
    *,
    readable_private: frozenset[str] = NOTHING_PRIVATE,
    limit: int = PAGE_ROWS,
) -> TicketPage:
    """Up to ``limit`` rows of ``listing`` behind ``after`` (None: from the beginning).

    ``readable_private`` is DeskSession's: with ``search.private`` in it the text filter searches private words too.
    """
    values = given(listing.filter, readable_private)
    parameters = {**values, "rows": limit + 1}
    behind = None
    if after is not None:
        behind = "empty" if after.value is None else "value"
        parameters |= {"after_value": after.value, "after_id": after.id}
    statement = _page_statement(listing.sort, listing.descending, frozenset(values), behind)
    found = conn.execute(statement, parameters).mappings().all()
    return page_of(found, limit, row_of)


@lru_cache(maxsize=256)
def _page_statement(sort: SortKey, descending: bool, names: frozenset[str], behind: str | None) -> AnySelect:
    """The statement of a page, its values parameters: kept, since to make it takes longer than to find the rows."""
    rule = SORT_RULES[sort]
    values = {name: bindparam(name, expanding=name == "status", type_=PARAMETER_TYPES.get(name)) for name in names}
    keys = select_sorted(sort, values, PAGE_COLUMNS)
    if behind is not None:
        value = bindparam("after_value", type_=rule.value.type) if behind == "value" else None
        keys = keys.where(rule.behind(value, bindparam("after_id", type_=BigInteger), descending=descending))
    page = keys.order_by(*rule.order(descending)).limit(bindparam("rows", type_=Integer)).subquery("page")
    return select_rows(page).order_by(*ordering(page.c.key, page.c.id, descending=descending, nullable=rule.nullable))


def get_anchors(
    conn: Connection,
    listing: TicketListing,
    *,
    readable_private: frozenset[str] = NOTHING_PRIVATE,
    limit: int = PAGE_ROWS,
) -> Anchors:
    """The key of each page of ``limit`` rows, and the number of rows; to be asked apart from the first page."""
    rule = SORT_RULES[listing.sort]
    keys = select_sorted(listing.sort, given(listing.filter, readable_private), (rule.id.label("id"),))
    return anchors_of(conn, keys, rule, descending=listing.descending, limit=limit)


def is_among(
    conn: Connection,
    listing: TicketListing,
    ids: Sequence[int],
    after: PageKey | None = None,
    up_to: PageKey | None = None,
    *,
    readable_private: frozenset[str] = NOTHING_PRIVATE,
) -> bool:
    """Whether one of these tickets is in ``listing``, behind ``after`` and not behind ``up_to`` (None: no bound)."""
    rule = SORT_RULES[listing.sort]
    found = select_sorted(listing.sort, given(listing.filter, readable_private), (rule.id.label("id"),))
    found = found.where(Ticket.id.in_(ids))
    if after is not None:
        found = found.where(rule.behind(after.value, after.id, descending=listing.descending))
    if up_to is not None:
        found = found.where(not_(rule.behind(up_to.value, up_to.id, descending=listing.descending)))
    return bool(conn.execute(select(found.exists())).scalar_one())


def count_views(
    conn: Connection, views: Sequence[TicketFilter], *, readable_private: frozenset[str] = NOTHING_PRIVATE
) -> tuple[int, ...]:
    """How many tickets each filter has, in the order given: all counts of the sidebar in one statement."""
    if not views:
        return ()
    counts = [func.count().filter(*conditions(given(view, readable_private))) for view in views]
    return tuple(conn.execute(select(*counts).select_from(Ticket)).one())


def get_rows(conn: Connection, ids: Sequence[int]) -> tuple[TicketRow, ...]:
    """The list lines of these tickets as they are now, in no order; deleted and unknown ones are absent."""
    page = select(*PAGE_COLUMNS).where(Ticket.id.in_(ids), Ticket.deleted_at.is_(None)).subquery("page")
    return tuple(row_of(row) for row in conn.execute(select_rows(page)).mappings())


def get_ticket(conn: Connection, ticket_id: int) -> TicketDetail:
    """One ticket; NotFoundError where there is none or it was deleted."""
    found = conn.execute(_ticket_statement(), {"ticket_id": ticket_id}).mappings().one_or_none()
    if found is None:
        raise NotFoundError("There is no such ticket, or it was deleted.")
    return detail_of(found)


@cache
def _ticket_statement() -> AnySelect:
    return select(*detail_columns()).where(Ticket.id == bindparam("ticket_id"), Ticket.deleted_at.is_(None))


def get_history(
    conn: Connection, ticket_id: int, *, readable_private: frozenset[str] = NOTHING_PRIVATE
) -> tuple[HistoryLine, ...]:
    """Events, comments, interactions and attachments of a ticket, newest first.

    Private comments are in it for everyone; their text only where ``readable_private`` has ``comment.body``.
    """
    statement = select_history(with_private="comment.body" in readable_private)
    found = conn.execute(statement, {"ticket_id": ticket_id}).mappings()
    return tuple(HistoryLine.model_construct(**row) for row in found)


def find_ticket_by_number(conn: Connection, text: str) -> int | None:
    """The id of the ticket with exactly this number, else with this name in another system; None: no such ticket."""
    name = storable(text).strip().removeprefix("#")
    number = int(name) if name.isdecimal() and int(name) <= _LARGEST_NUMBER else None
    statement = (
        select(Ticket.id)
        .where(Ticket.deleted_at.is_(None), or_(Ticket.number == number, Ticket.external_id == name))
        .order_by(case((Ticket.number == number, 0), else_=1), Ticket.id.desc())
        .limit(1)
    )
    return conn.execute(statement).scalar_one_or_none()
