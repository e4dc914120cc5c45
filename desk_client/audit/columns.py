"""The columns of the audit. The machine is proved by its login, the person stated: their headings say so."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desk_client.audit.words import action_text, changes_text, instant_text, machine_text, person_text, row_text
from desk_client.listing.columns import Column, ColumnSet
from desk_client.reference_store import ReferenceStore
from shared.schemas.audit import AuditRow, AuditSort


class ColumnId(StrEnum):
    """The columns, in their first order."""

    AT = "at"
    MACHINE = "machine"
    PERSON = "person"
    VERSION = "version"
    ACTION = "action"
    ROW = "row"
    CHANGES = "changes"
    SEALED = "sealed"


AUDIT_COLUMNS = ColumnSet(
    (
        Column(ColumnId.AT, QT_TRANSLATE_NOOP("AuditColumns", "When"), 176, AuditSort.AT),
        Column(ColumnId.MACHINE, QT_TRANSLATE_NOOP("AuditColumns", "Machine, proved"), 146),
        Column(ColumnId.PERSON, QT_TRANSLATE_NOOP("AuditColumns", "Person, stated"), 128),
        Column(ColumnId.VERSION, QT_TRANSLATE_NOOP("AuditColumns", "Version"), 84, hidden=True),
        Column(ColumnId.ACTION, QT_TRANSLATE_NOOP("AuditColumns", "Action"), 112),
        Column(ColumnId.ROW, QT_TRANSLATE_NOOP("AuditColumns", "Row"), 180),
        Column(ColumnId.CHANGES, QT_TRANSLATE_NOOP("AuditColumns", "Changes"), 360),
        Column(ColumnId.SEALED, QT_TRANSLATE_NOOP("AuditColumns", "Sealed in"), 84, align_right=True, hidden=True),
    ),
    AuditSort.AT,
    descending=True,
    filling=ColumnId.CHANGES,
    say=lambda title: QCoreApplication.translate("AuditColumns", title),
)


class AuditTexts:
    """Words for the cells of an entry."""

    def __init__(self, reference: ReferenceStore) -> None:
        self._texts: dict[str, Callable[[AuditRow], str]] = {
            ColumnId.AT: lambda row: instant_text(row.at),
            ColumnId.MACHINE: machine_text,
            ColumnId.PERSON: person_text,
            ColumnId.VERSION: lambda row: row.version or "",
            ColumnId.ACTION: lambda row: action_text(row.action),
            ColumnId.ROW: lambda row: row_text(row, reference),
            ColumnId.CHANGES: lambda row: changes_text(row, reference),
            ColumnId.SEALED: lambda row: "" if row.block_id is None else str(row.block_id),
        }

    def text(self, row: AuditRow, column: str) -> str:
        """What the cell says."""
        return self._texts[column](row)

    def tooltip(self, row: AuditRow, column: str) -> str:
        """The whole text; a very long one is read below."""
        return self.text(row, column)[:2_000]

    def spoken(self, row: AuditRow) -> str:
        """The entry as a screen reader says it."""
        said = [self.text(row, column.id) for column in AUDIT_COLUMNS.columns if not column.hidden]
        return ", ".join(part for part in said if part)
