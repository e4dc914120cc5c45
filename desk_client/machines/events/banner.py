"""Alarms over the whole window, until an administrator has seen them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desk_client import security_event_words as words
from desk_client.widgets.banner import Banner
from desk_client.widgets.translated import Translated
from shared.schemas.machine import Alarms

NONE = Alarms(events=(), count=0)


class AlarmBanner(Translated, Banner):
    """Shows the newest alarm, with what to do, and how many more there are.

    Signals:
        seen_wanted(id): somebody has taken note of this one.
        all_wanted(): the list of them.
    """

    seen_wanted = Signal(int)
    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alarmBanner")
        self._alarms = NONE
        self.retranslate()

    def show_alarms(self, alarms: Alarms) -> None:
        """Show these; none: nothing. The same ones again leave the focus where it is."""
        if alarms != self._alarms:
            self._alarms = alarms
            self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.setAccessibleName(QCoreApplication.translate("AlarmBanner", "Alarms"))
        if not self._alarms.events:
            self.clear()
            return
        newest = self._alarms.events[0]
        said = [words.meaning_text(newest) or words.kind_text(newest.kind), words.advice_text(newest)]
        if self._alarms.count > 1:
            more = QCoreApplication.translate("AlarmBanner", "More alarms: {count}.")
            said.append(more.format(count=self._alarms.count - 1))
        buttons = (
            ("alarmsShow", QCoreApplication.translate("AlarmBanner", "Show all"), self.all_wanted.emit),
            ("alarmSeen", QCoreApplication.translate("AlarmBanner", "Seen"), self._on_seen),
        )
        self.say("error", " ".join(part for part in said if part), buttons)

    def _on_seen(self) -> None:
        self.seen_wanted.emit(self._alarms.events[0].id)
