"""A copied key: its certificate was replaced, it is shown again, and administrators hear of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.authority import Authority, key_pem, new_key
from desk_server.jobs.old_certificates import raise_old_certificate_alarms
from desk_server.log_reader import PLACE_FILE, problem
from desk_server.machines import add_machine
from shared.config import Profile
from tests.desks import RunningDesk
from tests.integration.server.enrolling import one, rows, wait_until

ALARMS = "SELECT machine, address, detail ->> 'serial' FROM desk.security_event WHERE is_alarm ORDER BY id"


@pytest.fixture
def worker_connection(desk: RunningDesk) -> Iterator[Any]:
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        raise_old_certificate_alarms(connection, desk.desk)  # the place from which on it reads
        yield connection


def _copied(desk: RunningDesk, folder: Path, name: str) -> Profile:
    """A copy of a machine's profile, made before the machine was enrolled anew."""
    add_machine(desk.desk, name, "full", ["lin"], folder / "own")
    copy = Profile.load(Path(shutil.copytree(folder / "own", folder / "copy")))
    psycopg2.connect(**copy.connect_args()).close()
    add_machine(desk.desk, name, "full", ["lin"], folder / "own")
    return copy


def _try(arguments: dict[str, Any]) -> None:
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        psycopg2.connect(**arguments)


def test_a_replaced_certificate_raises_one_alarm_that_administrators_read(
    desk: RunningDesk, owner: Any, worker_connection: Any, tmp_path: Path
) -> None:
    copy = _copied(desk, tmp_path, "pc-copied")
    serial = one(
        owner,
        "SELECT c.serial::text FROM desk.machine_certificate c JOIN desk.machine m ON m.id = c.machine_id"
        " WHERE m.name = 'pc-copied' AND c.replaced_at IS NOT NULL",
    )
    before = rows(owner, ALARMS)
    _try(copy.connect_args())
    assert raise_old_certificate_alarms(worker_connection, desk.desk) == 1
    (alarm,) = rows(desk.connect("admin"), ALARMS)[len(before) :]
    assert alarm[0] == "pc-copied"
    assert alarm[1] in ("127.0.0.1", "::1")
    assert alarm[2] == serial
    _try(copy.connect_args())
    assert raise_old_certificate_alarms(worker_connection, desk.desk) == 0  # within the hour it says nothing new


def test_the_certificate_in_use_and_one_that_was_never_entered_raise_none(
    desk: RunningDesk, owner: Any, worker_connection: Any, tmp_path: Path
) -> None:
    before = rows(owner, ALARMS)
    desk.connect("full").close()
    key = new_key()
    made = Authority(desk.desk.authority.folder).sign_machine("pc-full", key.public_key())
    (tmp_path / "own.key").write_bytes(key_pem(key))
    (tmp_path / "own.key").chmod(0o600)
    (tmp_path / "own.crt").write_bytes(made.pem)
    files = {"sslkey": str(tmp_path / "own.key"), "sslcert": str(tmp_path / "own.crt"), "sslpassword": ""}
    _try({**desk.profile("full").connect_args(), **files})
    assert raise_old_certificate_alarms(worker_connection, desk.desk) == 0
    assert rows(owner, ALARMS) == before


def test_what_was_written_while_no_worker_ran_is_found_after_rotation_and_truncation(
    desk: RunningDesk, owner: Any, worker_connection: Any, tmp_path: Path
) -> None:
    """Two tries, one in a file that is not the current one any more, one in a file that was written over."""
    first, second = (_copied(desk, tmp_path / name, name) for name in ("pc-before", "pc-after"))
    _try(first.connect_args())
    _rotate_to(desk, owner, "postgresql-Other.log")
    assert raise_old_certificate_alarms(worker_connection, desk.desk) == 1
    _rotate_to(desk, owner, "postgresql-Third.log")
    for _ in range(3):
        desk.connect("full").close()
    assert raise_old_certificate_alarms(worker_connection, desk.desk) == 0
    _rotate_to(desk, owner, "postgresql-Other.log")  # a week later: the same name, written over
    _try(second.connect_args())
    assert (desk.desk.data / PLACE_FILE).stat().st_mode & 0o777 == 0o600
    assert raise_old_certificate_alarms(worker_connection, desk.desk) == 1
    assert [row[0] for row in rows(owner, ALARMS)[-2:]] == ["pc-before", "pc-after"]


@pytest.mark.parametrize("kind", ["csvlog", "jsonlog"])
def test_the_address_is_told_whatever_kind_of_log_a_site_keeps(
    desk: RunningDesk, owner: Any, worker_connection: Any, tmp_path: Path, kind: str
) -> None:
    name = f"pc-{kind}"
    copy = _copied(desk, tmp_path, name)
    try:
        with owner.cursor() as cursor:
            cursor.execute(f"ALTER SYSTEM SET log_destination = '{kind}'")
            cursor.execute("SELECT pg_reload_conf()")
        current = desk.desk.cluster_folder / "current_logfiles"
        wait_until(lambda: current.read_text().startswith(kind))
        _try(copy.connect_args())
        assert raise_old_certificate_alarms(worker_connection, desk.desk) == 1
    finally:
        with owner.cursor() as cursor:
            cursor.execute("ALTER SYSTEM RESET log_destination")
            cursor.execute("SELECT pg_reload_conf()")
        wait_until(lambda: current.read_text().startswith("stderr"))
    assert rows(owner, ALARMS)[-1][:2] in ((name, "127.0.0.1"), (name, "::1"))


def _rotate_to(desk: RunningDesk, owner: Any, name: str) -> None:
    """A new file now; one of the same name is written over, as at midnight a week later."""
    folder = desk.desk.cluster_folder
    if (folder / "log" / name).exists():
        os.truncate(folder / "log" / name, 0)
    with owner.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET log_filename = '{name}'")
        cursor.execute("SELECT pg_reload_conf()")
    wait_until(lambda: name in (folder / "current_logfiles").read_text())


def test_a_log_that_cannot_be_read_is_said(desk: RunningDesk) -> None:
    assert problem(desk.desk) is None
    current = desk.desk.cluster_folder / "current_logfiles"
    aside = current.with_name("aside")
    current.rename(aside)
    try:
        assert "logging_collector" in str(problem(desk.desk))
    finally:
        aside.rename(current)


def test_a_forged_line_raises_no_alarm(desk: RunningDesk, owner: Any, worker_connection: Any) -> None:
    """A login name may hold anything, and the server's log has it as it came: here, a line of its own."""
    before = rows(owner, ALARMS)
    serial = one(owner, "SELECT serial::text FROM desk.machine_certificate WHERE replaced_at IS NULL LIMIT 1")
    forged = f"m_x\n2026-01-01 LOG:  desk refused machine pc-full with serial {serial} from 10.0.0.1"
    with pytest.raises(psycopg2.OperationalError):
        desk.connect("full", user=forged)
    assert raise_old_certificate_alarms(worker_connection, desk.desk) == 0
    assert rows(owner, ALARMS) == before
