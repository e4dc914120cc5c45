"""The columns of the list of machines: what each shows, in words, and by what it sorts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desk_client import machine_words as words
from desk_client.listing.columns import Column, ColumnSet, own_edit_text, seen_text, time_text
from shared.schemas.machine import MachineRow, MachineSort


class ColumnId(StrEnum):
    """The columns, in their first order."""

    NAME = "name"
    LEVEL = "level"
    PEOPLE = "people"
    CERTIFICATE = "certificate"
    SEEN = "seen"
    ADDRESS = "address"
    SESSIONS = "sessions"
    EDITED = "edited"


MACHINE_COLUMNS = ColumnSet(
    (
        Column(ColumnId.NAME, QT_TRANSLATE_NOOP("MachineColumns", "Machine"), 150, MachineSort.NAME),
        Column(ColumnId.LEVEL, QT_TRANSLATE_NOOP("MachineColumns", "Level"), 130, MachineSort.LEVEL),
        Column(ColumnId.PEOPLE, QT_TRANSLATE_NOOP("MachineColumns", "People"), 220),
        Column(ColumnId.CERTIFICATE, QT_TRANSLATE_NOOP("MachineColumns", "Certificate until"), 170,
               MachineSort.CERTIFICATE),
        Column(ColumnId.SEEN, QT_TRANSLATE_NOOP("MachineColumns", "Last seen"), 140, MachineSort.SEEN),
        Column(ColumnId.ADDRESS, QT_TRANSLATE_NOOP("MachineColumns", "Address"), 130, MachineSort.ADDRESS),
        Column(ColumnId.SESSIONS, QT_TRANSLATE_NOOP("MachineColumns", "Sessions"), 84, align_right=True),
        Column(ColumnId.EDITED, QT_TRANSLATE_NOOP("MachineColumns", "Edited"), 110, hidden=True),
    ),
    MachineSort.NAME,
    descending=False,
    filling=ColumnId.PEOPLE,
    say=lambda title: QCoreApplication.translate("MachineColumns", title),
)  # fmt: skip


class MachineTexts:
    """Words for the cells of a machine, in the language of the window."""

    def __init__(self, now: Callable[[], datetime], own_machine: str = "") -> None:
        self._now, self._own_machine = now, own_machine
        self._texts: dict[str, Callable[[MachineRow], str]] = {
            ColumnId.NAME: lambda row: row.name,
            ColumnId.LEVEL: lambda row: words.level_text(row.level),
            ColumnId.PEOPLE: lambda row: QCoreApplication.translate("MachineColumns", ", ").join(row.people),
            ColumnId.CERTIFICATE: lambda row: words.certificate_text(row.certificate_ends, row.code_ends, self._now()),
            ColumnId.SEEN: self._seen,
            ColumnId.ADDRESS: lambda row: row.address or "",
            ColumnId.SESSIONS: lambda row: str(row.sessions) if row.sessions else "",
            ColumnId.EDITED: lambda row: row.edited_by or "",
        }

    def text(self, row: MachineRow, column: str) -> str:
        """What the cell says; for a glyph, the word it stands for."""
        return self._texts[column](row)

    def tooltip(self, row: MachineRow, column: str) -> str:
        """What there is to know beyond the cell."""
        if column == ColumnId.LEVEL:
            return words.level_meaning(row.level)
        if column == ColumnId.CERTIFICATE:
            return words.certificate_help(row.level, row.certificate_ends, row.code_ends, self._now())
        if column == ColumnId.PEOPLE:
            said = QCoreApplication.translate("MachineColumns", "Who is stated to work there: {people}")
            return said.format(people=self.text(row, column))
        if column == ColumnId.EDITED or (column == ColumnId.NAME and row.edited_by):
            return seen_text(self.edited(row), row.edited_seen)
        return self.text(row, column)

    def spoken(self, row: MachineRow) -> str:
        """The row as a screen reader says it."""
        said = [self.text(row, column) for column in (ColumnId.NAME, ColumnId.LEVEL, ColumnId.PEOPLE)]
        said += [self.text(row, ColumnId.CERTIFICATE), self._seen(row), self.edited(row)]
        return ", ".join(part for part in said if part)

    def edited(self, row: MachineRow) -> str:
        """Who edits it; '' where nobody does."""
        if row.edited_by is None:
            return ""
        since = time_text(row.edited_since) if row.edited_since else ""
        if row.edited_by == self._own_machine:
            return own_edit_text(since)
        said = QCoreApplication.translate("MachineColumns", "{who} is changing this since {time}")
        return said.format(who=words.who_text(row.edited_by, row.edited_person), time=since)

    def _seen(self, row: MachineRow) -> str:
        if row.sessions:
            return QCoreApplication.translate("MachineColumns", "now")
        return time_text(row.last_seen_at) if row.last_seen_at else ""
