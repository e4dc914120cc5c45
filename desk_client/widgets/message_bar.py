"""A line that says what went wrong, until it is dismissed. Never a modal box."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desk_client.messages import Saying, Severity
from desk_client.theme import Role, repolish, set_role
from desk_client.widgets.focus_back import FocusBack
from desk_client.widgets.translated import Translated


class MessageBar(Translated, QFrame):
    """Shows one message; the next replaces it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setProperty("role", "message")
        self._say: Saying | None = None
        self._severity = Severity.INFO
        self._label = QLabel(self)
        self._label.setObjectName("messageText")
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._dismiss = QPushButton(self)
        self._dismiss.setObjectName("messageDismiss")
        set_role(self._dismiss, Role.QUIET)
        self._dismiss.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where somebody types
        self._dismiss.clicked.connect(self._leave)
        self._focus_back = FocusBack(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._dismiss)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Name of the bar and its button, and what it says."""
        self.setAccessibleName(QCoreApplication.translate("MessageBar", "Message"))
        self._dismiss.setText(QCoreApplication.translate("MessageBar", "Dismiss"))
        self._dismiss.setAccessibleName(QCoreApplication.translate("MessageBar", "Dismiss the message"))
        self._say_again()

    def _say_again(self) -> None:
        text = self._say() if self._say is not None else ""
        self._label.setText(text)
        self._label.setAccessibleName(text)

    def show_message(self, severity: Severity, say: Saying) -> None:
        """Show a warning or an error; said again in another language."""
        self._say, self._severity = say, severity
        self._say_again()
        self.setProperty("severity", str(severity))
        for widget in (self, self._label):
            repolish(widget)
        self.show()

    def is_warning(self) -> bool:
        """Whether a warning is shown: what went well meanwhile does not answer it."""
        return self._severity is Severity.WARNING and not self.isHidden()

    def text(self) -> str:
        """What is being said, '' where nothing is."""
        return self._label.text() if not self.isHidden() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc dismisses."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        self._focus_back.give_back()
        self.hide()
