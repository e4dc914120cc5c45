"""A change of many rows: first the fields, then how far it is, then what became of each row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desk_client.bulk.entity import BulkEntity
from desk_client.bulk.fields_page import FieldsPage
from desk_client.bulk.result_page import ResultPage
from desk_client.bulk.words import progress_text, summary_text
from desk_client.bulk.work import BulkWork, Outcome
from desk_client.keys import ENTER_WITH_CONTROL, key_text
from desk_client.messages import describe
from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, set_role
from desk_client.widgets.text_fields import COMPOSING
from desk_client.widgets.translated import Translated
from shared.errors import DeskError

SIZE = (800, 460)  # why a row stays as it is, is read whole


class Step(StrEnum):
    """What the dialog is at."""

    FIELDS = "fields"
    PROGRESS = "progress"
    RESULTS = "results"


class BulkDialog(Translated, QDialog):
    """Shows; whoever made it sends, and says how far it is.

    Signals:
        decided(values): everything is there.
        stop_wanted(): send no more.
        retry_wanted(), undo_wanted(): of what became of the rows.
    """

    decided = Signal(object)
    stop_wanted = Signal()
    retry_wanted = Signal()
    undo_wanted = Signal()

    def __init__(
        self,
        entity: BulkEntity,
        rows: int,
        reference: ReferenceStore,
        now: Callable[[], datetime],
        parent: QWidget,
        *,
        missing: int = 0,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("bulkDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(*SIZE)
        self._entity, self._count, self._missing = entity, rows, missing
        self._reference = reference
        self.step = Step.FIELDS
        self._waits = self._is_stopping = False
        self._far, self._trouble = (0, rows), ""
        self._work: BulkWork | None = None
        self._title, self._text = QLabel(self), QLabel(self)
        self.fields = FieldsPage(entity, reference, now, self)
        self.results = ResultPage(lambda name: entity.spec.label(name, reference), self)
        self.bar = QProgressBar(self)
        self._pages = QStackedWidget(self)
        self._go, self._undo, self._leave = QPushButton(self), QPushButton(self), QPushButton(self)
        self._build()
        self.fields.changed.connect(self._say)
        self.fields.resolved.connect(self._on_resolved)
        self.fields.unanswered.connect(self._on_unanswered)
        self.retranslate()

    def _build(self) -> None:
        progress = QWidget(self)
        progress.setObjectName("bulkProgress")
        inside = QVBoxLayout(progress)
        inside.addStretch(1)
        inside.addWidget(self.bar)
        inside.addStretch(2)
        self.bar.setObjectName("bulkBar")
        self.bar.setTextVisible(False)
        self._pages.setObjectName("bulkPages")
        for page in (self.fields, progress, self.results):
            self._pages.addWidget(page)
        self._title.setObjectName("bulkTitle")
        self._text.setObjectName("bulkText")
        self._text.setWordWrap(True)
        set_role(self._title, Role.TITLE)
        set_role(self._text, Role.MUTED)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button, name, slot in (
            (self._undo, "bulkUndo", self.undo_wanted.emit),
            (self._leave, "bulkLeave", self.reject),
            (self._go, "bulkGo", self.go_on),
        ):
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        set_role(self._go, Role.PRIMARY)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(self._pages, 1)
        layout.addLayout(buttons)

    # -- the steps -------------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """The strong button: change them, or try again what was not done."""
        if not self._go.isEnabled() or self._go.isHidden():
            return
        if self.step is Step.RESULTS:
            self.retry_wanted.emit()
            return
        self._waits = self.fields.take_waiting()
        if not self._waits and self.fields.check():
            self.decided.emit(self.fields.values())

    def _on_resolved(self) -> None:
        if self._waits:
            self.go_on()

    def _on_unanswered(self) -> None:
        self._waits = False

    def show_progress(self, settled: int, rows: int) -> None:
        """So many rows have an outcome."""
        if self.step is not Step.PROGRESS:
            self.step, self._is_stopping = Step.PROGRESS, False
            self._pages.setCurrentIndex(1)
            self._leave.setFocus()
        self._far, self._trouble = (settled, rows), ""
        self.bar.setMaximum(rows)
        self.bar.setValue(settled)
        self._say()

    def show_trouble(self, error: DeskError) -> None:
        """The desk does not answer; it is tried again."""
        text = QCoreApplication.translate("Bulk", "{reason}; trying again")
        self._trouble = text.format(reason=describe(error))
        self._say()

    def show_results(self, work: BulkWork) -> None:
        """What became of each row."""
        self.step, self._work = Step.RESULTS, work
        self._pages.setCurrentIndex(2)
        self.results.show_work(work)
        self._say()
        self.results.setFocus()

    def reject(self) -> None:
        """Leave: while it is under way, stop it."""
        if self.step is not Step.PROGRESS:
            super().reject()
        elif not self._is_stopping:
            self._is_stopping = True
            self._say()
            self.stop_wanted.emit()

    # -- words -----------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        title = self._title_text()
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._title.setText(title)
        self._text.setText(self._text_now())
        self._text.setVisible(bool(self._text.text()))
        has_open = self._work is not None and bool(self._work.open_rows())
        self._go.setVisible(self.step is Step.FIELDS or (self.step is Step.RESULTS and has_open))
        self._go.setEnabled(self.step is Step.RESULTS or bool(self.fields.names()))
        can_undo = self._work is not None and self._work.can_undo()
        self._undo.setVisible(self.step is Step.RESULTS and can_undo)
        self._leave.setEnabled(not (self.step is Step.PROGRESS and self._is_stopping))
        self._say_buttons()

    def _say_buttons(self) -> None:
        has_failed = self._work is not None and bool(self._work.of(Outcome.FAILED, Outcome.UNKNOWN))
        set_role(self._go, Role.PRIMARY if self.step is not Step.RESULTS or has_failed else Role.PLAIN)
        again = QCoreApplication.translate("Bulk", "Try again what was not done")
        verb = again if self.step is Step.RESULTS else QCoreApplication.translate("Bulk", "Change")
        self._go.setText(f"{verb}   {key_text(ENTER_WITH_CONTROL)}")
        self._go.setAccessibleName(verb)
        self._undo.setText(QCoreApplication.translate("Bulk", "Take all back"))
        words = {
            Step.FIELDS: QCoreApplication.translate("Bulk", "Cancel"),
            Step.PROGRESS: QCoreApplication.translate("Bulk", "Stop"),
            Step.RESULTS: QCoreApplication.translate("Bulk", "Close"),
        }
        self._leave.setText(words[self.step])
        for button in (self._undo, self._leave):
            button.setAccessibleName(button.text())

    def _title_text(self) -> str:
        if self.step is Step.RESULTS and self._work is not None:
            return summary_text(self._work, self._entity)
        text = QCoreApplication.translate("Bulk", "Change {rows}")
        if self.step is Step.PROGRESS:
            text = QCoreApplication.translate("Bulk", "Working on {rows}")
        return text.format(rows=self._entity.count_text(self._count))

    def _text_now(self) -> str:
        if self.step is Step.PROGRESS:
            if self._is_stopping:
                return QCoreApplication.translate("Bulk", "Stopping: what is under way is finished")
            return self._trouble or progress_text(*self._far)
        if self.step is Step.FIELDS and self._missing:
            text = QCoreApplication.translate("Bulk", "{rows} of the selection are not there any more")
            return text.format(rows=self._entity.count_text(self._missing))
        if self.step is Step.RESULTS and self._work is not None and self._work.of(Outcome.UNKNOWN, Outcome.UNDOING):
            return QCoreApplication.translate(
                "Bulk", "What got no answer can be tried again, or taken back: nothing is done twice"
            )
        return ""

    def text(self) -> str:
        """What is said under the title."""
        return self._text.text()

    def retranslate(self) -> None:
        """Say everything in the language of the window; what is entered stays."""
        self.bar.setAccessibleName(QCoreApplication.translate("Bulk", "Progress"))
        self.fields.retranslate()
        self.results.retranslate()
        self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter goes on, Esc leaves; not while an input method composes."""
        focus = self.focusWidget()
        if focus is not None and focus.property(COMPOSING):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.go_on()
            else:
                event.ignore()
        else:
            super().keyPressEvent(event)
