"""A line that says what was done and offers for ten seconds to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desk_client.theme import Role, set_role
from desk_client.widgets.field_frame import Saying
from desk_client.widgets.focus_back import FocusBack
from desk_client.widgets.translated import Translated

UNDO_MS = 10_000


class UndoBar(Translated, QFrame):
    """Shows one thing at a time; the next replaces it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("undoBar")
        self.setProperty("role", "message")
        self.setProperty("severity", "info")
        self._say: Saying | None = None
        self._undo: Callable[[], object] | None = None
        self._details: Callable[[], object] | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(UNDO_MS)
        self.timer.timeout.connect(self.clear)
        self._label = QLabel(self)
        self._label.setObjectName("undoText")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._undo_button, self._details_button = QPushButton(self), QPushButton(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.setSpacing(6)
        layout.addWidget(self._label, 1)
        for button, name, slot in (
            (self._undo_button, "undoButton", self.undo),
            (self._details_button, "undoDetails", self._show_details),
        ):
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where somebody works
            set_role(button, Role.QUIET)
            button.clicked.connect(slot)
            layout.addWidget(button)
        self._focus_back = FocusBack(self)
        self.hide()
        self.retranslate()

    def offer(
        self, say: Saying, undo: Callable[[], object] | None, details: Callable[[], object] | None = None
    ) -> None:
        """Say what was done; for a while ``undo`` takes it back, and ``details`` tells more of it."""
        self._say, self._undo, self._details = say, undo, details
        self._undo_button.setVisible(undo is not None)
        self._details_button.setVisible(details is not None)
        self.retranslate()
        self.show()
        self.timer.start()

    def undo(self) -> None:
        """Take it back, where that is offered still."""
        undo = self._undo if self.is_offered() else None
        self.clear()
        if undo is not None:
            undo()

    def is_offered(self) -> bool:
        """Whether there is something to take back."""
        return self._undo is not None and not self.isHidden()

    def text(self) -> str:
        """What is said, '' where nothing is."""
        return "" if self.isHidden() else self._label.text()

    def clear(self) -> None:
        """The time is over."""
        self.timer.stop()
        self._say = self._undo = self._details = None
        self._focus_back.give_back()
        self.hide()

    def _show_details(self) -> None:
        details = self._details
        if details is not None:
            details()

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        text = self._say() if self._say is not None else ""
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.setAccessibleName(QCoreApplication.translate("UndoBar", "Done just now"))
        keys = QKeySequence(QKeySequence.StandardKey.Undo).toString(QKeySequence.SequenceFormat.NativeText)
        undo = QCoreApplication.translate("UndoBar", "Undo")
        self._undo_button.setText(f"{undo}   {keys}")
        self._undo_button.setAccessibleName(undo)
        self._details_button.setText(QCoreApplication.translate("UndoBar", "Details"))
        self._details_button.setAccessibleName(self._details_button.text())
