"""A field on a form: label above, editor, message below. The room of a message's first line is always there."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from desk_client.theme import Role, set_invalid, set_role
from desk_client.widgets.wrapped_label import WrappedLabel

Saying = Callable[[], str]  # a sentence, made anew in the language of the window


class MessageKind(StrEnum):
    """What a message under a field is."""

    NONE = "none"
    ERROR = "error"
    NOTE = "note"


class MessageLine(WrappedLabel):
    """What is said under a field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = MessageKind.NONE
        set_role(self, Role.SMALL)

    def show_text(self, text: str, kind: MessageKind) -> None:
        """Show a message of that kind."""
        if self.kind is not kind:
            self.kind = kind
            set_role(self, Role.ERROR if kind is MessageKind.ERROR else Role.SMALL)
        self.set_full_text(text)


class FieldFrame(QWidget):
    """Joins an editor with its label, its help (F1, hover) and its message."""

    def __init__(self, name: str, editor: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.editor = editor
        self._help = ""
        self._is_required = False
        self._say: Saying | None = None
        self._kind = MessageKind.NONE
        self.setObjectName(f"field_{name}")
        editor.setObjectName(f"edit_{name}")
        self._label = QLabel(self)
        self._label.setObjectName("fieldLabel")
        set_role(self._label, Role.LABEL)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setBuddy(editor)
        self.message = MessageLine(self)
        self.message.setObjectName("fieldMessage")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._label)
        layout.addWidget(editor)
        layout.addWidget(self.message)
        layout.addStretch(1)
        # Never lower than its contents: in a scrolled form texts of several lines would shrink to one.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(editor)
        editor.installEventFilter(self)

    @property
    def is_required(self) -> bool:
        """Whether the star is shown."""
        return self._is_required

    def set_label(self, text: str, *, required: bool) -> None:
        """Name the field; a star where it is required, the word for it for who can't see stars."""
        self._is_required = required
        self._label.setText(f"{text} *" if required else text)
        spoken = QCoreApplication.translate("FieldFrame", "{label}, required").format(label=text) if required else text
        self.editor.setAccessibleName(spoken)

    def set_help(self, text: str) -> None:
        """What F1 and hovering tell."""
        self._help = text
        self._label.setToolTip(text)
        self.editor.setToolTip(text)

    def reserve_message(self, reserved: bool) -> None:
        """Keep or give back the room of the message; fields that are only read need none."""
        self.message.setVisible(reserved)

    def show_message(self, say: Saying | None, kind: MessageKind = MessageKind.ERROR) -> None:
        """Say something under the field; None takes it away. ``say`` is called again in another language."""
        self._say = say
        self._kind = kind if say is not None else MessageKind.NONE
        self.say_again()

    def say_again(self) -> None:
        """Say the message in the language of the window."""
        kind, text = self._kind, self._say() if self._say is not None else ""
        self.message.show_text(text, kind)
        self.editor.setAccessibleDescription(text)
        set_invalid(self.editor, kind is MessageKind.ERROR)

    def message_text(self) -> str:
        """What stands under the field."""
        return self.message.full_text()

    def has_error(self) -> bool:
        """Whether that is an error."""
        return self.message.kind is MessageKind.ERROR

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """F1 shows the help of the field, before anybody else's F1."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F1 and self._help and not event.modifiers():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                QToolTip.showText(self.editor.mapToGlobal(QPoint(8, self.editor.height())), self._help, self.editor)
                return True
        return super().eventFilter(watched, event)
