"""What the audit screen asks beside its list: what the filters offer, and a CSV file page by page."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from desk_client.audit.csv_file import CsvFile
from desk_client.audit.csv_lines import CsvLines
from desk_client.runner import DbRunner
from shared.errors import DeskError
from shared.queries import audit
from shared.schemas.audit import AuditListing
from shared.schemas.listing import PageKey

EXPORT_ROWS = 100  # at a time: the window takes its turn between two pages, and goes on


class _Written(NamedTuple):
    """What an operation says of a page: its rows, what follows; or why the file could not be written."""

    entries: int
    next_key: PageKey | None
    fault: OSError | None = None


class AuditController(QObject):
    """One for the screen. One export at a time; its pages are reads like others, and saves go before them.

    Signals:
        choices_loaded(AuditChoices)
        failed(DeskError): the desk did not answer as it should.
        progressed(int): so many entries are written.
        exported(Path, int): the file is there, with so many entries.
        file_failed(OSError): it could not be written.
        cancelled()
    """

    choices_loaded = Signal(object)
    failed = Signal(object)
    progressed = Signal(int)
    exported = Signal(object, int)
    file_failed = Signal(object)
    cancelled = Signal()

    def __init__(self, runner: DbRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._file: CsvFile | None = None
        self._lines: CsvLines | None = None
        self._listing = AuditListing()
        self._count = 0

    def load_choices(self) -> None:
        """Ask what the filters offer."""
        self._runner.run(
            audit.get_audit_choices,
            on_done=self.choices_loaded.emit, on_error=self.failed.emit, receiver=self, purpose="choices",
        )  # fmt: skip

    # -- export --------------------------------------------------------------------------------------------------------

    @property
    def is_exporting(self) -> bool:
        """Whether a file is being written."""
        return self._file is not None

    def export(self, listing: AuditListing, path: Path, lines: CsvLines) -> None:
        """Write all entries of a listing to a file, a page at a time."""
        if self._file is not None:
            return
        self._file, self._lines = CsvFile(path), lines
        self._listing, self._count = listing, 0
        self.progressed.emit(0)
        self._next_page(None)

    def cancel(self) -> None:
        """Stop, and leave no file. One that is in its place by now is said to be there."""
        if self._file is not None and self._file.give_up():
            self._forget()
            self.cancelled.emit()

    def _next_page(self, after: PageKey | None) -> None:
        file, lines, listing = self._file, self._lines, self._listing
        if file is None or lines is None:
            return
        self._runner.run(
            lambda conn: _write_page(conn, file, lines, listing, after),
            on_done=lambda written: self._on_written(file, written),
            on_error=self._on_error, receiver=self, purpose="export",
        )  # fmt: skip

    def _on_written(self, file: CsvFile, written: _Written) -> None:
        if file is not self._file:
            return  # it was given up meanwhile
        if written.fault is not None:
            file.give_up()
            self._forget()
            self.file_failed.emit(written.fault)
            return
        self._count += written.entries
        self.progressed.emit(self._count)
        if written.next_key is not None:
            self._next_page(written.next_key)
        else:
            self._forget()
            self.exported.emit(file.path, self._count)

    def _on_error(self, error: DeskError) -> None:
        file = self._file
        if file is not None:
            file.give_up()
            self._forget()
            self.failed.emit(error)
            self.cancelled.emit()

    def _forget(self) -> None:
        self._file = self._lines = None
        self._runner.cancel(self, "export")


def _write_page(conn: Any, file: CsvFile, lines: CsvLines, listing: AuditListing, after: PageKey | None) -> _Written:
    """On the runner's thread, the file as well: a disk or a drive elsewhere may be slow."""
    try:
        if after is None:
            file.write([lines.heading])
        page = audit.list_audit(conn, listing, after, limit=EXPORT_ROWS)
        file.write(line for row in page.rows for line in lines.of(row))
        if page.next_key is None:
            file.finish()
    except OSError as error:
        return _Written(0, None, error)
    return _Written(len(page.rows), page.next_key)
