"""What the pane says about the state of its row: what changed elsewhere, what is wrong; and of its lease."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from desk_client.forms.lease_notices import LeaseNotices, Standing
from desk_client.widgets.banner import Banner


class Notices:
    """Keeps what is being said as a function, so that it can be said again in another language.

    ``lease`` says who edits the row, on a line of its own.
    """

    def __init__(self, banner: Banner, lease_banner: Banner) -> None:
        self._banner = banner
        self.lease = LeaseNotices(lease_banner)
        self._say: Callable[[], None] | None = None
        self._is_problem = False

    @property
    def is_refused(self) -> bool:
        """Whether nothing can be saved: another machine edits the row, or the desk has to confirm that it is ours."""
        return self.lease.view.is_locked or self.lease.view.standing is Standing.UNSURE

    def clear(self) -> None:
        """Say nothing; of the lease only ``lease`` knows when."""
        self._say, self._is_problem = None, False
        self._banner.clear()

    def clear_problem(self) -> None:
        """Take back what was said about wrong fields, nothing else."""
        if self._is_problem:
            self.clear()

    def retranslate(self) -> None:
        """Say it again in the language of the window."""
        self.lease.retranslate()
        if self._say is not None:
            self._say()

    def _now_say(self, say: Callable[[], None], *, problem: bool = False) -> None:
        self._say, self._is_problem = say, problem
        say()

    def problem(self, text: Callable[[], str]) -> None:
        """What is wrong with a field that is not on the form."""
        self._now_say(lambda: self._banner.say("error", text()), problem=True)

    def state_text(self, *, dirty: bool, saving: bool, has_lease: bool) -> str:
        """The words beside the buttons."""
        if saving:
            return QCoreApplication.translate("Notices", "Saving")
        if self.lease.view.standing is Standing.UNSURE:
            return QCoreApplication.translate("Notices", "Waiting for the desk to confirm that this is yours")
        if self.is_refused:
            return QCoreApplication.translate("Notices", "Reading only")
        if has_lease and dirty:
            return QCoreApplication.translate("Notices", "Not saved yet · yours until you save")
        if dirty:
            return QCoreApplication.translate("Notices", "Not saved yet")
        return ""
