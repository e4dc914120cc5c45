"""What a person does to many rows: change, delete, take back, look what became of them. One change at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desk_client.bulk.controller import BulkController
from desk_client.bulk.dialog import BulkDialog, Step
from desk_client.bulk.entity import BulkEntity
from desk_client.bulk.words import summary_text
from desk_client.bulk.work import BulkRow, BulkWork, Outcome
from desk_client.context import ClientContext
from desk_client.forms.lookup_controller import LookupController
from desk_client.widgets.question import Question
from desk_client.widgets.undo_bar import UndoBar
from shared.schemas.bulk import RowName
from shared.steady_clock import steady_now

AT_ONCE = 25  # so many rows need no dialog to show how far it is


class BulkActions(QObject):
    """Of one entity, in one window.

    Signals:
        deleted(ids): these rows are gone; what shows one of them goes to another.
        restored(ids): their deletion was taken back.
    """

    deleted = Signal(object)
    restored = Signal(object)

    def __init__(self, context: ClientContext, entity: BulkEntity, undo_bar: UndoBar, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._entity, self._window = context, entity, window
        self.undo_bar = undo_bar
        self.dialog: BulkDialog | None = None
        self.last: BulkWork | None = None
        self.controller = BulkController(context.runner, context.bus, self)
        self._lookups = LookupController(context.runner, self)
        self._lookups.suggestions_found.connect(self._on_suggestions)
        self._lookups.failed.connect(context.messages.error)
        self.controller.progressed.connect(self._on_progress)
        self.controller.held_up.connect(self._on_held_up)
        self.controller.finished.connect(self._on_finished)
        self.controller.failed.connect(context.messages.error)

    # -- what can be done ------------------------------------------------------------------------------------------

    def change(self, ids: Sequence[int]) -> None:
        """Ask what these rows get, and change them."""
        if ids and self._is_free():
            self.controller.name_rows(self._entity.entity, ids, lambda rows: self._ask(rows, len(ids)))

    def delete(self, ids: Sequence[int]) -> None:
        """Delete these rows; for ten seconds a line offers to take it back. Of more than one it asks first."""
        if ids and self._is_free():
            self.controller.name_rows(self._entity.entity, ids, self._ask_delete)

    def show_results(self) -> None:
        """What became of the rows of the last change."""
        if self.last is not None and self._is_free():
            self._open(len(self.last.rows)).show_results(self.last)

    def undo(self) -> None:
        """Take back the last change, as far as nobody has changed its rows since."""
        if self.last is not None and self.last.can_undo() and not self.controller.is_busy:
            self._show_work(len(self.last.rows))
            self.controller.undo(self.last)

    def _now(self) -> datetime:
        """The desk's time."""
        return steady_now() + self._context.session.clock_ahead

    def _is_free(self) -> bool:
        return self.dialog is None and not self.controller.is_busy

    # -- changing --------------------------------------------------------------------------------------------------

    def _ask(self, rows: tuple[RowName, ...], wanted: int) -> None:
        if not rows:
            self._context.messages.warning(_gone_text)
        elif self._is_free():
            dialog = self._open(len(rows), missing=wanted - len(rows))
            dialog.decided.connect(lambda values: self._change(rows, values))
            dialog.fields.setFocus()

    def _open(self, rows: int, *, missing: int = 0) -> BulkDialog:
        dialog = BulkDialog(self._entity, rows, self._context.reference, self._now, self._window, missing=missing)
        self.dialog = dialog
        dialog.fields.lookup_requested.connect(self._lookups.look_up)
        dialog.stop_wanted.connect(self.controller.stop)
        dialog.retry_wanted.connect(self._retry)
        dialog.undo_wanted.connect(self.undo)
        dialog.finished.connect(self._on_closed)
        dialog.open()
        return dialog

    def _change(self, rows: tuple[RowName, ...], values: Mapping[str, Any]) -> None:
        sent = self._entity.as_json(self._entity.completed(values))
        self._begin(BulkWork(self._entity.entity, [BulkRow(row, row.row_version, sent) for row in rows]))

    def _retry(self) -> None:
        if self.last is not None and not self.controller.is_busy:
            self._say_nothing()
            self.controller.retry(self.last)

    # -- deleting --------------------------------------------------------------------------------------------------

    def _ask_delete(self, rows: tuple[RowName, ...]) -> None:
        if not rows:
            self._context.messages.warning(_gone_text)
        elif len(rows) == 1:
            self._delete(rows)
        elif self._is_free():
            count = self._entity.count_text(len(rows))
            Question(
                "deleteQuestion",
                QCoreApplication.translate("Bulk", "Delete {rows}?").format(rows=count),
                QCoreApplication.translate(
                    "Bulk", "They can be taken back: at once, or later from the list of results."
                ),
                QCoreApplication.translate("Bulk", "Delete"),
                lambda: self._delete(rows),
                self._window,
            ).open()

    def _delete(self, rows: tuple[RowName, ...]) -> None:
        now = datetime.now(UTC).isoformat()  # the desk puts its own time in
        self._begin(BulkWork(self._entity.entity, [BulkRow(row, row.row_version, {"deleted_at": now}) for row in rows]))

    # -- on the way ------------------------------------------------------------------------------------------------

    def _begin(self, work: BulkWork) -> None:
        if not self.controller.is_busy:
            self._show_work(len(work.rows))
            self.controller.begin(work)

    def _show_work(self, rows: int) -> None:
        self._say_nothing()
        if self.dialog is None and rows > AT_ONCE:
            self._open(rows)

    def _say_nothing(self) -> None:
        self.undo_bar.clear()

    def _on_progress(self, settled: int, rows: int) -> None:
        if self.dialog is not None and self.controller.is_busy:
            self.dialog.show_progress(settled, rows)

    def _on_held_up(self, error: Any) -> None:
        if self.dialog is not None:
            self.dialog.show_trouble(error)

    def _on_finished(self, work: BulkWork) -> None:
        shown = work.origin or work
        self.last = shown
        if work.is_deletion:
            said = self.deleted if work.origin is None else self.restored
            said.emit([row.name.id for row in work.of(Outcome.DONE)])
        if work.is_whole:
            self._close_dialog()
            self._offer(work)
        else:
            dialog = self.dialog or self._open(len(shown.rows))
            dialog.show_results(shown)

    def _offer(self, work: BulkWork) -> None:
        """Say what was done; what was taken back is said and no more."""
        if work.origin is not None:
            self._context.messages.info(lambda: summary_text(work, self._entity))
        else:
            self.undo_bar.offer(lambda: summary_text(work, self._entity), self.undo, self.show_results)

    def _close_dialog(self) -> None:
        dialog = self.dialog
        if dialog is not None:
            dialog.step = Step.RESULTS
            dialog.accept()

    def _on_closed(self) -> None:
        self.dialog = None
        if isValid(self._window):
            self._window.activateWindow()

    def _on_suggestions(self, name: str, text: str, suggestions: Any) -> None:
        if self.dialog is not None:
            self.dialog.fields.show_suggestions(name, text, suggestions)


def _gone_text() -> str:
    return QCoreApplication.translate("Bulk", "What was selected is not there any more")
