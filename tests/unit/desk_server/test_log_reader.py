"""PostgreSQL's log is read line by line, each line once, whatever happens to its files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_server import log_reader
from desk_server.account import own_account
from desk_server.desk import Desk
from desk_server.log_reader import PLACE_FILE, LogReader, problem
from desk_server.settings import DeskSettings


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A data folder with a cluster's log in it; monday's file is the current one."""
    settings = DeskSettings(
        key="k", kind="embedded", port=1, pg_bin="/b", account=own_account().name, owner_login="socket"
    )
    desk = Desk(tmp_path, settings)
    (desk.cluster_folder / "log").mkdir(parents=True)
    _write(desk, "Mon", "old\n")
    _make_current(desk, "Mon")
    LogReader(desk).new_lines()
    yield desk


def _file(desk: Desk, day: str) -> Path:
    return desk.cluster_folder / "log" / f"postgresql-{day}.log"


def _write(desk: Desk, day: str, text: str, *, anew: bool = False) -> None:
    with _file(desk, day).open("w" if anew else "a") as file:
        file.write(text)


def _make_current(desk: Desk, day: str) -> None:
    (desk.cluster_folder / "current_logfiles").write_text(f"stderr log/{_file(desk, day).name}\n")


def _begun(desk: Desk) -> LogReader:
    reader = LogReader(desk)
    assert reader.new_lines() == []
    return reader


def test_only_new_whole_lines_are_read_and_once(desk: Desk) -> None:
    reader = _begun(desk)
    _write(desk, "Mon", "one\ntwo\nthr")
    assert reader.new_lines() == ["one", "two"]
    assert reader.new_lines() == []
    _write(desk, "Mon", "ee\n")
    assert reader.new_lines() == ["three"]


def test_another_reader_goes_on_where_the_place_was_kept(desk: Desk) -> None:
    reader = _begun(desk)
    reader.keep_place()
    _write(desk, "Mon", "one\n")
    assert reader.new_lines() == ["one"]  # not kept: killed before it was dealt with
    again = LogReader(desk)
    assert again.new_lines() == ["one"]
    again.keep_place()
    assert LogReader(desk).new_lines() == []


def test_days_that_went_by_while_nobody_read_are_read_in_their_order(desk: Desk) -> None:
    reader = _begun(desk)
    reader.keep_place()
    for number, day in enumerate(("Mon", "Tue", "Wed")):
        _write(desk, day, f"on {day}\n")
        os.utime(_file(desk, day), (1_000_000 + number, 1_000_000 + number))
    _make_current(desk, "Wed")
    assert LogReader(desk).new_lines() == ["on Mon", "on Tue", "on Wed"]


def test_a_file_written_over_a_week_later_is_read_from_its_beginning(desk: Desk) -> None:
    reader = _begun(desk)
    reader.keep_place()
    _write(desk, "Mon", "new\n", anew=True)  # as long as the old one
    assert reader.new_lines() == []
    _write(desk, "Mon", "and longer than the old one\n")
    assert reader.new_lines() == ["new", "and longer than the old one"]
    _write(desk, "Mon", "short\n", anew=True)
    assert reader.new_lines() == ["short"]


def test_a_damaged_place_is_none(desk: Desk) -> None:
    for text in ("", "{", "[]", '{"a": 1}', "null"):
        (desk.data / PLACE_FILE).write_text(text)
        assert LogReader(desk).new_lines() == []


def test_a_flood_is_read_in_portions_and_a_line_without_end_is_let_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reader, "_MOST_BYTES", 16)
    reader = _begun(desk)
    _write(desk, "Mon", "1234567\n" * 3 + "x" * 40 + "\nlast\n")
    read = [line for _ in range(12) for line in reader.new_lines()]
    assert read[:3] == ["1234567"] * 3
    assert read[-1] == "last"


def test_links_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    reader = _begun(desk)
    secret = tmp_path / "secret"
    secret.write_text("secret\n")
    _file(desk, "Tue").symlink_to(secret)
    assert reader.new_lines() == []


def test_what_keeps_the_log_from_being_read_is_said(desk: Desk) -> None:
    assert problem(desk) is None
    _file(desk, "Mon").unlink()
    assert "can't be read" in str(problem(desk))
    (desk.cluster_folder / "current_logfiles").unlink()
    assert "logging_collector" in str(problem(desk))
    assert LogReader(desk).new_lines() == []
