"""The badge: whether the desk answers, and who this machine is there."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk_client.theme import Theme
from desk_client.widgets.translated import Translated

DOT = 8
GAP = 6


class StatusBadge(Translated, QWidget):
    """A dot with a word, then machine, level and person. The dot's shape differs too: a ring while reconnecting."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBadge")
        self._theme = theme
        self._live: bool | None = None
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

    def set_live(self, live: bool) -> None:
        """Whether the server answers."""
        self._live = live
        self._shut_out = self._shut_out and not live
        self.retranslate()

    def set_shut_out(self, shut_out: bool) -> None:
        """Whether the desk refused this machine; else it is being asked."""
        self._shut_out = shut_out
        self.retranslate()

    def is_live(self) -> bool:
        """Whether it says so."""
        return bool(self._live)

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
        if self._live is None and self._shut_out:
            return QCoreApplication.translate("StatusBadge", "not connected")
        if self._live is None:
            return QCoreApplication.translate("StatusBadge", "connecting")
        if self._live:
            return QCoreApplication.translate("StatusBadge", "live")
        if self._shut_out:
            return QCoreApplication.translate("StatusBadge", "not let in")
        return QCoreApplication.translate("StatusBadge", "reconnecting")

    def _level_word(self) -> str:
        words = {
            "query": QCoreApplication.translate("StatusBadge", "read only"),
            "full": QCoreApplication.translate("StatusBadge", "full"),
            "admin": QCoreApplication.translate("StatusBadge", "administrator"),
        }
        return words.get(self._level, self._level)

    def _tooltip(self) -> str:
        if self._live:
            return QCoreApplication.translate("StatusBadge", "The desk answers. This machine is its own login.")
        if self._shut_out:
            return QCoreApplication.translate(
                "StatusBadge", "The desk does not let this machine in; what is shown may be old."
            )
        return QCoreApplication.translate("StatusBadge", "The desk does not answer; what is shown may be old.")

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
        colour = QColor(colours.green if self._live else colours.amber)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = QRectF(1, (self.height() - DOT) / 2, DOT, DOT)
        painter.setPen(colour)
        if self._live:
            painter.setBrush(colour)
        painter.drawEllipse(dot)
        metrics = self.fontMetrics()
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        left = DOT + GAP
        painter.drawText(left, int(base), self._state)
        painter.setPen(QColor(colours.muted))
        painter.drawText(left + metrics.horizontalAdvance(self._state) + 2 * GAP, int(base), self._who)
        painter.end()
