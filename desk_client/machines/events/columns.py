"""The columns of the list of security events, and how its cells look."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject

from desk_client import security_event_words as words
from desk_client.listing.columns import Column, ColumnSet, time_text
from desk_client.listing.delegate import CellDelegate, Look
from desk_client.theme import Colours, Theme
from shared.schemas.machine import EventSort, SecurityEventRow


class ColumnId(StrEnum):
    """The columns, in their first order."""

    AT = "at"
    KIND = "kind"
    MACHINE = "machine"
    ADDRESS = "address"
    DETAIL = "detail"
    SEEN = "seen"


EVENT_COLUMNS = ColumnSet(
    (
        Column(ColumnId.AT, QT_TRANSLATE_NOOP("EventColumns", "When"), 140, EventSort.AT),
        Column(ColumnId.KIND, QT_TRANSLATE_NOOP("EventColumns", "What"), 240, EventSort.KIND),
        Column(ColumnId.MACHINE, QT_TRANSLATE_NOOP("EventColumns", "Machine"), 150, EventSort.MACHINE),
        Column(ColumnId.ADDRESS, QT_TRANSLATE_NOOP("EventColumns", "Address"), 130),
        Column(ColumnId.DETAIL, QT_TRANSLATE_NOOP("EventColumns", "Details"), 300),
        Column(ColumnId.SEEN, QT_TRANSLATE_NOOP("EventColumns", "Seen"), 200),
    ),
    EventSort.AT,
    descending=True,
    filling=ColumnId.DETAIL,
    say=lambda title: QCoreApplication.translate("EventColumns", title),
)


class EventTexts:
    """Words for the cells of a security event, in the language of the window."""

    def __init__(self) -> None:
        self._texts: dict[str, Callable[[SecurityEventRow], str]] = {
            ColumnId.AT: lambda row: time_text(row.at),
            ColumnId.KIND: lambda row: words.kind_text(row.kind),
            ColumnId.MACHINE: lambda row: row.machine or "",
            ColumnId.ADDRESS: lambda row: row.address or "",
            ColumnId.DETAIL: words.detail_text,
            ColumnId.SEEN: _seen,
        }

    def text(self, row: SecurityEventRow, column: str) -> str:
        """What the cell says."""
        return self._texts[column](row)

    def tooltip(self, row: SecurityEventRow, column: str) -> str:
        """What it means, and what to do about it."""
        if column == ColumnId.KIND:
            return " ".join(part for part in (words.meaning_text(row), words.advice_text(row)) if part)
        return self.text(row, column)

    def spoken(self, row: SecurityEventRow) -> str:
        """The row as a screen reader says it."""
        alarm = QCoreApplication.translate("EventColumns", "alarm") if row.is_alarm else ""
        said = [alarm, *(self.text(row, column) for column in (ColumnId.KIND, ColumnId.MACHINE, ColumnId.ADDRESS))]
        said += [self.text(row, ColumnId.AT), _seen(row)]
        return ", ".join(part for part in said if part)


def _seen(row: SecurityEventRow) -> str:
    if row.is_open:
        return QCoreApplication.translate("EventColumns", "not yet")
    if row.seen_at is None:
        return ""
    said = QCoreApplication.translate("EventColumns", "{time} at {machine}")
    return said.format(time=time_text(row.seen_at), machine=row.seen_by or "")


class EventDelegate(CellDelegate[SecurityEventRow]):
    """One cell of the list: an alarm that nobody has seen stands out."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(EVENT_COLUMNS, theme, parent)

    def look(self, row: SecurityEventRow, column: Column, colours: Colours) -> Look:
        """How this cell is painted."""
        if column.id == ColumnId.KIND and row.is_alarm:
            colour = colours.red if row.is_open else colours.muted
            return Look(colour, bold=row.is_open, glyph="disc" if row.is_open else "ring", glyph_colour=colour)
        if row.is_open:
            return Look(colours.red if column.id == ColumnId.SEEN else colours.text)
        return Look(colours.text if column.id in (ColumnId.KIND, ColumnId.MACHINE) else colours.muted)
