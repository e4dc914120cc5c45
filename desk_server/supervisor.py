"""Keeps a desk running: PostgreSQL, where it is ours, and one worker, started again when killed."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from desk_server.desk import Desk
from desk_server.process_lock import SUPERVISOR_LOCK, is_locked, take_lock
from desk_server.processes import process_is_alive
from desk_server.running import start_cluster
from shared.errors import DeskError
from shared.files import write_atomic

PID_FILE = "supervisor.pid"
STOP_FILE = "stop"
_POLL_SECONDS = 0.2
_WORKER_STOP_SECONDS = 15
_STOP_SECONDS = 90
_LONGEST_PAUSE_SECONDS = 10.0
_HEALTHY_SECONDS = 30.0

log = logging.getLogger(__name__)


def supervisor_pid(desk: Desk) -> int | None:
    """The number of the live supervisor; None where none runs."""
    if not is_locked(desk.data / SUPERVISOR_LOCK):
        return None
    try:
        return int((desk.data / PID_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def program(*arguments: str) -> list[str]:
    """The command line of desk-server itself."""
    return [sys.executable, "-m", "desk_server", *arguments]


def program_environment() -> dict[str, str]:
    """Our environment, with our packages found wherever the process stands."""
    root = str(Path(__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, known]) if known else root}


class Supervisor:
    """The process behind ``run``; ``start`` detaches one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._has_signal = False  # a plain flag: a signal may come while an Event holds its own lock
        self._worker: subprocess.Popen[bytes] | None = None
        self._worker_since = 0.0
        self._next_start = 0.0
        self._pause = 1.0

    def run(self) -> None:
        """Until told to stop, by the stop file, SIGTERM or Ctrl+C."""
        lock = take_lock(self._desk.data / SUPERVISOR_LOCK, wait_seconds=2)
        if lock is None:
            raise DeskError("The desk runs already.")
        with lock:
            (self._desk.data / STOP_FILE).unlink(missing_ok=True)
            write_atomic(self._desk.data / PID_FILE, str(os.getpid()))
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
            try:
                self._start_cluster()
                while not self._is_stopping():
                    self._look_after()
                    time.sleep(_POLL_SECONDS)
            finally:
                self._shut_down()

    def _on_signal(self, number: int, frame: Any) -> None:
        self._has_signal = True

    def _is_stopping(self) -> bool:
        return self._has_signal or (self._desk.data / STOP_FILE).exists()

    def _start_cluster(self) -> None:
        if self._desk.settings.kind == "embedded":
            start_cluster(self._desk)

    def _look_after(self) -> None:
        self._keep_cluster()
        self._keep_worker()

    def _keep_cluster(self) -> None:
        if self._desk.settings.kind != "embedded" or self._desk.cluster.postmaster() is not None:
            return
        log.warning("PostgreSQL has ended; starting it again")
        try:
            start_cluster(self._desk)
        except DeskError as error:
            log.error("%s", error)
            self._wait(self._longer_pause())

    def _keep_worker(self) -> None:
        if self._worker is not None:
            if self._worker.poll() is None:
                if time.monotonic() - self._worker_since > _HEALTHY_SECONDS:
                    self._pause = 1.0
                return
            log.warning("the worker ended with %s", self._worker.returncode)
            self._close_pipe()
            self._worker = None
            # at once the first time; one that dies again and again is started ever more slowly
            lived = time.monotonic() - self._worker_since
            self._next_start = time.monotonic() + (0 if lived > _POLL_SECONDS * 10 else self._longer_pause())
        if time.monotonic() >= self._next_start:
            self._start_worker()

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._is_stopping():
            time.sleep(_POLL_SECONDS)

    def _longer_pause(self) -> float:
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
        return pause

    def _start_worker(self) -> None:
        # The worker ends when its standard input ends: so also when we are killed.
        self._worker = subprocess.Popen(
            program("worker", "--data", str(self._desk.data)), stdin=subprocess.PIPE, env=program_environment()
        )
        self._worker_since = time.monotonic()
        log.info("worker %s started", self._worker.pid)

    def _close_pipe(self) -> None:
        if self._worker is not None and self._worker.stdin is not None:
            with contextlib.suppress(OSError):
                self._worker.stdin.close()

    def _shut_down(self) -> None:
        if self._worker is not None:
            self._close_pipe()
            try:
                self._worker.wait(_WORKER_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._worker.kill()
                self._worker.wait()
        if self._desk.settings.kind == "embedded":
            self._desk.cluster.stop()
        (self._desk.data / STOP_FILE).unlink(missing_ok=True)
        (self._desk.data / PID_FILE).unlink(missing_ok=True)
        log.info("stopped")


def start(desk: Desk) -> bool:
    """Start the desk behind our back and wait until it works; False where it did already."""
    if is_locked(desk.data / SUPERVISOR_LOCK):
        _wait_until(lambda: desk.settings.kind == "site" or desk.cluster.is_running(), "The database does not answer")
        return False
    if desk.settings.kind == "embedded":
        start_cluster(desk)  # here, so that a reason for failing reaches whoever typed the command
    from desk_server.status import worker_beat

    before = worker_beat(desk)
    _spawn(desk)
    _wait_until(lambda: _has_new_beat(desk, before), f"The worker did not start; see {desk.data / 'worker.log'}")
    return True


def _has_new_beat(desk: Desk, before: Any) -> bool:
    from desk_server.status import worker_beat

    beat = worker_beat(desk)
    return beat is not None and beat.is_running and (before is None or beat.started_at != before.started_at)


def _spawn(desk: Desk) -> None:
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    with (desk.data / "server.log").open("ab") as output:
        process = subprocess.Popen(
            program("run", "--detached", "--data", str(desk.data)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=desk.data,
            env=program_environment(),
            **detached,
        )
    process.returncode = 0  # it outlives us on purpose


def stop(desk: Desk) -> bool:
    """Stop supervisor, worker and, where it is ours, PostgreSQL; False where nothing ran."""
    ran = is_locked(desk.data / SUPERVISOR_LOCK)
    if ran:
        pid = supervisor_pid(desk)
        deadline = time.monotonic() + _STOP_SECONDS
        while is_locked(desk.data / SUPERVISOR_LOCK):
            (desk.data / STOP_FILE).touch()  # again and again: one that is just starting removes it
            if time.monotonic() > deadline:
                _kill_supervisor(desk)
                break
            time.sleep(0.05)
        _wait_for_end(pid)
    if desk.settings.kind == "embedded" and desk.cluster.postmaster() is not None:
        desk.cluster.stop()
        ran = True
    (desk.data / STOP_FILE).unlink(missing_ok=True)
    return ran


def _wait_for_end(pid: int | None) -> None:
    """It lets go of its lock a moment before its process is gone."""
    deadline = time.monotonic() + _POLL_SECONDS * 25
    while pid is not None and process_is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def _kill_supervisor(desk: Desk) -> None:
    pid = supervisor_pid(desk)
    if pid is not None and process_is_alive(pid):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _wait_until(condition: Any, failure: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise DeskError(f"{failure}.")
        time.sleep(0.1)
