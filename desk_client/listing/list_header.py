"""The heading of a list: sort, move, size and hide columns; everything remembered."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QByteArray, QCoreApplication, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QStyle, QStyleOptionHeader, QTableView

from desk_client import icons
from desk_client.listing.columns import ColumnSet
from desk_client.theme import SMALL_PX, Theme, emphasis

HEIGHT = 30
MIN_FILLING = 150
ENOUGH_FILLING = 260  # narrower, the column that is mostly empty makes room
PADDING = 8
ARROW = 12


def title_width(columns: ColumnSet, index: int, font: QFont) -> int:
    """How wide the heading's word is, as the style sheet paints it."""
    font = QFont(font)
    font.setPixelSize(SMALL_PX)
    font.setWeight(QFont.Weight(emphasis()))
    return QFontMetrics(font).horizontalAdvance(columns.title(index))


class ListHeader(QHeaderView):
    """The heading. One column takes the room that the others leave, until the person sizes it.

    Signals:
        sort_changed(key, descending): the person clicked a heading.
    """

    sort_changed = Signal(object, bool)

    def __init__(self, table: QTableView, columns: ColumnSet, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._columns = columns
        self._theme = theme
        self.setObjectName(f"{table.objectName()}Header")
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(36)
        self.setFixedHeight(HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        self._filling = columns.index(columns.filling)
        self._yielding = columns.index(columns.yielding) if columns.yielding else -1
        self._order = (columns.sort, columns.descending)
        self._sorted = next(index for index, column in enumerate(columns.columns) if column.sort is columns.sort)
        self._makes_room = False  # the column is hidden for the width alone, not by the person
        self._stays = False  # the person wants it whatever the width
        self.sortIndicatorChanged.connect(self._on_indicator_changed)

    def set_defaults(self) -> None:
        """First widths, visibility and order."""
        self.setSortIndicatorShown(True)  # a table that takes a heading hides its arrow
        for index, column in enumerate(self._columns.columns):
            self.resizeSection(index, column.width)
            self.setSectionHidden(index, column.hidden)
        self.show_sort(self._columns.sort, self._columns.descending)

    def show_sort(self, key: StrEnum, descending: bool) -> None:
        """Point the arrow without asking for the order."""
        self._order = (key, descending)
        for index, column in enumerate(self._columns.columns):
            if column.sort is key:
                self._sorted = index
                is_down = descending is not column.inverted
                order = Qt.SortOrder.DescendingOrder if is_down else Qt.SortOrder.AscendingOrder
                self.blockSignals(True)
                self.setSortIndicator(index, order)
                self.blockSignals(False)
                self.viewport().update()
                return

    def sort(self) -> tuple[StrEnum, bool]:
        """The order asked for: key and whether it is descending."""
        column = self._columns.columns[self._sorted]
        is_down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        return column.sort or self._columns.sort, is_down is not column.inverted

    def restore(self, state: QByteArray) -> bool:
        """Take a remembered state; False where it is of another set of columns."""
        self.blockSignals(True)
        restored = self.restoreState(state) and self.count() == len(self._columns)
        self.blockSignals(False)
        section = self.sortIndicatorSection()
        if restored and 0 <= section < len(self._columns) and self._columns.columns[section].sort is not None:
            self._sorted = section
            self._order = self.sort()
        return restored

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        """The heading, and beside its word the arrow of the order: over it, as the style does it, it hides letters."""
        painter.save()
        super().paintSection(painter, rect, index)
        painter.restore()
        if index != self._sorted:
            return
        is_down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        arrow = icons.pixmap("down" if is_down else "up", self._theme.colours.accent, ARROW, self.devicePixelRatioF())
        width = title_width(self._columns, index, self.font())
        if self._columns.columns[index].align_right:
            left = rect.right() - PADDING - width - ARROW - 1
        else:
            left = rect.left() + PADDING + width + 3
        painter.drawPixmap(left, rect.center().y() - ARROW // 2 + 1, arrow)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, index: int) -> None:
        """A heading that sorts nothing does not light up as one to click."""
        super().initStyleOptionForIndex(option, index)
        if self._columns.columns[index].sort is None:
            option.state &= ~(QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Sunken)

    def fill_width(self, width: int) -> None:
        """Give the filling column what the other columns leave of ``width``."""
        filling = self._filling
        if not self.isSectionHidden(filling):
            self._make_room(width)
            others = self.length() - self.sectionSize(self._filling)
            self.resizeSection(filling, max(MIN_FILLING, width - others))

    def _make_room(self, width: int) -> None:
        """Hide the yielding column where the filling one would be cut short; and show it again."""
        yielding = self._yielding
        self._show_all_wanted()
        if yielding >= 0 and not self.isSectionHidden(yielding) and not self._stays:
            self._makes_room = width - self.length() + self.sectionSize(self._filling) < ENOUGH_FILLING
            self.setSectionHidden(yielding, self._makes_room)

    def _show_all_wanted(self) -> None:
        if self._makes_room:
            self._makes_room = False
            self.setSectionHidden(self._yielding, False)

    def arrangement(self) -> QByteArray:
        """What ``restore`` takes: the columns as the person wants them, whatever the width is now."""
        self._show_all_wanted()
        state = self.saveState()
        self.fill_width(self.viewport().width())
        return state

    def toggle(self, index: int) -> None:
        """Show or hide a column; the last one stays."""
        hide = not self.isSectionHidden(index)
        if not hide or self.count() - self.hiddenSectionCount() > 1:
            if index == self._yielding:
                self._makes_room, self._stays = False, not hide
            self.setSectionHidden(index, hide)
            self.fill_width(self.viewport().width())

    def column_actions(self, parent: QMenu) -> list[QAction]:
        """One checkable action a column, in the order shown."""
        actions = []
        for visual in range(self.count()):
            index = self.logicalIndex(visual)
            action = QAction(self._columns.title(index), parent)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(index))
            action.triggered.connect(lambda _checked=False, at=index: self.toggle(at))
            actions.append(action)
        return actions

    def fill_menu(self, menu: QMenu) -> None:
        """Offer all columns, and a way back to the first arrangement."""
        menu.clear()
        menu.addActions(self.column_actions(menu))
        menu.addSeparator()
        reset = menu.addAction(QCoreApplication.translate("ListHeader", "Reset columns"))
        reset.triggered.connect(self.reset_columns)

    def reset_columns(self) -> None:
        """Back to the first arrangement, keeping the order of rows."""
        self._makes_room = self._stays = False
        for index in range(self.count()):
            self.moveSection(self.visualIndex(index), index)
            self.resizeSection(index, self._columns.columns[index].width)
            self.setSectionHidden(index, self._columns.columns[index].hidden)
        self.fill_width(self.viewport().width())

    def _on_indicator_changed(self, section: int, _order: Qt.SortOrder) -> None:
        if self._columns.columns[section].sort is None:
            self.show_sort(*self._order)  # not sortable: the arrow goes back to where it was
            return
        self._sorted = section
        self._order = self.sort()
        self.sort_changed.emit(*self._order)

    def _on_menu_wanted(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("columnMenu")
        self.fill_menu(menu)
        menu.exec(self.mapToGlobal(position))
        menu.deleteLater()
