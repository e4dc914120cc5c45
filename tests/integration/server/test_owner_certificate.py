"""The owner without a socket, as on Windows: by the certificate ``owner.local`` on an hba line of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from desk_server.authority import key_pem
from desk_server.desk import Desk
from desk_server.doctor import examine
from desk_server.init_options import InitOptions
from desk_server.initialise import initialise
from desk_server.running import start_cluster
from desk_server.status import worker_beat
from shared.config import Profile
from shared.key_store import new_key
from tests.desks import desk_server


@pytest.fixture
def certificate_desk(desk_folder: Path) -> Iterator[Desk]:
    desk = initialise(InitOptions(desk_folder, port=0, owner_login="certificate"))
    start_cluster(desk)
    yield desk
    desk.cluster.stop(mode="immediate")


def test_the_owner_and_the_worker_come_in_by_certificate(certificate_desk: Desk) -> None:
    desk = certificate_desk
    assert list(desk.home.glob("**/.s.PGSQL.*")) == []
    arguments = desk.owner_connect_args()
    assert arguments["host"] == "localhost"
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT session_user, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert cursor.fetchone() == ("postgres", "TLSv1.3")
    assert desk_server("start", "--data", desk.data).returncode == 0
    beat = worker_beat(desk)
    assert beat
    assert beat.is_running
    assert [found for found in examine(desk) if not found.is_ok and found.check != "the worker is at work"] == []
    assert desk_server("stop", "--data", desk.data).returncode == 0


def test_nobody_else_comes_in_as_owner(certificate_desk: Desk, tmp_path: Path) -> None:
    desk = certificate_desk
    owner = desk.owner_connect_args()
    psycopg2.connect(**owner).close()
    machine = Profile.load(desk.profiles / str(desk.settings.machine)).connect_args()
    as_owner = {**machine, "user": "postgres"}
    with pytest.raises(psycopg2.OperationalError, match="certificate authentication failed"):
        psycopg2.connect(**as_owner)
    with pytest.raises(psycopg2.OperationalError, match="certificate authentication failed"):
        psycopg2.connect(**{**owner, "user": machine["user"]})
    with pytest.raises(psycopg2.OperationalError, match="certificate authentication failed"):
        psycopg2.connect(**{**owner, "user": "desk_owner"})
    for name in ("postgres", "owner-local", "xowner.local", "owner.localx"):
        key = new_key()
        (tmp_path / "key").write_bytes(key_pem(key))
        (tmp_path / "key").chmod(0o600)
        (tmp_path / "crt").write_bytes(desk.authority.sign_machine(name, key.public_key()).pem)
        with pytest.raises(psycopg2.OperationalError, match="certificate authentication failed"):
            psycopg2.connect(**{**owner, "sslkey": str(tmp_path / "key"), "sslcert": str(tmp_path / "crt")})


def test_the_owners_certificate_is_no_way_in_where_there_is_a_socket(desk_folder: Path, certificate_desk: Desk) -> None:
    """The line is there only where it is needed."""
    hba = (certificate_desk.cluster_folder / "pg_hba.conf").read_text()
    assert "desk_owner" in hba
    assert "local " not in hba
    socket_desk = initialise(InitOptions(desk_folder.parent / "socket", port=0))
    assert "desk_owner" not in (socket_desk.cluster_folder / "pg_hba.conf").read_text()
    assert not (socket_desk.data / "owner").exists()
