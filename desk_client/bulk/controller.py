"""Sends a change of many rows, portion by portion, each of them one statement; the window goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desk_client.bulk.work import BulkRow, BulkWork, Outcome, is_passing
from desk_client.change_bus import ChangeBus
from desk_client.runner import DbRunner
from shared.errors import DatabaseUnavailableError, DeskError, LoginRefusedError, ServerFullError
from shared.queries.bulk import name_rows, row_values
from shared.schemas.bulk import RowName
from shared.services.bulk import PORTION, save_rows

PAUSE_MS = 250  # before what was locked is tried again; doubled each time
RECONNECT_MS = 1_000
MOST_RECONNECTS = 5  # one after the other, of one portion
PUBLISHED_ONE_BY_ONE = 3  # rows; of more the lists are read anew as a whole


class BulkController(QObject):
    """One change at a time.

    Signals:
        progressed(settled, rows): so many rows have an outcome.
        finished(BulkWork)
        held_up(DeskError): the desk does not answer; the same portion is sent again.
        failed(DeskError): the rows could not be read; nothing was done.
    """

    progressed = Signal(int, int)
    finished = Signal(object)
    held_up = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: DbRunner, bus: ChangeBus, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._bus = runner, bus
        self._work: BulkWork | None = None
        self._is_stopping = False
        self._takes_back = False  # once it is known what is done
        self._reconnects = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._send_next)

    @property
    def is_busy(self) -> bool:
        """Whether a change is under way."""
        return self._work is not None

    def name_rows(self, entity: str, ids: Sequence[int], then: Callable[[tuple[RowName, ...]], None]) -> None:
        """Read the versions of rows, and what they are called."""
        self._read_names(entity, ids, then, self.failed.emit)

    def _read_names(
        self,
        entity: str,
        ids: Sequence[int],
        then: Callable[[tuple[RowName, ...]], None],
        on_error: Callable[[DeskError], None],
    ) -> None:
        wanted = list(ids)
        self._runner.run(
            lambda conn: name_rows(conn, entity, wanted),
            on_done=then, on_error=on_error, receiver=self, purpose="names",
        )  # fmt: skip

    # -- sending ---------------------------------------------------------------------------------------------------

    def begin(self, work: BulkWork) -> None:
        """Send it all. What the rows have now is read first: to undo it even if an answer gets lost."""
        self._work, self._is_stopping, self._reconnects = work, False, 0
        self.progressed.emit(0, len(work.rows))
        entity, ids, fields = work.entity, work.ids(), work.fields()

        def go_on(had: dict[int, Any]) -> None:
            work.note_values(had)
            self._send_next()

        self._runner.run(
            lambda conn: row_values(conn, entity, ids, fields),
            on_done=go_on, on_error=self._on_unreadable, receiver=self, purpose="before",
        )  # fmt: skip

    def retry(self, work: BulkWork) -> None:
        """Send again what was not done; what others changed meanwhile as it is now."""
        self._work = work  # from here on: nothing else begins while names are read

        def go_on(names: tuple[RowName, ...]) -> None:
            work.retry({name.id: name for name in names})
            self.begin(work)

        self._read_names(work.entity, work.moved_ids(), go_on, self._on_not_retried)

    def undo(self, work: BulkWork) -> None:
        """Take it back. Rows of which nobody knows whether they are done are first sent again as they were."""
        if work.of(Outcome.UNKNOWN):
            self._takes_back = True
            work.ask_again()
            self.begin(work)
        else:
            self.begin(work.undo())

    def _on_not_retried(self, error: DeskError) -> None:
        self._work = None
        self.failed.emit(error)

    def stop(self) -> None:
        """Send no more; what is under way is finished."""
        self._is_stopping = True
        if self._pause.isActive():
            self._pause.stop()
            self._send_next()

    def _send_next(self) -> None:
        work = self._work
        if work is None:
            return
        if self._is_stopping:
            work.stop()
        portion = work.next_portion(PORTION)
        if portion:
            self._send(work, portion)
        else:
            self._finish(work)

    def _send(self, work: BulkWork, portion: list[BulkRow]) -> None:
        entity, rows = work.entity, [row.to_save() for row in portion]
        self._runner.run(
            lambda conn: save_rows(conn, entity, rows),
            on_done=lambda results: self._on_saved(work, results),
            on_error=lambda error: self._on_failed(work, portion, error),
            receiver=self, call=True,
        )  # fmt: skip

    def _on_saved(self, work: BulkWork, results: Any) -> None:
        self._reconnects = 0
        work.take(results)
        self.progressed.emit(work.settled, len(work.rows))
        tries = min((row.tries for row in work.of(Outcome.WAITING)), default=0)
        if tries and not self._is_stopping:
            self._pause.start(PAUSE_MS * 2 ** (tries - 1))
        else:
            self._send_next()

    def _on_failed(self, work: BulkWork, portion: list[BulkRow], error: DeskError) -> None:
        """The portion's answer got lost, or it was refused as a whole."""
        if _may_be_done(error):
            work.lose(portion)
        if (error.is_away or is_passing(error)) and self._reconnects < MOST_RECONNECTS and not self._is_stopping:
            self._reconnects += 1
            self.held_up.emit(error)
            self._pause.start(RECONNECT_MS)
            return
        work.fail(portion, error)
        if not isinstance(error, DatabaseUnavailableError):
            self.progressed.emit(work.settled, len(work.rows))
            self._send_next()
            return
        if self._is_stopping:
            work.stop()
        work.fail(work.of(Outcome.WAITING), error)
        self._finish(work)

    def _on_unreadable(self, error: DeskError) -> None:
        if self._work is not None:
            self._work.fail(self._work.of(Outcome.WAITING), error)
            self._finish(self._work)

    def _finish(self, work: BulkWork) -> None:
        self._work = None
        takes_back, self._takes_back = self._takes_back, False
        if takes_back and not self._is_stopping and not work.of(Outcome.UNKNOWN) and work.can_undo():
            self.begin(work.undo())
            return
        if work.origin is not None:
            work.origin.note_undone(work)
        self.progressed.emit(work.settled, len(work.rows))
        self.finished.emit(work)
        self._publish(work)

    def _publish(self, work: BulkWork) -> None:
        """Tell the lists and forms: of a few rows one by one, of many once."""
        done = work.of(Outcome.DONE, Outcome.FAILED, Outcome.UNKNOWN)  # what failed may be changed by others
        if len(done) > PUBLISHED_ONE_BY_ONE:
            self._bus.publish(work.entity, initiator=self)
            return
        for row in done:
            self._bus.publish(work.entity, row.name.id, initiator=self)


def _may_be_done(error: DeskError) -> bool:
    """Whether what was sent may be done all the same: not where we were turned away before we sent it."""
    return isinstance(error, DatabaseUnavailableError) and not isinstance(error, ServerFullError | LoginRefusedError)
