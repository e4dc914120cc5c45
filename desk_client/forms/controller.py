"""What a pane asks of the database for one row: open, lease, save. All of it goes through the runner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic

from PySide6.QtCore import QObject, Signal, SignalInstance

from desk_client.change_bus import ChangeBus
from desk_client.forms.detail import Detail
from desk_client.forms.lease_controller import LeaseController
from desk_client.forms.save_ids import SaveIds, Sent
from desk_client.leases.keeper import LeaseKeeper
from desk_client.runner import DbRunner
from shared.errors import (
    AlreadySavedError,
    ConflictError,
    DatabaseUnavailableError,
    DeskError,
    FieldError,
    LeaseLostError,
    NotFoundError,
)
from shared.notify import ChangeKind

# what the desk says only after it has looked whether the save was done already; any other error leaves that open
_JUDGED = (ConflictError, FieldError, LeaseLostError, NotFoundError)


class EntityController(QObject, Generic[Detail]):
    """One for each pane. Holds the ids of the saves under way; knows no widget.

    An entity says its name and how it is read and written; ``read``, ``insert`` and ``write`` run on the runner's
    thread, the last two within a unit of work.

    Signals:
        opened(Detail): the row that was asked for.
        open_failed(DeskError)
        saved(Detail): as the database holds it now; ``sent`` is what was sent.
        appended(): what was typed beside the form is saved, without the form.
        save_failed(DeskError): nothing was written, or nobody knows.
        conflicted(Detail, beside): nothing was written; this is what the row is by now, and what ``read_beside`` gave.
        beside_used(beside): nothing was written, since what is typed beside the form was saved alone before.
        looked(Detail, beside), look_failed(DeskError): the answer to ``look``.
    """

    opened = Signal(object)
    open_failed = Signal(object)
    saved = Signal(object)
    save_failed = Signal(object)
    appended = Signal()
    conflicted = Signal(object, object)
    beside_used = Signal(object)
    looked = Signal(object, object)
    look_failed = Signal(object)

    entity = ""

    def __init__(self, runner: DbRunner, bus: ChangeBus, leases: LeaseKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._bus = runner, bus
        self._row_id: int | None = None  # of what is shown; not of what is on its way
        self._visit = 0  # counts what is shown one after the other: the answer to an earlier one's save is not shown
        self.lease = LeaseController(self.entity, runner, leases, self)
        self.ids = SaveIds()
        self.sent: Sent | None = None  # the save under way, or the last one

    # -- of the entity ---------------------------------------------------------------------------------------------

    def read(self, conn: Any, row_id: int) -> Detail:
        """One row; NotFoundError where there is none."""
        raise NotImplementedError

    def row_of(self, kept: Mapping[str, Any]) -> Detail | None:
        """A row as it was read once, from what was kept of it; None where that is not possible any more."""
        return None

    def insert(self, session: Any, sent: Sent) -> Detail:
        """Write a new row."""
        raise NotImplementedError

    def write(self, session: Any, sent: Sent, lease_token: int | None) -> Detail:
        """Write what changed of a row."""
        raise NotImplementedError

    def append(self, session: Any, sent: Sent) -> None:
        """Write what is typed beside a row, alone."""
        raise NotImplementedError

    def read_beside(self, conn: Any, row_id: int) -> Any:
        """What is shown beside a row and says who changed it: a history; nothing here."""

    def is_beside_kept(self, sent: Any, beside: Any) -> bool:
        """Whether what was sent beside a row is in what ``read_beside`` gave."""
        return True

    def was_written(self, detail: Detail) -> None:
        """A row was saved, whichever is shown by now: what has to follow in the database."""

    def after_save(self, detail: Detail) -> None:
        """Something was saved: what is still to be done or read."""

    # -- reading ---------------------------------------------------------------------------------------------------

    def open(self, row_id: int) -> None:
        """Read a row; the lease of the one before is given back."""
        self._begin(row_id)
        self._runner.run(
            lambda conn: self.read(conn, row_id),
            on_done=self._on_opened, on_error=self.open_failed.emit, receiver=self, purpose="open",
        )  # fmt: skip

    def start_new(self) -> None:
        """Begin a row that is not there yet: the save_id is made now and kept over retries."""
        self.stay(None)

    def stay(self, row_id: int | None) -> None:
        """Go on with what is shown: a row that was asked for meanwhile is not wanted any more, or did not come."""
        is_another = row_id != self._row_id
        self._begin(row_id)
        self._runner.cancel(self, "open")
        self._row_id = row_id
        if is_another:
            self.read_beside_again()

    def _begin(self, row_id: int | None) -> None:
        self.lease.follow(row_id)
        self.ids.forget()
        self._visit += 1

    def _on_opened(self, detail: Detail) -> None:
        """What stands beside it is asked for only now: till then that of the row before is shown beside that one."""
        self._row_id = detail.id
        self.read_beside_again()
        self.opened.emit(detail)

    def look(self) -> None:
        """Read what is shown once more, as it is by now, and what stands beside it."""
        row_id, visit = self._row_id, self._visit
        if row_id is not None:
            self._runner.run(
                lambda conn: self._read_both(conn, row_id),
                on_done=lambda both: self._if_shown(visit, self.looked, *both),
                on_error=lambda error: self._if_shown(visit, self.look_failed, error), receiver=self, purpose="look",
            )  # fmt: skip

    def _if_shown(self, visit: int, signal: SignalInstance, *answer: Any) -> None:
        """Tell it, where the row that was asked about is still shown."""
        if visit == self._visit:
            signal.emit(*answer)

    def read_beside_again(self) -> None:
        """Another row is shown, or something was added beside this one: read that; nothing here."""

    # -- saving ----------------------------------------------------------------------------------------------------

    def give_up(self, *, is_under_way: bool) -> None:
        """What was typed is thrown away: a save of it that broke off does not go out again, nor is its answer shown."""
        self.ids.forget()
        if is_under_way:
            self._visit += 1

    def save(self, base: Detail | None, changed: Mapping[str, Any], beside: Any = None) -> bool:
        """Save what is typed: of the row that was read as ``base``, or of a new one.

        False: an earlier save, whose answer never came, goes out again first; what was typed since is to be saved
        after it.
        """
        row = None if base is None else (base.id, base.row_version, base.values.model_dump())
        sent = self.sent = self.ids.next(row, changed, beside)
        token = self.lease.token()
        if sent.is_alone:
            self._send(sent, lambda session: self.append(session, sent))
        elif sent.row_id is None:
            self._send(sent, lambda session: self.insert(session, sent))
        else:
            self._send(sent, lambda session: self.write(session, sent, token))
        return sent.changed == changed and sent.beside == beside

    def _send(self, sent: Sent, op: Callable[[Any], Detail | None]) -> None:
        visit = self._visit
        self._runner.run(
            op, on_done=lambda detail: self._on_sent(visit, sent, detail),
            on_error=lambda error: self._on_save_failed(visit, sent, error), receiver=self, write=True,
        )  # fmt: skip

    def _on_sent(self, visit: int, sent: Sent, detail: Detail | None) -> None:
        if detail is None:
            self._on_appended(visit, sent)
        else:
            self._on_saved(visit, detail)

    def _on_saved(self, visit: int, detail: Detail) -> None:
        self.was_written(detail)
        if visit != self._visit:
            self._bus.publish(self.entity, detail.id)  # another row is shown here by now
            return
        self._row_id = detail.id
        self.ids.forget()
        self.lease.note_saved(detail.id)
        self._bus.publish(self.entity, detail.id, version=detail.row_version, initiator=self)
        self.saved.emit(detail)
        self.after_save(detail)

    def _on_appended(self, visit: int, sent: Sent) -> None:
        initiator = self if visit == self._visit else None
        self._bus.publish(self.entity, sent.row_id, kind=ChangeKind.BESIDE, initiator=initiator)
        if initiator is not None:
            self.ids.forget_beside()
            self.appended.emit()
            self.read_beside_again()

    def _on_save_failed(self, visit: int, sent: Sent, error: DeskError) -> None:
        if isinstance(error, AlreadySavedError) and sent.is_alone:
            self._read_done(visit, sent, sent.row_id, error)
            return
        if visit != self._visit:
            return  # what was typed there has been discarded
        if not isinstance(error, AlreadySavedError):  # of that one it is still to be read what came of it
            self.ids.note_answered()
        if isinstance(error, DatabaseUnavailableError):
            self.ids.note_unanswered(sent)
        elif isinstance(error, _JUDGED):
            self.ids.note_refused()
        if isinstance(error, AlreadySavedError):
            self._on_used(visit, sent, error)
        elif isinstance(error, ConflictError) and sent.row_id is not None:
            self._read_newest(visit, sent.row_id, lambda both: self._if_shown(visit, self.conflicted, *both))
        else:
            self.save_failed.emit(error)

    def _read_newest(self, visit: int, row_id: int, on_done: Callable[[tuple[Detail, Any]], None]) -> None:
        """What a save met; where that can't be read, the save has failed."""
        self._runner.run(
            lambda conn: self._read_both(conn, row_id), on_done=on_done,
            on_error=lambda error: self._if_shown(visit, self.save_failed, error), receiver=self,
        )  # fmt: skip

    def _read_both(self, conn: Any, row_id: int) -> tuple[Detail, Any]:
        beside = self.read_beside(conn, row_id)
        return self.read(conn, row_id), beside

    def _on_used(self, visit: int, sent: Sent, error: AlreadySavedError) -> None:
        """One of its ids was used: its own one, so it is done; or the one of what went along, which was saved alone."""
        if error.entity == self.entity and sent.row_id in (None, error.entity_id):
            self._read_done(visit, sent, error.entity_id, error)
            return
        # never the row of that number: of another entity it is another row
        self._runner.run(
            lambda conn: () if sent.row_id is None else self.read_beside(conn, sent.row_id),
            on_done=lambda beside: self._on_beside_used(visit, sent, beside),
            on_error=lambda failure: self._if_shown(visit, self.save_failed, failure), receiver=self,
        )  # fmt: skip

    def _on_beside_used(self, visit: int, sent: Sent, beside: Any) -> None:
        if visit != self._visit:
            return
        self.ids.forget()  # nothing was written with them
        self._note_kept(sent, beside)
        self.beside_used.emit(beside)

    def _note_kept(self, sent: Sent, beside: Any) -> None:
        """Less may have been typed beside the form when that was done: then what is there now stays typed."""
        if sent.beside is not None and not self.is_beside_kept(sent.beside, beside):
            self.sent = replace(sent, beside=None)

    def _read_done(self, visit: int, sent: Sent, row_id: int | None, error: DeskError) -> None:
        """It was done before, by a try whose answer got lost: show what came of it."""
        if row_id is None:
            self.save_failed.emit(error)
        else:
            self._read_newest(visit, row_id, lambda both: self._on_done_before(visit, sent, *both))

    def _on_done_before(self, visit: int, sent: Sent, detail: Detail, beside: Any) -> None:
        if visit == self._visit:
            if not sent.is_alone:
                self.lease.note_done_before()
            self._note_kept(sent, beside)
        self._on_sent(visit, sent, None if sent.is_alone else detail)
