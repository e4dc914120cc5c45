"""A screen that opens as a tab of its own beside the tickets: what the workspace asks of it."""

from __future__ import annotations

from collections.abc import Callable

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
        """Whether it may go; ``afterwards`` is done once what is typed was saved."""
        return True

    def search(self) -> bool:
        """Go to its own search; False where it has none and the desk's is meant."""
        return False

    def clear_filters(self) -> None:
        """Narrow to nothing."""

    def step(self, by: int) -> None:
        """Go some rows up or down."""
