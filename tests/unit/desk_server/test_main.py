"""Errors become one sentence and exit 1."""

from __future__ import annotations

import errno
from pathlib import Path

import psycopg2.errors
import pytest

from desk_server import __main__ as program
from shared.errors import DeskError


def _run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException) -> str:
    def fails(arguments: list[str]) -> None:
        raise error

    monkeypatch.setattr("desk_server.cli.build_app", fails)
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DeskError("Port 1 is in use."), "Port 1 is in use."),
        (KeyboardInterrupt(), "Interrupted"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "The disk is full (/x)"),
        (PermissionError(errno.EACCES, "Permission denied", "/y"), "Permission was denied (/y)"),
        (OSError(errno.EROFS, "Read-only file system", "/z"), "can't be written to (/z)"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/f/x"), "/f/x can't be used: Not a directory"),
        (psycopg2.errors.DiskFull("could not extend file"), "Details are in"),
        (ZeroDivisionError("x"), "should not have happened (ZeroDivisionError)"),
    ],
)
def test_each_error_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    error: BaseException,
    words: str,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("DESK_DATA", str(tmp_path / "no-desk"))
    assert words in _run(monkeypatch, capsys, error)


def test_the_traceback_is_kept_in_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "desk.json").touch()
    monkeypatch.setenv("DESK_DATA", str(tmp_path))
    monkeypatch.setattr("desk_server.cli._stated", [])
    assert str(tmp_path / "desk-server-error.log") in _run(monkeypatch, capsys, ValueError("the reason"))
    assert "ValueError: the reason" in (tmp_path / "desk-server-error.log").read_text()


def test_the_log_holds_no_value_of_a_refused_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("DESK_DATA", str(tmp_path / "no-desk"))
    monkeypatch.setattr("desk_server.cli._stated", [])
    error = RuntimeError("the import stopped")
    error.__cause__ = psycopg2.errors.CheckViolation("Failing row contains (555-0101)")
    _run(monkeypatch, capsys, error)
    (log,) = tmp_path.glob("desk-server-error-*.log")
    assert log.stat().st_mode & 0o077 == 0
    assert "CheckViolation" in log.read_text()
    assert "the import stopped" in log.read_text()
    assert "555-0101" not in log.read_text()
