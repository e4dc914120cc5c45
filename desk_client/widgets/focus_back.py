"""Gives the keyboard back to where it was, when the button that had it goes: else Qt puts it far off, in the search."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class FocusBack(QObject):
    """Remembers what had the focus before it came into ``area``."""

    def __init__(self, area: QWidget) -> None:
        super().__init__(area)
        self._area = area
        self._before: QWidget | None = None
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._on_focus)

    def _on_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and now is not None and self._area.isAncestorOf(now) and not self._area.isAncestorOf(old):
            self._before = old

    def give_back(self) -> None:
        """Put the focus there again, where it is in ``area`` and that can have it still."""
        before, focused = self._before, QApplication.focusWidget()
        if focused is None or not self._area.isAncestorOf(focused) or before is None or not isValid(before):
            return
        if before.isVisible() and before.isEnabled():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
