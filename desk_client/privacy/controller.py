"""What the screen of private fields asks of the database: read, mark, move the search entries in portions."""

from __future__ import annotations

import uuid

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import ChangeBus
from desk_client.runner import DbRunner
from shared.errors import AlreadySavedError, ConflictError, DeskError
from shared.queries.privacy import get_privacy
from shared.schemas.privacy import PrivacyChange, PrivacyState, PrivateField
from shared.services.privacy import move_private, set_private

ENTITY = "field_rule"


class PrivacyController(QObject):
    """One change at a time. Moving entries is a row of small units of work: other saves go in between.

    Signals:
        loaded(PrivacyState): as it is now.
        changed(PrivateField, is_private): the field has been marked; entries move from now on.
        moving(left): so many are left; more follow.
        paused(left): stopped by the person, or the desk is away; ``resume`` goes on.
        finished(): nothing is left to move.
        failed(DeskError)
    """

    loaded = Signal(object)
    changed = Signal(object, bool)
    moving = Signal(int)
    paused = Signal(int)
    finished = Signal()
    failed = Signal(object)

    def __init__(self, runner: DbRunner, bus: ChangeBus, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._bus = runner, bus
        self._intended: tuple[tuple[int, int, bool], uuid.UUID] | None = None
        self._left = 0
        self.is_moving = False
        self._is_under_way = False  # a portion is being moved: never two at a time

    def load(self) -> None:
        """Read how things stand."""
        self._runner.run(
            get_privacy, on_done=self._on_loaded, on_error=self.failed.emit, receiver=self, purpose="privacy"
        )

    def _on_loaded(self, state: PrivacyState) -> None:
        self._left = state.left
        self.loaded.emit(state)

    def set_private(self, field: PrivateField, is_private: bool) -> None:
        """Mark a field. The same intention keeps its save_id over retries."""
        change = PrivacyChange(
            entity=field.entity, field=field.field, is_private=is_private, row_version=field.row_version,
            save_id=self._save_id((field.id, field.row_version, is_private)),
        )  # fmt: skip
        self._runner.run(
            lambda session: set_private(session, change),
            on_done=lambda left: self._on_set(field, is_private, left),
            on_error=lambda error: self._on_set_failed(field, is_private, error),
            receiver=self, write=True,
        )  # fmt: skip

    def _save_id(self, intention: tuple[int, int, bool]) -> uuid.UUID:
        if self._intended is None or self._intended[0] != intention:
            self._intended = (intention, uuid.uuid4())
        return self._intended[1]

    def _on_set(self, field: PrivateField, is_private: bool, left: int) -> None:
        self._intended = None
        self._bus.publish(ENTITY, initiator=self)
        self.changed.emit(field, is_private)
        self.load()
        self.is_moving = left > 0
        self._go_on(left)

    def _on_set_failed(self, field: PrivateField, is_private: bool, error: DeskError) -> None:
        if isinstance(error, AlreadySavedError):  # its answer got lost
            self._intended = None
            self.changed.emit(field, is_private)
            self.load()
            self.resume()
            return
        if isinstance(error, ConflictError):
            self._intended = None
            self.load()
        self.failed.emit(error)

    # -- moving --------------------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Go on moving."""
        self.is_moving = True
        self._move()

    def pause(self) -> None:
        """Stop after the portion under way. Nothing is readable meanwhile that should not be."""
        self.is_moving = False

    def _move(self) -> None:
        if not self._is_under_way:
            self._is_under_way = True
            self._runner.run(
                move_private, on_done=self._on_moved, on_error=self._on_move_failed, receiver=self, write=True
            )

    def _on_moved(self, left: int) -> None:
        self._is_under_way = False
        self._go_on(left)

    def _go_on(self, left: int) -> None:
        self._left = left
        if left == 0:
            self.is_moving = False
            self.finished.emit()
        elif self.is_moving:
            self.moving.emit(left)
            self._move()
        else:
            self.paused.emit(left)

    def _on_move_failed(self, error: DeskError) -> None:
        self.is_moving = self._is_under_way = False
        self.paused.emit(self._left)
        if not error.is_away:  # that it is away, the badge says
            self.failed.emit(error)
