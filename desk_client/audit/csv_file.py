"""A CSV file that is whole or not there: written beside its place, moved there at the end."""

from __future__ import annotations

import csv
import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO


class CsvFile:
    """UTF-8 with the mark by which spreadsheets know it, readable by nobody else: private values are in it.

    Written on one thread, which may wait for a disk; given up on another, which never waits for it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        self._file: TextIO | None = None
        self._at_work = threading.Lock()  # who has it may touch the file
        self._decision = threading.Lock()  # held for a moment alone
        self._is_given_up = self._is_there = False

    def write(self, lines: Iterable[Sequence[str]]) -> None:
        """Append lines; nothing where it was given up."""
        with self._at_work:
            if not self._is_given_up:
                csv.writer(self._opened()).writerows(lines)
        self._clean_up()

    def finish(self) -> None:
        """Put it in its place; nothing where it was given up. Where that fails nothing is left behind."""
        try:
            with self._at_work:
                if not self._is_given_up:
                    self._finish(self._opened())
        except OSError:
            self.give_up()
            raise
        self._clean_up()

    def give_up(self) -> bool:
        """Leave nothing behind: now, or when the thread that writes is through; False where it is in its place."""
        with self._decision:
            if self._is_there:
                return False
            self._is_given_up = True
        self._clean_up()
        return True

    def _opened(self) -> TextIO:
        if self._file is None:
            self._file = open(  # noqa: SIM115 - it stays open from page to page
                self._unfinished, "x", encoding="utf-8-sig", newline="", opener=_for_us_alone
            )
        return self._file

    def _finish(self, file: TextIO) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()
        with self._decision:
            if not self._is_given_up:
                self._unfinished.replace(self.path)
                self._is_there = True

    def _clean_up(self) -> None:
        """Remove what was given up, unless somebody is at work on it, who then does it afterwards."""
        if not self._is_given_up or not self._at_work.acquire(blocking=False):
            return
        try:
            if self._file is not None:
                with suppress(OSError):  # a full disk: what was still to be written is not wanted any more
                    self._file.close()
                with suppress(OSError):
                    self._unfinished.unlink(missing_ok=True)
        finally:
            self._at_work.release()


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
