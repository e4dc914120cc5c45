"""Fills the ticket list: first page, anchors, the pages that come into sight, counts, and rows that changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import Change, ChangeBus
from desk_client.messages import Messages
from desk_client.runner import DbRunner
from desk_client.tickets.table_model import TicketTableModel
from desk_client.widgets.type_ahead import Suggestion
from shared.errors import DatabaseUnavailableError, DeskError, LoginRefusedError
from shared.queries import lookup, tickets
from shared.schemas.listing import PAGE_ROWS, TicketAnchors, TicketFilter, TicketListing, TicketPage
from shared.schemas.ticket import TicketRow

_LEASE = frozenset({"edited_by", "edited_person", "edited_since"})
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


class TicketListController(QObject):
    """One list. At most one page is being fetched; where rows scroll by meanwhile, the newest wish counts.

    Signals:
        counted(tuple[int, ...]): the counts that ``count_views`` asked for.
        number_found(int | None): the ticket that ``find_number`` asked for.
    """

    counted = Signal(object)
    number_found = Signal(object)

    def __init__(
        self,
        model: TicketTableModel,
        runner: DbRunner,
        bus: ChangeBus,
        messages: Messages,
        readable_private: frozenset[str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._runner = runner
        self._messages = messages
        self._private = readable_private
        self._listing = TicketListing()
        self._wanted: list[int] = []
        self._in_sight = (0, 0)
        self._is_fetching = False
        self._views: tuple[TicketFilter, ...] = ()
        bus.changed.connect(self._on_changed)

    @property
    def listing(self) -> TicketListing:
        """What the list shows, or is about to show."""
        return self._listing

    # -- the listing ---------------------------------------------------------------------------------------------------

    def show(self, listing: TicketListing) -> None:
        """Show this listing from its beginning; what is shown stays, dimmed, until the answer."""
        self._listing = listing
        self._forget_pages()
        self._model.set_dimmed(True)
        private = self._private
        self._run(lambda conn: tickets.list_tickets(conn, listing, readable_private=private), self._on_first, "listing")

    def refresh(self) -> None:
        """Read again what is shown, without moving it; what was about to be shown, from its beginning."""
        if self._model.is_dimmed:
            self.show(self._listing)
            self.count_views(self._views)
            return
        listing, private = self._listing, self._private
        pages = {self._in_sight[0], self._in_sight[1], 0}
        self._forget_pages()

        def read(conn: Any) -> tuple[dict[int, TicketPage], TicketAnchors]:
            anchors = tickets.get_anchors(conn, listing, readable_private=private)
            known = [number for number in sorted(pages) if number < len(anchors.keys)]
            return {
                number: tickets.list_tickets(conn, listing, anchors.keys[number], readable_private=private)
                for number in known
            }, anchors

        self._run(read, lambda answer: self._model.replace(*answer), "listing")
        self.count_views(self._views)

    def _on_first(self, page: TicketPage) -> None:
        self._model.show_first(page)
        if page.next_key is None:
            return
        listing, private = self._listing, self._private
        self._run(
            lambda conn: tickets.get_anchors(conn, listing, readable_private=private),
            self._model.set_anchors,
            "anchors",
        )

    # -- pages in sight ------------------------------------------------------------------------------------------------

    def want_rows(self, first: int, last: int) -> None:
        """These rows are in sight: fetch what of them is not in memory."""
        if self._model.is_dimmed:
            return  # they belong to an older listing
        self._wanted = self._model.missing_pages(first, last)
        self._in_sight = (self._page_of(first), self._page_of(last))
        self._fetch_next()

    @staticmethod
    def _page_of(row: int) -> int:
        return max(0, row) // PAGE_ROWS

    def _fetch_next(self) -> None:
        if self._is_fetching or not self._wanted:
            return
        number = self._wanted.pop(0)
        listing, key, private = self._listing, self._model.page_key(number), self._private
        self._is_fetching = True

        def show(page: TicketPage) -> None:
            self._is_fetching = False
            self._model.add_page(number, page)
            self._fetch_next()

        self._run(lambda conn: tickets.list_tickets(conn, listing, key, readable_private=private), show, "page")

    def _forget_pages(self) -> None:
        self._wanted = []
        self._is_fetching = False
        for purpose in ("page", "anchors"):
            self._runner.cancel(self, purpose)

    # -- beside the list -----------------------------------------------------------------------------------------------

    def count_views(self, views: tuple[TicketFilter, ...]) -> None:
        """Count the tickets of each filter."""
        self._views = views
        private = self._private
        self._run(lambda conn: tickets.count_views(conn, views, readable_private=private), self.counted.emit, "counts")

    def find_number(self, text: str) -> None:
        """Look for the ticket of exactly this number."""
        self._run(lambda conn: tickets.find_ticket_by_number(conn, text), self.number_found.emit, "number")

    def find_customers(self, text: str, answer: Callable[[str, list[Suggestion]], None]) -> None:
        """Customers that a few letters may mean."""

        def show(found: tuple[Any, ...]) -> None:
            answer(text, [Suggestion(customer.id, customer.name, customer.code) for customer in found])

        self._run(lambda conn: lookup.find_customers(conn, text), show, "customers")

    def _on_changed(self, change: Change, _initiator: QObject | None) -> None:
        if change.entity != "ticket":
            return
        ticket_id = change.entity_id
        if ticket_id is None or self._model.find(ticket_id) is None:
            self.refresh()
            return
        self._run(lambda conn: tickets.get_rows(conn, [ticket_id]), self._on_row, f"row {ticket_id}")
        self.count_views(self._views)

    def _on_row(self, rows: tuple[TicketRow, ...]) -> None:
        at = self._model.find(rows[0].id) if rows else None
        before = None if at is None else self._model.row(at)
        if before is None:
            self.refresh()
            return
        self._model.update_row(rows[0])
        if any(getattr(before, name) != getattr(rows[0], name) for name in placing_columns(self._listing)):
            self.refresh()  # it may stand elsewhere by now, or not be among these any more

    # -- answers -------------------------------------------------------------------------------------------------------

    def _run(self, op: Callable[[Any], Any], on_done: Callable[[Any], None], purpose: str) -> None:
        self._runner.run(op, on_done=on_done, on_error=partial(self._on_error, purpose), receiver=self, purpose=purpose)

    def _on_error(self, purpose: str, error: DeskError) -> None:
        is_away = isinstance(error, DatabaseUnavailableError)
        if purpose == "page":
            self._is_fetching = False
            self._wanted = []
        elif purpose == "listing" and not is_away:  # else dimmed until the desk is back: these rows are not the answer
            self._model.set_dimmed(False)
        if not is_away or isinstance(error, LoginRefusedError):  # that it is away, the badge says
            self._messages.error(error)
