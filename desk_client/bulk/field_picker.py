"""The dropdown that adds a field by a click or Enter; letters and arrows only look for it, else the first one adds."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desk_client.widgets.choice_combo import ChoiceCombo

_PAD = Qt.KeyboardModifier.KeypadModifier


class FieldPicker(ChoiceCombo):
    """What letters or arrows choose is shown, and taken by Enter or by going on with Tab.

    Signals:
        picked(): the person wants the field that is shown.
    """

    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_looking = False
        self.edited.connect(self._on_edited)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what is shown."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~_PAD and self._take():
            return
        self._is_looking = True
        super().keyPressEvent(event)
        self._is_looking = False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes what is shown and stays with it, else goes on."""
        return (forward and self._take()) or super().focusNextPrevChild(forward)

    def _take(self) -> bool:
        if self.value() is None:
            return False
        self.picked.emit()
        return True

    def _on_edited(self) -> None:
        if not self._is_looking:
            self._take()
