"""The list of machines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desk_client.listing.list_view import ListView
from desk_client.listing.table_model import PagedTableModel
from desk_client.machines.delegate import MachineDelegate
from desk_client.theme import Theme
from shared.schemas.machine import MachineRow

LEAST_HEIGHT = 124  # headings and three rows, whatever stands above and below in a small window


class MachineListView(ListView[MachineRow]):
    """Shows the machines of a model."""

    def __init__(
        self,
        model: PagedTableModel[MachineRow],
        theme: Theme,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, MachineDelegate(theme, now, model), theme, "machineList", parent)
        self.setMinimumHeight(LEAST_HEIGHT)

    def retranslate(self) -> None:
        """Its name, and the headings."""
        self.setAccessibleName(QCoreApplication.translate("Machines", "Machines"))
        super().retranslate()
