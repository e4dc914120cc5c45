"""The list of the audit."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desk_client.audit.columns import AUDIT_COLUMNS, ColumnId
from desk_client.listing.columns import Column
from desk_client.listing.delegate import CellDelegate, Look
from desk_client.listing.list_view import ListView
from desk_client.listing.table_model import PagedTableModel
from desk_client.theme import Colours, Theme
from shared.schemas.audit import AuditAction, AuditRow

GLYPHS = {AuditAction.INSERT: "disc", AuditAction.UPDATE: "pencil", AuditAction.DELETE: "cross"}
_MUTED = frozenset({ColumnId.AT, ColumnId.PERSON, ColumnId.VERSION, ColumnId.SEALED})


class AuditDelegate(CellDelegate[AuditRow]):
    """What is proved stands out; what is only stated steps back."""

    def look(self, row: AuditRow, column: Column, colours: Colours) -> Look:
        """How this cell is painted."""
        if column.id == ColumnId.ACTION:
            colour = colours.red if row.action == AuditAction.DELETE else colours.muted
            return Look(colours.text, glyph=GLYPHS.get(AuditAction(row.action)), glyph_colour=colour)
        if column.id == ColumnId.MACHINE and not row.is_server:
            return Look(colours.text, bold=True, glyph="check", glyph_colour=colours.green)
        return Look(colours.muted if column.id in _MUTED else colours.text)


class AuditListView(ListView[AuditRow]):
    """Shows the entries of a model."""

    def __init__(self, model: PagedTableModel[AuditRow], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, AuditDelegate(AUDIT_COLUMNS, theme, model), theme, "auditList", parent)

    def retranslate(self) -> None:
        """Its name, and the headings."""
        self.setAccessibleName(QCoreApplication.translate("Audit", "Audit"))
        super().retranslate()
