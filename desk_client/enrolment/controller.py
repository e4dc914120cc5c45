"""Runs an enrolment on a thread of its own: each of its steps may wait for the network or for a key store."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from shared.domain.enrolment import EnrolmentCode
from shared.errors import DeskError

log = logging.getLogger(__name__)
LEAVE_SECONDS = 2.0


class EnrolController(QObject):
    """One enrolment at a time.

    Signals:
        stepped(str): it has come to this step (``shared.enrolment.Step``).
        enrolled(Enrolled): it is done.
        refused(DeskError): it is not, and why.
    """

    stepped = Signal(str)
    enrolled = Signal(object)
    refused = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, code: EnrolmentCode) -> None:
        """Enrol this computer by the code."""
        self._leave()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._enrol, args=(code, self._stop), name="desk-enrolment", daemon=True)
        self._thread.start()

    def shutdown(self) -> None:
        """Leave off; what was begun goes on by the same code another time."""
        self._leave()

    def _leave(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(LEAVE_SECONDS)
            self._thread = None

    def _enrol(self, code: EnrolmentCode, stop: threading.Event) -> None:
        from shared.enrolment import Enrolment  # here, off the GUI thread: it brings all that talks to a database

        try:
            done = Enrolment(code, self._folder, on_step=self._on_step, stop=stop).run()
        except DeskError as error:
            log.warning("enrolment of %s: %s", code.machine, type(error).__name__)
            self.refused.emit(error)
        except Exception:
            log.exception("an enrolment failed by a fault of ours")
            self.refused.emit(DeskError("SupportDesk made a mistake."))
        else:
            self.enrolled.emit(done)

    def _on_step(self, step: str) -> None:
        self.stepped.emit(step)
