"""A full disk: a clear sentence, nothing destroyed, and the same command goes on when there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desk_server.desk import Desk
from tests.desks import desk_server
from tests.small_disk import NoSmallDiskError, SmallDisk, small_disk


@pytest.fixture
def disk(desk_folder: Path) -> Iterator[SmallDisk]:
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(desk_folder.parent / "disk", 20))
        except NoSmallDiskError as error:
            pytest.skip(str(error))
        yield disk
        for pid_file in disk.folder.glob("**/postmaster.pid"):
            desk_server("stop", "--data", pid_file.parent.parent)


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
