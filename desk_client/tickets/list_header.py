"""The heading of the ticket list: sort, move, size and hide columns; everything remembered."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QCoreApplication, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QStyle, QStyleOptionHeader, QTableView

from desk_client import icons
from desk_client.theme import SMALL_PX, Theme, emphasis
from desk_client.tickets.columns import COLUMNS, INDEX, ColumnId, column_title
from shared.schemas.listing import SortKey

HEIGHT = 30
MIN_SUBJECT = 150
ENOUGH_SUBJECT = 260  # narrower, the column that is mostly empty makes room
PADDING = 8
ARROW = 12


def title_width(index: int, font: QFont) -> int:
    """How wide the heading's word is, as the style sheet paints it."""
    font = QFont(font)
    font.setPixelSize(SMALL_PX)
    font.setWeight(QFont.Weight(emphasis()))
    return QFontMetrics(font).horizontalAdvance(column_title(COLUMNS[index]))


class ListHeader(QHeaderView):
    """The heading. The subject takes the room that the others leave, until the person sizes it.

    Signals:
        sort_changed(SortKey, descending): the person clicked a heading.
    """

    sort_changed = Signal(object, bool)

    def __init__(self, table: QTableView, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._theme = theme
        self.setObjectName("ticketListHeader")
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(36)
        self.setFixedHeight(HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        self._sorted = INDEX[ColumnId.AGE]
        self._order = (SortKey.REPORTED, True)
        self._makes_room = False  # the column is hidden for the width alone, not by the person
        self._stays = False  # the person wants it whatever the width
        self.sortIndicatorChanged.connect(self._on_indicator_changed)

    def set_defaults(self) -> None:
        """First widths and visibility; the newest report first."""
        self.setSortIndicatorShown(True)  # a table that takes a heading hides its arrow
        for index, column in enumerate(COLUMNS):
            self.resizeSection(index, column.width)
            self.setSectionHidden(index, column.hidden)
        self.show_sort(SortKey.REPORTED, True)

    def show_sort(self, key: SortKey, descending: bool) -> None:
        """Point the arrow without asking for the order."""
        self._order = (key, descending)
        for index, column in enumerate(COLUMNS):
            if column.sort is key:
                self._sorted = index
                is_down = descending is not column.inverted
                order = Qt.SortOrder.DescendingOrder if is_down else Qt.SortOrder.AscendingOrder
                self.blockSignals(True)
                self.setSortIndicator(index, order)
                self.blockSignals(False)
                self.viewport().update()
                return

    def sort(self) -> tuple[SortKey, bool]:
        """The order asked for: key and whether it is descending."""
        column = COLUMNS[self._sorted]
        is_down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        return column.sort or SortKey.REPORTED, is_down is not column.inverted

    def restore(self, state: QByteArray) -> bool:
        """Take a remembered state; False where it is of another set of columns."""
        self.blockSignals(True)
        restored = self.restoreState(state) and self.count() == len(COLUMNS)
        self.blockSignals(False)
        section = self.sortIndicatorSection()
        if restored and 0 <= section < len(COLUMNS) and COLUMNS[section].sort is not None:
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
        width = title_width(index, self.font())
        if COLUMNS[index].align_right:
            left = rect.right() - PADDING - width - ARROW - 1
        else:
            left = rect.left() + PADDING + width + 3
        painter.drawPixmap(left, rect.center().y() - ARROW // 2 + 1, arrow)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, index: int) -> None:
        """A heading that sorts nothing does not light up as one to click."""
        super().initStyleOptionForIndex(option, index)
        if COLUMNS[index].sort is None:
            option.state &= ~(QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Sunken)

    def fill_width(self, width: int) -> None:
        """Give the subject what the other columns leave of ``width``."""
        subject = INDEX[ColumnId.SUBJECT]
        if not self.isSectionHidden(subject):
            self._make_room(width)
            others = self.length() - self.sectionSize(subject)
            self.resizeSection(subject, max(MIN_SUBJECT, width - others))

    def _make_room(self, width: int) -> None:
        """Hide whom it waits for, which few tickets have, where the subject would be cut short; and show it again."""
        subject, waiting = INDEX[ColumnId.SUBJECT], INDEX[ColumnId.WAITING]
        self._show_all_wanted()
        if not self.isSectionHidden(waiting) and not self._stays:
            self._makes_room = width - self.length() + self.sectionSize(subject) < ENOUGH_SUBJECT
            self.setSectionHidden(waiting, self._makes_room)

    def _show_all_wanted(self) -> None:
        if self._makes_room:
            self._makes_room = False
            self.setSectionHidden(INDEX[ColumnId.WAITING], False)

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
            if index == INDEX[ColumnId.WAITING]:
                self._makes_room, self._stays = False, not hide
            self.setSectionHidden(index, hide)
            self.fill_width(self.viewport().width())

    def column_actions(self, parent: QMenu) -> list[QAction]:
        """One checkable action a column, in the order shown."""
        actions = []
        for visual in range(self.count()):
            index = self.logicalIndex(visual)
            action = QAction(column_title(COLUMNS[index]), parent)
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
            self.resizeSection(index, COLUMNS[index].width)
            self.setSectionHidden(index, COLUMNS[index].hidden)
        self.fill_width(self.viewport().width())

    def _on_indicator_changed(self, section: int, _order: Qt.SortOrder) -> None:
        if COLUMNS[section].sort is None:
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
