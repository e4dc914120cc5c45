"""A dropdown for a field with few values: letters select, the wheel never changes a value by accident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from desk_client.theme import set_locked

LETTERS_TOGETHER_MS = 900


class ChoiceItem(NamedTuple):
    """A value with its label; ``key`` (the code) selects it by letters whatever the language of the label."""

    value: Any
    label: str
    key: str = ""


class ChoiceCombo(QComboBox):
    """Offers items and an empty one; a value that is not offered (retired, unknown) is shown, not offered again.

    Signals:
        edited: the person chose another value.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: Mapping[Any, str] = {}
        self._offered: tuple[ChoiceItem, ...] = ()
        self._locked = False
        self._letters = ""
        self._since_letter = QElapsedTimer()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(16)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.addItem("", None)
        self.activated.connect(self._on_activated)
        self._value: Any = None

    def set_items(self, offered: Sequence[ChoiceItem], known: Mapping[Any, str] | None = None) -> None:
        """Offer these; ``known`` labels values that may be shown but not chosen. The value stays."""
        self._offered = tuple(offered)
        self._known = known or {}
        self._fill()

    def offered(self) -> list[Any]:
        """The values that may be chosen now."""
        return [item.value for item in self._offered]

    def value(self) -> Any:
        """The chosen value, None where it is empty."""
        return self._value

    def set_value(self, value: Any, text: str = "") -> None:
        """Show a value; ``text`` labels it where the items do not."""
        self._value = value
        if text and value is not None and value not in self._known:
            self._known = {**self._known, value: text}
        self._fill()

    def set_locked(self, locked: bool) -> None:
        """Keep the value as it is, readable, until unlocked."""
        self._locked = locked
        set_locked(self, locked)

    def _fill(self) -> None:
        """Rebuild the rows; the value is never lost by it."""
        self.blockSignals(True)
        self.clear()
        self.addItem("", None)
        for item in self._offered:
            self.addItem(item.label, item.value)
        if self._value is not None and all(item.value != self._value for item in self._offered):
            self.addItem(self._label_of_unoffered(), self._value)
        self.setCurrentIndex(self._row_of(self._value))
        self.blockSignals(False)

    def _label_of_unoffered(self) -> str:
        label = self._known.get(self._value, str(self._value))
        return QCoreApplication.translate("ChoiceCombo", "{label} (no longer offered)").format(label=label)

    def _row_of(self, value: Any) -> int:
        for row in range(1, self.count()):
            if self.itemData(row) == value:
                return row
        return 0

    def _on_activated(self, row: int) -> None:
        chosen = self.itemData(row)
        if self._locked:
            self.setCurrentIndex(self._row_of(self._value))
        elif chosen != self._value:
            self._value = chosen
            self.edited.emit()

    def _choose(self, row: int) -> None:
        self.setCurrentIndex(row)
        self._on_activated(row)

    def showPopup(self) -> None:
        """Open the list, not while the value is locked."""
        if not self._locked:
            super().showPopup()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Letters begin anew with each visit."""
        self._letters = ""
        self._since_letter.invalidate()
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the form scroll: a wheel over a dropdown changes no value."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Alt and an arrow open the list, as in any dropdown, before a shortcut of the window takes them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if alt and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters select by label or code; Delete and Backspace empty the field."""
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if self._locked and event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Tab):
            event.ignore()
        elif plain and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._choose(0)
        elif plain and event.text().strip():
            self._select_by_letter(event.text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _select_by_letter(self, letter: str) -> None:
        fresh = not self._since_letter.isValid() or self._since_letter.elapsed() > LETTERS_TOGETHER_MS
        self._letters = letter if fresh else self._letters + letter
        self._since_letter.start()
        repeated = len(set(self._letters.casefold())) == 1
        start = self.currentIndex() + 1 if len(self._letters) == 1 or repeated else self.currentIndex()
        wanted = self._letters[0] if repeated else self._letters
        rows = [row for row in range(1, self.count()) if self._matches(row, wanted.casefold())]
        if rows:
            self._choose(next((row for row in rows if row >= start), rows[0]))

    def _matches(self, row: int, letters: str) -> bool:
        keys = [item.key for item in self._offered if item.value == self.itemData(row)]
        return any(text.casefold().startswith(letters) for text in (self.itemText(row), *keys))
