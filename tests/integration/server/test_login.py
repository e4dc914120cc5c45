"""Who gets in: the machine's certificate is the login. Each refusal stands beside the same try that succeeds."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.authority import Authority, Certificate, key_pem
from desk_server.machines import add_machine
from shared.config import Profile
from shared.key_store import new_key
from tests.desks import RunningDesk
from tests.integration.server.enrolling import wait_until

Connect = Callable[..., Any]


def _one(connection: Any, query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _files(folder: Path, key: Any, certificate: Certificate) -> dict[str, str]:
    """libpq keywords for a key and a certificate of the test's own."""
    (folder / "own.key").write_bytes(key_pem(key))
    (folder / "own.key").chmod(0o600)
    (folder / "own.crt").write_bytes(certificate.pem)
    return {"sslkey": str(folder / "own.key"), "sslcert": str(folder / "own.crt")}


def _signed(desk: RunningDesk, folder: Path, name: str, now: dt.datetime | None = None) -> dict[str, str]:
    key = new_key()
    authority = Authority(desk.desk.authority.folder, now=now)
    return _files(folder, key, authority.sign_machine(name, key.public_key(), days=30))


@pytest.mark.parametrize("machine", ["query", "full", "admin", "shared"])
def test_own_certificate_comes_in_over_tls_1_3(desk: RunningDesk, raw: Connect, machine: str) -> None:
    connection = raw(machine)
    assert _one(connection, "SELECT session_user") == f"m_{desk.profile(machine).machine}"
    assert _one(connection, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "TLSv1.3"


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"sslcert": "/nonexistent", "sslkey": "/nonexistent"}, "requires a valid client certificate"),
        ({"sslmode": "disable"}, "no pg_hba.conf entry"),
        ({"dbname": "postgres"}, "no pg_hba.conf entry"),
        ({"user": "m_pc-query"}, "certificate authentication failed"),
        ({"user": "postgres"}, "certificate authentication failed"),
        ({"user": "desk_owner"}, "certificate authentication failed"),
        ({"user": "desk_worker"}, "certificate authentication failed"),
        ({"host": "127.0.0.2"}, "127.0.0.2"),
        ({"ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": "TLSv1.2"}, "protocol version"),
    ],
    ids=lambda value: "-".join(value.values()).replace("/", "") if isinstance(value, dict) else "",
)
def test_anything_but_the_own_way_is_refused(raw: Connect, change: dict[str, str], answer: str) -> None:
    assert _one(raw("full"), "SELECT 1") == 1
    with pytest.raises(psycopg2.OperationalError, match=answer):
        raw("full", **change)


def test_certificate_signed_for_this_machine_needs_its_serial(desk: RunningDesk, raw: Connect, tmp_path: Path) -> None:
    """The CA alone is not enough: the serial must be the enrolled one."""
    other = _signed(desk, tmp_path, "pc-full")
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        raw("full", **other)
    assert _one(raw("full"), "SELECT 1") == 1


def test_replaced_certificate_is_refused_and_its_sessions_end(desk: RunningDesk, raw: Connect, tmp_path: Path) -> None:
    folder = tmp_path / "pc-again"
    first = add_machine(desk.desk, "pc-again", "full", ["lin"], folder)
    old = Profile.load(Path(shutil.copytree(folder, tmp_path / "old")))
    live = psycopg2.connect(**first.connect_args())
    second = add_machine(desk.desk, "pc-again", "full", ["lin"], folder)
    with pytest.raises(psycopg2.OperationalError):
        _one(live, "SELECT 1")
    live.close()
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        psycopg2.connect(**old.connect_args())
    psycopg2.connect(**second.connect_args()).close()


def test_unknown_machine_and_odd_names_are_refused(desk: RunningDesk, raw: Connect, tmp_path: Path) -> None:
    with pytest.raises(psycopg2.OperationalError, match='role "m_pc-ghost" does not exist'):
        raw("full", user="m_pc-ghost", **_signed(desk, tmp_path, "pc-ghost"))
    for name, user in (("postgres", "postgres"), ("PC-FULL", "m_pc-full"), ("owner.local", "postgres")):
        with pytest.raises(psycopg2.OperationalError, match="certificate authentication failed"):
            raw("full", user=user, **_signed(desk, tmp_path, name))
    assert _one(raw("full"), "SELECT 1") == 1


def test_foreign_ca_of_the_same_name_is_refused(raw: Connect, tmp_path: Path) -> None:
    forged = Authority(tmp_path / "ca")
    forged.ensure()
    key = new_key()
    files = _files(tmp_path, key, forged.sign_machine("pc-full", key.public_key()))
    with pytest.raises(psycopg2.OperationalError, match="unknown ca"):
        raw("full", **files)
    assert _one(raw("full"), "SELECT 1") == 1


def test_server_of_another_ca_is_refused_by_the_client(raw: Connect, tmp_path: Path) -> None:
    other = Authority(tmp_path / "ca")
    other.ensure()
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        raw("full", sslrootcert=str(other.certificate_file))
    assert _one(raw("full"), "SELECT 1") == 1


def test_expired_certificate_is_refused(desk: RunningDesk, raw: Connect, tmp_path: Path) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=60)
    with pytest.raises(psycopg2.OperationalError, match="expired"):
        raw("full", **_signed(desk, tmp_path, "pc-full", now=past))


def test_certificate_for_servers_is_no_login(desk: RunningDesk, raw: Connect, tmp_path: Path) -> None:
    key = new_key()
    files = _files(tmp_path, key, desk.desk.authority.sign_server(("pc-full",), key.public_key()))
    with pytest.raises(psycopg2.OperationalError, match=r"unsupported certificate|unsuitable|purpose"):
        raw("full", **files)


def _comes_in(raw: Connect) -> bool:
    try:
        raw("query")
    except psycopg2.OperationalError as error:
        assert "too many connections for role" in str(error)
        return False
    return True


def test_a_machine_has_eight_connections(raw: Connect) -> None:
    """A connection that was closed counts until its server process has ended: hence no haste with the eight."""
    for _ in range(8):
        wait_until(lambda: _comes_in(raw))
    with pytest.raises(psycopg2.OperationalError, match="too many connections for role"):
        raw("query")


def test_level_none_shuts_a_machine_out(desk: RunningDesk, owner: Any, tmp_path: Path) -> None:
    made = add_machine(desk.desk, "pc-gone", "full", ["lin"], tmp_path / "pc-gone")
    psycopg2.connect(**made.connect_args()).close()
    _one(owner, "SELECT desk.machine_set('pc-gone', 'none', NULL, NULL, NULL)")
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        psycopg2.connect(**made.connect_args())
    _one(owner, "SELECT desk.machine_set('pc-gone', 'query', NULL, NULL, NULL)")
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):  # it was lost: who has it now?
        psycopg2.connect(**made.connect_args())
    made = add_machine(desk.desk, "pc-gone", "query", ["lin"], tmp_path / "pc-gone")
    connection = psycopg2.connect(**made.connect_args())
    assert _one(connection, "SELECT pg_has_role(session_user, 'desk_query', 'USAGE')")
    assert not _one(connection, "SELECT pg_has_role(session_user, 'desk_full', 'USAGE')")
    connection.close()


def test_a_machine_can_become_nobody_else(raw: Connect) -> None:
    connection = raw("admin")
    assert _one(connection, "SELECT pg_has_role(session_user, 'desk_admin', 'USAGE')")
    for role in ("desk_admin", "desk_query", "desk_import", "desk_owner", "postgres"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            _one(connection, f"SET ROLE {role}")


def test_limits_come_with_the_login(raw: Connect) -> None:
    connection = raw("full")
    assert _one(connection, "SHOW lock_timeout") == "2s"
    assert _one(connection, "SHOW statement_timeout") == "30s"
    assert _one(connection, "SHOW search_path") == "pg_catalog, desk"


@pytest.mark.parametrize(
    "call",
    [
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock_shared(1)",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_notify('desk', 'x')",
        "SELECT pg_sleep(0)",
        "SELECT pg_export_snapshot()",
        "CREATE TEMP TABLE t (i int)",
        "CREATE TABLE public.t (i int)",
        "CREATE TABLE desk.t (i int)",
        "ALTER ROLE CURRENT_USER CREATEROLE",
        "ALTER EVENT TRIGGER desk_login DISABLE",
        "SELECT desk.machine_set('pc-full', 'admin', NULL, NULL, NULL)",
    ],
)
def test_postgresqls_own_doors_are_closed(desk: RunningDesk, raw: Connect, call: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        _one(raw("full"), call)


def test_the_doors_are_open_to_the_owner(owner: Any) -> None:
    """The control of the test above: the calls themselves work."""
    assert _one(owner, "SELECT pg_try_advisory_lock(1)")
    assert _one(owner, "SELECT lo_unlink(lo_create(0))") == 1
    assert _one(owner, "SELECT pg_sleep(0)::text") == ""


def test_only_admins_may_add_machines(raw: Connect) -> None:
    call = "SELECT desk.machine_set(%s, 'query', %s, NULL, gen_random_uuid(), NULL, NULL)"

    def add(name: str, people: list[str], machine: str = "admin") -> Any:
        with raw(machine).cursor() as cursor:
            cursor.execute(call, (name, people))
            return cursor.fetchone()[0]

    assert add("pc-new", ["chen"]) > 0
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        add("pc-newer", ["chen"], "full")
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        add("pc-newer", ["nobody-known"])
    with pytest.raises(psycopg2.errors.CheckViolation):
        add("PC.new", ["chen"])
