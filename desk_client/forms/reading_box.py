"""A value to be read at length: wrapped, and where it is long, scrolled by mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desk_client.theme import Role, set_role

LONG_LINES = 7


class ReadingBox(QFrame):
    """Shows one text, which can be selected and copied."""

    def __init__(self, name: str, *, is_long: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: QLabel | QPlainTextEdit = self._long(name) if is_long else self._short(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._shown)

    def _long(self, name: str) -> QPlainTextEdit:
        box = QPlainTextEdit(self)
        box.setObjectName(name)
        box.setReadOnly(True)
        box.setTabChangesFocus(True)
        box.setFixedHeight(LONG_LINES * box.fontMetrics().lineSpacing() + 12)
        return box

    def _short(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        set_role(label, Role.VALUE)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        label.setMinimumWidth(0)
        return label

    def show_text(self, text: str, *, name: str) -> None:
        """The text, a dash for nothing; ``name`` is what a screen reader calls it."""
        shown = text or "\N{EN DASH}"
        if isinstance(self._shown, QLabel):
            self._shown.setText(shown)
        else:
            self._shown.setPlainText(shown)
        self._shown.setAccessibleName(name)

    def text(self) -> str:
        """What is shown."""
        return self._shown.text() if isinstance(self._shown, QLabel) else self._shown.toPlainText()
