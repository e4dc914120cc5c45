"""What the pane says about the state of its row: who edits it, what changed elsewhere, what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from desk_client.widgets.banner import Banner
from shared.schemas.lease import Lease


def _clock(at: datetime | None) -> str:
    if at is None:
        return ""
    local = at.astimezone()
    today = local.date() == datetime.now().astimezone().date()
    return local.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def _who(machine: str | None, person: str | None) -> str:
    return f"{machine} ({person})" if machine and person else machine or person or ""


class Notices:
    """Keeps what is being said as a function, so that it can be said again in another language."""

    def __init__(self, banner: Banner) -> None:
        self._banner = banner
        self._say: Callable[[], None] | None = None
        self._is_problem = False
        self._is_refused = False

    @property
    def is_refused(self) -> bool:
        """Whether the form is back to reading because another machine edits the row."""
        return self._is_refused

    def clear(self) -> None:
        """Say nothing."""
        self._say, self._is_problem, self._is_refused = None, False, False
        self._banner.clear()

    def clear_problem(self) -> None:
        """Take back what was said about wrong fields, nothing else."""
        if self._is_problem:
            self.clear()

    def retranslate(self) -> None:
        """Say it again in the language of the window."""
        if self._say is not None:
            self._say()

    def _now_say(self, say: Callable[[], None], *, problem: bool = False, refused: bool = False) -> None:
        self._say, self._is_problem, self._is_refused = say, problem, refused
        say()

    def edited_elsewhere(self, machine: str, person: str | None, since: datetime | None) -> None:
        """Somebody edits the row that was opened here."""

        def say() -> None:
            text = QCoreApplication.translate("Notices", "{who} is editing this since {time}")
            self._banner.say("info", text.format(who=_who(machine, person), time=_clock(since)))

        self._now_say(say)

    def held_elsewhere(self, lease: Lease) -> None:
        """The lease is another's, and nothing was changed here that would have to be kept."""

        def say() -> None:
            text = QCoreApplication.translate(
                "Notices", "{who} is editing this since {time}. You can read it; change it when they are done."
            )
            self._banner.say("warning", text.format(who=_who(lease.machine, lease.person), time=_clock(lease.taken_at)))

        self._now_say(say)

    def refused(self, lease: Lease, *, retry: Callable[[], None], discard: Callable[[], None]) -> None:
        """The lease is another's: reading only, the typed text stays."""

        def say() -> None:
            text = QCoreApplication.translate(
                "Notices", "{who} is editing this since {time}. Your changes are kept here, not saved yet."
            )
            words = (
                QCoreApplication.translate("Notices", "Try again"),
                QCoreApplication.translate("Notices", "Discard mine"),
            )
            self._banner.say(
                "warning",
                text.format(who=_who(lease.machine, lease.person), time=_clock(lease.taken_at)),
                (("retryLease", words[0], retry), ("discardMine", words[1], discard)),
            )

        self._now_say(say, refused=True)

    def changed_elsewhere(
        self, at: datetime, *, machine: str | None = None, person: str | None = None, show_theirs: Callable[[], None]
    ) -> None:
        """A save met a newer version: mine is kept in the fields, theirs is the base now."""

        def say() -> None:
            who = _who(machine, person)
            if who:
                text = QCoreApplication.translate(
                    "Notices",
                    "Changed on {who} at {time}. Your text is kept; the fields say what changed. Save again.",
                )
            else:
                text = QCoreApplication.translate(
                    "Notices",
                    "Changed elsewhere at {time}. Your text is kept; the fields say what changed. Save again.",
                )
            words = QCoreApplication.translate("Notices", "Take theirs")
            text = text.format(who=who, time=_clock(at))
            self._banner.say("warning", text, (("takeTheirs", words, show_theirs),))

        self._now_say(say)

    def problem(self, text: Callable[[], str]) -> None:
        """What is wrong with a field that is not on the form."""
        self._now_say(lambda: self._banner.say("error", text()), problem=True)

    def state_text(self, *, dirty: bool, saving: bool, has_lease: bool) -> str:
        """The words beside the buttons."""
        if saving:
            return QCoreApplication.translate("Notices", "Saving")
        if self._is_refused:
            return QCoreApplication.translate("Notices", "Reading only")
        if has_lease and dirty:
            return QCoreApplication.translate("Notices", "Not saved yet · yours until you save")
        if dirty:
            return QCoreApplication.translate("Notices", "Not saved yet")
        return ""
