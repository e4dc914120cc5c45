"""Paints the cells of the ticket list. Texts are laid out once and kept (``QStaticText``): scrolling only blits."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStaticText
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desk_client import icons
from desk_client.theme import Colours, Theme, emphasis
from desk_client.tickets.columns import COLUMNS, PRIORITY_GLYPHS, STATUS_GLYPHS, Column, ColumnId, is_ended
from desk_client.tickets.table_model import ROW_ROLE
from shared.domain.status import Status
from shared.schemas.ticket import TicketRow

ROW_HEIGHT = 32
PADDING = 8
GLYPH = 16
KEPT_TEXTS = 6_000
DIMMED_OPACITY = 0.45
_MUTED = frozenset({ColumnId.NUMBER, ColumnId.AGE, ColumnId.ACTIVITY})
Index = QModelIndex | QPersistentModelIndex


class TicketDelegate(QStyledItemDelegate):
    """One cell of a ``TicketTableModel``. ``hovered_row`` and ``dimmed`` are set by the view."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kept: dict[tuple[str, int, bool], QStaticText] = {}
        self._emphasis = QFont.Weight(emphasis())
        self.hovered_row = -1
        self.dimmed = False

    def forget_texts(self) -> None:
        """Lay texts out again: another font or scale."""
        self._kept.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(COLUMNS[index.column()].width, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, line below, then text or glyph."""
        colours, rect = self._theme.colours, option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_ground(painter, rect, colours, selected, index.row() == self.hovered_row)
        row: TicketRow | None = index.data(ROW_ROLE)
        column = COLUMNS[index.column()]
        if row is None:
            self._paint_placeholder(painter, rect, colours, index.row(), column)
            return
        if self.dimmed:
            painter.setOpacity(DIMMED_OPACITY)
        if column.id is ColumnId.PRIORITY:
            self._paint_priority(painter, rect, row, colours)
        elif column.id is ColumnId.EDITED:
            self._paint_edited(painter, rect, row, colours)
        else:
            self._paint_words(painter, rect, row, column, index, colours)
        painter.setOpacity(1.0)

    def _paint_ground(self, painter: QPainter, rect: QRect, colours: Colours, selected: bool, hovered: bool) -> None:
        ground = colours.selection if selected else colours.hover if hovered else colours.card
        painter.fillRect(rect, QColor(ground))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))

    def _paint_placeholder(self, painter: QPainter, rect: QRect, colours: Colours, row: int, column: Column) -> None:
        """A bar where the text will be: the row exists and is on its way."""
        if column.glyph_only:
            return
        share = (0.55, 0.8, 0.65, 0.9)[(row + column.width) % 4]
        width = int((rect.width() - 2 * PADDING) * share)
        left = rect.right() - PADDING - width if column.align_right else rect.left() + PADDING
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(QRectF(left, rect.center().y() - 4, width, 8), 4, 4)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, rect: QRect, row: TicketRow, column: Column, index: Index, colours: Colours
    ) -> None:
        left = rect.left() + PADDING
        if column.id is ColumnId.STATUS:
            name, colour = status_look(row.status, colours)
            self._paint_glyph(painter, QRect(left, rect.top(), GLYPH, rect.height()), name, colour)
            left += GLYPH + 6
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        if not text:
            return
        bold = row.status == Status.NEW and column.id is ColumnId.SUBJECT
        room = QRect(left, rect.top(), rect.right() - PADDING - left + 1, rect.height())
        painter.setPen(QColor(_text_colour(row, column, colours)))
        self._paint_text(painter, room, text, bold, column.align_right)

    def _paint_text(self, painter: QPainter, room: QRect, text: str, bold: bool, right: bool) -> None:
        font = painter.font()
        font.setWeight(self._emphasis if bold else QFont.Weight.Normal)
        painter.setFont(font)
        laid = self._laid_out(text, room.width(), bold, font)
        size = laid.size()
        left = room.right() + 1 - size.width() if right else room.left()
        painter.drawStaticText(QPointF(left, room.top() + (room.height() - 1 - size.height()) / 2), laid)

    def _laid_out(self, text: str, width: int, bold: bool, font: QFont) -> QStaticText:
        key = (text, width, bold)
        laid = self._kept.get(key)
        if laid is None:
            if len(self._kept) > KEPT_TEXTS:
                self._kept.clear()
            one_line = text.replace("\n", " ")
            laid = QStaticText(QFontMetrics(font).elidedText(one_line, Qt.TextElideMode.ElideRight, max(0, width)))
            laid.setTextFormat(Qt.TextFormat.PlainText)
            laid.prepare(font=font)
            self._kept[key] = laid
        return laid

    def _paint_priority(self, painter: QPainter, rect: QRect, row: TicketRow, colours: Colours) -> None:
        name = PRIORITY_GLYPHS.get(row.priority or "")
        if name is not None:
            colour = {"urgent": colours.red, "high": colours.amber}.get(row.priority or "", colours.muted)
            self._paint_glyph(painter, rect, name, colours.muted if is_ended(row) else colour)

    def _paint_edited(self, painter: QPainter, rect: QRect, row: TicketRow, colours: Colours) -> None:
        if row.edited_by is not None:
            self._paint_glyph(painter, rect, "pencil", colours.accent)

    def _paint_glyph(self, painter: QPainter, rect: QRect, name: str, colour: str) -> None:
        ratio = painter.device().devicePixelRatio()
        left = rect.left() + (rect.width() - GLYPH) // 2
        top = rect.top() + (rect.height() - 1 - GLYPH) // 2
        painter.drawPixmap(left, top, icons.pixmap(name, colour, GLYPH, ratio))


def status_look(status: str, colours: Colours) -> tuple[str, str]:
    """Glyph and colour of a status; the word stands beside it."""
    name = STATUS_GLYPHS.get(Status(status), "ring")
    if status in (Status.NEW, Status.OPEN):
        return name, colours.accent
    if status in (Status.WAITING_CUSTOMER, Status.WAITING_INTERNAL):
        return name, colours.amber
    return name, colours.green if status == Status.RESOLVED else colours.muted


def _text_colour(row: TicketRow, column: Column, colours: Colours) -> str:
    if column.id is ColumnId.ASSIGNEE and row.assignee is None:
        return colours.red
    if is_ended(row) or column.id in _MUTED:
        return colours.muted
    return colours.text
