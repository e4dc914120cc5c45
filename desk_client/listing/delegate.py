"""Paints the cells of a list. Texts are laid out once and kept (``QStaticText``): scrolling only blits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStaticText
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desk_client import icons
from desk_client.listing.columns import Column, ColumnSet
from desk_client.listing.table_model import ROW_ROLE
from desk_client.theme import Colours, Theme, emphasis
from shared.schemas.listing import Row

ROW_HEIGHT = 32
PADDING = 8
GLYPH = 16
KEPT_TEXTS = 6_000
DIMMED_OPACITY = 0.45
Index = QModelIndex | QPersistentModelIndex


class Look(NamedTuple):
    """How a cell is painted: the colour of its words, and the glyph before them (or alone, in a glyph column)."""

    colour: str
    bold: bool = False
    glyph: str | None = None
    glyph_colour: str = ""


class CellDelegate(QStyledItemDelegate, Generic[Row]):
    """One cell of a ``PagedTableModel``; ``hovered_row`` and ``dimmed`` are set by the view. Entities say the look."""

    def __init__(self, columns: ColumnSet, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = columns.columns
        self._theme = theme
        self._kept: dict[tuple[str, int, bool], QStaticText] = {}
        self._emphasis = QFont.Weight(emphasis())
        self.hovered_row = -1
        self.dimmed = False
        self.own_machine = ""
        self.chosen: Collection[int] = ()  # several rows; without any it is the current one

    def look(self, row: Row, column: Column, colours: Colours) -> Look:
        """How this cell is painted."""
        return Look(colours.text)

    def edit_glyph(self, edited_by: str | None) -> str | None:
        """The mark of a row that is being edited; another one for what is edited at this machine."""
        if edited_by is None:
            return None
        return "pencil-own" if edited_by == self.own_machine else "pencil"

    def forget_texts(self) -> None:
        """Lay texts out again: another font or scale."""
        self._kept.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(self._columns[index.column()].width, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, line below, then text or glyph."""
        colours, rect = self._theme.colours, option.rect
        row: Row | None = index.data(ROW_ROLE)
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        selected = row is not None and row.id in self.chosen if self.chosen else current
        self._paint_ground(painter, rect, colours, selected, index.row() == self.hovered_row)
        if self.chosen and current:
            self._paint_current(painter, rect, colours)
        column = self._columns[index.column()]
        if row is None:
            self._paint_placeholder(painter, rect, colours, index.row(), column)
            return
        if self.dimmed:
            painter.setOpacity(DIMMED_OPACITY)
        look = self.look(row, column, colours)
        if not column.glyph_only:
            self._paint_words(painter, rect, look, column, index)
        elif look.glyph is not None:
            self._paint_glyph(painter, rect, look.glyph, look.glyph_colour)
        painter.setOpacity(1.0)

    def _paint_ground(self, painter: QPainter, rect: QRect, colours: Colours, selected: bool, hovered: bool) -> None:
        ground = colours.selection if selected else colours.hover if hovered else colours.card
        painter.fillRect(rect, QColor(ground))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))

    def _paint_current(self, painter: QPainter, rect: QRect, colours: Colours) -> None:
        """Where the keys are, among several chosen rows: it may be none of them."""
        for top in (rect.top(), rect.bottom() - 1):
            painter.fillRect(rect.left(), top, rect.width(), 1, QColor(colours.accent))

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

    def _paint_words(self, painter: QPainter, rect: QRect, look: Look, column: Column, index: Index) -> None:
        left = rect.left() + PADDING
        if look.glyph is not None:
            self._paint_glyph(painter, QRect(left, rect.top(), GLYPH, rect.height()), look.glyph, look.glyph_colour)
            left += GLYPH + 6
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        if not text:
            return
        room = QRect(left, rect.top(), rect.right() - PADDING - left + 1, rect.height())
        painter.setPen(QColor(look.colour))
        self._paint_text(painter, room, text, look.bold, column.align_right)

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

    def _paint_glyph(self, painter: QPainter, rect: QRect, name: str, colour: str) -> None:
        ratio = painter.device().devicePixelRatio()
        left = rect.left() + (rect.width() - GLYPH) // 2
        top = rect.top() + (rect.height() - 1 - GLYPH) // 2
        painter.drawPixmap(left, top, icons.pixmap(name, colour, GLYPH, ratio))
