"""The lease of the row that a pane edits: asked for at the first change, given back when it is saved or left."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from desk_client.leases.keeper import LeaseKeeper
from desk_client.runner import DbRunner
from shared.errors import DeskError
from shared.schemas.lease import Lease
from shared.services.leases import release_lease, take_lease


class LeaseController(QObject):
    """One for each pane. Never two questions at a time: no take may overtake a release.

    Signals:
        taken(Lease), refused(Lease): ours now, or whose it is.
        failed(DeskError): it could not be asked for.
        changed(id): who edits this row is another now.
    """

    taken = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    changed = Signal(int)

    def __init__(self, entity: str, runner: DbRunner, leases: LeaseKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._entity, self._runner, self._leases = entity, runner, leases
        self._row_id: int | None = None
        self._lease: Lease | None = None
        self._age = QElapsedTimer()
        self._is_wanted = False
        self._is_asked_for = False
        self._is_given_back = False

    @property
    def is_held(self) -> bool:
        """Whether this pane holds the lease."""
        return self._lease is not None

    def follow(self, row_id: int | None) -> None:
        """From now on it is about this row; the lease of the one before is given back."""
        self.release()
        self._row_id = row_id

    def take(self) -> None:
        """Mark the row as edited here; asked once until it is ours or refused."""
        self._is_wanted = True
        entity, row_id = self._entity, self._row_id
        if row_id is None or self._is_asked_for or self._lease is not None or self._is_given_back:
            return
        self._is_asked_for = True
        self._runner.run(
            lambda conn: take_lease(conn, entity, row_id),
            on_done=self._on_answer, on_error=self._on_failed, receiver=self,
        )  # fmt: skip

    def _on_answer(self, lease: Lease) -> None:
        self._is_asked_for = False
        if lease.is_mine:
            self._lease = lease
            self._age.start()
        if lease.entity_id != self._row_id or not self._is_wanted:
            still_wanted = self._is_wanted  # of the row that is shown now
            self.release()
            if still_wanted:
                self.take()
        elif lease.is_mine:
            self.changed.emit(lease.entity_id)
            self.taken.emit(lease)
        else:
            self.refused.emit(lease)

    def _on_failed(self, error: DeskError) -> None:
        self._is_asked_for = False
        self.failed.emit(error)

    def release(self, *, closing: bool = False) -> None:
        """Give it back where we have it. ``closing``: for certain, the runner may be stopped next."""
        self._is_wanted = False
        lease, self._lease = self._lease, None
        if lease is None or lease.token is None:
            return
        self._is_given_back = True
        entity, token = self._entity, lease.token
        self._runner.run(
            lambda work: release_lease(work.connection() if closing else work, entity, lease.entity_id, token),
            on_done=lambda _: self._on_released(lease.entity_id),
            on_error=lambda _: self._on_released(lease.entity_id),  # it ends by itself within a minute
            receiver=self, write=closing,
        )  # fmt: skip

    def _on_released(self, row_id: int) -> None:
        self._is_given_back = False
        self.changed.emit(row_id)
        if self._is_wanted:  # editing began again before the answer
            self.take()

    def drop(self) -> None:
        """Forget a lease that another machine has taken over."""
        self._lease = None

    def token(self) -> int | None:
        """The token while the lease runs. Ended ones are swept, and their token with them; saving without a token
        passes then, unless another session has taken the lease."""
        if self._lease is None:
            return None
        lasts = (self._lease.expires_at - self._lease.taken_at).total_seconds() * 1000
        return self._lease.token if self._age.elapsed() < 0.9 * lasts else None
