"""start, stop, status, run; the worker comes back when killed and ends with its parent."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.desk import Desk
from desk_server.processes import process_is_alive
from desk_server.running import running
from desk_server.status import worker_beat
from desk_server.worker import BEAT_SECONDS
from tests.desks import (
    RunningDesk,
    command_environment,
    command_line,
    copy_desk,
    desk_server,
    remove_folder,
    run_root,
    template_desk,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes by signals")


@pytest.fixture
def stopped_desk(desk_folder: Path) -> Iterator[Desk]:
    """A finished desk that does not run."""
    copied: RunningDesk = copy_desk(template_desk(), desk_folder)
    copied.desk.cluster.stop()
    yield copied.desk
    desk_server("stop", "--data", copied.desk.data)


def _until(condition: Callable[[], Any], seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
    return value


def _until_gone(*pids: int) -> None:
    """PostgreSQL takes its pid file away, by which ``stop`` goes, a moment before its process ends."""
    _until(lambda: not any(process_is_alive(pid) for pid in pids))


def _postmaster_pid(desk: Desk) -> int | None:
    running = desk.cluster.postmaster()
    return running.pid if running is not None and running.is_ready else None


def _server_processes(desk: Desk) -> list[int]:
    """All of PostgreSQL's, which stand in its folder; [] on a system without /proc."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # it has ended since
            if link.readlink() == desk.cluster_folder.resolve():
                found.append(int(link.parent.name))
    return found


def _status(desk: Desk) -> dict[str, Any]:
    answer = desk_server("status", "--json", "--data", desk.data)
    assert answer.returncode == 0, answer.stderr
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def _worker_pid(desk: Desk) -> int | None:
    beat = worker_beat(desk)
    return beat.pid if beat and beat.is_running and process_is_alive(beat.pid) else None


def test_start_status_stop(stopped_desk: Desk) -> None:
    before = _status(stopped_desk)
    assert not before["postgres"]["is_running"]
    assert not before["worker"]["is_running"]
    assert desk_server("start", "--data", stopped_desk.data).returncode == 0
    first = _status(stopped_desk)
    again = desk_server("start", "--data", stopped_desk.data)
    assert again.returncode == 0
    assert "already" in again.stdout
    running = _status(stopped_desk)
    for name in ("postgres", "worker", "supervisor"):
        assert running[name]["pid"] == first[name]["pid"]
    assert running["owner_psql"] in desk_server("status", "--data", stopped_desk.data).stdout
    way_in = shlex.split(running["owner_psql"])
    assert way_in[0] == "psql"
    psycopg2.connect(way_in[1], options="-c event_triggers=off").close()
    assert running["postgres"]["is_running"]
    assert running["worker"]["is_running"]
    assert running["cluster"] == str(stopped_desk.cluster_folder)
    pids = [running["postgres"]["pid"], running["worker"]["pid"], running["supervisor"]["pid"]]
    assert all(process_is_alive(pid) for pid in pids)
    assert desk_server("stop", "--data", stopped_desk.data).returncode == 0
    _until_gone(*pids)
    assert "did not run" in desk_server("stop", "--data", stopped_desk.data).stdout


def test_killed_worker_and_killed_database_come_back(stopped_desk: Desk) -> None:
    desk_server("start", "--data", stopped_desk.data)
    first = _worker_pid(stopped_desk)
    assert first
    os.kill(first, signal.SIGKILL)
    second = _until(lambda: _worker_pid(stopped_desk) not in (None, first) and _worker_pid(stopped_desk))
    postmaster = _postmaster_pid(stopped_desk)
    assert postmaster
    os.kill(postmaster, signal.SIGKILL)
    _until(lambda: _postmaster_pid(stopped_desk) not in (None, postmaster))
    _until(lambda: _worker_pid(stopped_desk))
    assert second != first


def test_killed_supervisor_takes_its_worker_along_and_start_goes_on(stopped_desk: Desk) -> None:
    desk_server("start", "--data", stopped_desk.data)
    status = _status(stopped_desk)
    os.kill(status["supervisor"]["pid"], signal.SIGKILL)
    _until_gone(status["worker"]["pid"])
    assert _status(stopped_desk)["postgres"]["is_running"]
    answer = desk_server("start", "--data", stopped_desk.data)
    assert answer.returncode == 0, answer.stderr
    assert "already" not in answer.stdout
    assert _worker_pid(stopped_desk) != status["worker"]["pid"]


def test_killed_supervisor_and_stop(stopped_desk: Desk) -> None:
    desk_server("start", "--data", stopped_desk.data)
    status = _status(stopped_desk)
    os.kill(status["supervisor"]["pid"], signal.SIGKILL)
    assert desk_server("stop", "--data", stopped_desk.data).returncode == 0
    _until_gone(status["postgres"]["pid"])


def test_start_killed_at_any_moment_goes_on(stopped_desk: Desk) -> None:
    for delay in (0.1, 0.3, 0.5):
        process = subprocess.Popen(
            command_line("start", "--data", stopped_desk.data),
            stdout=subprocess.DEVNULL,
            env=command_environment(),
        )
        time.sleep(delay)
        process.kill()
        process.wait()
    answer = desk_server("start", "--data", stopped_desk.data)
    assert answer.returncode == 0, answer.stderr
    _until(lambda: _worker_pid(stopped_desk))


def test_start_waits_for_the_server_that_a_killed_start_left_on_its_way(stopped_desk: Desk, desk_folder: Path) -> None:
    """It has to recover before it takes connections: here, until a file is there."""
    go = desk_folder.parent / "go"
    conf = (stopped_desk.cluster_folder / "postgresql.conf").read_text("utf-8")
    hold = f"restore_command = 'while [ ! -e {go} ]; do sleep 0.05; done; false'\nhot_standby = off\n"
    stopped_desk.cluster.write_file("postgresql.conf", conf + hold)
    stopped_desk.cluster.write_file("recovery.signal", "")
    command = command_line("start", "--data", stopped_desk.data)
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=command_environment())
    _until(stopped_desk.cluster.postmaster)
    killed.kill()
    killed.wait()
    second = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=command_environment())
    time.sleep(1.5)  # it tries meanwhile, and must not have given up
    assert not stopped_desk.cluster.is_running()
    go.touch()
    _, errors = second.communicate(timeout=120)
    assert second.returncode == 0, errors
    _until(lambda: _worker_pid(stopped_desk))


def test_stop_killed_at_any_moment_goes_on(stopped_desk: Desk) -> None:
    desk_server("start", "--data", stopped_desk.data)
    process = subprocess.Popen(
        command_line("stop", "--data", stopped_desk.data), stdout=subprocess.DEVNULL, env=command_environment()
    )
    _until(lambda: (stopped_desk.data / "stop").exists() or process.poll() is not None)
    process.kill()
    process.wait()
    assert desk_server("stop", "--data", stopped_desk.data).returncode == 0
    assert stopped_desk.cluster.postmaster() is None
    assert desk_server("start", "--data", stopped_desk.data).returncode == 0  # a stop file left over stops nobody
    time.sleep(0.5)
    assert _worker_pid(stopped_desk)
    assert not (stopped_desk.data / "stop").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_cleanly_by_signal(stopped_desk: Desk, number: int) -> None:
    process = subprocess.Popen(
        command_line("run", "--data", stopped_desk.data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=command_environment(),
    )
    worker = _until(lambda: _worker_pid(stopped_desk))
    process.send_signal(number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert stopped_desk.cluster.postmaster() is None
    assert not process_is_alive(worker)
    assert "worker ends" in (stopped_desk.data / "worker.log").read_text()


def test_a_command_on_a_stopped_desk_leaves_it_to_who_needs_it_since(stopped_desk: Desk) -> None:
    with running(stopped_desk):
        other = stopped_desk.owner_connection()
        closes = threading.Timer(1, other.close)
        closes.start()
    assert other.closed  # it could end its work
    assert not stopped_desk.cluster.is_running()
    with running(stopped_desk):
        assert desk_server("start", "--data", stopped_desk.data).returncode == 0
    assert stopped_desk.cluster.is_running()
    assert _worker_pid(stopped_desk)


def test_only_one_supervisor_and_one_worker(stopped_desk: Desk) -> None:
    desk_server("start", "--data", stopped_desk.data)
    second = desk_server("run", "--data", stopped_desk.data)
    assert second.returncode == 1
    assert "runs already" in second.stderr
    first = _worker_pid(stopped_desk)
    extra = subprocess.Popen(
        command_line("worker", "--data", stopped_desk.data), stdin=subprocess.PIPE, env=command_environment()
    )
    log = stopped_desk.data / "worker.log"
    _until(lambda: "another worker is at work" in log.read_text())
    assert _worker_pid(stopped_desk) == first
    extra.communicate(timeout=120)
    assert extra.returncode == 0


def test_heartbeat_gets_old_when_the_worker_hangs(stopped_desk: Desk) -> None:
    desk_server("start", "--data", stopped_desk.data)
    beat = worker_beat(stopped_desk)
    assert beat
    assert beat.is_running
    os.kill(beat.pid, signal.SIGSTOP)
    try:
        later = _until(lambda: (now := worker_beat(stopped_desk)) and now.age_seconds > BEAT_SECONDS + 1 and now)
        assert later.started_at == beat.started_at
    finally:
        os.kill(beat.pid, signal.SIGCONT)


def test_start_on_a_desk_killed_as_a_whole(stopped_desk: Desk) -> None:
    """Power loss: everything dies at once, pid files stay."""
    desk_server("start", "--data", stopped_desk.data)
    status = _status(stopped_desk)
    own = _server_processes(stopped_desk)
    for pid in (status["supervisor"]["pid"], status["worker"]["pid"], status["postgres"]["pid"]):
        os.kill(pid, signal.SIGKILL)
    _until_gone(*own)  # they end when they see that PostgreSQL is gone; by a power loss, at once
    assert (stopped_desk.cluster_folder / "postmaster.pid").exists()
    answer = desk_server("start", "--data", stopped_desk.data)
    assert answer.returncode == 0, answer.stderr
    assert _status(stopped_desk)["worker"]["is_running"]


def test_start_after_a_power_loss_when_the_servers_number_is_somebody_elses(stopped_desk: Desk) -> None:
    left = stopped_desk.cluster_folder / "postmaster.pid"
    lines = [os.getpid(), stopped_desk.cluster_folder, 1, stopped_desk.settings.port, "/tmp", "localhost", 1, "ready"]
    stopped_desk.cluster.write_file("postmaster.pid", "\n".join(map(str, lines)) + "\n")
    assert not stopped_desk.cluster.is_running()
    os.utime(left, (0, 0))  # written before this boot
    answer = desk_server("start", "--data", stopped_desk.data)
    assert answer.returncode == 0, answer.stderr
    assert _status(stopped_desk)["worker"]["is_running"]


def test_remove_folder_ends_what_runs_in_it() -> None:
    """The harness itself: a test that fails in between leaves nothing running."""
    copied = copy_desk(template_desk(), run_root() / "left" / "desk")
    desk_server("start", "--data", copied.desk.data)
    status = _status(copied.desk)
    remove_folder(run_root() / "left")
    for name in ("supervisor", "worker", "postgres"):
        _until_gone(status[name]["pid"])
