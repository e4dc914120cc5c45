"""Several rows chosen in a list: which, and by what keys and clicks. By id: reading the list anew leaves them chosen.

Without it a list has its one current row. It begins with Shift, Ctrl or Ctrl+A, and ends with the next plain step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QTableView

from desk_client.listing.table_model import PagedTableModel
from shared.schemas.bulk import MOST_ROWS
from shared.schemas.listing import Row

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)


class RowSelection(QObject):
    """The ids of the chosen rows, in the order in which they were chosen.

    Signals:
        changed(): other rows are chosen.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: dict[int, None] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __bool__(self) -> bool:
        return bool(self._ids)

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._ids

    def ids(self) -> tuple[int, ...]:
        """The chosen rows."""
        return tuple(self._ids)

    def set(self, ids: Iterable[int]) -> None:
        """Choose these and no others, as many as may be."""
        chosen = dict.fromkeys(list(ids)[:MOST_ROWS])
        if chosen.keys() != self._ids.keys():
            self._ids = chosen
            self.changed.emit()

    def toggle(self, row_id: int) -> None:
        """Choose this row too, or not any more."""
        if row_id in self._ids:
            self.set(one for one in self._ids if one != row_id)
        else:
            self.set((*self._ids, row_id))

    def clear(self) -> None:
        """Choose none."""
        self.set(())


class RowsView(QObject, Generic[Row]):
    """What the gestures need of a list.

    Signals:
        ids_wanted(first, last, then): find the ids of these rows, of which some are not in memory.
    """

    ids_wanted = Signal(int, int, object)

    def __init__(self, view: QTableView, model: PagedTableModel[Row]) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self.is_stepping = False

    def row_count(self) -> int:
        """How many rows are known."""
        return self._model.rowCount()

    def current_row(self) -> int:
        """Where the current row stands, -1 for none."""
        return self._view.currentIndex().row()

    def rows_in_sight(self) -> int:
        """How many rows a page has."""
        return self._view.viewport().height() // max(1, self._view.verticalHeader().defaultSectionSize())

    def id_of_row(self, row: int) -> int | None:
        """The id of a row, None where it is not in memory."""
        found = self._model.row(row)
        return None if found is None else found.id

    def row_of_id(self, row_id: int) -> int | None:
        """Where a row stands, None where it is not in memory."""
        return self._model.find(row_id)

    def row_under(self, event: QMouseEvent) -> int:
        """The row under the pointer, -1 for none."""
        return self._view.indexAt(event.position().toPoint()).row()

    def go_to_row(self, row: int) -> None:
        """Make a row the current one; what is chosen stays."""
        self.is_stepping = True
        self._view.setCurrentIndex(self._model.index(row, max(0, self._view.currentIndex().column())))
        self.is_stepping = False


class SelectionGestures(QObject):
    """Turns keys and clicks into a ``RowSelection``. Each answers whether it was one of its own.

    Signals:
        capped(): more was asked for than may be chosen.
    """

    capped = Signal()

    def __init__(self, rows: RowsView[Any], selection: RowSelection, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._selection = selection
        self._anchor: tuple[int, int | None] | None = None  # where a range begins: place and id
        self._asked = 0

    def plain_step(self) -> None:
        """The person went on to another row: that one alone is meant."""
        self._asked += 1
        self._anchor = None
        self._selection.clear()

    # -- mouse -----------------------------------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> bool:
        """A mouse button went down."""
        row = self._rows.row_under(event)
        if row < 0:
            return False
        if event.button() == Qt.MouseButton.RightButton:
            return self._press_for_menu(row)
        if event.button() != Qt.MouseButton.LeftButton or not event.modifiers() & (SHIFT | CONTROL):
            return False
        if event.modifiers() & SHIFT:
            self._extend_to(row)
        else:
            self._toggle(row)
        return True

    def _press_for_menu(self, row: int) -> bool:
        row_id = self._rows.id_of_row(row)
        if row_id is None or row_id not in self._selection:
            return False
        self._rows.go_to_row(row)
        return True

    def _toggle(self, row: int) -> None:
        self._asked += 1
        current, row_id = self._rows.current_row(), self._rows.id_of_row(row)
        if row_id is None:
            return
        first = self._rows.id_of_row(current) if current >= 0 and not self._selection else None
        if first is not None:
            self._selection.set((first,))
        self._selection.toggle(row_id)
        self._rows.go_to_row(row)
        self._anchor = row, row_id

    # -- keys ------------------------------------------------------------------------------------------------------

    def key(self, event: QKeyEvent) -> bool:
        """A key went down."""
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_Escape and not modifiers and self._selection:
            self.plain_step()
        elif key == Qt.Key.Key_A and modifiers == CONTROL:
            self.choose_all()
        elif key == Qt.Key.Key_Space and modifiers == CONTROL and self._rows.current_row() >= 0:
            self._toggle_current()
        elif key in _STEPS and modifiers == SHIFT:
            self._extend_to(self._step_from(self._rows.current_row(), key))
        elif key in _STEPS and modifiers == CONTROL:
            self._rows.go_to_row(self._step_from(self._rows.current_row(), key))
        else:
            return False
        return True

    def choose_all(self) -> None:
        """Choose every row of the list, as many as may be."""
        self._anchor = None
        if self._rows.row_count() > MOST_ROWS:
            self.capped.emit()
        self._choose(0, MOST_ROWS - 1)

    def _toggle_current(self) -> None:
        row = self._rows.current_row()
        row_id = self._rows.id_of_row(row)
        if row_id is not None:
            self._selection.toggle(row_id)
            self._anchor = row, row_id

    def _step_from(self, row: int, key: int) -> int:
        page = max(1, self._rows.rows_in_sight() - 1)
        last = self._rows.row_count() - 1
        wanted = {
            Qt.Key.Key_Up: row - 1, Qt.Key.Key_Down: row + 1, Qt.Key.Key_PageUp: row - page,
            Qt.Key.Key_PageDown: row + page, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }[Qt.Key(key)]  # fmt: skip
        return max(0, min(wanted, last))

    # -- ranges ----------------------------------------------------------------------------------------------------

    def _extend_to(self, row: int) -> None:
        if row < 0:
            return
        start = self._anchor_row()
        self._rows.go_to_row(row)
        far = max(start - MOST_ROWS + 1, min(row, start + MOST_ROWS - 1))
        if far != row:
            self.capped.emit()
        self._choose(min(start, far), max(start, far))

    def _anchor_row(self) -> int:
        """Where the range begins: its row may stand elsewhere by now."""
        if self._anchor is None:
            row = max(0, self._rows.current_row())
            self._anchor = row, self._rows.id_of_row(row)
        row, row_id = self._anchor
        found = None if row_id is None else self._rows.row_of_id(row_id)
        return row if found is None else found

    def _choose(self, first: int, last: int) -> None:
        """Choose these rows; where some are not in memory, once their ids are known and nothing else was chosen."""
        self._asked += 1
        asked = self._asked
        known = [self._rows.id_of_row(row) for row in range(first, min(last + 1, self._rows.row_count()))]
        if last < self._rows.row_count() and None not in known:
            self._selection.set(one for one in known if one is not None)
            return

        def take(ids: tuple[int, ...]) -> None:
            if asked == self._asked:
                self._selection.set(ids)

        self._rows.ids_wanted.emit(first, last, take)
