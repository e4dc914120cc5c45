"""The client renews its machine's certificate while it runs. Nobody is disturbed, unless the end is near."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject, QTimer

from desk_client.messages import Messages
from desk_client.runner import DbRunner
from shared.errors import DeskError
from shared.renewal import Renewal, RenewalState, renew

FIRST_MS = 20_000  # after the desk is open and the person has begun
DAILY_MS = 24 * 3_600_000
AFTER_FAILURE_MS = 3_600_000
SOON_MS = 2_000  # the worker signs at once
TRIES = 10  # then not before the next day
NEAR = dt.timedelta(days=14)
log = logging.getLogger(__name__)


class RenewalController(QObject):
    """Asks at the start and then daily; the server decides when it is time."""

    def __init__(
        self, runner: DbRunner, messages: Messages, folder: Path, reconnect: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._messages = messages
        self._folder = folder
        self._reconnect = reconnect
        self._ends: dt.datetime | None = None
        self._tries = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ask)

    def begin(self) -> None:
        """Ask a little later, and daily from then on."""
        self._timer.start(FIRST_MS)

    def ask(self) -> None:
        """Ask now."""
        folder = self._folder

        def step(session: Any) -> Renewal:
            return renew(session, folder)

        self._runner.run(step, on_done=self._on_answer, on_error=self._on_error, receiver=self, write=True)

    def _on_answer(self, renewal: Renewal) -> None:
        self._ends = renewal.ends
        self._tries += 1
        if renewal.state is RenewalState.SWITCHED:
            log.info("a new certificate until %s", renewal.ends.date())
            self._reconnect()
        if renewal.state in (RenewalState.WAITING, RenewalState.SWITCHED) and self._tries < TRIES:
            self._timer.start(SOON_MS)
            return
        self._tries = 0
        self._timer.start(DAILY_MS)
        self._warn_of_end()

    def _on_error(self, error: DeskError) -> None:
        log.warning("the certificate was not renewed: %s", error)
        self._tries = 0
        self._timer.start(AFTER_FAILURE_MS)
        self._warn_of_end()

    def _warn_of_end(self) -> None:
        if self._ends is not None and self._ends - dt.datetime.now(dt.UTC) < NEAR:
            ends = self._ends
            self._messages.warning(lambda: _end_text(ends))


def _end_text(ends: dt.datetime) -> str:
    sentence = QCoreApplication.translate(
        "Renewal",
        "This machine's certificate ends on {date} and could not be renewed so far. Tell an administrator before then.",
    )
    local = ends.astimezone()
    day = QDate(local.year, local.month, local.day)
    return sentence.format(date=QLocale().toString(day, QLocale.FormatType.ShortFormat))
