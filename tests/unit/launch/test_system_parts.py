"""What run.py finds missing on a bare Linux, and how it asks for it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.launch import system_parts

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems need no such parts")
OFFSCREEN = ["libgl1", "libegl1", "libxkbcommon0", "libdbus-1-3", "libglib2.0-0", "libfontconfig1"]
XCB = [
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0", "libxcb-shape0",
    "libxcb-xkb1", "libxkbcommon-x11-0",
]  # fmt: skip


class Machine:
    """A Linux that lacks parts; `apt-get install` brings them unless `offline`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands: list[list[str]] = []
        self.programs = {"apt-get", "sudo"}
        self.missing: set[str] = set()
        self.user, self.offline, self.sudo_asks = 0, False, False
        everything = system_parts.QT_LIBRARIES | system_parts.XCB_LIBRARIES | system_parts.WAYLAND_LIBRARIES
        find_spec = importlib.util.find_spec
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(system_parts, "can_load", lambda library: everything[library] not in self.missing)
        monkeypatch.setattr(system_parts, "has_chinese_font", lambda: "fonts-wqy-microhei" not in self.missing)
        monkeypatch.setattr(
            system_parts.importlib.util,
            "find_spec",
            lambda name: None if name == "ensurepip" and "python3-venv" in self.missing else find_spec(name),
        )
        monkeypatch.setattr(system_parts.shutil, "which", lambda name: name if name in self.programs else None)
        monkeypatch.setattr(system_parts.subprocess, "run", self.run)
        monkeypatch.setattr(os, "geteuid", lambda: self.user)

    def run(self, command: list[str], **_: Any) -> SimpleNamespace:
        self.commands.append(command)
        if command[:2] == ["sudo", "-n"] and self.sudo_asks:
            return SimpleNamespace(returncode=1)
        if "install" in command and not self.offline:
            self.missing -= set(command)
        return SimpleNamespace(returncode=0)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_a_bare_machine_lacks_exactly_these(machine: Machine) -> None:
    machine.missing = {"python3-venv", *OFFSCREEN, *XCB, "fonts-wqy-microhei"}
    assert system_parts.find_missing_parts() == ["python3-venv", *OFFSCREEN, "fonts-wqy-microhei"]


def test_a_window_needs_more(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.missing = {*OFFSCREEN, *XCB}
    monkeypatch.setenv("DISPLAY", ":0")
    assert system_parts.find_missing_parts() == [*OFFSCREEN, *XCB]


def test_nothing_missing_starts_nothing(machine: Machine) -> None:
    assert system_parts.ensure_parts()
    assert machine.commands == []


@pytest.mark.parametrize(("user", "prefix"), [(0, []), (1000, ["sudo", "-n"])])
def test_parts_are_installed_where_that_is_allowed(machine: Machine, user: int, prefix: list[str]) -> None:
    machine.missing, machine.user = {"libgl1", "python3-venv"}, user
    assert system_parts.ensure_parts()
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    install = [*apt, "install", "-y", "--no-install-recommends", "python3-venv", "libgl1"]
    assert [command for command in machine.commands if "true" not in command] == [[*apt, "update"], install]


def no_apt(machine: Machine) -> None:
    machine.programs = {"sudo"}


def sudo_asks(machine: Machine) -> None:
    machine.sudo_asks = True


def no_sudo(machine: Machine) -> None:
    machine.programs = {"apt-get"}


@pytest.mark.parametrize("hinder", [no_apt, sudo_asks, no_sudo])
def test_else_one_line_says_what_to_do(
    machine: Machine, hinder: Callable[[Machine], None], capsys: pytest.CaptureFixture[str]
) -> None:
    machine.missing, machine.user = {"libgl1", "fonts-wqy-microhei"}, 1000
    hinder(machine)
    assert not system_parts.ensure_parts()
    lines = [line.strip() for line in capsys.readouterr().err.splitlines() if "apt-get" in line]
    packages = "libgl1 fonts-wqy-microhei"
    assert lines == [f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}"]
    assert not any("install" in command for command in machine.commands)


def test_what_could_not_be_installed_is_named(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.missing, machine.offline = {"libgl1"}, True
    assert not system_parts.ensure_parts()
    assert "    apt-get update && apt-get install -y --no-install-recommends libgl1\n" in capsys.readouterr().err


def test_fontconfig_is_asked_where_no_file_name_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(system_parts, "FONT_FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(system_parts.shutil, "which", lambda _name: "fc-list")
    for answer, expected in ((b"", False), ("文泉驛微米黑\n".encode(), True)):
        done = subprocess.CompletedProcess([], 0, stdout=answer)
        monkeypatch.setattr(system_parts.subprocess, "run", lambda *_, done=done, **__: done)
        assert system_parts.has_chinese_font() is expected
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "NotoSansCJK-Regular.ttc").touch()
    monkeypatch.setattr(system_parts.shutil, "which", lambda _name: None)
    assert system_parts.has_chinese_font()


def test_a_library_that_is_not_there_cannot_be_loaded() -> None:
    assert not system_parts.can_load("libnothing-of-this-name.so.9")
    assert system_parts.can_load("libc.so.6")
