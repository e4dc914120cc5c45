"""What watches the GUI thread all through this suite sees what it is there for."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

from desk_client.drafts.journal_file import JournalFile
from shared.files import write_atomic


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
