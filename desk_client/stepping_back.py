"""Undo and redo of the window: in the text with the cursor, or field by field in the form in front."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from desk_client.widgets.field_frame import FieldFrame


class StepsBack(Protocol):
    """What has a form."""

    def undo(self) -> None:
        """Take the last change back."""

    def redo(self) -> None:
        """Do it again."""


def step_back(front: StepsBack, *, again: bool) -> None:
    """A text beside the forms (a comment, the search) has an undo of its own; a form's fields have the form's."""
    focus = QApplication.focusWidget()
    is_text = isinstance(focus, QLineEdit | QPlainTextEdit) and not isinstance(focus.parent(), FieldFrame)
    target = focus if is_text and isinstance(focus, QLineEdit | QPlainTextEdit) else front
    (target.redo if again else target.undo)()
