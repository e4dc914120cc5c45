"""What keys are called: in one word for menus, buttons and hints, as this system writes it."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

ENTER_WITH_CONTROL = "Ctrl+Enter"
ENTER_WITH_CONTROL_AND_SHIFT = "Ctrl+Shift+Enter"


def sequences(shortcut: str) -> list[QKeySequence]:
    """What a shortcut answers to, the one that is named first. Qt has two Enters: beside the letters, and the pad's."""
    if not shortcut:
        return []
    named = QKeySequence(shortcut)
    return [named, QKeySequence(shortcut.replace("Enter", "Return"))] if "Enter" in shortcut else [named]


def key_text(shortcut: str) -> str:
    """How menus write it."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
