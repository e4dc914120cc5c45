"""What a ticket list asks for: a filter in an order."""

from __future__ import annotations

from enum import StrEnum

from shared.schemas.base import Frozen, Storable
from shared.schemas.listing import Page
from shared.schemas.ticket import TicketRow


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


TicketPage = Page[TicketRow]
