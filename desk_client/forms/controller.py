"""What a pane asks of the database for one row: open, lease, save. All of it goes through the runner."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Generic

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import ChangeBus
from desk_client.forms.detail import Detail
from desk_client.forms.lease_controller import LeaseController
from desk_client.leases.keeper import LeaseKeeper
from desk_client.runner import DbRunner
from shared.errors import AlreadySavedError, ConflictError, DeskError
from shared.notify import ChangeKind


class EntityController(QObject, Generic[Detail]):
    """One for each pane. Holds the ids of the saves under way; knows no widget.

    An entity says its name and how it is read and written; ``read``, ``insert`` and ``write`` run on the runner's
    thread, the last two within a unit of work.

    Signals:
        opened(Detail): the row that was asked for.
        open_failed(DeskError)
        saved(Detail): as the database holds it now.
        save_failed(DeskError): nothing was written.
        conflicted(Detail, beside): nothing was written; this is what the row is by now, and what ``read_beside`` gave.
    """

    opened = Signal(object)
    open_failed = Signal(object)
    saved = Signal(object)
    save_failed = Signal(object)
    conflicted = Signal(object, object)

    entity = ""

    def __init__(self, runner: DbRunner, bus: ChangeBus, leases: LeaseKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._bus = runner, bus
        self._row_id: int | None = None
        self._visit = 0  # counts what is shown one after the other: the answer to an earlier one's save is not shown
        self.lease = LeaseController(self.entity, runner, leases, self)
        self.lease.changed.connect(
            lambda row_id: bus.publish(self.entity, row_id, kind=ChangeKind.LEASE, initiator=self)
        )
        self._create_id = uuid.uuid4()
        self._intended: tuple[Any, uuid.UUID] | None = None  # what is being saved, and its save_id

    # -- of the entity ---------------------------------------------------------------------------------------------

    def read(self, conn: Any, row_id: int) -> Detail:
        """One row; NotFoundError where there is none."""
        raise NotImplementedError

    def insert(self, session: Any, values: Mapping[str, Any], save_id: uuid.UUID) -> Detail:
        """Write a new row."""
        raise NotImplementedError

    def write(
        self, session: Any, base: Detail, changed: Mapping[str, Any], save_id: uuid.UUID, lease_token: int | None
    ) -> Detail:
        """Write what changed of a row that was read as ``base``."""
        raise NotImplementedError

    def read_beside(self, conn: Any, row_id: int) -> Any:
        """What is shown beside a row and says who changed it: a history; nothing here."""

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
            on_done=self.opened.emit, on_error=self.open_failed.emit, receiver=self, purpose="open",
        )  # fmt: skip

    def start_new(self) -> None:
        """Begin a row that is not there yet: the save_id is made now and kept over retries."""
        self.stay(None)

    def stay(self, row_id: int | None) -> None:
        """Go on with what is shown: a row that was asked for meanwhile is not wanted any more, or did not come."""
        self._begin(row_id)
        self._runner.cancel(self, "open")

    def _begin(self, row_id: int | None) -> None:
        self.lease.follow(row_id)
        self._forget_saves()
        self._row_id = row_id
        self._visit += 1

    def _forget_saves(self) -> None:
        self._create_id, self._intended = uuid.uuid4(), None

    # -- saving ----------------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any]) -> None:
        """Save a new row. Sent again after a lost answer it is the same save, whatever was typed since."""
        save_id = self._create_id
        self._save(lambda session: self.insert(session, values, save_id))

    def update(self, base: Detail, changed: Mapping[str, Any]) -> None:
        """Save what changed of a row; the same intention keeps its save_id over retries."""
        save_id, token = self._save_id((base.id, base.row_version, dict(changed))), self.lease.token()
        self._save(lambda session: self.write(session, base, changed, save_id, token))

    def _save_id(self, intention: Any) -> uuid.UUID:
        if self._intended is None or self._intended[0] != intention:
            self._intended = (intention, uuid.uuid4())
        return self._intended[1]

    def _save(self, op: Callable[[Any], Detail]) -> None:
        visit = self._visit
        self._runner.run(
            op,
            on_done=lambda detail: self._on_saved(visit, detail),
            on_error=lambda error: self._on_save_failed(visit, error),
            receiver=self, write=True,
        )  # fmt: skip

    def _on_saved(self, visit: int, detail: Detail) -> None:
        self.was_written(detail)
        if visit != self._visit:
            self._bus.publish(self.entity, detail.id)  # another row is shown here by now
            return
        self._row_id = detail.id
        self._forget_saves()
        self.lease.note_saved(detail.id)
        self._bus.publish(self.entity, detail.id, initiator=self)
        self.saved.emit(detail)
        self.after_save(detail)

    def _on_save_failed(self, visit: int, error: DeskError) -> None:
        row_id = self._row_id
        if visit != self._visit:
            return  # what was typed there has been discarded
        if isinstance(error, AlreadySavedError):
            self._read_again(error.entity_id or row_id, lambda detail: self._on_saved(visit, detail), error)
        elif isinstance(error, ConflictError) and row_id is not None:
            self._intended = None
            self._runner.run(
                lambda conn: self._read_both(conn, row_id),
                on_done=lambda both: self._on_conflict(visit, *both), on_error=self.save_failed.emit, receiver=self,
            )  # fmt: skip
        else:
            self.save_failed.emit(error)

    def _on_conflict(self, visit: int, detail: Detail, beside: Any) -> None:
        if visit == self._visit:
            self.conflicted.emit(detail, beside)

    def _read_both(self, conn: Any, row_id: int) -> tuple[Detail, Any]:
        beside = self.read_beside(conn, row_id)
        return self.read(conn, row_id), beside

    def _read_again(self, row_id: int | None, on_done: Callable[[Detail], None], error: DeskError) -> None:
        if row_id is None:
            self.save_failed.emit(error)
            return
        self._runner.run(
            lambda conn: self.read(conn, row_id), on_done=on_done, on_error=self.save_failed.emit, receiver=self
        )
