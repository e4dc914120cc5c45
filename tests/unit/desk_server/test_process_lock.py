"""Locks that the operating system gives back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desk_server.process_lock import command_lock, is_locked, take_lock
from shared.errors import BusyError
from tests.desks import command_environment

_HOLDER = """
import sys, time
from pathlib import Path
from desk_server.process_lock import take_lock
held = take_lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    assert not is_locked(file)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(file)], stdout=subprocess.PIPE, env=command_environment()
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_locked(file)
        assert take_lock(file) is None
        holder.kill()
    assert not is_locked(file)
    lock = take_lock(file)
    assert lock is not None
    lock.close()


def test_commands_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk_server.process_lock.COMMAND_WAIT_SECONDS", 0.1)
    with command_lock(tmp_path), pytest.raises(BusyError, match="at work"), command_lock(tmp_path):
        pass
    with command_lock(tmp_path):
        pass
