"""Where a comment is written. It goes with the next save, or alone where nothing else was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desk_client.widgets.text_fields import TextField
from shared.schemas.ticket import CommentText

LINES = 3


class CommentBox(QWidget):
    """A text, a flag "private", a button.

    Signals:
        edited(): the person typed.
        add_requested(): the button was pressed.
    """

    edited = Signal()
    add_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("commentBox")
        self._text = TextField(self, lines=LINES)
        self._text.setObjectName("commentText")
        self._private = QCheckBox(self)
        self._private.setObjectName("commentPrivate")
        self._add = QPushButton(self)
        self._add.setObjectName("commentAdd")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._private)
        row.addStretch(1)
        row.addWidget(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._text)
        layout.addLayout(row)
        self._text.edited.connect(self._on_edited)
        self._add.clicked.connect(self.add_requested)
        self.setFocusProxy(self._text)
        self.retranslate()
        self._on_edited()

    def comment(self) -> CommentText | None:
        """The comment to append, None where nothing is written."""
        body = self._text.value()
        return None if body is None else CommentText(body=body, is_private=self._private.isChecked())

    def clear(self) -> None:
        """Empty it: the comment is saved or thrown away."""
        self._text.set_value(None)
        self._private.setChecked(False)
        self._on_edited()

    def take_away(self, sent: CommentText) -> None:
        """Empty it of a comment that is saved; what was written behind it since stays, and the flag with it."""
        self._text.drop_beginning(sent.body)
        if self._text.value() is None:
            self.clear()
        self._on_edited()

    def append(self, body: str) -> None:
        """Add a text to what is written: it goes with the next save."""
        self._text.set_value(self._with(body))
        self._on_edited()

    def _with(self, body: str) -> str:
        before = self._text.value()
        return body if before is None else f"{before}\n{body}"

    @property
    def editor(self) -> TextField:
        """What one writes in."""
        return self._text

    def draft(self, more: str = "") -> Mapping[str, Any]:
        """What is written, to the letter, for a draft, with what is written elsewhere; nothing where that is blank."""
        text = self._with(more) if more.strip() else self._text.toPlainText()
        return {"text": text, "is_private": self._private.isChecked()} if text.strip() else {}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Show what ``draft`` gave."""
        self._text.set_value(kept.get("text"))
        self._private.setChecked(bool(kept.get("is_private")))
        self._on_edited()

    def set_alone(self, alone: bool) -> None:
        """Whether a comment may be added without a save: not before the ticket itself is there."""
        self._add.setVisible(alone)

    def retranslate(self) -> None:
        """Say everything in the language of the window."""
        self._text.setPlaceholderText(QCoreApplication.translate("CommentBox", "Write a comment (Ctrl+M)"))
        self._text.setAccessibleName(QCoreApplication.translate("CommentBox", "Comment"))
        self._private.setText(QCoreApplication.translate("CommentBox", "Private"))
        self._private.setToolTip(
            QCoreApplication.translate("CommentBox", "Its text can't be read on query-only machines")
        )
        self._add.setText(QCoreApplication.translate("CommentBox", "Add comment"))
        for control in (self._private, self._add):
            control.setAccessibleName(control.text())

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _on_edited(self) -> None:
        self._add.setEnabled(self._text.value() is not None)
        self.edited.emit()
