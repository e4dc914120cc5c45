"""The rows of a change of many and what became of each: what is not known and what was not done first."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from desk_client.bulk.words import LabelOf, outcome_text, reason_text
from desk_client.bulk.work import BulkRow, BulkWork, Outcome

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
KEY, TITLE, OUTCOME, REASON = range(4)
_ORDER = {
    Outcome.UNKNOWN: 0, Outcome.UNDOING: 0, Outcome.FAILED: 1, Outcome.STOPPED: 2, Outcome.WAITING: 2,
    Outcome.DONE: 4, Outcome.UNDONE: 5,
}  # fmt: skip


class ResultModel(QAbstractTableModel):
    """Key, title, what happened, and why."""

    def __init__(self, label_of: LabelOf, parent: QObject) -> None:
        super().__init__(parent)
        self._label_of = label_of
        self._rows: list[BulkRow] = []
        self._is_deletion = False

    def show_work(self, work: BulkWork) -> None:
        """Show these rows."""
        self.beginResetModel()
        self._is_deletion = work.is_deletion
        self._rows = sorted(work.rows, key=_place)
        self.endResetModel()

    def retranslate(self) -> None:
        """Say everything again."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, REASON))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, REASON)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Four."""
        return 0 if parent.isValid() else 4

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell in words; also as what it says in full where it is cut short."""
        roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        if not index.isValid() or role not in roles:
            return None
        row = self._rows[index.row()]
        if index.column() == KEY:
            return row.name.key
        if index.column() == TITLE:
            return row.name.title
        if index.column() == OUTCOME:
            return outcome_text(row, is_deletion=self._is_deletion)
        return reason_text(row, self._label_of, is_deletion=self._is_deletion)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            QCoreApplication.translate("Bulk", "Number"),
            QCoreApplication.translate("Bulk", "Subject"),
            QCoreApplication.translate("Bulk", "What happened"),
            QCoreApplication.translate("Bulk", "Why"),
        )[section]


def _place(row: BulkRow) -> tuple[int, int]:
    """What nobody knows of, what was not done, what could not be taken back, then the others."""
    return (3 if row.outcome is Outcome.DONE and row.error is not None else _ORDER[row.outcome]), row.name.id
