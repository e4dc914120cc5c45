"""The views on the left: named filters with the number of tickets in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desk_client.theme import Theme
from desk_client.tickets.standard_filters import ViewId, standard_filters
from desk_client.widgets.translated import Translated
from shared.schemas.ticket_listing import TicketFilter

ROW_HEIGHT = 32
COUNT_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class View:
    """A named filter; ``empty`` says what would be here."""

    id: ViewId
    title: Any
    empty: Any
    filter: TicketFilter


_WORDS: dict[ViewId, tuple[Any, Any]] = {
    ViewId.MY_OPEN: (
        QT_TRANSLATE_NOOP("Views", "My open"),
        QT_TRANSLATE_NOOP("Views", "Tickets that are assigned to you and not finished would be here."),
    ),
    ViewId.NOBODYS: (
        QT_TRANSLATE_NOOP("Views", "Nobody's"),
        QT_TRANSLATE_NOOP("Views", "Tickets that nobody has taken yet would be here."),
    ),
    ViewId.WAITING_CUSTOMER: (
        QT_TRANSLATE_NOOP("Views", "Waiting for customer"),
        QT_TRANSLATE_NOOP("Views", "Tickets that wait for an answer of the customer would be here."),
    ),
    ViewId.WAITING_US: (
        QT_TRANSLATE_NOOP("Views", "Waiting for us"),
        QT_TRANSLATE_NOOP("Views", "Tickets that wait for a colleague or another department would be here."),
    ),
    ViewId.DUE_SOON: (
        QT_TRANSLATE_NOOP("Views", "Due soon"),
        QT_TRANSLATE_NOOP("Views", "Tickets that are overdue or due within three days would be here."),
    ),
    ViewId.ALL: (
        QT_TRANSLATE_NOOP("Views", "All tickets"),
        QT_TRANSLATE_NOOP("Views", "Every ticket would be here. There is none yet."),
    ),
}


def standard_views(person_id: int | None) -> tuple[View, ...]:
    """The views of a person."""
    return tuple(View(view, *_WORDS[view], wanted) for view, wanted in standard_filters(person_id).items())


class _ViewDelegate(QStyledItemDelegate):
    """Name on the left, number on the right, the current one on a rounded ground."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours, rect = self._theme.colours, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection if selected else colours.line))
            painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), 5, 5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 1.5, -0.5, -1.5), 5, 5)
        count = index.data(COUNT_ROLE)
        shown = "" if count is None else QLocale().toString(count)
        room = rect.adjusted(12, 0, -10, 0)
        width = painter.fontMetrics().horizontalAdvance(shown)
        painter.setPen(QColor(colours.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(colours.text))
        name_room = QRect(room.left(), room.top(), room.width() - width - 6, room.height())
        name = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, name_room.width())
        painter.drawText(name_room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


class ViewList(Translated, QListWidget):
    """The list of views.

    Signals:
        view_chosen(View): show this one.
    """

    view_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewList")
        self.setProperty("role", "views")
        self.setItemDelegate(_ViewDelegate(theme, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self._views: tuple[View, ...] = ()
        theme.changed.connect(self.viewport().update)
        self.currentRowChanged.connect(self._on_row_changed)
        self.itemClicked.connect(lambda item: self._on_row_changed(self.row(item)))
        self.retranslate()

    @property
    def views(self) -> tuple[View, ...]:
        """What is offered."""
        return self._views

    def set_views(self, views: tuple[View, ...]) -> None:
        """Offer these."""
        self._views = views
        self.blockSignals(True)
        self.clear()
        for view in views:
            item = QListWidgetItem(self)
            item.setData(Qt.ItemDataRole.UserRole, view.id)
        self.setCurrentRow(-1)
        self.blockSignals(False)
        self.retranslate()

    def set_counts(self, counts: tuple[int, ...]) -> None:
        """The number of tickets of each view, in their order."""
        for row, count in enumerate(counts):
            self.item(row).setData(COUNT_ROLE, count)
        self.retranslate()

    def show_filter(self, shown: TicketFilter) -> None:
        """Mark the view that is exactly this filter, or none."""
        row = next((row for row, view in enumerate(self._views) if view.filter == shown), -1)
        self.blockSignals(True)
        self.setCurrentRow(row)
        if row < 0:
            self.clearSelection()
        self.blockSignals(False)
        self.viewport().update()

    def view(self, view_id: str) -> View | None:
        """The view with that id."""
        return next((view for view in self._views if view.id == view_id), None)

    def retranslate(self) -> None:
        """Names, and what a screen reader says."""
        self.setAccessibleName(QCoreApplication.translate("Views", "Views"))
        for row, view in enumerate(self._views):
            item, name = self.item(row), QCoreApplication.translate("Views", view.title)
            item.setText(name)
            count = item.data(COUNT_ROLE)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name if count is None else f"{name}, {count}")

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self._views):
            self.view_chosen.emit(self._views[row])
