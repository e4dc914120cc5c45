"""The ticket list."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desk_client.listing.list_view import ListView
from desk_client.listing.table_model import PagedTableModel
from desk_client.theme import Theme
from desk_client.tickets.columns import TICKET_COLUMNS
from desk_client.tickets.delegate import TicketDelegate
from shared.schemas.ticket import TicketRow


class TicketListView(ListView[TicketRow]):
    """Shows the tickets of a model."""

    def __init__(self, model: PagedTableModel[TicketRow], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, TicketDelegate(TICKET_COLUMNS, theme, model), theme, "ticketList", parent)

    def retranslate(self) -> None:
        """Its name, and the headings."""
        self.setAccessibleName(QCoreApplication.translate("TicketListView", "Tickets"))
        super().retranslate()
