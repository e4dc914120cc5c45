"""The list of security events."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desk_client.listing.list_view import ListView
from desk_client.listing.table_model import PagedTableModel
from desk_client.machines.events.columns import EventDelegate
from desk_client.theme import Theme
from shared.schemas.machine import SecurityEventRow


class EventListView(ListView[SecurityEventRow]):
    """Shows the security events of a model."""

    def __init__(self, model: PagedTableModel[SecurityEventRow], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, EventDelegate(theme, model), theme, "eventList", parent)

    def retranslate(self) -> None:
        """Its name, and the headings."""
        self.setAccessibleName(QCoreApplication.translate("SecurityEvents", "Security events"))
        super().retranslate()
