"""``desk-server ca rotate``: nothing that the old authority signed gets in, and whoever is enrolled anew does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.authority_rotation import rotate_authority
from desk_server.init_options import InitOptions
from desk_server.initialise import initialise
from desk_server.jobs.signing import sign_requests
from desk_server.machines import add_machine
from desk_server.running import running
from shared.config import Profile
from shared.key_store import new_key
from tests.desks import RunningDesk, assert_refused, desk_server
from tests.integration.server.enrolling import request_for


def _connect(profile: Profile, **other: Any) -> Any:
    return psycopg2.connect(**{**profile.connect_args(), **other})


def _row(connection: Any, statement: str, *arguments: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchone()


def _is_alive(connection: Any) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def test_old_certificates_are_refused_and_sessions_cut(fresh_desk: RunningDesk, tmp_path: Path) -> None:
    desk = fresh_desk.desk
    away = add_machine(desk, "pc-away", "full", ["lin"], tmp_path / "away")
    live = _connect(away)
    assert _is_alive(live)

    answer = desk_server("ca", "rotate", "--yes", "--data", desk.data)
    assert answer.returncode == 0, answer.stderr
    assert "desk-server machine code pc-away" in answer.stdout
    assert "machine code pc-full" not in answer.stdout  # its profile lies beside the desk

    assert not _is_alive(live)
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        _connect(away)
    with pytest.raises(psycopg2.OperationalError, match=r"unknown ca|signature|decrypt error"):
        _connect(away, sslrootcert=str(desk.authority.certificate_file))
    _connect(fresh_desk.profile("full")).close()

    again = add_machine(desk, "pc-away", "full", ["lin"], tmp_path / "away")
    _connect(again).close()


def test_the_new_authority_signs_nothing_that_was_asked_of_the_old_one(fresh_desk: RunningDesk, tmp_path: Path) -> None:
    """A renewal, a code handed in and a code not used yet: none of them outlives the old authority."""
    desk = fresh_desk.desk
    cursor = fresh_desk.owner().cursor()
    shutil.move(desk.profiles / "full", tmp_path / "full")
    cursor.execute("UPDATE desk.machine_certificate SET issued_at = now() - interval '61 days', first_used_at = now()")
    renewing = _connect(Profile.load(tmp_path / "full"))
    renewing.autocommit = True
    csr = request_for(new_key())
    assert _row(renewing, "SELECT state FROM desk.cert_renew(%s)", csr) == ("waiting",)
    handed_in, unused = "a" * 26, "b" * 26
    for machine, secret in (("pc-full2", handed_in), ("pc-query", unused)):
        shutil.move(desk.profiles / machine.removeprefix("pc-"), tmp_path / machine)
        cursor.execute("SELECT desk.enrolment_begin(%s, sha256(%s))", (machine, secret.encode()))
    asked = (handed_in, csr, "7d1c5f6e-0000-4000-8000-000000000001")
    cursor.execute("SELECT state FROM desk.enrol(%s, %s, %s)", asked)
    assert cursor.fetchone() == ("waiting",)
    # a session that keeps its machine locked does not hold the rotation up
    renewing.autocommit = False
    assert _row(renewing, "SELECT state FROM desk.cert_renew(%s)", csr) == ("waiting",)

    rotation = rotate_authority(desk)
    assert {"pc-full", "pc-full2", "pc-query"} <= set(rotation.elsewhere)
    cursor = fresh_desk.owner().cursor()
    with closing(desk.owner_connection(user="desk_worker")) as worker:
        assert sign_requests(worker, desk) == 0
    cursor.execute("SELECT state, reason FROM desk.enrol(%s, %s, %s)", asked)
    assert cursor.fetchone() == ("refused", "withdrawn")
    with pytest.raises(psycopg2.Error, match="no longer valid"):
        cursor.execute("SELECT state FROM desk.enrol(%s, %s, gen_random_uuid())", (unused, csr))

    cursor.execute("SELECT desk.enrolment_begin('pc-query', sha256(%s))", (b"c" * 26,))
    cursor.execute("SELECT state FROM desk.enrol(%s, %s, gen_random_uuid())", ("c" * 26, csr))
    with closing(desk.owner_connection(user="desk_worker")) as worker:
        assert sign_requests(worker, desk) == 1  # a code of after it is good


def test_a_killed_rotation_goes_on(fresh_desk: RunningDesk) -> None:
    desk = fresh_desk.desk
    steps: list[str] = []

    def die_at(number: int) -> Callable[[str], None]:
        def step(text: str) -> None:
            steps.append(text)
            if len(steps) == number:
                raise KeyboardInterrupt

        return step

    for number in (1, 2, 3):
        steps.clear()
        with pytest.raises(KeyboardInterrupt):
            rotate_authority(desk, die_at(number))
    fingerprint_before = desk.authority.certificate_file.read_bytes()
    rotation = rotate_authority(desk)
    assert desk.authority.certificate_file.read_bytes() == fingerprint_before
    assert len(list(desk.data.glob("ca.until-*"))) == 1
    assert set(rotation.here) == {"pc-query", "pc-full", "pc-full2", "pc-admin", "pc-shared", desk.settings.machine}
    _connect(fresh_desk.profile("admin")).close()


@pytest.mark.parametrize("after", [False, True], ids=["before the old one is put aside", "just after that"])
def test_killed_where_the_old_authority_is_put_aside(
    fresh_desk: RunningDesk, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    desk = fresh_desk.desk
    old = desk.authority.certificate_file.read_bytes()
    rename = Path.rename

    def dies(self: Path, target: Path) -> None:
        if after:
            rename(self, target)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dies)
        with pytest.raises(KeyboardInterrupt):
            rotate_authority(desk)
    rotate_authority(desk)
    assert desk.authority.certificate_file.read_bytes() != old
    (aside,) = desk.data.glob("ca.until-*")
    assert (aside / "ca.crt").read_bytes() == old
    _connect(fresh_desk.profile("admin")).close()


def test_the_owner_by_certificate_comes_in_again(desk_folder: Path) -> None:
    desk = initialise(InitOptions(desk_folder, port=0, owner_login="certificate"))
    rotate_authority(desk)
    with running(desk):
        desk.owner_connection().close()
        _connect(Profile.load(desk.profiles / str(desk.settings.machine))).close()


def test_it_asks_first(fresh_desk: RunningDesk) -> None:
    before = fresh_desk.desk.authority.certificate_file.read_bytes()
    answer = desk_server("ca", "rotate", "--data", fresh_desk.desk.data)
    assert_refused(answer, "--yes")
    assert fresh_desk.desk.authority.certificate_file.read_bytes() == before
    _connect(fresh_desk.profile("full")).close()


def test_twice_within_the_hour_is_refused(fresh_desk: RunningDesk) -> None:
    words = ("ca", "rotate", "--yes", "--data", fresh_desk.desk.data)
    assert desk_server(*words).returncode == 0
    before = fresh_desk.desk.authority.certificate_file.read_bytes()
    refused = desk_server(*words)
    assert_refused(refused, "--again")
    assert re.search(r"replaced \d minutes ago", refused.stderr)
    assert fresh_desk.desk.authority.certificate_file.read_bytes() == before
    (fresh_desk.desk.data / ".rotating-authority").write_text("", "ascii")  # as if it had been killed: it goes on
    assert desk_server(*words).returncode == 0
    assert fresh_desk.desk.authority.certificate_file.read_bytes() == before
    assert desk_server(*words, "--again").returncode == 0
    assert fresh_desk.desk.authority.certificate_file.read_bytes() != before


def test_show_tells_the_fingerprint(fresh_desk: RunningDesk) -> None:
    answer = desk_server("ca", "show", "--data", fresh_desk.desk.data)
    assert answer.returncode == 0
    assert len(answer.stdout.split()[1]) == 64
