"""The journal of drafts: its own thread writes what the forms hand over; no key press waits for a disk."""

from __future__ import annotations

import errno
import logging
import sqlite3
import threading
import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desk_client.drafts.content import Draft
from desk_client.drafts.journal_file import FileClosedError, FileDamagedError, FileHeldError, has_room
from desk_client.drafts.store import DraftStore, Search
from shared.errors import KeyStoreError

log = logging.getLogger(__name__)
RETRY_SECONDS = 2.0
KEY_RETRY_SECONDS = 60.0  # a key store that is locked may ask the person each time
CLOSE_SECONDS = 5.0  # a disk that hangs does not hold a client that is closed
_DISK_ERRORS = (sqlite3.Error, OSError, FileHeldError, FileDamagedError, FileClosedError)


class DraftFault(StrEnum):
    """Why drafts are not written just now."""

    DISK_FULL = "disk full"
    DISK = "disk"
    KEY = "key"


class DraftJournal(QObject):
    """Keeps the newest state of each draft, and goes on trying where the disk does not take it.

    Signals:
        written(drafts, at): these, by id, are on the disk as they are here; None is gone from it.
        found(Found): the answer to ``look``.
        failed(DraftFault), recovered(): drafts can't be written; they can again.
    """

    written = Signal(object, object)
    found = Signal(object)
    failed = Signal(object)
    recovered = Signal()

    def __init__(self, profile: Path, *, use_store: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = DraftStore(profile, use_store=use_store)
        self._waiting: dict[uuid.UUID, Draft | None] = {}  # None: to be taken away
        self._search: Search | None = None
        self._closing = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="desk-drafts", daemon=True)
        self._fault: DraftFault | None = None  # the thread's own

    # -- GUI thread ----------------------------------------------------------------------------------------------------

    def put(self, draft: Draft) -> None:
        """Write a draft soon; one of the same id that still waits is left out."""
        self._hand_over(draft.id, draft)

    def remove(self, draft_id: uuid.UUID) -> None:
        """It was saved, or its person has discarded it."""
        self._hand_over(draft_id, None)

    def look(self, machine: str, person: str) -> None:
        """Look for the drafts of processes that are gone."""
        with self._wake:
            self._search = Search(machine, person)
            self._begin()

    def close(self) -> None:
        """Write what waits, and end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    def _hand_over(self, draft_id: uuid.UUID, draft: Draft | None) -> None:
        with self._wake:
            self._waiting[draft_id] = draft
            self._begin()

    def _begin(self) -> None:
        """Started by the first thing to do: a machine that only reads has no thread for it."""
        if not self._closing and self._thread.ident is None:
            self._thread.start()
        self._wake.notify()

    # -- journal thread ------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        is_last = False
        while not is_last and self._wait():
            with self._wake:
                is_last = self._closing  # once more, whatever came of it before: there may be room by now
                search, self._search = self._search, None
                waiting, self._waiting = self._waiting, {}
            fault = self._try(waiting, search)
            if fault is not None:
                self._put_back(waiting, search)
            self._tell(fault)
        try:
            if self._fault is DraftFault.KEY:
                self._store.let_go()  # nobody is asked for a password by a window that has gone
            else:
                self._store.end()
        except (KeyStoreError, *_DISK_ERRORS) as error:
            log.warning("the last drafts are not written: %s", type(error).__name__)

    def _wait(self) -> bool:
        """Whether there is something to do; after a fault not before some time has gone by."""
        with self._wake:
            if self._fault is not None:
                is_key = self._fault is DraftFault.KEY
                self._wake.wait_for(lambda: self._closing, KEY_RETRY_SECONDS if is_key else RETRY_SECONDS)
                if self._closing and is_key:
                    return False  # nobody is asked for a password by a window that has gone
            self._wake.wait_for(lambda: self._waiting or self._search or self._closing)
            return bool(self._waiting or self._search)

    def _try(self, waiting: Mapping[uuid.UUID, Draft | None], search: Search | None) -> DraftFault | None:
        try:
            if waiting:
                self._store.write(waiting)
                self.written.emit(waiting, datetime.now().astimezone())
            if search is not None:
                self.found.emit(self._store.look(search))
        except KeyStoreError:
            return DraftFault.KEY
        except _DISK_ERRORS as error:
            log.warning("drafts are not written: %s", getattr(error, "sqlite_errorname", type(error).__name__))
            self._store.let_go()
            return DraftFault.DISK_FULL if self._is_full(error) else DraftFault.DISK
        except Exception:  # a mistake of ours must not end the thread: nobody would hear that nothing is kept
            log.exception("drafts are not written")
            self._store.let_go()
            return DraftFault.DISK
        return None

    def _tell(self, fault: DraftFault | None) -> None:
        before, self._fault = self._fault, fault
        if fault is not None and fault is not before:
            self.failed.emit(fault)
        elif fault is None and before is not None:
            self.recovered.emit()

    def _put_back(self, waiting: Mapping[uuid.UUID, Draft | None], search: Search | None) -> None:
        with self._wake:
            self._waiting = {**waiting, **self._waiting}
            self._search = self._search or search

    def _is_full(self, error: BaseException) -> bool:
        """Whether there is no room; where it is short, SQLite may fail at something else first."""
        if (
            getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            or getattr(error, "errno", 0) == errno.ENOSPC
        ):
            return True
        return not has_room(self._store.folder)
