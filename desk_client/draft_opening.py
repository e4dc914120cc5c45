"""Where a draft is opened: of a ticket in a tab of its own, of anything else on its screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desk_client.administration import SCREEN_OF
from desk_client.context import ClientContext
from desk_client.drafts.content import Draft
from desk_client.screen import Screen
from desk_client.tabs import Tabs
from desk_client.tickets.pane import TicketPane


class DraftOpening:
    """One for the window."""

    def __init__(self, context: ClientContext, tabs: Tabs, open_screen: Callable[[str], QWidget]) -> None:
        self._context, self._tabs, self._open_screen = context, tabs, open_screen

    def open(self, draft: Draft) -> None:
        """A form with what was typed before a crash."""
        name = SCREEN_OF.get(draft.content.entity)
        screen = self._open_screen(name) if name is not None else None
        if screen is None:
            self._open_ticket(draft)
        elif isinstance(screen, Screen):
            screen.open_draft(draft)

    def _open_ticket(self, draft: Draft) -> None:
        for pane in self._tabs.panes()[1:]:
            if pane.property("draft") == draft.id.hex:
                self._tabs.setCurrentWidget(pane)
                if not pane.editing.opening.is_under_way:  # its row did not come
                    pane.open_draft(draft)
                return
        pane = TicketPane(self._context, self._tabs)
        pane.setProperty("draft", draft.id.hex)
        pane.setProperty("ticket_id", draft.content.entity_id)
        self._tabs.show_pane(pane)
        pane.open_draft(draft)
