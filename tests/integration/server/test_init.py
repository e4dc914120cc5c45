"""``desk-server init``: done once, done again, killed, refused; nothing of anybody else's is touched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from desk_server import binaries, bootstrap, migrate
from desk_server.account import server_account
from desk_server.binaries import SHARED_HOME
from desk_server.desk import Desk
from desk_server.doctor import examine
from desk_server.init_options import InitOptions
from desk_server.initialise import bring_up_to_date, free_port, initialise
from desk_server.running import running
from shared.config import Profile
from tests.desks import (
    RunningDesk,
    assert_refused,
    command_environment,
    command_line,
    desk_server,
    place_desk,
    remove_folder,
    template_desk,
)
from tests.integration.server.enrolling import one, wait_until


def test_init_from_nothing_gives_a_desk_whose_machine_gets_in(desk_folder: Path) -> None:
    answer = desk_server("init", "--data", desk_folder, "--port", "0", "--person", "Li Na")
    assert answer.returncode == 0, answer.stderr
    assert desk_server("start", "--data", desk_folder).returncode == 0
    desk = Desk.open(desk_folder)
    profile = Profile.load(desk.profiles / str(desk.settings.machine))
    with psycopg2.connect(**profile.connect_args()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(session_user, 'desk_admin', 'USAGE')")
        assert cursor.fetchone() == (True,)
    connection.close()
    listed = json.loads(desk_server("machine", "list", "--json", "--data", desk_folder).stdout)
    assert [(row["name"], row["level"], row["people"]) for row in listed] == [
        (desk.settings.machine, "admin", ["li-na"])
    ]
    assert (desk.authority.folder / "ca.key").stat().st_mode & 0o777 == 0o600
    assert (profile.directory / "client.key").stat().st_mode & 0o777 == 0o600


def test_init_again_changes_nothing(desk_folder: Path) -> None:
    """Nor does it start PostgreSQL, whose files would tell: hence it is quick."""
    first = place_desk(template_desk(), desk_folder)
    before = {file: file.stat().st_mtime_ns for file in desk_folder.rglob("*") if file.is_file()}
    answer = desk_server("init", "--data", desk_folder)
    assert answer.returncode == 0, answer.stderr
    assert {file: file.stat().st_mtime_ns for file in desk_folder.rglob("*") if file.is_file()} == before
    assert Desk.open(desk_folder).settings == first.settings


def test_init_of_a_new_version_writes_its_settings(desk_folder: Path) -> None:
    desk = place_desk(template_desk(), desk_folder).with_settings(migrated="of an earlier version")
    conf, hba = desk.cluster_folder / "desk.conf", desk.cluster_folder / "pg_hba.conf"
    new, own = {file: file.read_bytes() for file in (conf, hba)}, desk.cluster_folder / "postgresql.conf"
    own.write_text(own.read_text() + "work_mem = '8MB'\n")
    hba.write_text("local all all trust\n")
    conf.write_text(conf.read_text().replace("ssl_min_protocol_version = 'TLSv1.3'", ""))
    initialise(InitOptions(desk_folder))
    assert {file: file.read_bytes() for file in new} == new
    assert "8MB" in own.read_text()  # what is the person's own stays


def test_the_fingerprint_tells_of_every_part_that_init_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, migrations = Path(migrate.__file__).parent, migrate.migrations_folder()
    shutil.copytree(package, tmp_path / "desk_server")
    shutil.copytree(migrations, tmp_path / "migrations")
    monkeypatch.setattr(migrate, "__file__", str(tmp_path / "desk_server" / "migrate.py"))
    before = migrate.fingerprint()
    for part in ("desk_server/bootstrap.py", "desk_server/cluster_files.py", "desk_server/sql/roles.sql",
                 "migrations/env.py", "migrations/data/0001/setting.csv"):  # fmt: skip
        text = (tmp_path / part).read_text("utf-8")
        (tmp_path / part).write_text(text + "\n", "utf-8")
        assert migrate.fingerprint() != before, part
        (tmp_path / part).write_text(text, "utf-8")
    (tmp_path / "desk_server" / "cli.py").write_text("")
    assert migrate.fingerprint() == before


def test_half_made_copies_of_killed_inits_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SHARED_HOME", tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, working = (tmp_path / f"postgresql-17.10.{pid}.new" for pid in (ended.pid, os.getpid()))
    whole = tmp_path / "postgresql-17.10"
    for folder in (left, working, whole):
        (folder / "bin").mkdir(parents=True)
    binaries.remove_half_made_copies()
    assert sorted(tmp_path.iterdir()) == sorted([working, whole])


def test_a_host_that_does_not_resolve_here_is_no_hindrance_and_may_be_changed(desk_folder: Path) -> None:
    answer = desk_server("init", "--data", desk_folder, "--port", "0", "--host", "desk.invalid")
    assert answer.returncode == 0, answer.stderr
    profile = desk_folder / "profiles" / str(Desk.open(desk_folder).settings.machine)
    assert Profile.load(profile).host == "desk.invalid"
    words = ("--host", "127.0.0.1", "--host", "other.invalid")
    assert desk_server("init", "--data", desk_folder, *words).returncode == 0
    assert Desk.open(desk_folder).settings.hosts == ("127.0.0.1", "other.invalid")
    desk = Desk.open(desk_folder)
    with running(desk):
        arguments = Profile.load(profile).connect_args()
        assert arguments["host"] == "127.0.0.1"
        psycopg2.connect(**arguments).close()
        psycopg2.connect(**{**arguments, "host": "other.invalid", "hostaddr": "127.0.0.1"}).close()
        with pytest.raises(psycopg2.OperationalError, match="does not match host name"):
            psycopg2.connect(**{**arguments, "host": "desk.invalid", "hostaddr": "127.0.0.1"})


def test_a_begun_desk_may_take_another_host(desk_folder: Path) -> None:
    begun = place_desk(template_desk(), desk_folder).with_settings(is_initialised=False, hosts=("a.invalid",))
    answer = desk_server("init", "--data", begun.data, "--host", "localhost")
    assert answer.returncode == 0, answer.stderr
    assert Desk.open(desk_folder).host == "localhost"


def test_a_begun_desk_may_take_another_port(desk_folder: Path) -> None:
    """Init was killed, its port taken by another program since: nobody depends on that port yet."""
    begun = place_desk(template_desk(), desk_folder).with_settings(is_initialised=False)
    port = free_port()
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", begun.settings.port))
        busy.listen()
        assert_refused(desk_server("init", "--data", desk_folder), "in use")
        assert desk_server("init", "--data", desk_folder, "--port", str(port)).returncode == 0
    assert Desk.open(desk_folder).settings.port == port


KILL_POINTS = [
    ("", 0.3),
    ("Making the database cluster", 0.0),
    ("Making the database cluster", 0.4),
    ("Making roles and schema", 0.0),
    ("Making roles and schema", 0.2),
    ("Making roles and schema", 0.7),
    ("Enrolling this machine", 0.02),
]


@pytest.mark.parametrize(("line", "delay"), KILL_POINTS)
def test_init_killed_at_any_moment_goes_on(desk_folder: Path, line: str, delay: float) -> None:
    process = subprocess.Popen(
        command_line("init", "--data", desk_folder, "--port", "0"),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=command_environment(),
    )
    assert process.stdout is not None
    while line and not process.stdout.readline().startswith(line):
        assert process.poll() is None or process.stdout.readable()
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    again = desk_server("init", "--data", desk_folder, "--port", "0")
    assert again.returncode == 0, again.stderr
    desk = Desk.open(desk_folder)
    with running(desk):
        psycopg2.connect(**Profile.load(desk.profiles / str(desk.settings.machine)).connect_args()).close()
        assert [found for found in examine(desk) if not found.is_ok and found.check != "the worker is at work"] == []


@pytest.mark.parametrize("name", ["roles", "sessions"])
def test_init_waits_for_what_a_killed_one_left_under_way_in_the_server(fresh_desk: RunningDesk, name: str) -> None:
    """The server goes on with a statement whose client is gone; two at once would change the same rows."""
    desk, owner = fresh_desk.desk, fresh_desk.owner()
    with closing(desk.owner_connection()) as left, ThreadPoolExecutor(1) as pool:
        left.autocommit = False
        bootstrap.run_sql(left, name)
        again = pool.submit(bring_up_to_date, desk)
        blocked = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
        wait_until(lambda: one(owner, blocked, (left.info.backend_pid,)))
        left.commit()
        assert again.result(timeout=120)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root runs PostgreSQL as another")
def test_folder_that_postgresqls_account_cannot_enter_puts_the_cluster_elsewhere(desk_folder: Path) -> None:
    closed = desk_folder.parent / "closed"
    closed.mkdir(mode=0o700)
    assert not server_account().can_enter(closed)
    data = closed / "desk"
    assert desk_server("init", "--data", data, "--port", "0").returncode == 0
    home = Desk.open(data).home
    try:
        assert home.parent == SHARED_HOME
        assert desk_server("start", "--data", data).returncode == 0
        assert str(home) in desk_server("status", "--data", data).stdout
        while data.exists():  # its worker may be writing a file there
            shutil.rmtree(data, ignore_errors=True)
        assert str(home) not in desk_server("init", "--data", desk_folder, "--port", "0").stdout  # its server runs
        (home / "cluster" / "postmaster.pid").rename(home / "pid")
        assert str(home) in desk_server("init", "--data", desk_folder).stdout
        assert home.exists()  # named, never removed: a desk that was moved looks the same
    finally:
        remove_folder(home)


def test_two_inits_at_once_make_one_desk(desk_folder: Path) -> None:
    both = [
        subprocess.Popen(
            command_line("init", "--data", desk_folder, "--port", "0"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=command_environment(),
        )
        for _ in range(2)
    ]
    assert [process.communicate() and process.returncode for process in both] == [0, 0]
    assert desk_server("start", "--data", desk_folder).returncode == 0
