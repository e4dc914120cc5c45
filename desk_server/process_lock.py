"""A lock that the operating system gives back when its holder ends, however it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from shared.errors import BusyError

COMMAND_LOCK = ".desk.lock"
SUPERVISOR_LOCK = "supervisor.lock"
COMMAND_WAIT_SECONDS = 120.0


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def take_lock(path: Path, wait_seconds: float = 0.0) -> IO[bytes] | None:
    """The open file that holds the lock, close it to give it back; None where another process holds it."""
    file = path.open("ab")
    deadline = time.monotonic() + wait_seconds
    while not _try_lock(file):
        if time.monotonic() >= deadline:
            file.close()
            return None
        time.sleep(0.05)
    return file


def is_locked(path: Path) -> bool:
    """Whether a live process holds the lock."""
    if not path.exists():
        return False
    file = take_lock(path)
    if file is None:
        return True
    file.close()
    return False


@contextmanager
def command_lock(data: Path) -> Iterator[None]:
    """One changing command at a time in a data folder."""
    file = take_lock(data / COMMAND_LOCK, wait_seconds=COMMAND_WAIT_SECONDS)
    if file is None:
        raise BusyError(f"Another desk-server command is at work on {data}; try again when it is done.")
    with file:
        yield
