"""Fills a list: first page, anchors, the pages that come into sight, and rows that changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject

from desk_client.change_bus import ChangeBus
from desk_client.listing.list_source import ListSource
from desk_client.listing.row_changes import RowChanges
from desk_client.listing.table_model import PagedTableModel
from desk_client.messages import Messages
from desk_client.runner import DbRunner
from shared.errors import DeskError
from shared.schemas.listing import PAGE_ROWS, Anchors, Page, PageKey, Row

Listing = TypeVar("Listing")


class ListController(QObject, Generic[Row, Listing]):
    """One list. At most one page is being fetched; where rows scroll by meanwhile, the newest wish counts."""

    def __init__(
        self,
        model: PagedTableModel[Row],
        source: ListSource[Row, Listing],
        listing: Listing,
        runner: DbRunner,
        bus: ChangeBus,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._source = source
        self._listing = listing
        self._runner = runner
        self._messages = messages
        self._wanted: list[int] = []
        self._in_sight = (0, 0)
        self._is_fetching = False
        self._changes: RowChanges[Row, Listing] = RowChanges(self, model, source, bus, self)

    @property
    def in_sight(self) -> tuple[int, int]:
        """The first and the last page in sight."""
        return self._in_sight

    @property
    def listing(self) -> Listing:
        """What the list shows, or is about to show."""
        return self._listing

    # -- the listing ---------------------------------------------------------------------------------------------------

    def show(self, listing: Listing) -> None:
        """Show this listing from its beginning; what is shown stays, dimmed, until the answer."""
        self._listing = listing
        self._changes.forget()
        self._read_first()

    def _read_first(self) -> None:
        self._model.set_dimmed(True)
        self._forget_pages()
        self._changes.whole.begin()
        source, listing = self._source, self._listing
        self.run(lambda conn: source.page(conn, listing, None), self._on_first, "listing")

    def refresh(self) -> None:
        """Read again what is shown, and what is beside it."""
        self.read_again()
        self.read_beside()

    def read_again(self) -> None:
        """Read again what is shown, without moving it; what was about to be shown, from its beginning."""
        if self._model.is_dimmed:
            self._read_first()
            return
        self._changes.whole.begin()
        source, listing = self._source, self._listing
        pages = {self._in_sight[0], self._in_sight[1], 0}
        self._forget_pages()

        def read(conn: Any) -> tuple[dict[int, Page[Row]], Anchors | None]:
            anchors = source.anchors(conn, listing)
            if anchors is None:
                return _pages_up_to(max(pages), lambda key: source.page(conn, listing, key)), None
            known = [number for number in sorted(pages) if number < len(anchors.keys)]
            return {number: source.page(conn, listing, anchors.keys[number]) for number in known}, anchors

        self.run(read, lambda answer: self._on_refreshed(*answer), "listing")

    def read_beside(self) -> None:
        """Read again what is shown beside the list and goes by the same rows; nothing here."""

    def want_beside(self) -> None:
        """As ``read_beside``, for what others change: it need not be at once."""

    def _on_refreshed(self, pages: dict[int, Page[Row]], anchors: Anchors | None) -> None:
        if anchors is None:
            self._model.grow_again([pages[number] for number in sorted(pages)])
        else:
            self._model.replace(pages, anchors)
        self._changes.whole.end(is_cheap=self._model.is_whole)

    def _on_first(self, page: Page[Row]) -> None:
        self._model.show_first(page)
        self._changes.catch_up()
        if page.next_key is not None:
            source, listing = self._source, self._listing
            self.run(lambda conn: source.anchors(conn, listing), self._on_anchors, "anchors")

    def _on_anchors(self, anchors: Anchors | None) -> None:
        if anchors is None:
            self._model.grow()
        else:
            self._model.set_anchors(anchors)

    # -- pages in sight ------------------------------------------------------------------------------------------------

    def want_rows(self, first: int, last: int) -> None:
        """These rows are in sight: fetch what of them is not in memory."""
        if self._model.is_dimmed:
            return  # they belong to an older listing
        self._wanted = self._model.missing_pages(first, last)
        self._in_sight = (self._page_of(first), self._page_of(last))
        self._fetch_next()

    def read_ids(self, first: int, last: int, then: Callable[[tuple[int, ...]], None]) -> None:
        """Find the ids of these rows, page by page in one operation: of a selection that goes beyond the memory."""
        number, source, listing = self._page_of(first), self._source, self._listing
        key, skipped = self._model.page_key(number), first - self._page_of(first) * PAGE_ROWS

        def read(conn: Any) -> tuple[int, ...]:
            ids: list[int] = []
            next_key = key
            while len(ids) < skipped + last - first + 1:
                page = source.page(conn, listing, next_key)
                ids += [row.id for row in page.rows]
                next_key = page.next_key
                if next_key is None:
                    break
            return tuple(ids[skipped : skipped + last - first + 1])

        self.run(read, then, "ids")

    @staticmethod
    def _page_of(row: int) -> int:
        return max(0, row) // PAGE_ROWS

    def _fetch_next(self) -> None:
        if self._is_fetching or not self._wanted:
            return
        number = self._wanted.pop(0)
        source, listing, key = self._source, self._listing, self._model.page_key(number)
        self._is_fetching = True

        def show(page: Page[Row]) -> None:
            self._is_fetching = False
            self._model.add_page(number, page)
            self._fetch_next()

        self.run(lambda conn: source.page(conn, listing, key), show, "page")

    def _forget_pages(self) -> None:
        self._wanted = []
        self._is_fetching = False
        self.cancel("page", "anchors")

    def cancel(self, *purposes: str) -> None:
        """These answers are not wanted any more."""
        for purpose in purposes:
            self._runner.cancel(self, purpose)

    # -- answers -------------------------------------------------------------------------------------------------------

    def run(self, op: Callable[[Any], Any], on_done: Callable[[Any], None], purpose: str) -> None:
        """Ask the desk; of one purpose only the newest answer counts."""
        self._runner.run(op, on_done=on_done, on_error=partial(self._on_error, purpose), receiver=self, purpose=purpose)

    def _on_error(self, purpose: str, error: DeskError) -> None:
        self._changes.stopped(purpose)
        if purpose == "page":
            self._is_fetching = False
            self._wanted = []
        if purpose == "listing" and self._model.is_dimmed:  # until it is read again: these rows are not the answer
            self._model.set_dimmed(True, is_refused=True)
        if not error.is_away:  # that it is away, the badge says
            self._messages.error(error)


def _pages_up_to(last: int, page: Callable[[PageKey | None], Page[Row]]) -> dict[int, Page[Row]]:
    """One behind the other: without anchors, only a page knows where the next one begins."""
    pages: dict[int, Page[Row]] = {}
    key: PageKey | None = None
    for number in range(last + 1):
        pages[number] = page(key)
        key = pages[number].next_key
        if key is None:
            break
    return pages
