"""run.py in a small project of its own: each step once, and on from where it was interrupted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from scripts.launch import demo_desk
from tests.unit.launch.conftest import SmallProject

FIRST = ["init", "start", "seed", "machine", "machine", "machine"]


def server(*words: str) -> list[str]:
    return [f"desk_server {word}" for word in words]


def test_the_first_start_makes_everything_and_the_second_nothing(project: SmallProject, tmp_path: Path) -> None:
    first = project.run()
    assert first.returncode == 0, first.stderr
    assert "no display" in first.stdout
    calls = project.calls()
    assert calls[:-1] == server(*FIRST)
    assert calls[-1].startswith("desk_client.tour ") or calls[-1].startswith("desk_client ")
    assert project.installed() == "1.0"
    second = project.run()
    assert second.returncode == 0
    assert "Installing" not in second.stdout
    assert project.calls()[:-1] == server("start")


def test_the_tour_goes_where_it_is_told_from_the_caller_s_folder(with_packages: SmallProject, tmp_path: Path) -> None:
    assert with_packages.run("tour", "图 片", "--lang", "zh_CN", cwd=tmp_path).returncode == 0
    last = (with_packages.folder / "calls").read_text("utf-8").splitlines()[-1]
    profiles = with_packages.folder / ".desk" / "profiles"
    assert last.endswith(f"{tmp_path / '图 片'} --lang zh_CN --profiles {profiles}")


def test_all_words_after_server_are_its_own(with_packages: SmallProject) -> None:
    for words in (["--help"], ["machine", "list", "--json"], []):
        assert with_packages.run("server", *words).returncode == 0
        assert (with_packages.folder / "calls").read_text("utf-8").split() == ["desk_server", *words]
        with_packages.calls()


def test_the_client_opens_at_the_level_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(demo_desk, "run_python", lambda *words, **_: started.append(words) or 0)
    assert demo_desk.run_client("query") == 0
    assert started == [("-m", "desk_client", "--profile", str(demo_desk.DESK / "profiles" / "query"))]


def test_a_display_that_cannot_be_opened_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo_desk, "run_python", lambda *_, **__: -signal.SIGABRT)
    assert demo_desk.run_client("full") == 1
    assert "could not open a window" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["init", "start", "seed", "demo-full"])
def test_a_step_that_failed_is_made_good(with_packages: SmallProject, step: str) -> None:
    failed = with_packages.run(FAIL_AT=step)
    assert failed.returncode == 1
    assert "Start again" in failed.stderr
    assert "Traceback" not in failed.stderr
    with_packages.calls()
    assert with_packages.run().returncode == 0
    assert with_packages.calls()[:-1] == server(*FIRST)


def test_the_port_of_an_interrupted_init_is_kept(with_packages: SmallProject) -> None:
    with_packages.run(FAIL_AT="seed")
    ports = [
        line.split("--port ")[1]
        for line in (with_packages.folder / "calls").read_text().splitlines()
        if "--port" in line
    ]
    with_packages.run()
    ports += [
        line.split("--port ")[1]
        for line in (with_packages.folder / "calls").read_text().splitlines()
        if "--port" in line
    ]
    assert len(ports) >= 2
    assert len(set(ports)) == 1


def test_new_migrations_are_applied_to_an_old_demo_desk(with_packages: SmallProject) -> None:
    with_packages.run()
    with_packages.calls()
    (with_packages.folder / "migrations" / "versions" / "0002.py").write_text("new = True\n")
    assert with_packages.run().returncode == 0
    assert with_packages.calls()[:-1] == server("start", "migrate")


def test_a_changed_lock_is_installed(with_packages: SmallProject) -> None:
    with_packages.lock("2.0")
    assert with_packages.run("stop").returncode == 0
    assert with_packages.installed() == "2.0"


def test_packages_that_did_not_come_are_asked_for_again(with_packages: SmallProject) -> None:
    lock = with_packages.folder / "requirements.lock"
    right = lock.read_text("utf-8")
    lock.write_text(right.split("--hash")[0] + f"--hash=sha256:{'0' * 64}\n", "utf-8")
    for _ in range(2):  # a wrong hash is refused, and refused again
        failed = with_packages.run("stop")
        assert failed.returncode == 1
        assert "Start again" in failed.stderr
    lock.write_text(right, "utf-8")
    assert with_packages.run("stop").returncode == 0
    assert with_packages.installed() == "1.0"


def break_python(project: SmallProject) -> None:
    project.python.unlink()
    project.python.write_text("no program\n")


def empty_folder(project: SmallProject) -> None:
    (project.folder / ".venv").rename(project.folder / "old")
    (project.folder / ".venv").mkdir()


def no_stamp(project: SmallProject) -> None:
    (project.folder / ".venv" / "installed").unlink()
    (project.folder / ".venv" / "half-made").touch()


@pytest.mark.parametrize("damage", [break_python, empty_folder, no_stamp])
def test_a_damaged_or_foreign_environment_is_made_anew(
    with_packages: SmallProject, damage: Callable[[SmallProject], None]
) -> None:
    damage(with_packages)
    assert with_packages.run("stop").returncode == 0
    assert with_packages.installed() == "1.0"
    assert not (with_packages.folder / ".venv" / "half-made").exists()


def test_a_copied_folder_imports_its_own_code(with_packages: SmallProject) -> None:
    where = "import desk_server; print(desk_server.__file__)"
    assert not with_packages.ask(where).startswith(str(with_packages.folder))  # it was copied from elsewhere
    assert with_packages.run("stop").returncode == 0
    assert with_packages.ask(where).startswith(str(with_packages.folder))


@pytest.mark.skipif(os.name == "nt", reason="the signal is POSIX's")
def test_killed_while_pip_works_it_waits_for_that_pip_and_goes_on(project: SmallProject) -> None:
    with socket.socket() as gate:  # the package lies behind a server that lets pip wait
        gate.bind(("127.0.0.1", 0))
        gate.listen()
        lock = project.folder / "requirements.lock"
        kept = lock.read_text("utf-8")
        port = gate.getsockname()[1]
        lock.write_text(f"tiny @ http://127.0.0.1:{port}/tiny-1.0-py3-none-any.whl --hash=sha256:{'0' * 64}\n", "utf-8")
        command = [sys.executable, str(project.folder / "run.py"), "stop"]
        first = subprocess.Popen(
            command, env=project.environment(no_proxy="*", PIP_RETRIES="0"), stdout=subprocess.DEVNULL
        )
        held, _ = gate.accept()
        first.send_signal(signal.SIGKILL)
        first.wait()
        lock.write_text(kept, "utf-8")
        second = subprocess.Popen(command, env=project.environment(), stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        assert "waiting" in second.stdout.readline()
        time.sleep(0.5)
        assert second.poll() is None
        held.close()
    out, _ = second.communicate(timeout=120)
    assert second.returncode == 0, out
    assert project.installed() == "1.0"


def test_an_unsupported_python_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["run.py", "stop"])
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert run.main() == 1
    assert "needs Python 3.11, 3.12 or 3.13" in capsys.readouterr().err
