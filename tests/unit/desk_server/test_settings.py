"""The data folder: whose it is, and what its settings survive."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk_server.atomic_file import write_atomic
from desk_server.settings import DeskSettings, check_folder_is_ours, default_data_folder, load_settings
from shared.errors import DeskError

SETTINGS = DeskSettings(
    key="abc", kind="embedded", port=15432, pg_bin="/usr/bin", account="nobody", owner_login="socket"
)


def test_settings_come_back_as_saved(tmp_path: Path) -> None:
    SETTINGS.changed(port=20001, hosts=("桌面.example",)).save(tmp_path)
    assert load_settings(tmp_path) == SETTINGS.changed(port=20001, hosts=("桌面.example",))
    assert [file.name for file in tmp_path.iterdir()] == ["desk.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', "\xff\xfe"])
def test_damaged_settings_are_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "desk.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(DeskError, match="damaged"):
        load_settings(tmp_path)


def test_changed_settings_are_checked() -> None:
    with pytest.raises(ValueError, match="owner_login"):
        SETTINGS.changed(owner_login="password")


def test_what_a_killed_first_step_leaves_is_ours(tmp_path: Path) -> None:
    for name in (".desk.lock", ".desk.json.0a1b2c3d.tmp"):
        (tmp_path / name).touch()
    check_folder_is_ours(tmp_path)
    check_folder_is_ours(tmp_path / "absent")
    (tmp_path / "notes").touch()
    with pytest.raises(DeskError, match="notes"):
        check_folder_is_ours(tmp_path)


def test_data_folder_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_DATA", str(tmp_path))
    assert default_data_folder() == tmp_path
    monkeypatch.delenv("DESK_DATA")
    assert "supportdesk" in str(default_data_folder())


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x"
    write_atomic(file, "old", 0o600)
    assert file.stat().st_mode & 0o777 == 0o600

    def fails(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(OSError, match="No space"):
        write_atomic(file, "new")
    assert file.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".client.key.{ended.pid}-0123abcd.tmp"
    working, other = tmp_path / f".client.key.{os.getppid()}-0123abcd.tmp", tmp_path / f".x.{ended.pid}-0123abcd.tmp"
    for file in (left, working, other):
        file.write_text("a key")
    write_atomic(tmp_path / "client.key", "new", 0o600)
    assert sorted(tmp_path.iterdir()) == sorted([working, other, tmp_path / "client.key"])
