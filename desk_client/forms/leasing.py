"""The lease side of an edit: taken at the first change, refused, lost, given back; what the form says and does then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from PySide6.QtCore import QObject, Signal

from desk_client.forms.detail import Detail
from desk_client.forms.form import EntityForm
from desk_client.forms.lease_controller import LeaseController
from desk_client.forms.notices import Notices
from desk_client.messages import Messages
from shared.schemas.lease import Lease


class Leasing(QObject, Generic[Detail]):
    """One for each edit. Locks the form and says why; knows of saving only what it is told.

    Signals:
        changed(): what can be done with the form may be another.
        refused(): another machine edits the row.
    """

    changed = Signal()
    refused = Signal()

    def __init__(
        self,
        form: EntityForm[Detail],
        notices: Notices,
        lease: LeaseController,
        messages: Messages,
        machine: str,
        *,
        is_dirty: Callable[[], bool],
        discard: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._form: EntityForm[Any] = form
        self._notices, self._lease, self._machine = notices, lease, machine
        self._is_dirty, self._discard = is_dirty, discard
        lease.taken.connect(self._on_taken)
        lease.refused.connect(self._on_refused)
        lease.failed.connect(messages.error)

    # -- what the edit tells ---------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Another row, or this one as it is stored, is shown: nothing is locked and nothing said."""
        self._form.set_locked(False)
        self._notices.clear()

    def show_holder(self, detail: Detail) -> None:
        """A row was opened: say who edits it, where that is another machine."""
        if detail.edited_by and detail.edited_by != self._machine:
            self._notices.edited_elsewhere(detail.edited_by, detail.edited_person, detail.edited_since)

    def begin(self) -> None:
        """Something was typed into a row that is there: it is to be ours."""
        self._lease.take()

    def give_back(self) -> None:
        """Nothing is typed any more."""
        self._lease.release()

    def holds_up_save(self) -> bool:
        """Whether a save has to wait for the lease, which is asked for again then.

        Its answer unlocks the form, or says again who has it.
        """
        if not self._notices.is_refused:
            return False
        self._lease.take()
        return True

    def note_lost(self) -> None:
        """A save was refused since the lease is another's: the answer to the next question says whose."""
        self._lease.drop()
        self._lease.take()

    # -- answers ---------------------------------------------------------------------------------------------------

    def _on_taken(self, _lease: Lease) -> None:
        self.reset()
        self.changed.emit()

    def _on_refused(self, lease: Lease) -> None:
        """Another machine was first: back to reading, and what is typed stays."""
        if self._is_dirty():
            self._form.set_locked(True)
            self._notices.refused(lease, retry=self._lease.take, discard=self._discard)
        else:
            self._notices.held_elsewhere(lease)
        self.refused.emit()
        self.changed.emit()
