"""Full disks under writers, the server's, below its tables or below its log of changes; and below a client's drafts."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from desk_client.drafts.journal import DraftJournal
from desk_server.running import start_cluster
from shared.errors import DeskError
from tests.faults.client_tasks import draft_of
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage
from tests.faults.writers import Writers
from tests.small_disk import SmallDisk

SENTENCE = "The database server's disk is full."


def move_wal(stage: Stage, folder: Path) -> None:
    """Have pg_wal elsewhere; the server is started again."""
    cluster = stage.running.desk.cluster
    cluster.stop()
    wal = cluster.folder / "pg_wal"
    subprocess.run(["cp", "-a", wal, folder], check=True)
    shutil.rmtree(wal)
    wal.symlink_to(folder)
    start_cluster(stage.running.desk)


def fill_below_tables(stage: Stage, disk: SmallDisk) -> tuple[Rounds, set[str]]:
    """No table can grow; the log of changes, which lies elsewhere, can."""
    counted, at_work = Rounds(rounds=1), Writers(stage, 2)
    at_work.wait_for_saves()
    at_work.ask_for_refusals()
    disk.fill()
    at_work.wait_for_refusals()
    disk.empty()
    counted.longest("until all save again, s", at_work.wait_for_saves())
    at_work.compare(counted)
    return counted, at_work.sentences


def fill_below_wal(stage: Stage, disk: SmallDisk) -> tuple[Rounds, set[str]]:
    """The log of changes can't grow: the server ends itself (PANIC), and starts when there is room again."""
    counted, at_work, desk = Rounds(rounds=1), Writers(stage, 2), stage.running.desk
    at_work.wait_for_saves()
    at_work.ask_for_refusals()
    disk.fill()
    deadline = time.monotonic() + 60
    while desk.cluster.is_running() and time.monotonic() < deadline:
        try:
            stage.ask("SELECT pg_switch_wal()")  # to its end, where a new file is wanted
        except Exception:
            time.sleep(0.05)
    counted.expect(not desk.cluster.is_running(), "the server goes on without a log")
    at_work.wait_for_refusals()
    counted.expect(_start_fails(stage), "it starts on a full disk")
    disk.empty()
    began = time.monotonic()
    start_cluster(desk)
    at_work.wait_for_saves()
    counted.longest("until all save again, s", time.monotonic() - began)
    at_work.compare(counted)
    return counted, at_work.sentences


def _start_fails(stage: Stage) -> bool:
    try:
        start_cluster(stage.running.desk)
    except DeskError as error:
        return "is full" in str(error)
    return False


def fill_below_drafts(disk: SmallDisk) -> list[str]:
    """What the journal of drafts says: of a draft, of three more that find no room, and once there is room again."""
    said: list[str] = []
    journal = DraftJournal(disk.folder, use_store=False)
    direct = Qt.ConnectionType.DirectConnection
    journal.written.connect(lambda ids, _: said.append(f"written {len(ids)}"), direct)
    journal.failed.connect(lambda fault: said.append(f"failed: {fault}"), direct)
    journal.recovered.connect(lambda: said.append("recovered"), direct)
    try:
        journal.put(draft_of(1, 1, 1))
        _wait_until(lambda: said == ["written 1"])
        disk.fill()
        for number in range(2, 5):
            journal.put(draft_of(number, 1, number))
        _wait_until(lambda: len(said) == 2)
        disk.empty()
        _wait_until(lambda: "recovered" in said)
    finally:
        journal.close()
    return said


def _wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
