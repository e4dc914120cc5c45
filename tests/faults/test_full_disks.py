"""A full disk: a clear sentence, nothing acknowledged is lost, and it goes on by itself when there is room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_client.drafts.journal import DraftFault
from desk_client.drafts.keeper import fault_text
from tests.desks import copy_desk, template_desk
from tests.faults.crew import Crew
from tests.faults.full_disks import SENTENCE, fill_below_drafts, fill_below_tables, fill_below_wal, move_wal
from tests.faults.stage import Stage
from tests.small_disk import NoSmallDiskError, SmallDisk, small_disk


@pytest.fixture
def disk(desk_folder: Path) -> Iterator[SmallDisk]:
    try:
        with small_disk(desk_folder.parent / "disk", 250) as disk:
            yield disk
    except NoSmallDiskError as error:
        pytest.skip(str(error))


def test_no_room_for_the_servers_tables(disk: SmallDisk, desk_folder: Path, crew: Crew) -> None:
    running = copy_desk(template_desk(), disk.folder / "desk", durable=True)
    try:
        stage = Stage(running, crew)
        move_wal(stage, desk_folder.parent / "wal")
        counted, sentences = fill_below_tables(stage, disk)
    finally:
        running.remove()
    assert counted.problems == []
    assert sentences == {SENTENCE}


def test_no_room_for_the_servers_log_of_changes(disk: SmallDisk, desk_folder: Path, crew: Crew) -> None:
    running = copy_desk(template_desk(), desk_folder, durable=True)
    try:
        stage = Stage(running, crew)
        move_wal(stage, disk.folder / "wal")
        counted, sentences = fill_below_wal(stage, disk)
    finally:
        running.remove()
    assert counted.problems == []
    assert counted.met["sent again"] > 0
    assert all(sentence.startswith(("The database server", "The connection to the database")) for sentence in sentences)


def test_no_room_for_drafts(disk: SmallDisk) -> None:
    said = fill_below_drafts(disk)
    assert said[:2] == ["written 1", "failed: disk full"]
    assert said[-1] == "recovered"
    assert sum(int(line.split()[1]) for line in said if line.startswith("written")) == 4
    assert "once there is room" in fault_text(DraftFault.DISK_FULL)
