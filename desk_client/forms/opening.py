"""A row on its way into a pane: what is shown meanwhile, what waits for it, and who types in the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desk_client.forms.controller import EntityController


class Opening(QObject):
    """What is shown stays until the row is there; whoever types meanwhile stays with it.

    Signals:
        arrived(): the row that was asked for is shown.
        stayed(id or None): it did not come, or typing went on in this one, which stays; None: none or a new one.
    """

    arrived = Signal()
    stayed = Signal(object)

    def __init__(self, controller: EntityController[Any], shown: Callable[[], int | None], parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._shown = controller, shown
        self._then: Callable[[], object] | None = None
        self.is_under_way = False

    def begin(self, row_id: int) -> None:
        """Ask for a row."""
        self._then = None
        self.is_under_way = True
        self._controller.open(row_id)

    def when_there(self, act: Callable[[], object]) -> None:
        """Do it now, or to the row that is on its way; not where that one does not come."""
        if self.is_under_way:
            self._then = act
        else:
            act()

    def give_up(self) -> None:
        """Something else is shown: nothing waits any more."""
        self.is_under_way, self._then = False, None

    def stay(self) -> None:
        """Go on with what is shown, where another was on its way."""
        if self.is_under_way:
            self.give_up()
            self._controller.stay(self._shown())
            self.stayed.emit(self._shown())

    def finish(self) -> None:
        """The row is shown: do what waited for it."""
        then = self._then
        self.give_up()
        self.arrived.emit()
        if then is not None:
            then()
