"""Reads of tickets: pages of the list, one opened ticket, its history. Each function is one statement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, case, func, or_, select

from shared.errors import NotFoundError
from shared.models import Ticket
from shared.queries.ticket_columns import detail_columns, detail_of, row_of, select_rows
from shared.queries.ticket_history import select_history
from shared.queries.ticket_listing import SORT_RULES, conditions, ordering, select_keys
from shared.schemas.listing import PAGE_ROWS, PageKey, TicketAnchors, TicketFilter, TicketListing, TicketPage
from shared.schemas.ticket import HistoryLine, TicketDetail, TicketRow

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
    rule = SORT_RULES[listing.sort]
    keys = select_keys(listing, readable_private)
    if after is not None:
        keys = keys.where(rule.behind(after, listing.descending))
    page = keys.order_by(*rule.order(listing.descending)).limit(limit + 1).subquery("page")
    statement = (
        select_rows(page.c.key)
        .join(page, page.c.id == Ticket.id)
        .order_by(*ordering(page.c.key, page.c.id, descending=listing.descending, nullable=rule.nullable))
    )
    found = conn.execute(statement).mappings().all()
    last = found[limit - 1] if len(found) > limit else None
    return TicketPage(
        rows=tuple(row_of(row) for row in found[:limit]),
        next_key=None if last is None else PageKey(value=last["key"], id=last["id"]),
    )


def get_anchors(
    conn: Connection,
    listing: TicketListing,
    *,
    readable_private: frozenset[str] = NOTHING_PRIVATE,
    limit: int = PAGE_ROWS,
) -> TicketAnchors:
    """The key of each page of ``limit`` rows, and the number of rows; to be asked apart from the first page."""
    rule = SORT_RULES[listing.sort]
    keys = select_keys(listing, readable_private)
    ranked = keys.add_columns(
        func.row_number().over(order_by=rule.order(listing.descending)).label("rank"),
        func.count().over().label("count"),
    ).subquery("ranked")
    page_ends = or_(ranked.c.rank % limit == 0, ranked.c.rank == ranked.c.count)
    found = conn.execute(select(ranked).where(page_ends).order_by(ranked.c.rank)).all()
    ends = tuple(PageKey(value=row.key, id=row.id) for row in found[:-1])
    return TicketAnchors(keys=(None, *ends), count=found[-1].count if found else 0)


def count_views(
    conn: Connection, views: Sequence[TicketFilter], *, readable_private: frozenset[str] = NOTHING_PRIVATE
) -> tuple[int, ...]:
    """How many tickets each filter has, in the order given: all counts of the sidebar in one statement."""
    if not views:
        return ()
    counts = [func.count().filter(*conditions(view, readable_private)) for view in views]
    return tuple(conn.execute(select(*counts).select_from(Ticket)).one())


def get_rows(conn: Connection, ids: Sequence[int]) -> tuple[TicketRow, ...]:
    """The list lines of these tickets as they are now, in no order; deleted and unknown ones are absent."""
    statement = select_rows().where(Ticket.id.in_(ids), Ticket.deleted_at.is_(None))
    return tuple(row_of(row) for row in conn.execute(statement).mappings())


def get_ticket(conn: Connection, ticket_id: int) -> TicketDetail:
    """One ticket; NotFoundError where there is none or it was deleted."""
    statement = select(*detail_columns()).where(Ticket.id == ticket_id, Ticket.deleted_at.is_(None))
    found = conn.execute(statement).mappings().one_or_none()
    if found is None:
        raise NotFoundError("There is no such ticket, or it was deleted.")
    return detail_of(found)


def get_history(
    conn: Connection, ticket_id: int, *, readable_private: frozenset[str] = NOTHING_PRIVATE
) -> tuple[HistoryLine, ...]:
    """Events, comments, interactions and attachments of a ticket, newest first.

    Private comments are in it for everyone; their text only where ``readable_private`` has ``comment.body``.
    """
    statement = select_history(ticket_id, with_private="comment.body" in readable_private)
    return tuple(HistoryLine.model_construct(**row) for row in conn.execute(statement).mappings())


def find_ticket_by_number(conn: Connection, text: str) -> int | None:
    """The id of the ticket with exactly this number, else with this name in another system; None: no such ticket."""
    name = text.strip().removeprefix("#")
    number = int(name) if name.isdecimal() and int(name) <= _LARGEST_NUMBER else None
    statement = (
        select(Ticket.id)
        .where(Ticket.deleted_at.is_(None), or_(Ticket.number == number, Ticket.external_id == name))
        .order_by(case((Ticket.number == number, 0), else_=1), Ticket.id.desc())
        .limit(1)
    )
    return conn.execute(statement).scalar_one_or_none()
