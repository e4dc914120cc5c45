"""One file of drafts: SQLite, held by one process alone for as long as that lives."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import uuid
from collections.abc import Collection, Mapping
from pathlib import Path

SUFFIX = ".drafts"
_BESIDE = ("", "-wal", "-shm", "-journal")
DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_CLOSED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
NO_ROOM = 64 * 1024  # bytes


class FileHeldError(Exception):
    """Another process, which is alive, has the file open."""


class FileClosedError(Exception):
    """This account may not open or write it; or it is no file at all."""


class FileGoneError(FileClosedError):
    """Somebody took it away, or put another in its place: what is written into it nobody will find."""


class FileDamagedError(Exception):
    """It is no file of drafts, or not any more."""


class JournalFile:
    """Drafts by id, as bytes. A write is on the disk when it returns, as a whole or not at all.

    The lock is the system's: it ends with the process, however that ends. sqlite3.Error where the disk fails.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made where it is not there. FileHeldError, FileDamagedError, FileClosedError."""
        self.path = path
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # what SQLite puts beside it gets the same mode
        try:
            self._open()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in _CLOSED and has_room(path.parent):
                raise FileClosedError(path.name) from error
            raise
        self._opened = self._seen()

    def _open(self) -> None:
        self._connection = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._begin()
        except sqlite3.OperationalError as error:
            self.close()
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise FileHeldError(self.path.name) from error
            raise
        except sqlite3.DatabaseError as error:
            self.close()
            if error.sqlite_errorcode in DAMAGED:
                raise FileDamagedError(self.path.name) from error
            raise

    def _begin(self) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")  # before the first access: then WAL needs no memory that is shared
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("CREATE TABLE IF NOT EXISTS draft (id blob PRIMARY KEY, data blob NOT NULL)")
        run("BEGIN IMMEDIATE")  # held from here on, also where the table was there
        run("COMMIT")

    def write(self, drafts: Mapping[uuid.UUID, bytes], gone: Collection[uuid.UUID] = ()) -> None:
        """Put these in, in the place of older ones, and take those away: in one step. FileGoneError."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        try:
            for draft_id, data in drafts.items():
                run("INSERT OR REPLACE INTO draft VALUES (?, ?)", (draft_id.bytes, data))
            for draft_id in gone:
                run("DELETE FROM draft WHERE id = ?", (draft_id.bytes,))
            run("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                run("ROLLBACK")
            raise
        if not self.is_there():  # SQLite does not look: it would go on in a file that has no name any more
            raise FileGoneError(self.path.name)

    def is_there(self) -> bool:
        """Whether the file, and the one beside it with what was written last, are still those that were opened."""
        return self._seen() == self._opened

    def _seen(self) -> list[tuple[int, int] | None]:
        marks = (mark_of(self.path.with_name(self.path.name + ending)) for ending in _BESIDE[:2])
        return [mark and mark[:2] for mark in marks]

    def read(self) -> dict[uuid.UUID, bytes]:
        """All that is in it. FileDamagedError."""
        try:
            rows = self._connection.execute("SELECT id, data FROM draft").fetchall()
            return {uuid.UUID(bytes=draft_id): data for draft_id, data in rows}
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            raise FileDamagedError(self.path.name) from error

    def close(self) -> None:
        """Let go of it; another process may have it."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def remove(self) -> None:
        """There is nothing in it any more."""
        self.close()
        for ending in _BESIDE:
            with contextlib.suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)


def mark_of(path: Path) -> tuple[int, int, int] | None:
    """Which file it is, in two numbers, and when it was written; None where there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino, seen.st_mtime_ns


def has_room(folder: Path) -> bool:
    """Whether anything can be written there; where it can't, SQLite may fail at something else first."""
    try:
        return shutil.disk_usage(folder).free >= NO_ROOM
    except OSError:
        return True


def put_aside(path: Path) -> None:
    """A file that can't be read is kept under another name: nobody is asked about it again."""
    with contextlib.suppress(OSError):
        path.replace(path.with_name(f"{path.name}.damaged"))
