"""What the window does with several tickets: those selected in the list, or that of the tab in front."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desk_client.bulk.actions import BulkActions
from desk_client.context import ClientContext
from desk_client.tabs import Tabs
from desk_client.tickets.bulk import TicketBulk
from desk_client.tickets.page import TicketsPage
from desk_client.widgets.undo_bar import UndoBar


class ManyTickets(QObject):
    """Change, delete, take back; the pages and tabs that show a ticket that is gone go to another."""

    def __init__(self, context: ClientContext, page: TicketsPage, tabs: Tabs, window: QWidget) -> None:
        super().__init__(window)
        self._page, self._tabs = page, tabs
        self.undo_bar = UndoBar(window)
        self.bulk = BulkActions(context, TicketBulk(), self.undo_bar, window)
        self.bulk.deleted.connect(self._on_deleted)
        self.bulk.restored.connect(self._on_restored)
        self._left: int | None = None  # the ticket that was current when it was deleted

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What to call for each action of the table that concerns several tickets."""
        return {
            "change_selected": lambda: self.bulk.change(self.meant_ids()),
            "delete": self.delete,
            "bulk_results": self.bulk.show_results,
        }

    def meant_ids(self) -> tuple[int, ...]:
        """The tickets that an action is about."""
        if self._tabs.currentWidget() is self._page:
            return self._page.list.chosen_ids()
        return self._tabs.ticket_ids_in_front()

    def delete(self) -> None:
        """What is typed in a ticket that is to be deleted is asked about first."""
        self._delete(self.meant_ids())

    def _delete(self, ids: tuple[int, ...]) -> None:
        if all(pane.may_close(lambda: self._delete(ids)) for pane in self._tabs.panes_of(ids)):
            self.bulk.delete(ids)

    def _on_deleted(self, ids: list[int]) -> None:
        current = self._page.list.current_id()
        self._left = current if current in ids else None
        self._page.list.choose_none()
        self._tabs.drop_tickets(ids)
        self._page.leave_tickets(ids)

    def _on_restored(self, ids: list[int]) -> None:
        if self._left in ids:
            self._page.return_to(self._left)
            self._left = None
