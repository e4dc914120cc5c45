"""A table in which several rows can be chosen, where the list allows it."""

from __future__ import annotations

from typing import Generic

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QTableView, QWidget

from desk_client.listing.delegate import CellDelegate
from desk_client.listing.selection import RowSelection, RowsView, SelectionGestures
from desk_client.listing.table_model import PagedTableModel
from shared.schemas.listing import Row


class SeveralRows(QTableView, Generic[Row]):
    """Its one current row is as in every table; what is chosen beside it is in ``chosen``.

    Signals:
        ids_wanted(first, last, then): rows are chosen of which some are not in memory: ``then`` takes their ids.
        capped(): more rows were to be chosen than may be.
    """

    ids_wanted = Signal(int, int, object)
    capped = Signal()

    def __init__(self, model: PagedTableModel[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_silent = False
        self.chosen = RowSelection(self)
        self._rows = RowsView(self, model)
        self.gestures: SelectionGestures | None = None

    def allow_several(self) -> None:
        """Let several rows be chosen: by Shift, Ctrl, and Ctrl+A. Their ids may have to be asked for."""
        self.gestures = SelectionGestures(self._rows, self.chosen, self)
        self._rows.ids_wanted.connect(self.ids_wanted)
        self.gestures.capped.connect(self.capped)
        self.chosen.changed.connect(self.viewport().update)
        self._model.chosen = self.chosen
        delegate = self.itemDelegate()
        if isinstance(delegate, CellDelegate):
            delegate.chosen = self.chosen
        self.selectionModel().currentRowChanged.connect(self._on_step)

    def _on_step(self) -> None:
        if self.gestures is not None and not self._is_silent and not self._rows.is_stepping:
            self.gestures.plain_step()

    def choose_none(self) -> None:
        """Nothing is chosen beside the current row, nor will be by what was asked for."""
        if self.gestures is not None:
            self.gestures.plain_step()

    def takes_key(self, event: QKeyEvent) -> bool:
        """Whether a key chose rows."""
        return self.gestures is not None and self.gestures.key(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Shift and Ctrl choose several rows; a plain click one."""
        if self.gestures is None:
            super().mousePressEvent(event)
        elif not self.gestures.press(event):
            self.gestures.plain_step()
            super().mousePressEvent(event)
