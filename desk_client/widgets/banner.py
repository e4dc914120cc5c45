"""A line over a view that says how things stand, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desk_client.theme import Role, repolish, set_role


class Banner(QFrame):
    """Shows one text and up to a few buttons, until it is cleared. Its text is made anew by whoever shows it."""

    def __init__(self, parent: QWidget | None = None, name: str = "banner") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "message")
        self._label = QLabel(self)
        self._label.setObjectName("bannerText")
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons: list[QPushButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 4, 6, 4)
        self._layout.setSpacing(6)
        self._layout.addWidget(self._label, 1)
        self.hide()

    def say(self, severity: str, text: str, buttons: Sequence[tuple[str, str, Callable[[], None]]] = ()) -> None:
        """Show a text ('info', 'warning' or 'error') and buttons (object name, words, what to do)."""
        self._drop_buttons()
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.setProperty("severity", severity)
        for name, words, action in buttons:
            button = QPushButton(words, self)
            button.setObjectName(name)
            button.setAccessibleName(words)
            button.setAutoDefault(False)
            set_role(button, Role.QUIET)
            button.clicked.connect(action)
            self._layout.addWidget(button)
            self._buttons.append(button)
        for widget in (self, self._label):
            repolish(widget)
        self.show()

    def reword(self, text: str) -> None:
        """Say another text with the same buttons."""
        self._label.setText(text)
        self._label.setAccessibleName(text)

    def clear(self) -> None:
        """Say nothing."""
        self._drop_buttons()
        self._label.setText("")
        self.hide()

    def text(self) -> str:
        """What is being said, '' where nothing is."""
        return "" if self.isHidden() else self._label.text()

    def _drop_buttons(self) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons.clear()
