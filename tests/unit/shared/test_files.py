"""Private files are private wherever the desk runs; what stands for Windows is not run there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from desk_server.authority import Authority
from shared.files import PRIVATE, is_private, write_atomic

WINDOWS_LISTS = {
    "his alone": ("{file} OFFICE\\Li:(F)\n\nSuccessfully processed 1 files\n", True),
    "inherited ones too": ("{file} OFFICE\\li:(F)\n      BUILTIN\\Users:(I)(RX)\n\nSuccessfully ...\n", False),
    "somebody else's": ("{file} OFFICE\\wang:(F)\n\nSuccessfully ...\n", False),
}


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr("os.name", "nt")
    monkeypatch.setenv("USERDOMAIN", "OFFICE")
    monkeypatch.setattr("getpass.getuser", lambda: "li")
    return monkeypatch


def test_the_authoritys_key_is_kept_to_its_owner_on_windows_too(tmp_path: Path, on_windows: pytest.MonkeyPatch) -> None:
    restricted: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        assert not os.path.getsize(command[1])  # noqa: PTH202 - a Path can't be made here; before the key is in it
        restricted.append(os.path.basename(command[1]).rsplit(".", 2)[0])  # noqa: PTH119 - as above
        return subprocess.CompletedProcess(command, 0)

    on_windows.setattr("subprocess.run", run)
    authority = Authority(tmp_path)  # a folder that is there, so that no path of another system is made
    authority.ensure()
    on_windows.undo()
    assert restricted == [".ca.key"]


@pytest.mark.parametrize("name", WINDOWS_LISTS)
def test_a_list_of_windows_is_read(tmp_path: Path, on_windows: pytest.MonkeyPatch, name: str) -> None:
    listed, expected = WINDOWS_LISTS[name]
    file = tmp_path / "ca.key"

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 0, listed.format(file=file))

    on_windows.setattr("subprocess.run", run)
    found = is_private(file)
    on_windows.undo()
    assert found is expected


def test_elsewhere_the_mode_tells(tmp_path: Path) -> None:
    file = tmp_path / "ca.key"
    write_atomic(file, "a key", PRIVATE)
    assert is_private(file)
    file.chmod(0o640)
    assert not is_private(file)
