"""Where the rows of the ticket list come from, and what is read beside it: counts, a number, customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import ChangeBus
from desk_client.listing.list_controller import ListController
from desk_client.listing.table_model import PagedTableModel
from desk_client.messages import Messages
from desk_client.pace import Pace
from desk_client.runner import DbRunner
from desk_client.tickets.fields import ENTITY
from desk_client.turns import COUNTS
from desk_client.widgets.type_ahead import Suggestion
from shared.notify import ChangeKind
from shared.queries import lookup, tickets
from shared.schemas.listing import Anchors, PageKey
from shared.schemas.ticket import TicketRow
from shared.schemas.ticket_listing import SortKey, TicketFilter, TicketListing, TicketPage

_LEASE = frozenset({"edited_by", "edited_person", "edited_since", "edited_seen"})
_FILTERED = {
    "status": ("status",), "product_id": ("product",), "customer_id": ("customer",), "assignee_id": ("assignee",),
    "due_within_days": ("due_at", "status"),
}  # fmt: skip


def placing_columns(listing: TicketListing) -> frozenset[str]:
    """What of a row says whether it is in the listing, and where. A text may be found anywhere but in a lease."""
    if listing.filter.text:
        return frozenset(TicketRow.model_fields) - _LEASE
    asked = listing.filter.model_fields_set & {name for name, value in listing.filter if value not in (None, ())}
    return frozenset({listing.sort.value}.union(*(_FILTERED[name] for name in asked if name in _FILTERED)))


class TicketSource:
    """Tickets for a list; searches private words where this machine may."""

    entity = ENTITY
    related = frozenset({"customer", "product", "release", "staff"})  # whose names stand in a line

    def __init__(self, readable_private: frozenset[str]) -> None:
        self._private = readable_private

    def page(self, conn: Any, listing: TicketListing, after: PageKey | None) -> TicketPage:
        """A page of a listing."""
        return tickets.list_tickets(conn, listing, after, readable_private=self._private)

    def anchors(self, conn: Any, listing: TicketListing) -> Anchors:
        """The keys of all its pages."""
        return tickets.get_anchors(conn, listing, readable_private=self._private)

    def rows(self, conn: Any, ids: Sequence[int]) -> tuple[TicketRow, ...]:
        """These tickets' lines."""
        return tickets.get_rows(conn, ids)

    def is_among(
        self, conn: Any, listing: TicketListing, ids: Sequence[int], after: PageKey | None, up_to: PageKey | None
    ) -> bool:
        """Whether one of these is between the two keys of a listing."""
        return tickets.is_among(conn, listing, ids, after, up_to, readable_private=self._private)

    def may_move(self, before: TicketRow, now: TicketRow, listing: TicketListing) -> bool:
        """Whether what places it is another."""
        return any(getattr(before, name) != getattr(now, name) for name in placing_columns(listing))

    def heeds(self, kind: ChangeKind, listing: TicketListing) -> bool:
        """A comment places a ticket where it is searched for, or sorted by its last activity."""
        if kind is ChangeKind.BESIDE:
            return bool(listing.filter.text) or listing.sort is SortKey.ACTIVITY
        return kind is ChangeKind.ROW


class TicketListController(ListController[TicketRow, TicketListing]):
    """The ticket list, and what stands around it.

    Signals:
        counted(tuple[int, ...]): the counts that ``count_views`` asked for.
        number_found(int | None): the ticket that ``find_number`` asked for.
    """

    counted = Signal(object)
    number_found = Signal(object)

    def __init__(
        self,
        model: PagedTableModel[TicketRow],
        runner: DbRunner,
        bus: ChangeBus,
        messages: Messages,
        readable_private: frozenset[str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(model, TicketSource(readable_private), TicketListing(), runner, bus, messages, parent)
        self._private = readable_private
        self._views: tuple[TicketFilter, ...] = ()
        self._counts_pace = Pace(self, COUNTS)
        self._counts_pace.due.connect(self.read_beside)

    def count_views(self, views: tuple[TicketFilter, ...]) -> None:
        """Count the tickets of each filter."""
        self._views = views
        private = self._private
        self._counts_pace.begin()
        self.run(lambda conn: tickets.count_views(conn, views, readable_private=private), self._on_counted, "counts")

    def _on_counted(self, counts: tuple[int, ...]) -> None:
        self._counts_pace.end()
        self.counted.emit(counts)

    def read_beside(self) -> None:
        """The counts follow the tickets."""
        self.count_views(self._views)

    def want_beside(self) -> None:
        """Soon, and not too often."""
        self._counts_pace.want()

    def find_number(self, text: str) -> None:
        """Look for the ticket of exactly this number."""
        self.run(lambda conn: tickets.find_ticket_by_number(conn, text), self.number_found.emit, "number")

    def find_customers(self, text: str, answer: Callable[[str, list[Suggestion]], None]) -> None:
        """Customers that a few letters may mean."""

        def show(found: tuple[Any, ...]) -> None:
            answer(text, [Suggestion(customer.id, customer.name, customer.code) for customer in found])

        self.run(lambda conn: lookup.find_customers(conn, text), show, "customers")
