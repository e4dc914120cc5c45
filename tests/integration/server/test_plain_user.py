"""An ordinary user's run, and the paths that people have: spaces, Chinese characters, great length."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from desk_server.account import Account, account_named
from desk_server.desk import Desk
from desk_server.init_options import InitOptions
from desk_server.initialise import initialise
from desk_server.running import running
from desk_server.status import status
from tests.desks import command_environment, desk_server, remove_folder

PROJECT = Path(__file__).resolve().parents[3]
ODD = "客服 desk's 数据"


def _python_for(account: Account) -> str | None:
    """A Python of our version that the account may run, with our packages: our own, else the system's."""
    folders = (Path(sysconfig.get_path("purelib")), PROJECT)
    if not all(account.can_enter(folder) for folder in folders):
        return None
    for candidate in (sys.executable, "/usr/bin/python3"):
        asked = "import platform; print(platform.python_version_tuple()[:2])"
        try:
            answer = account.run([candidate, "-c", asked])
        except OSError:
            continue
        if answer.returncode == 0 and answer.stdout.strip() == str(platform.python_version_tuple()[:2]):
            return candidate
    return None


@pytest.fixture
def ordinary() -> tuple[Account, str]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can become another user; the other tests run as an ordinary one anyway")
    account = account_named("nobody")
    python = _python_for(account)
    if python is None:
        pytest.skip("no Python that an ordinary user may run reaches the packages of this environment")
    return account, python


def test_an_ordinary_user_makes_and_runs_a_desk(desk_folder: Path, ordinary: tuple[Account, str]) -> None:
    account, python = ordinary
    home = desk_folder.parent / ODD
    home.mkdir(mode=0o700)
    account.take(home)
    data = home / "desk"
    paths = os.pathsep.join([str(PROJECT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        identity: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []}
        return subprocess.run(
            [python, "-m", "desk_server", *arguments, "--data", str(data)],
            capture_output=True,
            encoding="utf-8",
            cwd=home,
            env=command_environment(PYTHONPATH=paths, HOME=str(home), PYTHONDONTWRITEBYTECODE="1"),
            check=False,
            **identity,
        )

    made = run("init", "--port", "0")
    assert made.returncode == 0, made.stderr
    assert run("start").returncode == 0
    told = run("status").stdout
    assert f"runs as {account.name}" in told
    assert str(data) in told
    assert "Worker:       runs" in told
    assert run("doctor").returncode == 0
    assert run("stop").returncode == 0
    assert {path.stat().st_uid for path in data.rglob("*")} == {account.uid}


def test_odd_path(desk_folder: Path) -> None:
    data = desk_folder.parent / ODD / "desk"
    assert desk_server("init", "--data", data, "--port", "0").returncode == 0
    assert desk_server("start", "--data", data).returncode == 0
    profile = data.parent / "档案"
    machine = ("PC-0417", "--level", "full", "--person", "李娜", "--profile", profile)
    added = desk_server("machine", "add", *machine, "--data", data)
    assert added.returncode == 0, added.stderr
    assert "李娜" in desk_server("machine", "list", "--data", data).stdout
    assert desk_server("stop", "--data", data).returncode == 0


def test_long_path_gets_a_short_socket(desk_folder: Path) -> None:
    data = desk_folder.parent / ("a" * 60) / ("b" * 60) / "desk"
    desk = initialise(InitOptions(data, port=0))
    assert len(os.fsencode(desk.socket_dir)) < 80
    with running(desk):
        assert status(desk)["machines"] == 1
        assert (desk.socket_dir / f".s.PGSQL.{desk.settings.port}").exists()
    remove_folder(desk.socket_dir)


@pytest.mark.skipif(os.name != "posix", reason="links and owners as on POSIX")
def test_socket_folder_of_somebody_else_is_refused(desk_folder: Path) -> None:
    from shared.errors import DeskError

    desk = initialise(InitOptions(desk_folder, port=0))
    shutil.rmtree(desk.socket_dir)
    desk.socket_dir.symlink_to("/tmp")
    with pytest.raises(DeskError, match="is a link"), running(desk):
        pass
    desk.socket_dir.unlink()
    with running(desk):
        assert Desk.open(desk_folder).cluster.is_running()
