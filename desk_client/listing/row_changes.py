"""Rows of a list that changed: read again one by one, where that is enough.

Who made a change here waits for it. What others change comes at any pace, true or forged: so it is gathered, and what
costs the server more is read more seldom.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject

from desk_client.change_bus import Change, ChangeBus
from desk_client.listing.list_source import ListSource
from desk_client.listing.table_model import PagedTableModel
from desk_client.pace import Pace
from desk_client.turns import ROWS, SIGHT, UNSEEN, WHOLE
from shared.notify import ChangeKind
from shared.schemas.listing import Page, PageKey, Row

Listing = TypeVar("Listing")
_PURPOSES = ("rows", "sight")


class Lister(Protocol):
    """The list controller, as far as it is needed here."""

    @property
    def in_sight(self) -> tuple[int, int]:
        """The pages in sight."""

    @property
    def listing(self) -> Any:
        """What is listed."""

    def refresh(self) -> None:
        """Read all that is in sight again, and what is beside it."""

    def read_again(self) -> None:
        """Read all that is in sight again."""

    def read_beside(self) -> None:
        """Read what is beside the list."""

    def want_beside(self) -> None:
        """As above, soon."""

    def run(self, op: Callable[[Any], Any], on_done: Callable[[Any], None], purpose: str) -> None:
        """Ask the desk."""

    def cancel(self, *purposes: str) -> None:
        """These answers are not wanted any more."""


class RowChanges(QObject, Generic[Row, Listing]):
    """Follows the bus for one list. ``whole`` paces the reading of all that is in sight, with the listing's length."""

    def __init__(
        self,
        lister: Lister,
        model: PagedTableModel[Row],
        source: ListSource[Row, Listing],
        bus: ChangeBus,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._lister, self._model, self._source = lister, model, source
        self._touched: set[int] = set()
        self._read: set[int] = set()  # those that the answer on its way is about
        self._rows, self._unseen = Pace(self, ROWS), Pace(self, UNSEEN)
        self._sight, self.whole = Pace(self, SIGHT), Pace(self, WHOLE)
        self._paces = (self._rows, self._unseen, self._sight, self.whole)
        self._rows.due.connect(self._read_touched)
        self._unseen.due.connect(self._read_touched)
        self._sight.due.connect(self._read_sight)
        self.whole.due.connect(lister.read_again)
        bus.changed.connect(self._on_changed)

    def forget(self) -> None:
        """Another listing is to be read: what changed until now is in its answer."""
        self._touched.clear()
        self._read.clear()
        for pace in self._paces:
            pace.reset()
        self._lister.cancel(*_PURPOSES)

    def catch_up(self) -> None:
        """The first page is there; what changed while it was being read may be younger."""
        self.whole.end(is_cheap=self._model.is_whole)
        known = self._model.places(self._touched)
        if known:
            self._rows.want()
        if len(known) < len(self._touched):
            self._unseen.want()

    def stopped(self, purpose: str) -> None:
        """The desk refused, or is away: rows that were being read are still to be read, with the next ones."""
        if purpose == "listing":
            self.whole.end()
        elif purpose == "sight":
            self._sight.end()
        elif purpose == "rows":
            self._rows.end(is_cheap=True)
            self._unseen.end(is_cheap=True)
            self._touched |= self._read
            self._read.clear()

    # -- what changed --------------------------------------------------------------------------------------------------

    def _on_changed(self, change: Change, _initiator: QObject | None) -> None:
        if change.entity in self._source.related:
            self._want_sight()
        elif change.entity == self._source.entity and change.is_remote:
            self._on_changed_elsewhere(change)
        elif change.entity == self._source.entity:
            self._on_changed_here(change.entity_id)

    def _on_changed_here(self, row_id: int | None) -> None:
        if row_id is None or self._model.find(row_id) is None:
            self._lister.refresh()
            return
        self._lister.run(
            lambda conn: self._source.rows(conn, (row_id,)), partial(self._on_rows, (row_id,)), f"row {row_id}"
        )
        self._lister.read_beside()

    def _on_rows(self, ids: Sequence[int], rows: Sequence[Row]) -> None:
        if not self._take_rows(ids, rows):
            self._lister.refresh()

    def _on_changed_elsewhere(self, change: Change) -> None:
        row_id = change.entity_id
        if row_id is None:
            self._want_sight()
        elif self._model.is_dimmed:
            self._touched.add(row_id)  # whether it is shown, is known when the first page is there
            if not self.whole.is_reading:  # nor is it on its way: the desk refused it
                self.whole.want()
        elif self._model.find(row_id) is not None:
            self._touched.add(row_id)
            self._rows.want()
        elif self._source.heeds(change.kind, self._lister.listing):
            self._touched.add(row_id)
            self._unseen.want()
        if change.kind is ChangeKind.ROW:
            self._lister.want_beside()

    def _want_sight(self) -> None:
        """All of it; what is in sight need not wait until then."""
        self._want_whole()
        if not self.whole.is_near and self._model.has_end and not self._model.is_dimmed:
            self._sight.want()

    def _want_whole(self) -> None:
        # a list that grew long for who reads it stays as it is
        if self._model.is_dimmed or self._model.has_end or self._lister.in_sight[1] == 0:
            self.whole.want()

    # -- reading again -------------------------------------------------------------------------------------------------

    def _read_touched(self) -> None:
        self._read |= self._touched  # with those of an answer that was lost
        self._touched = set()
        ids = tuple(self._read)
        self._rows.begin()
        self._unseen.begin()
        known = tuple(row_id for row_id in ids if self._model.find(row_id) is not None)
        unknown = tuple(row_id for row_id in ids if row_id not in known)
        source, listing, (first, last) = self._source, self._lister.listing, self._lister.in_sight
        after, up_to = self._model.known_key(first), self._model.known_key(last + 1)

        def read(conn: Any) -> tuple[Sequence[Row], bool]:
            rows = source.rows(conn, known) if known else ()
            return rows, bool(unknown) and source.is_among(conn, listing, unknown, after, up_to)

        self._lister.run(read, lambda answer: self._on_touched(known, unknown, *answer), "rows")

    def _on_touched(self, known: Sequence[int], unknown: Sequence[int], rows: Sequence[Row], came: bool) -> None:
        self._read.clear()
        self._rows.end(is_cheap=True)
        self._unseen.end(is_cheap=True)
        stands = self._take_rows(known, rows)
        if came or not stands:
            self._want_sight()
        elif unknown and not self._model.is_whole:
            self._want_whole()

    def _take_rows(self, ids: Sequence[int], rows: Sequence[Row]) -> bool:
        """Show these rows of ``ids``; False where one is no more, or may not stand where it stood."""
        stands = {row.id for row in rows} >= set(ids)
        for now in rows:
            at = self._model.find(now.id)
            before = None if at is None else self._model.row(at)
            stands = stands and before is not None and not self._source.may_move(before, now, self._lister.listing)
            self._model.update_row(now)
        return stands

    def _read_sight(self) -> None:
        """The pages in sight again, where it may take until the whole is read: what comes and goes is seen soon."""
        self._sight.begin()
        source, listing, (first, last) = self._source, self._lister.listing, self._lister.in_sight
        found: dict[int, PageKey | None] = {at: self._model.known_key(at) for at in range(first, last + 1)}
        keys = {at: key for at, key in found.items() if at == 0 or key is not None}

        def read(conn: Any) -> dict[int, Page[Row]]:
            return {at: source.page(conn, listing, key) for at, key in keys.items()}

        self._lister.run(read, self._on_sight, "sight")

    def _on_sight(self, pages: dict[int, Page[Row]]) -> None:
        self._sight.end()
        for number, page in pages.items():
            self._model.add_page(number, page)
