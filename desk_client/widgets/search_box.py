"""The search box: asks a moment after the last key, never while an input method is composing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

DEBOUNCE_MS = 250


class SearchBox(QLineEdit):
    """A line to search by.

    Signals:
        search_changed(text): the text rests, or Enter was pressed.
        entered(text): Enter: whoever searches may jump to the one that is meant.
        left_down(): arrow down: on to what was found.
    """

    search_changed = Signal(str)
    entered = Signal(str)
    left_down = Signal()

    def __init__(self, parent: QWidget | None = None, debounce_ms: int = DEBOUNCE_MS) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self.setMaxLength(400)
        self._said = ""
        self._composing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(debounce_ms)
        self._timer.timeout.connect(self._say)
        self.textChanged.connect(self._on_text_changed)

    def set_text(self, text: str) -> None:
        """Show a text without asking for it."""
        self._said = text.strip()
        self.setText(text)
        self._timer.stop()

    def _on_text_changed(self) -> None:
        if not self._composing:
            self._timer.start()

    def _say(self) -> None:
        self._timer.stop()
        text = self.text().strip()
        if text != self._said:
            self._said = text
            self.search_changed.emit(text)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Wait while letters are being composed."""
        self._composing = bool(event.preeditString())
        if self._composing:
            self._timer.stop()
        super().inputMethodEvent(event)
        if not self._composing and event.commitString():
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks at once, Esc empties, Down goes on."""
        if self._composing:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._say()
            self.entered.emit(self.text().strip())
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._say()
        elif event.key() == Qt.Key.Key_Down:
            self.left_down.emit()
        else:
            super().keyPressEvent(event)
