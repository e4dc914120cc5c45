"""Several of a few values as a field of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desk_client.theme import set_locked
from desk_client.widgets.choice_combo import ChoiceItem
from desk_client.widgets.multi_pick import MultiPick


class MultiField(MultiPick):
    """Marks some of what is offered; a value that is not offered any more stays, and can only be taken away.

    Signals:
        edited: the person set or took away a mark.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: tuple[Any, ...] = ()
        self._offered: tuple[ChoiceItem, ...] = ()
        self._known: Mapping[Any, str] = {}
        self._is_locked = False
        self.picked.connect(self._on_picked)

    def set_choices(self, offered: Sequence[ChoiceItem], known: Mapping[Any, str]) -> None:
        """Offer these; ``known`` labels values that are marked though they are not offered. Marks stay."""
        self._offered, self._known = tuple(offered), known
        self._fill()

    def value(self) -> tuple[Any, ...]:
        """What is marked, in the order in which it came."""
        return self._value

    def set_value(self, value: Sequence[Any] | None, text: str = "") -> None:
        """Mark exactly these; ``text`` is not used."""
        self._value = tuple(value or ())
        self._fill()

    def set_locked(self, locked: bool) -> None:
        """Keep the marks until unlocked."""
        self._is_locked = locked
        set_locked(self, locked)

    def showPopup(self) -> None:
        """Not while locked."""
        if not self._is_locked:
            super().showPopup()

    def _fill(self) -> None:
        offered = {item.value: item.label for item in self._offered}
        kept = {value: self._known.get(value, str(value)) for value in self._value if value not in offered}
        items = [(label, value) for value, label in {**offered, **kept}.items()]
        self.blockSignals(True)
        self.set_items(QCoreApplication.translate("MultiField", "None"), items)
        self.set_values(self._value)
        self.blockSignals(False)

    def _show_active(self, active: bool) -> None:
        """A field that is filled narrows nothing: it looks like any other."""

    def _on_picked(self) -> None:
        marked = self.values()
        kept = [value for value in self._value if value in marked]
        self._value = (*kept, *(value for value in marked if value not in kept))
        self.edited.emit()
