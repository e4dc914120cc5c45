"""Where the rows of the list of security events come from."""

from __future__ import annotations

from typing import Any

from shared.queries import security_events
from shared.schemas.listing import Page, PageKey
from shared.schemas.machine import EventListing, SecurityEventRow

ENTITY = "security_event"


class EventSource:
    """Security events for a list; it grows as one goes on, since there is no end to them."""

    entity = ENTITY

    def page(self, conn: Any, listing: EventListing, after: PageKey | None) -> Page[SecurityEventRow]:
        """A page of a listing."""
        return security_events.list_events(conn, listing, after)

    def anchors(self, conn: Any, listing: EventListing) -> None:
        """None: they are never all counted."""

    def row(self, conn: Any, row_id: int) -> SecurityEventRow | None:
        """One event's line."""
        return security_events.get_event_row(conn, row_id)

    def may_move(self, before: SecurityEventRow, now: SecurityEventRow, listing: EventListing) -> bool:
        """Once seen it is not among the open ones any more."""
        return listing.filter.is_open and before.is_open != now.is_open
