"""A dropdown to filter by: its first entry means "any", and it shows when it narrows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from desk_client.theme import repolish


class PickCombo(QComboBox):
    """One value of a few, or any (None).

    Signals:
        picked(): the person chose another entry.
    """

    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxVisibleItems(20)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(11)
        self.activated.connect(self._on_activated)

    def set_items(self, any_text: str, items: Sequence[tuple[str, Any]]) -> None:
        """Offer "any" and these (text, value); what was picked stays picked."""
        value = self.value()
        self.blockSignals(True)
        self.clear()
        self.addItem(any_text, None)
        for text, item in items:
            self.addItem(text, item)
        self.blockSignals(False)
        self.set_value(value)

    def value(self) -> Any:
        """What is picked; None for any."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Pick a value; any where it is not offered."""
        self.setCurrentIndex(max(0, self.findData(value)) if value is not None else 0)
        self._show_active()

    def _on_activated(self) -> None:
        self._show_active()
        self.picked.emit()

    def _show_active(self) -> None:
        active = self.value() is not None
        if bool(self.property("active")) != active:
            self.setProperty("active", active)
            repolish(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over a dropdown changes nothing by accident."""
        event.ignore()
