"""The list of what became of each row."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from desk_client.bulk.result_model import KEY, OUTCOME, REASON, TITLE, ResultModel
from desk_client.bulk.words import LabelOf
from desk_client.bulk.work import BulkWork

WIDTHS = {KEY: 84, TITLE: 230, OUTCOME: 130}


class ResultPage(QWidget):
    """Reads only; retry and undo are the dialog's."""

    def __init__(self, label_of: LabelOf, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bulkResults")
        self.model = ResultModel(label_of, self)
        self.table = QTableView(self)
        self.table.setObjectName("bulkResultTable")
        self.table.setModel(self.model)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setObjectName("bulkResultHeader")
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in WIDTHS.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(REASON, QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.setFocusProxy(self.table)

    def show_work(self, work: BulkWork) -> None:
        """Show what became of its rows."""
        self.model.show_work(work)
        if self.model.rowCount():
            self.table.selectRow(0)

    def retranslate(self) -> None:
        """Say everything in the language of the window."""
        self.setAccessibleName(QCoreApplication.translate("Bulk", "What became of each"))
        self.table.setAccessibleName(self.accessibleName())
        self.table.horizontalHeader().setAccessibleName(QCoreApplication.translate("ListView", "Columns of the list"))
        self.model.retranslate()
