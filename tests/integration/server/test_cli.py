"""The command line as a whole: its parts are listed, and each answers for itself."""

from __future__ import annotations

import json
import re

from shared.config import Profile
from tests.desks import RunningDesk, desk_server


def test_help_lists_every_command() -> None:
    answer = desk_server("--help")
    assert answer.returncode == 0, answer.stderr
    for command in (
        *("init", "start", "stop", "run", "status", "migrate", "doctor"),
        *("seed", "machine", "import", "report"),
    ):
        assert f" {command} " in answer.stdout
    assert "worker" not in [line.split()[0] for line in answer.stdout.splitlines() if line.startswith("  ")]


def test_sub_commands_load(desk: RunningDesk) -> None:
    for words in (("import", "log"), ("report", "resolution"), ("machine", "add"), ("seed",)):
        answer = desk_server(*words, "--help")
        assert answer.returncode == 0, answer.stderr


def test_machine_add_writes_a_profile_that_gets_in(desk: RunningDesk) -> None:
    folder = desk.desk.data / "new machine"
    words = ("machine", "add", "PC-0500", "--level", "query", "--person", "chen", "--person", "New Person")
    answer = desk_server(*words, "--profile", folder, "--data", desk.desk.data)
    assert answer.returncode == 0, answer.stderr
    assert Profile.load(folder).machine == "pc-0500"
    rows = json.loads(desk_server("machine", "list", "--json", "--data", desk.desk.data).stdout)
    (row,) = [row for row in rows if row["name"] == "pc-0500"]
    assert row["people"] == ["chen", "new-person"]
    again = desk_server(*words, "--profile", folder, "--data", desk.desk.data)
    assert "anew: its earlier certificate no longer works" in again.stdout
    assert "anew" not in answer.stdout
    listed = desk_server("machine", "list", "--data", desk.desk.data).stdout
    assert "New Person (new-person)" in listed
    refused = desk_server("machine", "add", "pc-0501", *words[3:], "--profile", folder, "--data", desk.desk.data)
    assert refused.returncode == 1
    assert "profile of machine pc-0500" in refused.stderr


def test_a_profile_folder_that_cannot_be_made_is_said_and_enrols_nobody(desk: RunningDesk) -> None:
    (desk.desk.data / "a file").touch()
    words = ("machine", "add", "pc-0600", "--level", "full", "--person", "Nobody Yet", "--data", desk.desk.data)
    answer = desk_server(*words, "--profile", desk.desk.data / "a file" / "x")
    assert answer.returncode == 1
    assert "can't be made" in answer.stderr
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM desk.staff WHERE name = 'Nobody Yet'")
        assert cursor.fetchone() == (0,)


def test_wrong_usage_is_said_in_plain_words() -> None:
    answer = desk_server("report", "closing", "--by", "colour")
    assert answer.returncode == 2
    assert "Usage: desk-server report closing" in answer.stderr
    assert "'--by': 'colour' is not one of" in answer.stderr


def test_migrate_again_changes_nothing(desk: RunningDesk) -> None:
    answer = desk_server("migrate", "--data", desk.desk.data)
    assert answer.returncode == 0, answer.stderr
    assert "up to date" in answer.stdout


def test_migrate_writes_what_an_earlier_version_did_not(desk: RunningDesk) -> None:
    """The line that lets machines enrol came with a version; without it a new machine finds no way in."""
    file = desk.desk.cluster_folder / "pg_hba.conf"
    whole = file.read_text()
    desk.desk.cluster.write_file("pg_hba.conf", re.sub(r".*desk_enrol.*\n", "", whole))
    assert "desk_enrol" not in file.read_text()
    assert desk_server("migrate", "--data", desk.desk.data).returncode == 0
    assert file.read_text() == whole


def test_seed_fills_the_desk(desk: RunningDesk) -> None:
    answer = desk_server("seed", "--tickets", "20", "--seed", "3", "--until", "2026-01-31", "--data", desk.desk.data)
    assert answer.returncode == 0, answer.stderr
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM desk.ticket WHERE origin = 'seed'")
        assert cursor.fetchone() == (20,)
    assert desk_server("seed", "--until", "yesterday", "--data", desk.desk.data).returncode == 2
