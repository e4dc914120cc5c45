"""PostgreSQL's own log, read piece by piece: for what the database can't keep in a table, such as a refused login.

The collector starts a file a day and, a week later, writes over it under the same name. The place reached in each file
is kept in the data folder with a mark of how the file began, so a file written anew is read anew, and what was written
while nobody read is not lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from desk_server.account_files import read_file, read_part
from desk_server.desk import Desk
from shared.errors import DeskError
from shared.files import PRIVATE, write_atomic

PLACE_FILE = "log_place.json"
_MOST_BYTES = 4_000_000  # at a time, so that a flood of lines holds no other job up
_HEAD_BYTES = 512  # the first line has the time, to the millisecond
_KINDS = ("stderr", "csvlog", "jsonlog")  # as current_logfiles calls them; one of them is enough


@dataclass(frozen=True, slots=True)
class LogFiles:
    """The file that is written now, and the others like it in its folder, oldest first."""

    current: Path
    files: tuple[Path, ...]


def find_log(desk: Desk) -> LogFiles | None:
    """Where the running cluster writes its log; None where it keeps none in a file."""
    try:
        named = read_file(desk.account, desk.cluster_folder / "current_logfiles").decode("utf-8", "replace")
    except (OSError, DeskError):
        started = _standard_error(desk)
        return LogFiles(started, (started,)) if started else None
    kinds = dict(line.split(" ", 1) for line in named.splitlines() if " " in line)
    name = next((kinds[kind] for kind in _KINDS if kind in kinds), None)
    if name is None:
        return None
    current = desk.cluster_folder / name
    return LogFiles(current, _like(current))


def _standard_error(desk: Desk) -> Path | None:
    """The file that PostgreSQL was started into, as Debian does it."""
    try:
        running = desk.cluster.postmaster()
        link = Path(f"/proc/{running.pid}/fd/2").readlink() if running else None
    except (OSError, DeskError):
        return None
    return link if link is not None and link.is_absolute() and link.suffix == ".log" else None


def _like(current: Path) -> tuple[Path, ...]:
    try:
        entries = [entry for entry in os.scandir(current.parent) if entry.name.endswith(current.suffix)]
        found = [(entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in entries if _is_plain(entry)]
    except OSError:
        return ()
    return tuple(Path(path) for _, path in sorted(found))


def _is_plain(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def problem(desk: Desk) -> str | None:
    """Why the log can't be read, as a sentence; None where it can."""
    log = find_log(desk)
    if log is None:
        return "PostgreSQL keeps no log in a file of its own; set logging_collector = on and restart it."
    try:
        read_part(desk.account, log.current, 0, 1)
    except (OSError, DeskError) as error:
        return str(error) if isinstance(error, DeskError) else f"{log.current} can't be read: {error.strerror}."
    return None


class LogReader:
    """Whole lines that were written since the last time. ``keep_place`` once they are dealt with."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._file = desk.data / PLACE_FILE
        self._places = self._load()

    def new_lines(self) -> list[str]:
        """What is new. Without a place, from the end on: what is older was somebody else's to read."""
        log = find_log(self._desk)
        if log is None:
            return []
        if self._places is None:
            self._places = {file.name: self._place(file, _size(file)) for file in log.files}
            return []
        known = self._places
        self._places = {file.name: known[file.name] for file in log.files if file.name in known}
        return [line for file in log.files for line in self._readable_lines(file)]

    def keep_place(self) -> None:
        """Have the next reader, this process's or another's, begin where this one ended."""
        if self._places != self._load():
            write_atomic(self._file, json.dumps(self._places or {}), PRIVATE)

    def _load(self) -> dict[str, tuple[int, str]] | None:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
            return {str(name): (int(offset), str(head)) for name, (offset, head) in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def _readable_lines(self, file: Path) -> list[str]:
        """Of a file that is gone, or somebody else's beside ours, none; ``problem`` tells of the current one."""
        try:
            return self._read(file)
        except (OSError, DeskError):
            return []

    def _read(self, file: Path) -> list[str]:
        if self._places is None:
            return []
        offset, head = self._places.get(file.name, (0, ""))
        size = _size(file)
        if size == offset:
            return []
        if size < offset or self._head(file, offset) != head:
            offset = 0
        part = read_part(self._desk.account, file, offset, _MOST_BYTES)
        whole = part[: part.rfind(b"\n") + 1] or (part if len(part) == _MOST_BYTES else b"")
        self._places[file.name] = self._place(file, offset + len(whole))
        return whole.decode("utf-8", "replace").splitlines()

    def _place(self, file: Path, offset: int) -> tuple[int, str]:
        return offset, self._head(file, offset)

    def _head(self, file: Path, offset: int) -> str:
        """A mark of the file's beginning, as far as it was read; none of one that was not."""
        if not offset:
            return ""
        return hashlib.sha256(read_part(self._desk.account, file, 0, min(offset, _HEAD_BYTES))).hexdigest()


def _size(file: Path) -> int:
    try:
        status = file.lstat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
