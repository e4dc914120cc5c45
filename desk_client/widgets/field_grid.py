"""Lays fields out in as many columns as the width allows, row by row, and keeps Tab in that order."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desk_client.widgets.field_frame import FieldFrame

MAX_COLUMNS = 3
COLUMN_WIDTH = 190
COLUMN_GAP = 14
ROW_GAP = 4  # the room of the messages is between the rows as well
READING_GAP = 10


class FieldGrid(QWidget):
    """One to three columns; a wide field takes a row of its own. A hidden field leaves no gap."""

    def __init__(self, parent: QWidget | None = None, *, row_gap: int = ROW_GAP) -> None:
        super().__init__(parent)
        self.setObjectName("fieldGrid")
        self._frames: list[FieldFrame] = []
        self._wide: set[str] = set()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(COLUMN_GAP)
        self._grid.setVerticalSpacing(row_gap)

    @property
    def columns(self) -> int:
        """How many columns there are now."""
        return self._columns

    def add(self, frame: FieldFrame, *, wide: bool = False) -> None:
        """Add a field behind the others."""
        frame.setParent(self)
        self._frames.append(frame)
        if wide:
            self._wide.add(frame.name)

    def visible_frames(self) -> list[FieldFrame]:
        """The fields that are shown, in their order."""
        return [frame for frame in self._frames if not frame.isHidden()]

    def arrange(self, columns: int | None = None) -> None:
        """Lay out the shown fields again, in the same number of columns if none is given."""
        self._columns = columns or self._columns or MAX_COLUMNS
        while self._grid.takeAt(0) is not None:
            pass
        row = column = 0
        for frame in self.visible_frames():
            span = self._columns if frame.name in self._wide else 1
            if column + span > self._columns:
                row, column = row + 1, 0
            self._grid.addWidget(frame, row, column, 1, span, Qt.AlignmentFlag.AlignTop)
            column += span
        for index in range(MAX_COLUMNS):
            self._grid.setColumnStretch(index, 1 if index < self._columns else 0)
            self._grid.setColumnMinimumWidth(index, 0)
        self._order_tabs()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take more or fewer columns."""
        super().resizeEvent(event)
        wanted = max(1, min(MAX_COLUMNS, (event.size().width() + COLUMN_GAP) // (COLUMN_WIDTH + COLUMN_GAP)))
        if wanted != self._columns:
            self.arrange(wanted)

    def minimumSizeHint(self) -> QSize:
        """As narrow as one column."""
        return QSize(COLUMN_WIDTH, super().minimumSizeHint().height())

    def _order_tabs(self) -> None:
        for before, after in pairwise(self.visible_frames()):
            QWidget.setTabOrder(before.editor, after.editor)
