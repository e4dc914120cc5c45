"""What a list asks for, and what it gets: keyset pages."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from shared.schemas.base import Frozen, Storable
from shared.schemas.ticket import TicketRow

PAGE_ROWS = 200


class SortKey(StrEnum):
    """What a ticket list may be sorted by; ties go by id in the same direction."""

    NUMBER = "number"
    REPORTED = "reported_at"
    PRIORITY = "priority"
    STATUS = "status"
    CUSTOMER = "customer"
    PRODUCT = "product"
    ASSIGNEE = "assignee"
    ACTIVITY = "last_activity_at"
    DUE = "due_at"


class TicketFilter(Frozen):
    """Which tickets. Empty means all; ``assignee_id`` 0 means nobody's; what has ended is never due."""

    status: tuple[str, ...] = ()
    product_id: int | None = None
    customer_id: int | None = None
    assignee_id: int | None = None
    text: Storable = ""
    due_within_days: int | None = None


class TicketListing(Frozen):
    """A filter in an order."""

    filter: TicketFilter = TicketFilter()
    sort: SortKey = SortKey.REPORTED
    descending: bool = True


class PageKey(Frozen):
    """Where a page begins: after the row with this sort value and id. None (no key) is the beginning."""

    value: Any
    id: int


class TicketPage(Frozen):
    """Up to ``PAGE_ROWS`` rows, and the key of the page behind them (None: the end)."""

    rows: tuple[TicketRow, ...]
    next_key: PageKey | None


class TicketAnchors(Frozen):
    """The keys of every page of a listing, and the number of rows: for jumps. ``keys[0]`` is None."""

    keys: tuple[PageKey | None, ...]
    count: int
