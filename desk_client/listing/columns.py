"""What a list of any entity says of its columns and its cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

Said = TypeVar("Said", contravariant=True)


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``inverted``: ascending in the list is descending in the key (a small age is a late report)."""

    id: str
    title: Any  # QT_TRANSLATE_NOOP in the context of its set
    width: int
    sort: StrEnum | None = None
    inverted: bool = False
    align_right: bool = False
    hidden: bool = False
    glyph_only: bool = False


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """The columns of one list, in their first order, and the order of its rows at first.

    ``filling`` takes the room that the others leave. ``yielding``, mostly empty, is hidden where that one would be cut
    short. ``spoken`` is where a screen reader hears the whole row.
    """

    columns: tuple[Column, ...]
    sort: StrEnum
    descending: bool
    filling: str
    say: Callable[[str], str]  # a title in the language of the window, from the context of its translation
    yielding: str | None = None

    def index(self, column_id: str) -> int:
        """Where a column stands at first."""
        return next(index for index, column in enumerate(self.columns) if column.id == column_id)

    def title(self, index: int) -> str:
        """The heading of a column."""
        return self.say(self.columns[index].title)

    def __len__(self) -> int:
        return len(self.columns)


class CellTexts(Protocol[Said]):
    """Words for the cells of a row, in the language of the window. Pure look-ups in memory."""

    def text(self, row: Said, column: str) -> str:
        """What the cell says; for a glyph, the word it stands for."""

    def tooltip(self, row: Said, column: str) -> str:
        """What there is to know beyond the cell; '' for nothing."""

    def spoken(self, row: Said) -> str:
        """The row as a screen reader says it, at its filling column."""


def seen_text(edited: str, seen: datetime | None) -> str:
    """Who edits a row, with the last sign of life from there: one that is long ago tells that nobody may sit there."""
    if not edited or seen is None:
        return edited
    text = QCoreApplication.translate("Columns", "{edited}, last sign of life {time}")
    return text.format(edited=edited, time=QDateTime.fromSecsSinceEpoch(int(seen.timestamp())).toString("HH:mm:ss"))


def own_edit_text(since: str) -> str:
    """That a row is being edited here, in this window or another one."""
    return QCoreApplication.translate("Columns", "This machine is editing this since {time}").format(time=since)


def time_text(moment: datetime) -> str:
    """A time in the viewer's zone and language, to the minute."""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)
