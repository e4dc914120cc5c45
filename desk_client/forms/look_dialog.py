"""A look at what came from elsewhere, line by line; nothing is changed by looking, unless there is a button for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desk_client.theme import Role, set_role
from desk_client.widgets.translated import Translated

SIZE = (620, 380)
LEFT_TO_READ = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


@dataclass(frozen=True, slots=True)
class LookLine:
    """One line: what it is about, small, and what it says."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class LookWords:
    """What the dialog says, in the language of the window. ``go_on`` '' where there is nothing to go on with."""

    title: str
    text: str
    lines: Sequence[LookLine]
    go_on: str = ""


class LookDialog(Translated, QDialog):
    """Lines to read; Esc and the default button leave.

    Signals:
        go_on_wanted(): the person wants to go on in spite of what is said.
    """

    go_on_wanted = Signal()

    def __init__(self, name: str, words: Callable[[], LookWords], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName(name)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        said = words()
        self._title, self._text = QLabel(self), QLabel(self)
        self._heads, self._lines = ([QLabel(self) for _ in said.lines] for _ in range(2))
        self._go_on, self._leave = QPushButton(self), QPushButton(self)
        self._go_on.setVisible(bool(said.go_on))
        self._build()
        self.retranslate()
        self._leave.setFocus()

    def _build(self) -> None:
        self._dress(self._title, "lookTitle", Role.TITLE)
        self._dress(self._text, "lookText", Role.MUTED)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(2)
        for index, (head, line) in enumerate(zip(self._heads, self._lines, strict=True)):
            self._dress(head, f"lookHead_{index}", Role.SMALL)
            self._dress(line, f"lookLine_{index}", None)
            line.setTextInteractionFlags(LEFT_TO_READ)
            if index:
                column.addSpacing(8)
            column.addWidget(head)
            column.addWidget(line)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("lookLines")
        area.setWidgetResizable(True)
        self._area = area
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        for ground in (area.viewport(), inside):
            ground.setAutoFillBackground(False)
        card = QFrame(self)
        set_role(card, Role.CARD)
        around = QVBoxLayout(card)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(area)
        row = QHBoxLayout()
        row.addStretch(1)
        for button, name in ((self._go_on, "lookGoOn"), (self._leave, "lookLeave")):
            button.setObjectName(name)
            button.setAutoDefault(False)
            row.addWidget(button)
        self._leave.setDefault(True)
        self._go_on.clicked.connect(self._on_go_on)
        self._leave.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(card, 1)
        layout.addLayout(row)

    def _dress(self, label: QLabel, name: str, role: Role | None) -> None:
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if role is not None:
            set_role(label, role)

    def _on_go_on(self) -> None:
        self.accept()
        self.go_on_wanted.emit()

    def text(self) -> str:
        """Everything that can be read in it."""
        pairs = zip(self._heads, self._lines, strict=True)
        return "\n".join(f"{head.text()}\n{line.text()}" for head, line in pairs)

    def retranslate(self) -> None:
        """Say everything in the language of the window."""
        said = self._words()
        self.setWindowTitle(said.title)
        self.setAccessibleName(said.title)
        self.setAccessibleDescription(said.text)
        self._area.setAccessibleName(said.title)
        self._title.setText(said.title)
        self._text.setText(said.text)
        self._text.setVisible(bool(said.text))
        for head, line, words in zip(self._heads, self._lines, said.lines, strict=True):
            head.setText(words.head)
            line.setText(words.text)
            line.setAccessibleName(words.head)
        self._go_on.setText(said.go_on)
        leave = (
            QCoreApplication.translate("Look", "Back") if said.go_on else QCoreApplication.translate("Look", "Close")
        )
        self._leave.setText(leave)
        for button in (self._go_on, self._leave):
            button.setAccessibleName(button.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter belongs to the button with the focus."""
        focus = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QPushButton):
            focus.click()
        else:
            super().keyPressEvent(event)
