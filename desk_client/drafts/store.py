"""The drafts of one process on the disk, and what processes that are gone have left there. For the journal's thread."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from desk_client.drafts.cipher import Cipher, key_mark, load_cipher
from desk_client.drafts.content import Draft, decode, encode
from desk_client.drafts.journal_file import (
    SUFFIX,
    FileClosedError,
    FileDamagedError,
    FileHeldError,
    JournalFile,
    put_aside,
)

log = logging.getLogger(__name__)
FOLDER = "drafts"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of processes that are gone: the asker's drafts, newest first, and whose else there are."""

    mine: tuple[Draft, ...]
    others: Mapping[str, int]  # how many, by the name of the person
    unreadable: int


@dataclass(frozen=True, slots=True)
class Search:
    """Whose drafts are looked for."""

    machine: str
    person: str


class DraftStore:
    """Writes to a file of its own, and takes drafts over from files that nobody holds any more.

    Everything may raise sqlite3.Error, OSError and KeyStoreError; after one, ``let_go``, and it can be tried again.
    """

    def __init__(self, profile: Path, *, use_store: bool) -> None:
        self.folder, self._use_store = profile / FOLDER, use_store
        self._path = self._new_path()
        self._cipher: Cipher | None = None
        self._key_mark: object = None  # of its key, as that lies on the disk
        self._file: JournalFile | None = None
        self._rows: dict[uuid.UUID, bytes] = {}  # what the file holds, once it is whole
        self._is_whole = True
        self._adopted: dict[uuid.UUID, Draft] = {}  # by a search that did not come to its end yet

    def _new_path(self) -> Path:
        return self.folder / f"{uuid.uuid4().hex}{SUFFIX}"

    def write(self, waiting: Mapping[uuid.UUID, Draft | None]) -> None:
        """Put these drafts in; None takes one away."""
        cipher = self._usable_cipher()
        sealed = {one.id: cipher.encrypt(one.id, encode(one)) for one in waiting.values() if one is not None}
        self._store(sealed, [draft_id for draft_id, one in waiting.items() if one is None and draft_id in self._rows])

    def let_go(self) -> None:
        """After a fault the file is opened anew."""
        file, self._file, self._is_whole = self._file, None, False
        if file is not None:
            file.close()

    def end(self) -> None:
        """The process ends: what it has is for the next one; an empty file goes."""
        try:
            if self._rows:
                self._make_ready()
            elif self._file is not None:
                self._file.remove()
        finally:
            self.let_go()

    def _make_ready(self) -> None:
        """Key and file are there, with all that we have: made anew where somebody took them away."""
        self._usable_cipher()
        self._held()

    def _usable_cipher(self) -> Cipher:
        """By the key that is on the disk now: what was sealed by one that is gone is sealed anew."""
        if self._cipher is None or key_mark(self.folder) != self._key_mark:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            before, self._cipher = self._cipher, load_cipher(self.folder, use_store=self._use_store)
            self._key_mark = key_mark(self.folder)
            if before is not None:
                self._seal_anew(before, self._cipher)
        return self._cipher

    def _seal_anew(self, before: Cipher, now: Cipher) -> None:
        self._is_whole = False
        self._rows = {one: now.encrypt(one, before.decrypt(one, data)) for one, data in self._rows.items()}

    def _store(self, drafts: Mapping[uuid.UUID, bytes], gone: Collection[uuid.UUID] = ()) -> None:
        if not drafts and not gone:
            return
        self._held().write(drafts, gone)
        self._rows.update(drafts)
        for draft_id in gone:
            del self._rows[draft_id]

    def _held(self) -> JournalFile:
        """Our file; another one, with all that was in it, where something happened to it."""
        if self._file is not None and not self._file.is_there():
            log.warning("the file of drafts was taken away, and is made anew")
            self.let_go()
        if self._file is None:
            try:
                self._file = JournalFile(self._path)
            except FileDamagedError:
                self._path = self._new_path()
                self._file = JournalFile(self._path)
        if not self._is_whole:
            self._file.write(self._rows, self._file.read().keys() - self._rows.keys())
            self._is_whole = True
        return self._file

    # -- what processes that are gone have left ------------------------------------------------------------------------

    def look(self, search: Search) -> Found:
        """The drafts that are offered to who sits here: they are in our file from now on.

        The file and its key are made for it, before the first key press: on a busy disk that alone may take seconds.
        """
        self._make_ready()
        finding = _Finding(search, self._adopted)
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            file = None if path == self._path else self._taken(path, finding)
            if file is not None:
                try:
                    self._adopt(file, finding)
                finally:
                    file.close()
        self._adopted.clear()
        return finding.found()

    def _taken(self, path: Path, finding: _Finding) -> JournalFile | None:
        try:
            return JournalFile(path)
        except FileHeldError:
            return None  # its process is alive
        except FileClosedError:
            finding.unreadable += 1  # another account's, perhaps: ours are found all the same
            return None
        except FileDamagedError:
            finding.unreadable += 1
            put_aside(path)
            return None

    def _adopt(self, file: JournalFile, finding: _Finding) -> None:
        """Take the asker's drafts over: in our file first, then out of the other. What is others' stays in it."""
        try:
            rows = file.read()
        except FileDamagedError:
            rows = {uuid.UUID(int=0): b""}  # something is in it that nobody can read
        cipher = self._usable_cipher()
        drafts = [draft for draft_id, data in rows.items() if (draft := _read(cipher, draft_id, data))]
        finding.unreadable += len(rows) - len(drafts)
        mine = {draft.id for draft in drafts if finding.is_mine(draft)}
        newer = {draft.id for draft in drafts if finding.add(draft)}
        self._store({draft_id: rows[draft_id] for draft_id in newer})
        self._adopted.update({draft.id: draft for draft in drafts if draft.id in newer})
        if mine:
            file.write({}, mine)
        if len(mine) == len(rows):
            file.remove()
        elif len(drafts) < len(rows) and len(mine) == len(drafts):
            file.close()
            put_aside(file.path)


def _read(cipher: Cipher, draft_id: uuid.UUID, data: bytes) -> Draft | None:
    try:
        return decode(draft_id, cipher.decrypt(draft_id, data))
    except ValueError:
        log.warning("a draft can't be read: by another key, or of another client")
        return None


class _Finding:
    """What a search has come across so far."""

    def __init__(self, search: Search, adopted: Mapping[uuid.UUID, Draft]) -> None:
        self._search = search
        self._mine = {draft.id: draft for draft in adopted.values() if self.is_mine(draft)}
        self._others: dict[str, int] = {}
        self.unreadable = 0

    def is_mine(self, draft: Draft) -> bool:
        """Whether the asker may see it."""
        return (draft.machine, draft.person) == (self._search.machine, self._search.person)

    def add(self, draft: Draft) -> bool:
        """Count it; whether it is the asker's, and the newest of its id: a kill may have left it in two files."""
        if not self.is_mine(draft):
            self._others[draft.person_name] = self._others.get(draft.person_name, 0) + 1
            return False
        known = self._mine.get(draft.id)
        if known is not None and known.written_at >= draft.written_at:
            return False
        self._mine[draft.id] = draft
        return True

    def found(self) -> Found:
        """The answer, newest first."""
        mine = sorted(self._mine.values(), key=lambda draft: draft.written_at, reverse=True)
        return Found(tuple(mine), dict(self._others), self.unreadable)
