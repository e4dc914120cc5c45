"""The data folder: whose it is, and what its settings survive."""

from __future__ import annotations

from pathlib import Path

import pytest

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
