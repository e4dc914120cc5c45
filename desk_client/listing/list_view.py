"""A list: a table that shows what its model has and asks for the rows that come into sight."""

from __future__ import annotations

from typing import Generic

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desk_client.listing.delegate import ROW_HEIGHT, CellDelegate
from desk_client.listing.held_place import HeldPlace
from desk_client.listing.list_header import ListHeader
from desk_client.listing.several_rows import SeveralRows
from desk_client.listing.table_model import PagedTableModel
from desk_client.theme import Theme
from desk_client.widgets.translated import Translated
from shared.schemas.listing import Row

OPEN_DELAY_MS = 180
ASK_DELAY_MS = 30


class ListView(Translated, SeveralRows[Row], Generic[Row]):
    """Shows a ``PagedTableModel``. Knows no database and no form.

    Signals:
        rows_wanted(first, last): these rows are in sight.
        row_chosen(id): the row is current for a moment; show it if nothing is in the way.
        row_opened(id): Enter: show it below.
        tab_wanted(id): double click: show it in a tab of its own.
        menu_wanted(QPoint): a context menu at this global position.
    """

    rows_wanted = Signal(int, int)
    row_chosen = Signal(int)
    row_opened = Signal(int)
    tab_wanted = Signal(int)
    menu_wanted = Signal(QPoint)

    def __init__(
        self,
        model: PagedTableModel[Row],
        delegate: CellDelegate[Row],
        theme: Theme,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, parent)
        self.setObjectName(name)
        self._theme = theme
        self._current_id: int | None = None
        self._delegate = delegate
        self._empty_text = ""
        self._header = ListHeader(self, model.columns, theme)
        self._ask_timer = _single_shot(self, ASK_DELAY_MS, self._ask_rows)
        self._choose_timer = _single_shot(self, OPEN_DELAY_MS, self._announce_current)
        self._build()
        self._connect()
        self._place: HeldPlace[Row] = HeldPlace(self, model)
        self.retranslate()

    def _build(self) -> None:
        self.setHorizontalHeader(self._header)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._header.set_defaults()

    def _connect(self) -> None:
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._model.dimmed_changed.connect(self._on_dimmed)
        self._model.modelReset.connect(self._on_reset)
        self._model.count_changed.connect(self._ask_timer.start)
        self._model.dataChanged.connect(self._on_rows_came)
        self._theme.changed.connect(self._on_theme_changed)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)

    def retranslate(self) -> None:
        """Headings; a list of an entity adds its own name."""
        self._header.setAccessibleName(QCoreApplication.translate("ListView", "Columns of the list"))
        self._model.retranslate()

    # -- for the page ------------------------------------------------------------------------------------------------

    @property
    def header(self) -> ListHeader:
        """Its heading: order and columns."""
        return self._header

    def current_id(self) -> int | None:
        """The id of the current row."""
        return self._current_id

    def chosen_ids(self) -> tuple[int, ...]:
        """The chosen rows, else the current one."""
        return self.chosen.ids() or (() if self._current_id is None else (self._current_id,))

    def select_row(self, row_id: int | None) -> None:
        """Make this row the current one where it is in memory; do not announce it."""
        row = None if row_id is None else self._model.find(row_id)
        self._current_id = row_id
        self._is_silent = True
        if row is None:
            self.selectionModel().clear()
        else:
            self.setCurrentIndex(self._model.index(row, 0))
        self._is_silent = False

    def step(self, by: int) -> None:
        """Go some rows up or down from the current one."""
        row = self.currentIndex().row() + by
        if 0 <= row < self._model.rowCount():
            self.setCurrentIndex(self._model.index(row, max(0, self.currentIndex().column())))

    def mark_own(self, machine: str) -> None:
        """What this machine edits is marked as its own."""
        self._delegate.own_machine = machine

    def set_empty_text(self, text: str) -> None:
        """What to say where there are no rows: what would be here, and the next step."""
        self._empty_text = text
        self.viewport().update()

    def save_columns(self) -> QByteArray:
        """Order, widths, visibility and sort of the columns."""
        return self._header.arrangement()

    def restore_columns(self, state: QByteArray) -> None:
        """Take a state of ``save_columns``; the first arrangement where it does not fit."""
        if state.isEmpty() or not self._header.restore(state):
            self._header.set_defaults()

    def row_at(self, position: QPoint) -> Row | None:
        """The row under a position of the viewport."""
        index = self.indexAt(position)
        return self._model.row(index.row()) if index.isValid() else None

    # -- what happens ------------------------------------------------------------------------------------------------

    def visible_rows(self) -> tuple[int, int]:
        """First and last row in sight."""
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._model.rowCount() - 1

    def _ask_rows(self) -> None:
        if self._model.rowCount():
            self.rows_wanted.emit(*self.visible_rows())

    def _on_scrolled(self) -> None:
        self._set_hovered(-1)
        # leading edge at once, then at most every ASK_DELAY_MS: a dragged thumb must not queue a read for each pixel
        if not self._ask_timer.isActive():
            self._ask_timer.start()

    def _on_dimmed(self, dimmed: bool) -> None:
        self._delegate.dimmed = dimmed
        self.viewport().update()

    def _on_reset(self) -> None:
        self.select_row(self._current_id)
        self.verticalScrollBar().setValue(0)

    def _on_theme_changed(self) -> None:
        self._delegate.forget_texts()
        self.viewport().update()

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._is_silent:
            row = self._model.row(current.row()) if current.isValid() else None
            self._current_id = row.id if row is not None else None
            self._choose_timer.start()

    def _on_rows_came(self) -> None:
        """The current row may have been a placeholder until now, or its row may stand elsewhere by now."""
        index = self.currentIndex()
        row = self._model.row(index.row()) if index.isValid() else None
        if self._current_id is None and row is not None:
            self._on_current_changed(index, index)
        elif self._current_id is not None and (row is None or row.id != self._current_id):
            self._follow_current(self._current_id, row)

    def _follow_current(self, row_id: int, row: Row | None) -> None:
        if self._model.find(row_id) is not None:
            self.select_row(row_id)
        elif row is not None:
            self._current_id = row.id  # it is not among these any more: Enter opens the row that is marked

    def _announce_current(self) -> None:
        if self._current_id is not None:
            self.row_chosen.emit(self._current_id)

    def _set_hovered(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    # -- Qt ----------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Room for a dozen rows."""
        return QSize(1_000, 12 * ROW_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; arrows, Home and End move; with Shift and Ctrl several rows are chosen."""
        if self.takes_key(event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not _is_modified(event):
            self._choose_timer.stop()
            if self._current_id is not None:
                self.row_opened.emit(self._current_id)
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._model.rowCount():
            row = 0 if event.key() == Qt.Key.Key_Home else self._model.rowCount() - 1
            self.setCurrentIndex(self._model.index(row, max(0, self.currentIndex().column())))
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the row under the pointer."""
        self._set_hovered(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer any more."""
        self._set_hovered(-1)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A tab of its own."""
        row = self.row_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose_timer.stop()
            self.tab_wanted.emit(row.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu; it is built from the action table."""
        self.menu_wanted.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The filling column takes or gives the difference; more rows may be in sight."""
        super().resizeEvent(event)
        self._header.fill_width(self.viewport().width())
        self._ask_timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or what would be here."""
        super().paintEvent(event)
        if self._model.rowCount() == 0 and self._empty_text:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(self.palette().ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(24, 24, -24, -24)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_text)
            painter.end()


def _single_shot(parent: QWidget, delay: int, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(delay)
    timer.timeout.connect(slot)
    return timer


def _is_modified(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
