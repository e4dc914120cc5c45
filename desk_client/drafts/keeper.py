"""The drafts of one client: hands what is typed to the journal, and knows which older ones wait for their person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, QTimer, Signal

from desk_client.drafts.content import Draft, DraftContent
from desk_client.drafts.journal import DraftFault, DraftJournal
from desk_client.drafts.store import Found
from desk_client.messages import Messages
from desk_client.widgets.undo_bar import UNDO_MS
from shared.schemas.session import DeskSession

_FAULTS: dict[DraftFault, Any] = {
    DraftFault.DISK_FULL: QT_TRANSLATE_NOOP(
        "Drafts",
        "The disk of this computer is full: what you type is not kept as a draft. Save soon; drafts go on by"
        " themselves once there is room.",
    ),
    DraftFault.DISK: QT_TRANSLATE_NOOP(
        "Drafts",
        "Drafts can't be written to the disk of this computer: what you type is kept in this window only. Save soon.",
    ),
    DraftFault.KEY: QT_TRANSLATE_NOOP(
        "Drafts",
        "Drafts are not kept: the system's key store is locked or does not answer. Save soon.",
    ),
}


def fault_text(fault: DraftFault) -> str:
    """What is said where drafts can't be written."""
    return QCoreApplication.translate("Drafts", _FAULTS[fault])


class DraftKeeper(QObject):
    """One for the client; handed to every pane.

    Signals:
        written(drafts, at): these, by id, are on the disk; None is gone from it.
        offers_changed(): other drafts are offered now.
        fault_changed(): drafts can't be written, or can again.
    """

    written = Signal(object, object)
    offers_changed = Signal()
    fault_changed = Signal()

    def __init__(self, journal: DraftJournal, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._journal, self._messages = journal, messages
        self._machine = self._person = self._person_name = ""
        self._offers: dict[uuid.UUID, Draft] = {}
        self._discarding: dict[uuid.UUID, QTimer] = {}
        self.others: Mapping[str, int] = {}  # drafts of other people at this machine, by their names
        self.fault: DraftFault | None = None
        journal.written.connect(self.written)
        journal.found.connect(self._on_found)
        journal.failed.connect(self._on_failed)
        journal.recovered.connect(self._on_recovered)

    def begin(self, session: DeskSession) -> None:
        """Who sits here is known: look for the drafts that they have left."""
        person = session.person
        self._machine = session.machine
        self._person, self._person_name = (person.code, person.name) if person is not None else ("", "")
        if session.level.can_write:
            self._journal.look(self._machine, self._person)

    # -- for forms -----------------------------------------------------------------------------------------------------

    def put(self, draft_id: uuid.UUID, content: DraftContent) -> None:
        """Write what is typed in a form."""
        now = datetime.now().astimezone()
        self._journal.put(Draft(draft_id, self._machine, self._person, self._person_name, now, content))

    def remove(self, draft_id: uuid.UUID) -> None:
        """It was saved, or its person has thrown it away."""
        self._journal.remove(draft_id)

    # -- older drafts --------------------------------------------------------------------------------------------------

    def offers(self) -> list[Draft]:
        """Those to be dealt with, the newest first; with those that are being discarded and may be taken back."""
        return sorted(self._offers.values(), key=lambda draft: draft.written_at, reverse=True)

    def offer(self, draft: Draft) -> None:
        """Offer a draft (again): it could not be opened, or waits for the server."""
        self._offers[draft.id] = draft
        self.offers_changed.emit()

    def offer_again(self, draft_id: uuid.UUID, content: DraftContent) -> None:
        """What an opened draft has and its form could not show: kept, and offered as before."""
        now = datetime.now().astimezone()
        draft = Draft(draft_id, self._machine, self._person, self._person_name, now, content)
        self._journal.put(draft)
        self.offer(draft)

    def take(self, draft_id: uuid.UUID) -> Draft | None:
        """It is being opened: a form goes on with it. None where it is not offered any more."""
        self._stop_discarding(draft_id)
        draft = self._offers.pop(draft_id, None)
        if draft is not None:
            self.offers_changed.emit()
        return draft

    def is_discarded(self, draft_id: uuid.UUID) -> bool:
        """Whether it will be gone soon."""
        return draft_id in self._discarding

    def discard(self, draft_id: uuid.UUID) -> None:
        """Take it away in ten seconds; until then it is on the disk and can be taken back."""
        if draft_id not in self._offers or draft_id in self._discarding:
            return
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self._on_time_over, draft_id))
        self._discarding[draft_id] = timer
        timer.start(UNDO_MS)
        self.offers_changed.emit()

    def take_back(self, draft_id: uuid.UUID) -> None:
        """Not discarded after all."""
        self._stop_discarding(draft_id)
        self.offers_changed.emit()

    def close(self) -> None:
        """The client ends: what was discarded is gone, and what waits is written."""
        for draft_id in list(self._discarding):
            self._on_time_over(draft_id)
        self._journal.close()

    def _stop_discarding(self, draft_id: uuid.UUID) -> None:
        timer = self._discarding.pop(draft_id, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()

    def _on_time_over(self, draft_id: uuid.UUID) -> None:
        self._stop_discarding(draft_id)
        if self._offers.pop(draft_id, None) is not None:
            self._journal.remove(draft_id)
        self.offers_changed.emit()

    # -- the journal ---------------------------------------------------------------------------------------------------

    def _on_found(self, found: Found) -> None:
        self._offers.update({draft.id: draft for draft in found.mine})
        self.others = found.others
        if found.unreadable:
            self._messages.warning(_unreadable_text)
        self.offers_changed.emit()

    def _on_failed(self, fault: DraftFault) -> None:
        self.fault = fault
        self._messages.warning(partial(fault_text, fault))
        self.fault_changed.emit()

    def _on_recovered(self) -> None:
        self.fault = None
        self._messages.info(lambda: QCoreApplication.translate("Drafts", "Drafts are kept again"))
        self.fault_changed.emit()


def _unreadable_text() -> str:
    return QCoreApplication.translate(
        "Drafts", "A draft on this computer can't be read: it is damaged, or its key is gone. Its file is kept."
    )
