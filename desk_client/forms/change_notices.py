"""What is said over a form of what came from elsewhere, or could not go there: changes, a deletion, the desk away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from desk_client.clock_words import clock_text
from desk_client.forms.changes import Origin, origins_text
from desk_client.keys import ENTER_WITH_CONTROL, key_text
from desk_client.messages import describe
from desk_client.widgets.banner import Banner
from shared.errors import DatabaseUnavailableError


class Said(StrEnum):
    """What is being said."""

    NOTHING = ""
    NEWS = "news"
    MERGED = "merged"
    KEPT = "kept"
    GONE = "gone"
    AWAY = "away"
    BACK = "back"


class ChangeNotices:
    """A banner of its own: who edits the row may have to be said at the same time.

    Keeps what is being said as a function, so that it can be said again in another language.
    """

    def __init__(self, banner: Banner) -> None:
        self._banner = banner
        self._say: Callable[[], None] | None = None
        self.said = Said.NOTHING

    def clear(self) -> None:
        """Say nothing."""
        self._say, self.said = None, Said.NOTHING
        self._banner.clear()

    def take_back(self, *said: Said) -> None:
        """Say nothing any more where it was one of these."""
        if self.said in said:
            self.clear()

    def retranslate(self) -> None:
        """Say it again in the language of the window."""
        if self._say is not None:
            self._say()

    def _now_say(self, said: Said, say: Callable[[], None]) -> None:
        self._say, self.said = say, said
        say()

    def news(self, count: int, origins: Sequence[Origin], look: Callable[[], None]) -> None:
        """Another machine saved this row while something is typed here."""

        def say() -> None:
            where = origins_text(origins) or QCoreApplication.translate("Changes", "another machine")
            if count == 1:
                text = QCoreApplication.translate("Changes", "1 change on {who} at {time}; what you typed stays")
            else:
                text = QCoreApplication.translate("Changes", "{count} changes on {who} at {time}; what you typed stays")
            text = text.format(count=count, who=where, time=clock_text(origins[0].at if origins else None))
            self._banner.say("info", text, (_look_button(look),))

        self._now_say(Said.NEWS, say)

    def merged(self, fields: Callable[[], str], origins: Sequence[Origin], look: Callable[[], None]) -> None:
        """It is saved, with what another had changed meanwhile."""

        def say() -> None:
            self._banner.say("info", merged_text(fields(), origins), (_look_button(look),))

        self._now_say(Said.MERGED, say)

    def kept(self, origins: Sequence[Origin], take_theirs: Callable[[], None]) -> None:
        """The dialog of a clash was left: mine is in the fields, theirs is named under them."""

        def say() -> None:
            text = QCoreApplication.translate(
                "Changes", "Changed on {who} at {time}. Your text is kept; the fields say what changed. Save again."
            )
            where = origins_text(origins) or QCoreApplication.translate("Changes", "another machine")
            text = text.format(who=where, time=clock_text(origins[0].at if origins else None))
            words = QCoreApplication.translate("Changes", "Take theirs")
            self._banner.say("warning", text, (("takeTheirs", words, take_theirs),))

        self._now_say(Said.KEPT, say)

    def gone(self, *, typed: bool, discard: Callable[[], None]) -> None:
        """The row was deleted elsewhere."""

        def say() -> None:
            if typed:
                text = QCoreApplication.translate(
                    "Changes", "This was deleted on another machine. What you typed stays here: copy it, or discard it."
                )
                words = QCoreApplication.translate("Changes", "Discard mine")
                self._banner.say("warning", text, (("discardMine", words, discard),))
            else:
                text = QCoreApplication.translate("Changes", "This was deleted on another machine")
                self._banner.say("warning", text)

        self._now_say(Said.GONE, say)

    def away(self, error: DatabaseUnavailableError) -> None:
        """It can't be saved now."""

        def say() -> None:
            text = QCoreApplication.translate(
                "Changes", "{reason}. What you typed is kept as a draft; you can save it once the desk is back."
            )
            self._banner.say("warning", text.format(reason=describe(error)))

        self._now_say(Said.AWAY, say)

    def back(self, save: Callable[[], None]) -> None:
        """It can be saved again."""

        def say() -> None:
            text = QCoreApplication.translate("Changes", "The desk is back. What you typed is not saved yet.")
            words = QCoreApplication.translate("Changes", "Save now")
            self._banner.say("info", text, (("saveNow", f"{words}   {key_text(ENTER_WITH_CONTROL)}", save),))

        self._now_say(Said.BACK, say)


def merged_text(fields: str, origins: Sequence[Origin]) -> str:
    """What is said of a save that took others' changes along."""
    where = origins_text(origins) or QCoreApplication.translate("Changes", "another machine")
    text = QCoreApplication.translate("Changes", "Saved, merged with changes of {who}: {fields}")
    return text.format(who=where, fields=fields)


def _look_button(look: Callable[[], None]) -> tuple[str, str, Callable[[], None]]:
    return "lookAtChanges", QCoreApplication.translate("Changes", "Look"), look
