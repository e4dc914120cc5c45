"""Where the rows of the list of security events come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.notify import ChangeKind
from shared.queries import security_events
from shared.schemas.listing import Page, PageKey
from shared.schemas.machine import EventListing, SecurityEventRow

ENTITY = "security_event"


class EventSource:
    """Security events for a list; it grows as one goes on, since there is no end to them."""

    entity = ENTITY
    related: frozenset[str] = frozenset()

    def page(self, conn: Any, listing: EventListing, after: PageKey | None) -> Page[SecurityEventRow]:
        """A page of a listing."""
        return security_events.list_events(conn, listing, after)

    def anchors(self, conn: Any, listing: EventListing) -> None:
        """None: they are never all counted."""

    def rows(self, conn: Any, ids: Sequence[int]) -> list[SecurityEventRow]:
        """These events' lines."""
        return [row for row_id in ids if (row := security_events.get_event_row(conn, row_id)) is not None]

    def is_among(
        self, conn: Any, listing: EventListing, ids: Sequence[int], after: PageKey | None, up_to: PageKey | None
    ) -> bool:
        """Any may be."""
        return True

    def may_move(self, before: SecurityEventRow, now: SecurityEventRow, listing: EventListing) -> bool:
        """Once seen it is not among the open ones any more."""
        return listing.filter.is_open and before.is_open != now.is_open

    def heeds(self, kind: ChangeKind, listing: EventListing) -> bool:
        """A new one comes on top."""
        return True
