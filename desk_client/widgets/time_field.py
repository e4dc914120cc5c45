"""A moment, typed: ``2026-11-21 09:30``, ``11-21``, ``9:30``, ``now``, ``today``, ``+2d``, ``-3h``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desk_client.theme import set_locked

SHOWN_FORMAT = "%Y-%m-%d %H:%M"
_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_SHORT_FORMATS = ("%m-%d %H:%M", "%m/%d %H:%M", "%m-%d", "%m/%d")
_WORDS = {"now": 0, "现在": 0, "today": 0, "今天": 0, "yesterday": -1, "昨天": -1, "tomorrow": 1, "明天": 1}
_OFFSET = re.compile(r"([+-])\s*(\d{1,4})\s*([hdw时天周])")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_UNIT = {"h": "hours", "时": "hours", "d": "days", "天": "days", "w": "weeks", "周": "weeks"}


def parse_time(text: str, now: datetime) -> datetime | None:
    """The moment (aware, in the system's zone) that a text names at ``now``; None where it names none."""
    text = " ".join(text.strip().lower().replace("：", ":").split())
    local = now.astimezone().replace(tzinfo=None, second=0, microsecond=0)  # summer time is astimezone's business
    named = _parse_relative(text, local) or _parse_date(text, local)
    return named.astimezone() if named is not None else None


def _parse_relative(text: str, local: datetime) -> datetime | None:
    if text in _WORDS:
        return local + timedelta(days=_WORDS[text])
    if offset := _OFFSET.fullmatch(text):
        return local + timedelta(**{_UNIT[offset[3]]: int(offset[1] + offset[2])})
    clock = _CLOCK.fullmatch(text)
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
        return local.replace(hour=int(clock[1]), minute=int(clock[2]))
    return None


def _parse_date(text: str, local: datetime) -> datetime | None:
    candidates = [(text, known) for known in _FORMATS]
    candidates += [(f"{local.year}-{text}", f"%Y-{known}") for known in _SHORT_FORMATS]
    for candidate, known in candidates:
        try:
            return datetime.strptime(candidate, known)  # noqa: DTZ007 - what is typed is local
        except ValueError:
            continue
    return None


class TimeField(QLineEdit):
    """Shows a moment in the viewer's zone to the minute; an untouched one keeps its seconds.

    Signals:
        edited: the person changed it.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None, *, now: Callable[[], datetime] | None = None) -> None:
        super().__init__(parent)
        self._now = now or (lambda: datetime.now().astimezone())
        self._value: datetime | None = None
        self.setPlaceholderText("YYYY-MM-DD hh:mm")
        self.textEdited.connect(self.edited)
        self.editingFinished.connect(self._show_parsed)

    def value(self) -> datetime | None:
        """The moment, aware; None where it is empty or can't be read."""
        if self.text().strip() == self._text_of(self._value):
            return self._value
        return parse_time(self.text(), self._now())

    def is_unresolved(self) -> bool:
        """Whether there is a text that names no moment."""
        return bool(self.text().strip()) and self.value() is None

    def set_value(self, value: datetime | None, text: str = "") -> None:
        """Show a moment; ``text`` is not used."""
        self._value = value
        self.setText(self._text_of(value))

    def set_locked(self, locked: bool) -> None:
        """Keep the moment as it is until unlocked."""
        self.setReadOnly(locked)
        set_locked(self, locked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down change the day, with Shift the hour."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not self.isReadOnly():
            step = timedelta(hours=1) if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else timedelta(days=1)
            start = self.value() or self._now()
            self.setText(self._text_of(start + (step if event.key() == Qt.Key.Key_Up else -step)))
            self.edited.emit()
        else:
            super().keyPressEvent(event)

    def _show_parsed(self) -> None:
        moment = self.value()
        if moment is not None:
            self.setText(self._text_of(moment))

    def _text_of(self, value: datetime | None) -> str:
        return "" if value is None else value.astimezone().strftime(SHOWN_FORMAT)
