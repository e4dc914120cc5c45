"""The table model of a list: keyset pages of 200 rows, a bounded cache, any row reachable by anchors.

It reads memory only. Rows whose page is not there are None; the view asks ``missing_pages`` and the
controller fetches them. What is shown stays shown, dimmed, until other rows are there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator
from typing import Any, Generic

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desk_client.listing.columns import CellTexts, ColumnSet
from shared.schemas.listing import PAGE_ROWS, Anchors, Page, PageKey, Row

CACHED_PAGES = 24
AHEAD_ROWS = 50  # so near the end of what is known, the next page is asked for
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class PagedTableModel(QAbstractTableModel, Generic[Row]):
    """Rows of one listing.

    Signals:
        dimmed_changed(bool): the rows shown are of an older question; the answer is on its way, or was refused.
        count_changed(): the number of rows, or whether it is exact, changed.
        rows_changing(), rows_changed(): rows of the same listing are read again, and may stand elsewhere by then.
    """

    dimmed_changed = Signal(bool)
    count_changed = Signal()
    rows_changing = Signal()
    rows_changed = Signal()

    def __init__(self, columns: ColumnSet, texts: CellTexts[Row], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self._texts = texts
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._keys: list[PageKey | None] = [None]
        self._count = 0
        self._exact = False
        self._dimmed = self._refused = False
        self._grows = False
        self.chosen: Container[int] = ()  # several rows, for who hears the list

    # -- what the controller tells ----------------------------------------------------------------------------------

    def set_dimmed(self, dimmed: bool, *, is_refused: bool = False) -> None:
        """Say that the rows shown are about to be replaced (or are not); ``is_refused``: the desk gave no answer."""
        if (dimmed, is_refused) != (self._dimmed, self._refused):
            self._dimmed, self._refused = dimmed, is_refused
            self.dimmed_changed.emit(dimmed)

    def show_first(self, page: Page[Row]) -> None:
        """Show a new listing from its first page."""
        self.beginResetModel()
        self._pages = OrderedDict({0: page.rows})
        self._keys = [None] if page.next_key is None else [None, page.next_key]
        self._count = len(page.rows)
        self._exact = page.next_key is None
        self._grows = False
        self.endResetModel()
        self.set_dimmed(False)
        self.count_changed.emit()

    def grow(self) -> None:
        """There are no anchors to come: pages are added at the end as they come into sight."""
        self._grows = True
        self.count_changed.emit()

    def set_anchors(self, anchors: Anchors) -> None:
        """Take the keys of all pages and the true number of rows; what is cached stays."""
        self._keys = list(anchors.keys) or [None]
        self._resize(anchors.count)
        self._exact = True
        self.count_changed.emit()

    def replace(self, pages: dict[int, Page[Row]], anchors: Anchors) -> None:
        """Show the same listing as it is now: these pages are fresh, all others are forgotten."""
        self.rows_changing.emit()
        self._pages = OrderedDict((number, page.rows) for number, page in pages.items())
        self.set_anchors(anchors)
        self._touch(range(self._count))
        self.set_dimmed(False)
        self.rows_changed.emit()

    def grow_again(self, pages: list[Page[Row]]) -> None:
        """Show the same growing listing as it is now, as far as one has come; what is in sight stays in sight."""
        self.rows_changing.emit()
        keys = [page.next_key for page in pages if page.next_key is not None]
        self._pages = OrderedDict((number, page.rows) for number, page in enumerate(pages))
        while len(self._pages) > CACHED_PAGES:
            self._pages.popitem(last=False)
        self._keys = [None, *keys]
        self._exact, self._grows = pages[-1].next_key is None, True
        self._resize((len(pages) - 1) * PAGE_ROWS + len(pages[-1].rows))
        self.count_changed.emit()
        self._touch(range(self._count))
        self.set_dimmed(False)
        self.rows_changed.emit()

    def add_page(self, number: int, page: Page[Row]) -> None:
        """Keep a page that was missing, or was read again."""
        self.rows_changing.emit()
        self._pages[number] = page.rows
        if self._grows and number == len(self._keys) - 1:
            self._lengthen(number, page)
        self._pages.move_to_end(number)
        while len(self._pages) > CACHED_PAGES:
            self._pages.popitem(last=False)
        first = number * PAGE_ROWS
        self._touch(range(first, min(first + PAGE_ROWS, self._count)))
        self.rows_changed.emit()

    def update_row(self, row: Row) -> bool:
        """Show this row as it is now, where it stands; False where it is not in memory."""
        at = self.find(row.id)
        if at is None:
            return False
        number, offset = divmod(at, PAGE_ROWS)
        page = self._pages[number]
        self._pages[number] = (*page[:offset], row, *page[offset + 1 :])
        self._touch(range(at, at + 1))
        return True

    def retranslate(self) -> None:
        """Say everything again: another language or other labels."""
        self._touch(range(self._count))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def say_rows(self, first: int, last: int) -> None:
        """Say these rows again: another minute."""
        self._touch(range(first, last + 1))

    def _lengthen(self, number: int, page: Page[Row]) -> None:
        self._exact = page.next_key is None
        if page.next_key is not None:
            self._keys.append(page.next_key)
        self._resize(number * PAGE_ROWS + len(page.rows))
        self.count_changed.emit()

    def _resize(self, count: int) -> None:
        if count > self._count:
            self.beginInsertRows(_ROOT, self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(_ROOT, count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def _touch(self, rows: range) -> None:
        if rows:
            self.dataChanged.emit(self.index(rows.start, 0), self.index(rows.stop - 1, len(self.columns) - 1))

    # -- what the view asks ------------------------------------------------------------------------------------------

    @property
    def is_dimmed(self) -> bool:
        """Whether the rows shown belong to an older question."""
        return self._dimmed

    @property
    def is_refused(self) -> bool:
        """Whether nothing is on its way that would replace dimmed rows."""
        return self._refused

    @property
    def is_exact(self) -> bool:
        """Whether ``rowCount`` is the whole listing, not only what is known so far."""
        return self._exact

    @property
    def is_whole(self) -> bool:
        """Whether all rows are in memory."""
        return self._exact and all(page in self._pages for page in range(-(-self._count // PAGE_ROWS)))

    @property
    def has_end(self) -> bool:
        """Whether it is a listing with anchors, or one whose end is known; not one that grows."""
        return not self._grows

    def known_key(self, number: int) -> PageKey | None:
        """The key of a page; None where it is not known, or is the first."""
        return self._keys[number] if number < len(self._keys) else None

    def page_key(self, number: int) -> PageKey | None:
        """The key of a page; IndexError where it is not known yet."""
        return self._keys[number]

    def missing_pages(self, first: int, last: int) -> list[int]:
        """Pages of these rows that are not in memory and can be asked for; those in memory count as used."""
        missing = []
        for number in range(max(0, first) // PAGE_ROWS, max(0, min(last, self._count - 1)) // PAGE_ROWS + 1):
            if number in self._pages:
                self._pages.move_to_end(number)
            elif number < len(self._keys):
                missing.append(number)
        if self._grows and not self._exact and last >= self._count - AHEAD_ROWS:
            missing.append(len(self._keys) - 1)
        return missing

    def row(self, number: int) -> Row | None:
        """The row, None where its page is not in memory."""
        page = self._pages.get(number // PAGE_ROWS)
        offset = number % PAGE_ROWS
        return page[offset] if page is not None and offset < len(page) else None

    def find(self, row_id: int) -> int | None:
        """Where a row stands, among the rows in memory."""
        return next((at for at, row in self._numbered() if row.id == row_id), None)

    def places(self, row_ids: Container[int]) -> dict[int, int]:
        """Where these rows stand, as far as they are in memory."""
        return {row.id: at for at, row in self._numbered() if row.id in row_ids}

    def _numbered(self) -> Iterator[tuple[int, Row]]:
        return ((number * PAGE_ROWS + at, row) for number, rows in self._pages.items() for at, row in enumerate(rows))

    def rows_in_memory(self) -> Iterable[Row]:
        """All rows in memory, in no order."""
        return (row for page in self._pages.values() for row in page)

    # -- Qt ----------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        """The rows known so far."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = _ROOT) -> int:
        """All columns, hidden or not."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell, from memory."""
        if not index.isValid():
            return None
        row = self.row(index.row())
        if role == ROW_ROLE or row is None:
            return row
        column = self.columns.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts.text(row, column.id)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._texts.tooltip(row, column.id) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row) if column.id == self.columns.filling else self._texts.text(row, column.id)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column.align_right)
        return None

    def _spoken(self, row: Row) -> str:
        said = self._texts.spoken(row)
        if row.id not in self.chosen:
            return said
        return QCoreApplication.translate("ListView", "selected, {row}").format(row=said)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings; a glyph column has its word too."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.columns.title(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns.columns[section].align_right)
        return None


def _alignment(right: bool) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
