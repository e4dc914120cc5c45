"""Fields for text: one line, several lines, and text to read only."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from desk_client.theme import Role, set_locked, set_role

TEXT_LINES = 4
COMPOSING = "composing"  # property: an input method is at work, its keys (Enter, Esc) are not the form's


class LineField(QLineEdit):
    """One line of text; empty and blank text is None.

    Signals:
        edited: the person typed.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textEdited.connect(self.edited)

    def value(self) -> str | None:
        """The text without blanks around it, None where nothing is left."""
        return self.text().strip() or None

    def set_value(self, value: str | None, text: str = "") -> None:
        """Show a text from its beginning; ``text`` is not used."""
        if (value or "") != self.text():
            self.setText(value or "")
            self.setCursorPosition(0)

    def set_locked(self, locked: bool) -> None:
        """Keep the text as it is until unlocked."""
        self.setReadOnly(locked)
        set_locked(self, locked)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing."""
        self.setProperty(COMPOSING, bool(event.preeditString()))
        super().inputMethodEvent(event)


class TextField(QPlainTextEdit):
    """Several lines of plain text. Tab goes to the next field, since a form is filled by keyboard.

    Signals:
        edited: the person typed.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None, lines: int = TEXT_LINES) -> None:
        super().__init__(parent)
        self._lines = lines
        self._last_text = ""
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._on_text_changed)

    def value(self) -> str | None:
        """The text without blanks at its end, None where it is blank."""
        return self.toPlainText().rstrip() or None

    def set_value(self, value: str | None, text: str = "") -> None:
        """Show a text; ``text`` is not used."""
        if (value or "") == self.toPlainText():
            return
        self._last_text = value or ""
        self.setPlainText(value or "")

    def drop_beginning(self, beginning: str) -> None:
        """Take this text away where it stands first, and blanks behind it; the cursor stays in what is left."""
        text = self.toPlainText()
        if not text.startswith(beginning):
            return
        rest = text.removeprefix(beginning).lstrip()
        cursor = self.textCursor()
        cursor.setPosition(0)
        # a document counts in UTF-16: what is not in Unicode's first plane counts twice
        cut = len(text.removesuffix(rest).encode("utf-16-le")) // 2
        cursor.setPosition(cut, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def set_locked(self, locked: bool) -> None:
        """Keep the text as it is until unlocked."""
        self.setReadOnly(locked)
        set_locked(self, locked)

    def sizeHint(self) -> QSize:
        """So many lines of the present font."""
        margin = 2 * (self.frameWidth() + int(self.document().documentMargin())) + 6
        return QSize(super().sizeHint().width(), self._lines * self.fontMetrics().lineSpacing() + margin)

    def minimumSizeHint(self) -> QSize:
        """The height is fixed, the width free."""
        return QSize(80, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter and Esc belong to the form."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape or (control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing."""
        self.setProperty(COMPOSING, bool(event.preeditString()))
        super().inputMethodEvent(event)

    def _on_text_changed(self) -> None:
        # Also sent while an input method composes, when the text itself is the same.
        if self.toPlainText() != self._last_text:
            self._last_text = self.toPlainText()
            self.edited.emit()


class ValueText(QLabel):
    """A value to read: text that can be selected and copied, in place of a grey field.

    Signals:
        edited: never sent; here so that all fields are alike.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Any = None
        set_role(self, Role.VALUE)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setMinimumWidth(0)

    def value(self) -> Any:
        """The value as it was given."""
        return self._value

    def set_value(self, value: Any, text: str = "") -> None:
        """Show ``text`` for the value; a dash where there is none."""
        self._value = value
        shown = text or ("" if value is None else str(value))
        self.setText(shown or "\N{EN DASH}")

    def set_locked(self, locked: bool) -> None:
        """Nothing to lock."""
