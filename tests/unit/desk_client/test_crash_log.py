"""Faults of ours: logged with their traceback, said in a sentence, and the hooks put back afterwards."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from desk_client.crash_log import CrashLog


def fail() -> None:
    raise ZeroDivisionError("of ours")


def test_a_fault_is_logged_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    before = sys.excepthook
    with CrashLog(tmp_path, lambda: said.append("said")):
        try:
            fail()
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    assert said == ["said"]
    assert sys.excepthook is before
    logged = (tmp_path / "client.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError: of ours" in logged


def test_a_fault_in_a_thread_is_logged(tmp_path: Path) -> None:
    with CrashLog(tmp_path, lambda: None):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert "of ours" in (tmp_path / "client.log").read_text(encoding="utf-8")


def test_a_folder_that_can_not_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    with CrashLog(tmp_path / "not there", lambda: None):
        pass
