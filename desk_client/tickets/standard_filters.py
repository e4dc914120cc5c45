"""What the views on the left list, in their order."""

from __future__ import annotations

from enum import StrEnum

from shared.domain.status import ENDED, Status
from shared.schemas.ticket_listing import TicketFilter

NOBODY = 0
DUE_SOON_DAYS = 3
ACTIVE = tuple(status.value for status in Status if status not in ENDED)


class ViewId(StrEnum):
    """The views."""

    MY_OPEN = "my_open"
    NOBODYS = "nobodys"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_US = "waiting_us"
    DUE_SOON = "due_soon"
    ALL = "all"


def standard_filters(person_id: int | None) -> dict[ViewId, TicketFilter]:
    """The filters of a person; without one, "My open" is nobody's view and left out."""
    mine = {ViewId.MY_OPEN: TicketFilter(status=ACTIVE, assignee_id=person_id)} if person_id is not None else {}
    return mine | {
        ViewId.NOBODYS: TicketFilter(status=ACTIVE, assignee_id=NOBODY),
        ViewId.WAITING_CUSTOMER: TicketFilter(status=(Status.WAITING_CUSTOMER,)),
        ViewId.WAITING_US: TicketFilter(status=(Status.WAITING_INTERNAL,)),
        ViewId.DUE_SOON: TicketFilter(status=ACTIVE, due_within_days=DUE_SOON_DAYS),
        ViewId.ALL: TicketFilter(),
    }
