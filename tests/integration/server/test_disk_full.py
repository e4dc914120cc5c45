"""A full disk: a clear sentence, nothing destroyed, and the same command goes on when there is room."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_server.desk import Desk
from tests.desks import desk_server


class SmallDisk:
    """A file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, megabytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", self.folder], check=True)

    def fill(self) -> None:
        """Leave no room for anything more."""
        for size in (1_000_000, 4096):
            with (self.folder / f"ballast-{size}").open("wb", buffering=0) as ballast:
                while True:
                    try:
                        if ballast.write(b"x" * size) < size:
                            break
                    except OSError:
                        break

    def empty(self) -> None:
        for ballast in self.folder.glob("ballast-*"):
            ballast.unlink()


@pytest.fixture
def disk(desk_folder: Path) -> Iterator[SmallDisk]:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can make a small disk")
    folder = desk_folder.parent / "disk"
    folder.mkdir()
    answer = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=711", "tmpfs", folder], check=False)
    if answer.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield SmallDisk(folder)
    for pid_file in folder.glob("**/postmaster.pid"):
        desk_server("stop", "--data", pid_file.parent.parent)
    subprocess.run(["umount", "-l", folder], check=True)


def test_init_on_a_full_disk_goes_on_when_there_is_room(disk: SmallDisk) -> None:
    data = disk.folder / "desk"
    answer = desk_server("init", "--data", data, "--port", "0")
    assert answer.returncode == 1
    assert "is full" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    disk.resize(300)
    assert desk_server("init", "--data", data, "--port", "0").returncode == 0


def test_start_on_a_full_disk_destroys_nothing(disk: SmallDisk) -> None:
    disk.resize(300)
    data = disk.folder / "desk"
    assert desk_server("init", "--data", data, "--port", "0").returncode == 0
    settings = Desk.open(data).settings
    disk.fill()
    answer = desk_server("start", "--data", data)
    assert answer.returncode == 1
    assert "is full" in answer.stderr
    assert "Traceback" not in answer.stderr
    disk.empty()
    assert Desk.open(data).settings == settings
    assert desk_server("start", "--data", data).returncode == 0
    assert '"machines": 1' in desk_server("status", "--json", "--data", data).stdout
    assert desk_server("stop", "--data", data).returncode == 0


def test_machine_add_on_a_full_disk_leaves_the_old_profile_good(disk: SmallDisk) -> None:
    disk.resize(300)
    data = disk.folder / "desk"
    add = ("machine", "add", "pc-1", "--level", "full", "--person", "x", "--data", data, "--profile")
    assert desk_server("init", "--data", data, "--port", "0").returncode == 0
    assert desk_server("start", "--data", data).returncode == 0
    assert desk_server(*add, data / "pc-1").returncode == 0
    disk.fill()
    answer = desk_server(*add, data / "pc-1")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    disk.empty()
    assert desk_server(*add, data / "pc-1").returncode == 0
    assert desk_server("stop", "--data", data).returncode == 0
