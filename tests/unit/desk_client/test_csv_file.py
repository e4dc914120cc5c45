"""A file of private values: whole, for its owner alone, or not there at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from desk_client.audit.csv_file import CsvFile


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_it_is_there_whole_and_nobody_else_reads_it(tmp_path: Path) -> None:
    file = CsvFile(tmp_path / "a.csv")
    file.write([("one", "two")])
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert "a.csv" not in names(tmp_path)
    file.finish()
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbfone,two\r\n"
    assert not file.give_up(), "what is there is not taken back"
    assert names(tmp_path) == ["a.csv"]


def test_a_place_that_is_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    file = CsvFile(tmp_path / "a.csv")
    file.write([("private",)])
    with pytest.raises(OSError):
        file.finish()
    assert names(tmp_path) == ["a.csv"]


def test_giving_up_does_not_wait_for_a_slow_disk_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end, is_through = threading.Event(), threading.Event(), threading.Event()

    def slow(_descriptor: int) -> None:
        begun.set()
        may_end.wait(30)
        is_through.set()

    monkeypatch.setattr(os, "fsync", slow)
    file = CsvFile(tmp_path / "a.csv")
    file.write([("private",)])
    writer = threading.Thread(target=file.finish)
    writer.start()
    assert begun.wait(30)
    assert file.give_up()
    assert not is_through.is_set(), "the disk has not answered yet"
    may_end.set()
    writer.join()
    assert names(tmp_path) == []
    file.write([("late",)])
    assert names(tmp_path) == []
