"""What watches the GUI thread all through this suite sees what it is there for."""

from __future__ import annotations

import gc
import threading
import uuid
from pathlib import Path

from desk_client.drafts.journal_file import JournalFile
from shared.files import write_atomic
from tests.gui.conftest import StartClient


def test_a_disk_that_is_waited_for_on_the_gui_thread_is_seen(
    no_disk_on_the_gui_thread: list[str], tmp_path: Path
) -> None:
    file = JournalFile(tmp_path / "one.drafts")
    file.write({uuid.uuid4(): b"typed"})
    file.close()
    assert no_disk_on_the_gui_thread[0] == "sqlite3.connect"
    assert {"BEGIN IMMEDIATE", "COMMIT"} <= set(no_disk_on_the_gui_thread)
    no_disk_on_the_gui_thread.clear()


def test_on_another_thread_or_by_the_test_itself_it_is_nobodys_fault(
    no_disk_on_the_gui_thread: list[str], tmp_path: Path
) -> None:
    write_atomic(tmp_path / "by the test", "x")
    thread = threading.Thread(target=lambda: JournalFile(tmp_path / "two.drafts").remove())
    thread.start()
    thread.join()
    assert no_disk_on_the_gui_thread == []


class Left:
    """A cycle, as windows and their signals are; says which thread ended it."""

    def __init__(self, ended_by: list[str]) -> None:
        self.itself, self.ended_by = self, ended_by

    def __del__(self) -> None:
        self.ended_by.append(threading.current_thread().name)


def test_what_is_left_of_a_window_is_ended_by_the_gui_thread(start_client: StartClient) -> None:
    gc.enable()  # as in a process that has just begun
    try:
        client = start_client()
        ended_by: list[str] = []
        Left(ended_by)
        read: list[object] = []
        client.app.runner.run(
            lambda _: [[number] for number in range(200_000)], on_done=read.append, receiver=client.app
        )
        client.until(lambda: bool(read) and bool(ended_by))
        assert ended_by == [threading.main_thread().name]
    finally:
        gc.disable()
