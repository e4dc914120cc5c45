"""The badge: whether the desk answers, and who this machine is there."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QRectF, QSize
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk_client.theme import Theme
from desk_client.widgets.translated import Translated

LIVE = "live"
DOT = 8
GAP = 6


class StatusBadge(Translated, QWidget):
    """A dot with a word, then machine, level and person. The dot's shape differs too: a ring while reconnecting."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBadge")
        self._theme = theme
        self._connection = ""
        self._since = dt.datetime.now(dt.UTC)
        self._shut_out = False
        self._machine = ""
        self._level = ""
        self._person = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)
        self.retranslate()

    def set_session(self, machine: str, level: str, person: str) -> None:
        """Who this is: machine and level (proved), person (stated)."""
        self._machine, self._level, self._person = machine, level, person
        self.retranslate()

    def set_connection(self, state: str, since: dt.datetime) -> None:
        """How live what is shown is: connecting, live, reconnecting, or stale since a moment."""
        self._connection, self._since = state, since
        self._shut_out = self._shut_out and state != LIVE
        self.retranslate()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def set_shut_out(self, shut_out: bool) -> None:
        """Whether the desk refused this machine; else it is being asked."""
        self._shut_out = shut_out
        self.retranslate()

    def is_live(self) -> bool:
        """Whether it says so."""
        return self._connection == LIVE

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self._state = self._state_word()
        self._who = " · ".join(part for part in (self._machine, self._level_word(), self._person) if part)
        self.setAccessibleName(QCoreApplication.translate("StatusBadge", "Connection"))
        self.setAccessibleDescription(f"{self._state}, {self._who}")
        self.setToolTip(self._tooltip())
        self.updateGeometry()
        self.update()

    def _state_word(self) -> str:
        if self.is_live():
            return QCoreApplication.translate("StatusBadge", "live")
        if self._shut_out and not self._connection:
            return QCoreApplication.translate("StatusBadge", "not connected")
        if self._shut_out:
            return QCoreApplication.translate("StatusBadge", "not let in")
        if self._connection == "stale":
            return QCoreApplication.translate("StatusBadge", "stale since {time}").format(time=_time(self._since))
        if self._connection == "reconnecting":
            return QCoreApplication.translate("StatusBadge", "reconnecting")
        return QCoreApplication.translate("StatusBadge", "connecting")

    def _level_word(self) -> str:
        words = {
            "query": QCoreApplication.translate("StatusBadge", "read only"),
            "full": QCoreApplication.translate("StatusBadge", "full"),
            "admin": QCoreApplication.translate("StatusBadge", "administrator"),
        }
        return words.get(self._level, self._level)

    def _tooltip(self) -> str:
        if self.is_live():
            return QCoreApplication.translate(
                "StatusBadge", "The desk answers, and what others change shows at once. This machine is its own login."
            )
        if self._shut_out:
            return QCoreApplication.translate(
                "StatusBadge", "The desk does not let this machine in; what is shown may be old."
            )
        if not self._connection:
            return QCoreApplication.translate("StatusBadge", "The desk is being asked.")
        return QCoreApplication.translate(
            "StatusBadge",
            "What is shown is as of {time}; later changes of others are not in it. What you type stays, and all goes on"
            " by itself once the desk answers.",
        ).format(time=_time(self._since))

    def sizeHint(self) -> QSize:
        """Dot, word and who."""
        metrics = self.fontMetrics()
        width = DOT + GAP + metrics.horizontalAdvance(self._state)
        if self._who:
            width += 2 * GAP + metrics.horizontalAdvance(self._who)
        return QSize(width + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Never cut off."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        colours = self._theme.colours
        colour = QColor(colours.green if self.is_live() else colours.amber)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = QRectF(1, (self.height() - DOT) / 2, DOT, DOT)
        painter.setPen(colour)
        if self.is_live():
            painter.setBrush(colour)
        painter.drawEllipse(dot)
        metrics = self.fontMetrics()
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        left = DOT + GAP
        painter.drawText(left, int(base), self._state)
        painter.setPen(QColor(colours.muted))
        painter.drawText(left + metrics.horizontalAdvance(self._state) + 2 * GAP, int(base), self._who)
        painter.end()


def _time(moment: dt.datetime) -> str:
    """Hours and minutes; with the day where it is not today's."""
    local = moment.astimezone()
    said = local.strftime("%H:%M")
    if local.date() == dt.datetime.now().astimezone().date():
        return said
    shown = QDateTime(local.year, local.month, local.day, local.hour, local.minute, 0)
    return QLocale().toString(shown.date(), QLocale.FormatType.ShortFormat) + f" {said}"
