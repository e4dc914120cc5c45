"""Enrolling anew from the window of the desk, where the server lets this machine's certificate in no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from desk_client.enrolment.controller import EnrolController
from desk_client.enrolment.page import EnrolPage

if TYPE_CHECKING:
    from shared.enrolment import Enrolled


class EnrolAnew(QObject):
    """The page and what runs behind it.

    Signals:
        finished(bool): the person goes on into the desk with a new profile, or back without.
    """

    finished = Signal(bool)

    def __init__(self, folder: Path, parent: QObject, window: QWidget) -> None:
        super().__init__(parent)
        self.page = EnrolPage(folder, window, is_anew=True)
        self._controller = EnrolController(folder, self)
        self.page.wanted.connect(self._controller.begin)
        self.page.opened.connect(lambda: self.finished.emit(True))
        self.page.left.connect(lambda: self.finished.emit(False))
        queued = Qt.ConnectionType.QueuedConnection
        self._controller.stepped.connect(self.page.show_step, queued)
        self._controller.refused.connect(self.page.show_error, queued)
        self._controller.enrolled.connect(self._on_enrolled, queued)

    def _on_enrolled(self, done: Enrolled) -> None:
        self.page.show_done(is_in_key_store=done.is_in_key_store)

    def leave(self) -> None:
        """End what runs and take the page away."""
        self._controller.shutdown()
        self.page.deleteLater()
        self.deleteLater()
