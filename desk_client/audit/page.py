"""The audit screen: filters and list above, the entry below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QLocale, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from desk_client.audit.columns import AUDIT_COLUMNS, AuditTexts
from desk_client.audit.controller import AuditController
from desk_client.audit.csv_lines import CsvLines
from desk_client.audit.detail import AuditDetail
from desk_client.audit.filters import AuditFilterBar
from desk_client.audit.list_controller import AuditSource
from desk_client.audit.list_view import AuditListView
from desk_client.audit.words import count_text, fault_text
from desk_client.context import ClientContext
from desk_client.listing.list_card import list_card, split_below
from desk_client.listing.list_controller import ListController
from desk_client.listing.list_header import ListHeader
from desk_client.listing.table_model import PagedTableModel
from desk_client.listing.words import waiting_text
from desk_client.screen import Screen
from desk_client.widgets.banner import Banner
from shared.schemas.audit import AuditListing, AuditRow

PROGRESS_MS = 250


class AuditPage(Screen, QWidget):
    """For an administrator's machine.

    Signals:
        status_changed(str): for the status bar.
    """

    status_changed = Signal(str)

    def __init__(self, context: ClientContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("auditPage")
        self._context = context
        self._written = 0
        self._fault: OSError | None = None  # why the last export came to nothing
        self._said = QElapsedTimer()  # since the progress was told
        self.filters = AuditFilterBar(context.reference, lambda: datetime.now().astimezone(), self)
        self.banner = Banner(self)
        self.model: PagedTableModel[AuditRow] = PagedTableModel(AUDIT_COLUMNS, AuditTexts(context.reference), self)
        self.list = AuditListView(self.model, context.theme, self)
        self.detail = AuditDetail(context.reference, context.theme, self)
        self.list_controller: ListController[AuditRow, AuditListing] = ListController(
            self.model, AuditSource(), AuditListing(), context.runner, context.bus, context.messages, self
        )
        self.controller = AuditController(context.runner, self)
        card = list_card("auditListCard", self.filters, self.list, self)
        self.splitter = split_below("auditAndEntry", card, self.detail, self)
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([520, 240])
        self.detail.hide()  # until there is an entry to show
        self.setFocusProxy(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.banner)
        layout.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        controller, messages = self.controller, self._context.messages
        self.filters.filter_changed.connect(self._show_filtered)
        self.filters.export_wanted.connect(self._ask_file)
        self.filters.left_down.connect(self.list.setFocus)
        self.list.rows_wanted.connect(self.list_controller.want_rows)
        self.list.header.sort_changed.connect(lambda _key, _descending: self._show_filtered())
        for chosen in (self.list.row_chosen, self.list.row_opened, self.list.tab_wanted):
            chosen.connect(self._show_entry)
        self.list.row_opened.connect(lambda _id: self.detail.values.setFocus())
        self.model.count_changed.connect(self._say_status)
        self.model.dimmed_changed.connect(self._on_dimmed)
        self._context.reference.changed.connect(self.model.retranslate)
        controller.choices_loaded.connect(self.filters.offer)
        controller.failed.connect(messages.error)
        controller.progressed.connect(self._on_progressed)
        controller.exported.connect(self._on_exported)
        controller.cancelled.connect(self._on_export_over)
        controller.file_failed.connect(self._on_file_failed)

    # -- for the window ------------------------------------------------------------------------------------------------

    def follow_status(self, say: Callable[[str], None]) -> None:
        """Number of entries, for the status bar."""
        self.status_changed.connect(say)

    def begin(self) -> None:
        """The newest entries, and what the filters offer."""
        self.controller.load_choices()
        self._show_filtered()

    def refresh(self) -> None:
        """The newest entries again."""
        self.controller.load_choices()
        self.list_controller.refresh()

    def let_go(self) -> None:
        """A file that is being written is given up."""
        self.controller.cancel()

    def search(self) -> bool:
        """Ctrl+F is the search of the audit here."""
        self.filters.search.setFocus()
        self.filters.search.selectAll()
        return True

    def clear_filters(self) -> None:
        """As at first."""
        self.filters.clear()

    def step(self, by: int) -> None:
        """Through the entries."""
        self.list.step(by)

    def header(self) -> ListHeader:
        """That of the entries."""
        return self.list.header

    # -- list and entry ------------------------------------------------------------------------------------------------

    def _listing(self) -> AuditListing:
        key, descending = self.list.header.sort()
        return AuditListing.model_validate({"filter": self.filters.filter(), "sort": key, "descending": descending})

    def _show_filtered(self) -> None:
        self.list_controller.show(self._listing())

    def _show_entry(self, entry_id: int) -> None:
        at = self.model.find(entry_id)
        row = None if at is None else self.model.row(at)
        if row is not None:
            self.detail.show_entry(row)
            self.detail.show()

    def _on_dimmed(self, dimmed: bool) -> None:
        self._say_status()
        if not dimmed:
            self._say_empty()
            shown = self.detail.entry_id()
            if shown is not None and self.model.find(shown) is None:
                self.detail.clear()  # it is not among these any more

    def _say_empty(self) -> None:
        self.list.set_empty_text(
            QCoreApplication.translate("Audit", "No entry fits. Clear a filter, or begin at an earlier time.")
        )

    def _say_status(self) -> None:
        said = waiting_text(self.model) or count_text(self.model.rowCount(), is_exact=self.model.is_exact)
        self.status_changed.emit(said)

    # -- export --------------------------------------------------------------------------------------------------------

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, QCoreApplication.translate("Audit", "Export the audit"))
        dialog.setObjectName("auditFileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilter(QCoreApplication.translate("Audit", "CSV files (*.csv)"))
        dialog.selectFile(f"audit-{datetime.now().astimezone():%Y-%m-%d}.csv")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write what the list shows, all of it, to a file."""
        self._fault = None
        self.controller.export(self._listing(), path, CsvLines.now(self._context.reference))

    def _on_progressed(self, count: int) -> None:
        self._written = count
        if count == 0:
            self.filters.set_exporting(True)
            self._say_progress()
        elif self._said.elapsed() > PROGRESS_MS:
            self._said.start()
            self.banner.reword(self._progress_text())

    def _say_progress(self) -> None:
        self._said.start()
        words = QCoreApplication.translate("Audit", "Cancel")
        self.banner.say("info", self._progress_text(), (("cancelExport", words, self.controller.cancel),))

    def _progress_text(self) -> str:
        text = QCoreApplication.translate("Audit", "Writing the file: {count} entries so far")
        return text.format(count=QLocale().toString(self._written))

    def _on_export_over(self) -> None:
        self.filters.set_exporting(False)
        self.banner.clear()

    def _on_exported(self, path: Path, count: int) -> None:
        self._on_export_over()

        def say() -> str:
            text = QCoreApplication.translate("Audit", "Written: {count} entries to {file}")
            return text.format(count=QLocale().toString(count), file=path)

        self._context.messages.info(say)

    def _on_file_failed(self, fault: OSError) -> None:
        self._on_export_over()
        self._fault = fault
        self._say_fault()

    def _say_fault(self) -> None:
        if self._fault is None:
            return
        text = QCoreApplication.translate("Audit", "The file can't be written: {reason}")
        words = QCoreApplication.translate("Audit", "Dismiss")
        said = text.format(reason=fault_text(self._fault))
        self.banner.say("error", said, (("dismissFault", words, self._drop_fault),))

    def _drop_fault(self) -> None:
        if self._fault is not None:
            self._fault = None
            self.banner.clear()

    def retranslate(self) -> None:
        """Names of the parts."""
        self.setAccessibleName(QCoreApplication.translate("Audit", "Audit"))
        self.splitter.setAccessibleName(QCoreApplication.translate("Audit", "Entries and entry"))
        if self.controller.is_exporting:
            self._say_progress()
        self._say_fault()
        self._say_empty()
        self._say_status()

    def hideEvent(self, event: QHideEvent) -> None:
        """What went wrong with a file is told until one leaves."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._drop_fault()
