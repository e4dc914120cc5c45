"""A list that is read anew holds its place: the rows in sight stay where they are, whatever came or went above."""

from __future__ import annotations

from collections import Counter
from typing import Generic

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTableView

from desk_client.listing.delegate import ROW_HEIGHT
from desk_client.listing.table_model import PagedTableModel
from shared.schemas.listing import Row


class HeldPlace(QObject, Generic[Row]):
    """One for each list. A list that stands at its very beginning stays there: what is new appears."""

    def __init__(self, view: QTableView, model: PagedTableModel[Row]) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._value = 0
        self._in_sight: dict[int, int] = {}
        model.rows_changing.connect(self._note)
        model.rows_changed.connect(self._hold)

    def _note(self) -> None:
        """Others are about to be put in."""
        self._value = self._view.verticalScrollBar().value()
        self._in_sight = {}
        if self._value:
            first, last = self._view.rowAt(0), self._view.rowAt(self._view.viewport().height() - 1)
            rows = range(first, (last if last >= 0 else self._model.rowCount() - 1) + 1)
            self._in_sight = {row.id: at for at in rows if (row := self._model.row(at)) is not None}

    def _hold(self) -> None:
        """They are there: go with most of those that were in sight; one that went elsewhere takes nobody along."""
        now = self._model.places(self._in_sight)
        steps = Counter(now[row_id] - at for row_id, at in self._in_sight.items() if row_id in now)
        step = steps.most_common(1)[0][0] if steps else 0
        self._view.updateGeometries()  # the scroll bar knows how many there are by now
        self._view.verticalScrollBar().setValue(self._value + step * ROW_HEIGHT)
