"""A line over a view that says how things stand, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desk_client.theme import Role, repolish, set_role
from desk_client.widgets.focus_back import FocusBack


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
        self._focus_back = FocusBack(self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 4, 6, 4)
        self._layout.setSpacing(6)
        self._layout.addWidget(self._label, 1)
        self.hide()

    def say(self, severity: str, text: str, buttons: Sequence[tuple[str, str, Callable[[], None]]] = ()) -> None:
        """Show a text ('info', 'warning' or 'error') and buttons (object name, words, what to do)."""
        before, self._buttons = self._buttons, []
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.setProperty("severity", severity)
        for name, words, action in buttons:
            button = QPushButton(words, self)
            button.setObjectName(name)
            button.setAccessibleName(words)
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where somebody types
            set_role(button, Role.QUIET)
            button.clicked.connect(action)
            self._layout.addWidget(button)
            self._buttons.append(button)
        for widget in (self, self._label):
            repolish(widget)
        self.show()
        for button in self._buttons:
            button.show()  # the layout would do so later: until then it can't have the focus
        self._drop(before)

    def reword(self, text: str) -> None:
        """Say another text with the same buttons."""
        self._label.setText(text)
        self._label.setAccessibleName(text)

    def clear(self) -> None:
        """Say nothing."""
        before, self._buttons = self._buttons, []
        self._drop(before)
        self._label.setText("")
        self.hide()

    def text(self) -> str:
        """What is being said, '' where nothing is."""
        return "" if self.isHidden() else self._label.text()

    def _drop(self, buttons: list[QPushButton]) -> None:
        """Take these away. Who had the focus in one has it in that of the same name, else where it was before."""
        for button in buttons:
            if button.hasFocus():
                same = [new for new in self._buttons if new.objectName() == button.objectName()]
                if same:
                    same[0].setFocus(Qt.FocusReason.OtherFocusReason)
                else:
                    self._focus_back.give_back()
            button.hide()
            button.deleteLater()
