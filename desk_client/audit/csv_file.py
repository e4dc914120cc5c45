"""A CSV file that is whole or not there: written beside its place, moved there at the end."""

from __future__ import annotations

import csv
import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path


class CsvFile:
    """UTF-8 with the mark by which spreadsheets know it. Written on one thread, given up on another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        self._lock = threading.Lock()
        self._file = self._unfinished.open("x", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)

    def write(self, lines: Iterable[Sequence[str]]) -> None:
        """Append lines; nothing where it was given up."""
        ready = list(lines)
        with self._lock:
            if not self._file.closed:
                self._writer.writerows(ready)

    def finish(self) -> None:
        """Put it in its place; nothing where it was given up."""
        with self._lock:
            if self._file.closed:
                return
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._unfinished.replace(self.path)

    def give_up(self) -> None:
        """Leave nothing behind."""
        with self._lock:
            if not self._file.closed:
                with suppress(OSError):  # a full disk: what was still to be written is not wanted any more
                    self._file.close()
                self._unfinished.unlink(missing_ok=True)
