"""A line that says what went wrong, until it is dismissed. Never a modal box."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desk_client.theme import Role, repolish, set_role
from desk_client.widgets.translated import Translated


class MessageBar(Translated, QFrame):
    """Shows one message; the next replaces it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setProperty("role", "message")
        self._label = QLabel(self)
        self._label.setObjectName("messageText")
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._dismiss = QPushButton(self)
        self._dismiss.setObjectName("messageDismiss")
        set_role(self._dismiss, Role.QUIET)
        self._dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._dismiss)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Name of the bar and its button."""
        self.setAccessibleName(QCoreApplication.translate("MessageBar", "Message"))
        self._dismiss.setText(QCoreApplication.translate("MessageBar", "Dismiss"))
        self._dismiss.setAccessibleName(QCoreApplication.translate("MessageBar", "Dismiss the message"))

    def show_message(self, severity: str, text: str) -> None:
        """Show a text, 'warning' or 'error'."""
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.setProperty("severity", severity)
        for widget in (self, self._label):
            repolish(widget)
        self.show()

    def text(self) -> str:
        """What is being said, '' where nothing is."""
        return self._label.text() if not self.isHidden() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc dismisses."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
