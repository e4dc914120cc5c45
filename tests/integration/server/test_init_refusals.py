"""What ``desk-server init`` refuses, and other commands where there is no desk that they could work on."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from desk_server.desk import Desk
from desk_server.init_options import InitOptions
from desk_server.initialise import free_port, initialise
from shared.errors import DeskError, UserError
from tests.desks import (
    assert_refused,
    desk_server,
    place_desk,
    template_desk,
)


def test_init_does_not_change_what_a_desk_was_made_with(desk_folder: Path) -> None:
    made = place_desk(template_desk(), desk_folder)
    with pytest.raises(UserError, match="made with port"):
        initialise(InitOptions(desk_folder, port=made.settings.port + 1))
    with pytest.raises(UserError, match="owner-login"):
        initialise(InitOptions(desk_folder, owner_login="certificate"))
    assert initialise(InitOptions(desk_folder, port=made.settings.port)).settings == made.settings


@pytest.mark.parametrize("host", ["a b", "-x", "x..y", "10.0.0.300", "fe80::1%eth0", "桌面", "*.example", "h" * 64])
def test_what_is_no_host_is_refused_before_anything_is_made(desk_folder: Path, host: str) -> None:
    assert_refused(desk_server("init", "--data", desk_folder, f"--host={host}"), "is no host")
    assert not desk_folder.exists()


def test_hosts_of_all_forms_are_taken(tmp_path: Path) -> None:
    hosts = ("desk", "desk.example", "10.0.0.3", "::1", "xn--6qq79v.example", f"{'long-name.' * 20}example")
    assert InitOptions(tmp_path, hosts=hosts).hosts == hosts


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = desk_server("init", "--data", tmp_path / "file" / "desk", "--port", "0")
    assert_refused(answer, f"{tmp_path / 'file' / 'desk'} can't be made")


def test_a_cluster_that_is_none_leaves_nothing(desk_folder: Path) -> None:
    assert_refused(desk_server("init", "--data", desk_folder, "--cluster", desk_folder.parent), "not a PostgreSQL")
    assert not desk_folder.exists()


def test_foreign_folder_is_refused_and_kept(desk_folder: Path) -> None:
    desk_folder.mkdir()
    (desk_folder / "thesis.txt").write_text("years of work")
    assert_refused(desk_server("init", "--data", desk_folder, "--port", "0"), "not empty", "thesis.txt")
    assert [file.name for file in desk_folder.iterdir()] == ["thesis.txt"]
    (desk_folder / "thesis.txt").rename(desk_folder.parent / "thesis.txt")
    assert desk_server("init", "--data", desk_folder, "--port", "0").returncode == 0  # empty: fine


def test_file_in_place_of_the_folder_is_refused(desk_folder: Path) -> None:
    desk_folder.write_text("x")
    assert_refused(desk_server("init", "--data", desk_folder), "is a file")
    assert desk_folder.read_text() == "x"


def test_postgresql_folder_is_refused_with_the_way_to_use_it(desk_folder: Path) -> None:
    desk_folder.mkdir()
    (desk_folder / "PG_VERSION").write_text("17\n")
    assert_refused(desk_server("init", "--data", desk_folder), "--cluster")


def test_port_in_use_is_said_and_another_one_works(desk_folder: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert_refused(desk_server("init", "--data", desk_folder, "--port", str(port)), f"Port {port}", "--port")
    assert desk_server("init", "--data", desk_folder, "--port", str(free_port())).returncode == 0


def test_port_taken_since_is_said_at_start_and_start_works_when_it_is_free(desk_folder: Path) -> None:
    desk = place_desk(template_desk(), desk_folder)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", desk.settings.port))
        busy.listen()
        assert_refused(desk_server("start", "--data", desk_folder), f"Port {desk.settings.port} is in use")
        assert_refused(desk_server("run", "--data", desk_folder), f"Port {desk.settings.port} is in use")
    assert desk_server("start", "--data", desk_folder).returncode == 0


def _fake_postgres(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    program = folder / "postgres"
    program.write_text(f'#!/bin/sh\necho "postgres (PostgreSQL) {version}"\n')
    program.chmod(0o755)
    return folder


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for an old PostgreSQL is a shell script")
def test_stated_binaries_older_than_17_are_refused(desk_folder: Path) -> None:
    old = _fake_postgres(desk_folder.parent / "old" / "bin", "16.9")
    answer = desk_server("init", "--data", desk_folder, "--port", "0", DESK_PG_BIN=str(old))
    assert_refused(answer, "16.9", "17 or newer")
    assert not (desk_folder / "desk.json").exists()
    missing = desk_server("init", "--data", desk_folder, "--port", "0", DESK_PG_BIN=str(old.parent))
    assert_refused(missing, "no PostgreSQL server runs from there")
    good = template_desk().settings.pg_bin
    stated = desk_folder.parent / "second"
    assert desk_server("init", "--data", stated, "--port", "0", DESK_PG_BIN=good).returncode == 0
    assert Desk.open(stated).settings.pg_bin == good


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for an old PostgreSQL is a shell script")
def test_older_system_postgresql_is_passed_over(desk_folder: Path) -> None:
    old = _fake_postgres(desk_folder.parent / "system" / "bin", "15.1")
    (old / "pg_config").write_text(f'#!/bin/sh\necho "{old}"\n')
    (old / "pg_config").chmod(0o755)
    answer = desk_server("init", "--data", desk_folder, "--port", "0", PATH=f"{old}:{os.environ['PATH']}")
    assert answer.returncode == 0, answer.stderr
    assert Desk.open(desk_folder).settings.pg_bin != str(old)


def test_data_folder_of_an_older_postgresql_is_refused(desk_folder: Path) -> None:
    desk = place_desk(template_desk(), desk_folder)
    version = desk.cluster_folder / "PG_VERSION"
    version.write_text("16\n")
    for command in ("start", "run", "migrate", "status"):
        assert_refused(desk_server(command, "--data", desk_folder), "PostgreSQL 16", "Nothing was changed")
    version.write_text("17\n")
    assert desk_server("start", "--data", desk_folder).returncode == 0


def test_damaged_settings_are_said(desk_folder: Path) -> None:
    place_desk(template_desk(), desk_folder)
    text = (desk_folder / "desk.json").read_text()
    (desk_folder / "desk.json").write_text(text[:40])
    for command in ("init", "start", "stop", "status"):
        assert_refused(desk_server(command, "--data", desk_folder), "damaged")
    (desk_folder / "desk.json").write_text(text)
    assert desk_server("status", "--data", desk_folder).returncode == 0


def test_no_desk_is_said(desk_folder: Path) -> None:
    for command in ("start", "stop", "status", "run", "migrate", "doctor"):
        assert_refused(desk_server(command, "--data", desk_folder), "holds no desk", "init")


def test_wrong_usage_is_exit_2(desk_folder: Path) -> None:
    assert desk_server("fly").returncode == 2
    assert desk_server("init", "--data", desk_folder, "--port", "many").returncode == 2
    assert desk_server("init", "--data", desk_folder, "--owner-login", "password").returncode == 2
    assert desk_server("machine", "add", "pc-1", "--level", "root", "--person", "x", "--profile", "y").returncode == 2
    assert not desk_folder.exists()


def test_error_of_ours_is_a_sentence_and_a_log(desk_folder: Path) -> None:
    """The last line of defence: a desk.json that is a folder is nothing that anybody foresaw."""
    desk_folder.mkdir()
    (desk_folder / "desk.json").mkdir()
    answer = desk_server("status", "--data", desk_folder)
    assert_refused(answer, "Details are in")
    log = Path(answer.stderr.rsplit("Details are in ", 1)[1].strip().rstrip("."))
    assert "Traceback" in log.read_text()
    log.unlink()


def test_begun_folder_is_not_taken_for_a_desk(desk_folder: Path) -> None:
    begun = place_desk(template_desk(), desk_folder).with_settings(is_initialised=False)
    assert begun.settings.is_initialised is False
    example = Path(__file__).resolve().parents[3] / "examples" / "helpdesk_log.toml"
    importing = ("import", "log", example, "--map", example)  # refused before the log is looked at
    for command in (["start"], ["run"], ["migrate"], ["doctor"], ["report", "closing"], importing):
        assert_refused(desk_server(*command, "--data", desk_folder), "run desk-server init again")
    assert desk_server("init", "--data", desk_folder).returncode == 0
    assert desk_server("start", "--data", desk_folder).returncode == 0


def test_initialise_refuses_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(DeskError, match="not empty"):
        initialise(InitOptions(tmp_path))
    assert sys.platform
