"""Yes or no as a field of a form."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from desk_client.theme import set_locked


class SwitchField(QCheckBox):
    """On or off, with the word beside it.

    Signals:
        edited: the person switched it.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clicked.connect(self._on_clicked)
        self.toggled.connect(self._say)
        self._say()

    def value(self) -> bool:
        """Whether it is on."""
        return self.isChecked()

    def set_value(self, value: bool | None, text: str = "") -> None:
        """Show it; ``text`` is not used."""
        self.setChecked(bool(value))
        self._say()

    def set_locked(self, locked: bool) -> None:
        """Keep it until unlocked."""
        self.setEnabled(not locked)
        set_locked(self, locked)

    def _on_clicked(self) -> None:
        self.edited.emit()

    def _say(self) -> None:
        yes, no = QCoreApplication.translate("SwitchField", "Yes"), QCoreApplication.translate("SwitchField", "No")
        self.setText(yes if self.isChecked() else no)
