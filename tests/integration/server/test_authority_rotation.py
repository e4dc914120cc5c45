"""``desk-server ca rotate``: nothing that the old authority signed gets in, and whoever is enrolled anew does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.authority_rotation import rotate_authority
from desk_server.init_options import InitOptions
from desk_server.initialise import initialise
from desk_server.machines import add_machine
from desk_server.running import running
from shared.config import Profile
from tests.desks import RunningDesk, desk_server


def _connect(profile: Profile, **other: Any) -> Any:
    return psycopg2.connect(**{**profile.connect_args(), **other})


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


def test_the_owner_by_certificate_comes_in_again(desk_folder: Path) -> None:
    desk = initialise(InitOptions(desk_folder, port=0, owner_login="certificate"))
    rotate_authority(desk)
    with running(desk):
        desk.owner_connection().close()
        _connect(Profile.load(desk.profiles / str(desk.settings.machine))).close()


def test_it_asks_first(fresh_desk: RunningDesk) -> None:
    before = fresh_desk.desk.authority.certificate_file.read_bytes()
    answer = desk_server("ca", "rotate", "--data", fresh_desk.desk.data)
    assert answer.returncode == 1
    assert fresh_desk.desk.authority.certificate_file.read_bytes() == before
    _connect(fresh_desk.profile("full")).close()


def test_show_tells_the_fingerprint(fresh_desk: RunningDesk) -> None:
    answer = desk_server("ca", "show", "--data", fresh_desk.desk.data)
    assert answer.returncode == 0
    assert len(answer.stdout.split()[1]) == 64
