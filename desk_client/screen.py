"""A screen that opens as a tab of its own beside the tickets: what the workspace asks of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent

from desk_client.drafts.content import Draft
from desk_client.listing.list_header import ListHeader
from desk_client.widgets.translated import Translated


class Screen(Translated):
    """Stands before the widget class that it goes with: ``class AuditPage(Screen, QWidget)``. Overrides what it has.

    Made when it is opened, gone when its tab is closed.
    """

    def follow_status(self, say: Callable[[str], None]) -> None:
        """Tell ``say`` the text for the status bar whenever it changes."""

    def begin(self) -> None:
        """It is in its tab: read what it shows."""

    def refresh(self) -> None:
        """Read again what is shown."""

    def close_request(self, afterwards: Callable[[], object]) -> bool:
        """Whether it may go; ``afterwards`` is done once what is typed was saved. Nothing is given up yet."""
        return True

    def let_go(self) -> None:
        """It is going: give up what is under way."""

    def search(self) -> bool:
        """Go to its own search; False where it has none and the desk's is meant."""
        return False

    def clear_filters(self) -> None:
        """Narrow to nothing."""

    def undo(self) -> None:
        """Take the last change in its form back, where it has one."""

    def redo(self) -> None:
        """Do that change again."""

    def open_draft(self, draft: Draft) -> None:
        """Show what was typed here before a crash."""

    def step(self, by: int) -> None:
        """Go some rows up or down."""

    def header(self) -> ListHeader | None:
        """The heading of the list in front, whose columns the menu is about; None where there is none."""
        return None

    def to_pane(self) -> None:
        """Go to what is shown of the chosen row, where it is shown."""

    def showEvent(self, event: QShowEvent) -> None:
        """Read again at each coming back: others went on meanwhile. What is typed stays."""
        super().showEvent(event)
        if event.spontaneous():
            return
        if getattr(self, "_was_shown", False):
            self.refresh()
        self._was_shown = True
