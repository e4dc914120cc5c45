"""Asks before something is done that somebody at another computer will notice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_client.theme import Role, set_role

WIDTH = 460


class Question(QDialog):
    """A title, what will happen, and two buttons; "Back" is the default. Not modal to the application's event loop."""

    def __init__(
        self, name: str, title: str, text: str, verb: str, do: Callable[[], object], parent: QWidget | None = None,
        on_back: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(WIDTH)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        heading, body = QLabel(title, self), QLabel(text, self)
        heading.setObjectName("questionTitle")
        body.setObjectName("questionText")
        set_role(heading, Role.TITLE)
        for label in (heading, body):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._text = text
        back = QPushButton(QCoreApplication.translate("Question", "Back"), self)
        go_on = QPushButton(verb, self)
        back.setObjectName("questionBack")
        go_on.setObjectName("questionGoOn")
        for button in (back, go_on):
            button.setAccessibleName(button.text())
        back.setDefault(True)
        go_on.setAutoDefault(False)
        back.clicked.connect(self.reject)
        go_on.clicked.connect(self.accept)
        self.accepted.connect(do)
        self.rejected.connect(on_back)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(go_on)
        buttons.addWidget(back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(body)
        layout.addLayout(buttons)
        back.setFocus()

    def text(self) -> str:
        """What will happen."""
        return self._text
