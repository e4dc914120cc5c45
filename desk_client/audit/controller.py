"""What the audit screen asks beside its list: what the filters offer, and a CSV file page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from desk_client.audit.csv_file import CsvFile
from desk_client.runner import DbRunner
from shared.errors import DeskError
from shared.queries import audit
from shared.schemas.audit import AuditListing, AuditRow
from shared.schemas.listing import PageKey

EXPORT_ROWS = 250  # at a time: the window takes its turn between two pages, and goes on
FORGOTTEN, PRIVATE = "private values forgotten", "private"


class _Written(NamedTuple):
    """What an operation says of a page: its rows, what follows; or why the file could not be written."""

    entries: int
    next_key: PageKey | None
    fault: str = ""


class AuditController(QObject):
    """One for the screen. One export at a time; its pages are reads like others, and saves go before them.

    Signals:
        choices_loaded(AuditChoices)
        failed(DeskError): the desk did not answer as it should.
        progressed(int): so many entries are written.
        exported(Path, int): the file is there, with so many entries.
        file_failed(str): it could not be written, and why.
        cancelled()
    """

    choices_loaded = Signal(object)
    failed = Signal(object)
    progressed = Signal(int)
    exported = Signal(object, int)
    file_failed = Signal(str)
    cancelled = Signal()

    def __init__(self, runner: DbRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._file: CsvFile | None = None
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

    def export(self, listing: AuditListing, path: Path, heading: tuple[str, ...]) -> None:
        """Write all entries of a listing to a file, a page at a time."""
        if self._file is not None:
            return
        try:
            self._file = CsvFile(path)
            self._file.write([heading])
        except OSError as error:
            self._fail(error.strerror or str(error))
            return
        self._listing, self._count = listing, 0
        self.progressed.emit(0)
        self._next_page(None)

    def cancel(self) -> None:
        """Stop, and leave no file."""
        if self._drop():
            self.cancelled.emit()

    def _next_page(self, after: PageKey | None) -> None:
        file, listing = self._file, self._listing

        def write(conn: Any) -> _Written:
            page = audit.list_audit(conn, listing, after, limit=EXPORT_ROWS)
            return _append(file, page.rows, page.next_key)

        self._runner.run(
            write,
            on_done=lambda written: self._on_written(file, written),
            on_error=self._on_error, receiver=self, purpose="export",
        )  # fmt: skip

    def _on_written(self, file: CsvFile | None, written: _Written) -> None:
        if file is None or file is not self._file:
            return  # it was given up meanwhile
        if written.fault:
            self._fail(written.fault)
            return
        self._count += written.entries
        self.progressed.emit(self._count)
        if written.next_key is not None:
            self._next_page(written.next_key)
        else:
            self._file = None
            self.exported.emit(file.path, self._count)

    def _on_error(self, error: DeskError) -> None:
        if self._drop():
            self.failed.emit(error)
            self.cancelled.emit()

    def _fail(self, reason: str) -> None:
        self._drop()
        self.file_failed.emit(reason)

    def _drop(self) -> bool:
        file, self._file = self._file, None
        self._runner.cancel(self, "export")
        if file is not None:
            file.give_up()
        return file is not None


def _append(file: CsvFile | None, rows: tuple[AuditRow, ...], next_key: PageKey | None) -> _Written:
    """On the runner's thread: the file as well, that the window may go on."""
    if file is None:
        return _Written(0, None)
    try:
        file.write(line for row in rows for line in export_lines(row))
        if next_key is None:
            file.finish()
    except OSError as error:
        return _Written(0, None, error.strerror or str(error))
    return _Written(len(rows), next_key)


def export_lines(row: AuditRow) -> Iterator[tuple[str, ...]]:
    """The lines of an entry, with a last cell that marks what is private, and what of it was forgotten."""
    names = tuple(row.changes) or ("",)
    for name, line in zip(names, audit.audit_csv_lines(row), strict=True):
        yield (*line, PRIVATE if name in row.private else "")
    if row.is_forgotten:
        empty = next(audit.audit_csv_lines(row.model_copy(update={"changes": {}})))
        yield (*empty, FORGOTTEN)
