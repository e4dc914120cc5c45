"""Who gets in, line by line. Each refused try stands beside the same one done honestly."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from cryptography.x509.oid import NameOID

from desk_server.cluster_files import SERVER_CERTIFICATE, SERVER_KEY
from desk_server.machines import add_machine
from shared.config import Profile
from tests.attack.forging import SERVER, Forged, Names, Signer, forge, twin_of
from tests.desks import RunningDesk
from tests.integration.database.world import one

Connect = Callable[..., Any]
REFUSED_BY_MAP = "certificate authentication failed"
_numbers = itertools.count()


@pytest.fixture(scope="module")
def signer(desk: RunningDesk) -> Signer:
    """The desk's own authority in an attacker's hands: the worst case for what lies behind it."""
    return Signer.of(desk.desk.authority.folder)


@pytest.fixture(scope="module")
def target(desk: RunningDesk, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A machine whose enrolled serial the tests set to that of their forgery."""
    return add_machine(desk.desk, "pc-target", "full", ["lin"], tmp_path_factory.mktemp("target") / "profile")


@pytest.fixture
def come_in(target: Profile, owner: Any) -> Callable[..., str]:
    """Connects as pc-target with a forged certificate; its serial is enrolled first, so the rest decides."""

    def connect(forged: Forged, **overrides: Any) -> str:
        with owner.cursor() as cursor:
            cursor.execute(
                "UPDATE desk.machine_certificate SET serial = %s"
                " WHERE machine_id = (SELECT id FROM desk.machine WHERE name = 'pc-target')",
                (forged.serial,),
            )
        connection = psycopg2.connect(**{**target.connect_args(), **forged.keywords, **overrides})
        try:
            return str(one(connection.cursor(), "SELECT session_user"))
        finally:
            connection.close()

    return connect


@pytest.fixture
def own_folder(tmp_path: Path) -> Callable[[], Path]:
    return lambda: tmp_path / str(next(_numbers))


@pytest.mark.parametrize("machine", ["query", "full", "admin", "shared"])
def test_own_certificate_gets_in(desk: RunningDesk, raw: Connect, machine: str) -> None:
    cursor = raw(machine).cursor()
    assert one(cursor, "SELECT session_user") == f"m_{desk.profile(machine).machine}"
    assert one(cursor, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"sslcert": "/nonexistent", "sslkey": "/nonexistent"}, "requires a valid client certificate"),
        ({"sslmode": "disable"}, "no pg_hba.conf entry"),
        ({"dbname": "postgres"}, "no pg_hba.conf entry"),
        ({"dbname": "template1"}, "no pg_hba.conf entry"),
        ({"dbname": "", "options": ""}, "no pg_hba.conf entry"),
        ({"ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": "TLSv1.2"}, "protocol version"),
        ({"sslcompression": "1", "sslmode": "allow", "sslcert": "/nonexistent"}, "no pg_hba.conf entry|valid client"),
    ],
    ids=["no-certificate", "no-tls", "database-postgres", "template1", "own-database", "tls-1.2", "sslmode-allow"],
)
def test_no_other_way_in(raw: Connect, change: dict[str, str], answer: str) -> None:
    assert one(raw("query").cursor(), "SELECT 1") == 1
    with pytest.raises(psycopg2.OperationalError, match=answer):
        raw("query", **change)


@pytest.mark.parametrize(
    "user",
    ["m_pc-full", "m_pc-admin", "m_PC-QUERY", "pc-query", "postgres", "desk_query", "desk_full", "desk_admin",
     "desk_owner", "desk_roles", "desk_worker", "desk_import", "pg_monitor", "nobody", "root", "m_"],
)  # fmt: skip
def test_a_machine_asks_for_another_role(raw: Connect, user: str) -> None:
    assert one(raw("query", user="m_pc-query").cursor(), "SELECT session_user") == "m_pc-query"
    with pytest.raises(psycopg2.OperationalError, match=REFUSED_BY_MAP):
        raw("query", user=user)


CN, ORGANIZATION, OU = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME
NAMES: dict[str, tuple[Names, str]] = {
    "renamed to another machine": ("pc-query", "m_pc-target"),
    "superuser by name": ("postgres", "postgres"),
    "superuser under a machine's name": ("postgres", "m_pc-target"),
    "role name": ("m_pc-target", "m_pc-target"),
    "owner of the schema": ("desk_owner", "desk_owner"),
    "worker": ("desk_worker", "desk_worker"),
    "owner's certificate": ("owner.local", "postgres"),
    "owner's certificate for the worker": ("owner.local", "desk_worker"),
    "upper case": ("PC-TARGET", "m_pc-target"),
    "one letter in upper case": ("pc-Target", "m_pc-target"),
    "newline behind": ("pc-target\n", "m_pc-target"),
    "newline and another name": ("pc-target\npc-admin", "m_pc-target"),
    "newline before": ("\npc-target", "m_pc-target"),
    "space behind": ("pc-target ", "m_pc-target"),
    "space before": (" pc-target", "m_pc-target"),
    "tab behind": ("pc-target\t", "m_pc-target"),
    "dot behind": ("pc-target.", "m_pc-target"),
    "domain behind": ("pc-target.evil", "m_pc-target"),
    "null byte behind": ("pc-target\0", "m_pc-target"),
    "null byte and another name": ("pc-target\0.evil", "m_pc-target"),
    "quote": ('pc-target"', "m_pc-target"),
    "backslash": ("pc-target\\1", "m_pc-target"),
    "cyrillic letter": ("рc-target", "m_pc-target"),
    "full width": ("ｐｃ-target", "m_pc-target"),
    "zero width": ("pc-target\u200b", "m_pc-target"),
    "empty": ("", "m_"),
    "hyphen first": ("-target", "m_-target"),
    "41 letters": ("a" * 41, "m_" + "a" * 41),
    "two names, the other first": ([(CN, "pc-query"), (CN, "pc-target")], "m_pc-target"),
    "no name at all": ([(ORGANIZATION, "pc-target")], "m_pc-target"),
    "in the unit": ([(OU, "pc-target"), (CN, "pc-query")], "m_pc-target"),
    "whole distinguished name": ("CN=pc-target", "m_pc-target"),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_forged_name_is_no_login(
    come_in: Callable[..., str], signer: Signer, own_folder: Callable[[], Path], case: str
) -> None:
    names, user = NAMES[case]
    assert come_in(forge(own_folder(), signer, "pc-target")) == "m_pc-target"
    answer = "closed unexpectedly" if "\0" in str(names) else f"{REFUSED_BY_MAP}|requires a valid client certificate"
    with pytest.raises(psycopg2.OperationalError, match=answer):
        come_in(forge(own_folder(), signer, names), user=user)


def test_a_second_name_after_the_own_gives_nothing(
    come_in: Callable[..., str], signer: Signer, own_folder: Callable[[], Path], raw: Connect
) -> None:
    """Which of two names counts is PostgreSQL's; whichever it is, only a machine with that serial gets in."""
    both = forge(own_folder(), signer, [(CN, "pc-target"), (CN, "pc-admin")])
    for user in ("m_pc-admin", "m_pc-query"):
        with pytest.raises(psycopg2.OperationalError, match=f"{REFUSED_BY_MAP}|not the enrolled one"):
            come_in(both, user=user)
    assert come_in(both) == "m_pc-target" or one(raw("admin").cursor(), "SELECT 1")


def test_a_machine_not_in_the_table_is_refused(raw: Connect, signer: Signer, own_folder: Callable[[], Path]) -> None:
    with pytest.raises(psycopg2.OperationalError, match='role "m_pc-ghost" does not exist'):
        raw("full", user="m_pc-ghost", **forge(own_folder(), signer, "pc-ghost").keywords)
    assert one(raw("full").cursor(), "SELECT 1") == 1


def test_a_role_without_its_row_is_refused(desk: RunningDesk, raw: Connect, owner: Any, signer: Signer,
                                           own_folder: Callable[[], Path]) -> None:  # fmt: skip
    """A role m_* that somebody made by hand is no machine."""
    with owner.cursor() as cursor:
        cursor.execute('CREATE ROLE "m_pc-made" LOGIN IN ROLE desk_admin')
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        raw("full", user="m_pc-made", **forge(own_folder(), signer, "pc-made").keywords)
    with owner.cursor() as cursor:
        cursor.execute('DROP ROLE "m_pc-made"')


def test_a_deleted_machine_is_refused(desk: RunningDesk, owner: Any, tmp_path: Path) -> None:
    gone = add_machine(desk.desk, "pc-deleted", "full", ["lin"], tmp_path / "profile")
    psycopg2.connect(**gone.connect_args()).close()
    with owner.cursor() as cursor:
        cursor.execute("UPDATE desk.machine SET deleted_at = clock_timestamp() WHERE name = 'pc-deleted'")
    with pytest.raises(psycopg2.OperationalError, match=r"not the enrolled one|not permitted to log in"):
        psycopg2.connect(**gone.connect_args())


def test_the_authority_s_signature_alone_is_not_enough(
    raw: Connect, signer: Signer, own_folder: Callable[[], Path]
) -> None:
    """A second certificate of the right name, rightly signed: its serial was never enrolled."""
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        raw("full", **forge(own_folder(), signer, "pc-full").keywords)
    assert one(raw("full").cursor(), "SELECT 1") == 1


@pytest.mark.parametrize(
    ("stated", "answer"),
    [
        ({"ends": dt.timedelta(minutes=-1), "starts": dt.timedelta(days=-2)}, "expired"),
        ({"starts": dt.timedelta(days=1)}, "bad certificate|not yet valid"),
        ({"usage": (SERVER,)}, "unsupported certificate|unsuitable|purpose"),
    ],
    ids=["expired", "not-yet-valid", "for-servers-only"],
)
def test_a_certificate_out_of_its_time_or_use(
    come_in: Callable[..., str], signer: Signer, own_folder: Callable[[], Path], stated: dict[str, Any], answer: str
) -> None:
    assert come_in(forge(own_folder(), signer, "pc-target")) == "m_pc-target"
    with pytest.raises(psycopg2.OperationalError, match=answer):
        come_in(forge(own_folder(), signer, "pc-target", **stated))


def test_the_server_s_own_certificate_is_no_login(desk: RunningDesk, raw: Connect, tmp_path: Path) -> None:
    files = {"sslcert": tmp_path / "server.crt", "sslkey": tmp_path / "server.key"}
    for file, name in zip(files.values(), (SERVER_CERTIFICATE, SERVER_KEY), strict=True):
        file.touch(mode=0o600)
        file.write_bytes((desk.desk.cluster_folder / name).read_bytes())
    for user in ("postgres", "m_pc-full", "m_localhost"):
        with pytest.raises(psycopg2.OperationalError, match=r"unsupported certificate|unsuitable|purpose"):
            raw("full", user=user, **{name: str(file) for name, file in files.items()})
    assert one(raw("full").cursor(), "SELECT 1") == 1


def test_an_authority_of_the_same_names_is_refused(
    come_in: Callable[..., str], signer: Signer, own_folder: Callable[[], Path]
) -> None:
    assert come_in(forge(own_folder(), signer, "pc-target")) == "m_pc-target"
    with pytest.raises(psycopg2.OperationalError, match=r"unknown ca|decrypt error"):
        come_in(forge(own_folder(), twin_of(signer), "pc-target"))


def test_a_machine_signs_a_certificate_itself(
    desk: RunningDesk, come_in: Callable[..., str], signer: Signer, own_folder: Callable[[], Path]
) -> None:
    """A machine's certificate is no authority: what it signs, the owner's name too, is worth nothing."""
    own = forge(own_folder(), signer, "pc-query")
    machine = Signer.of_files(own.folder / "forged.crt", own.folder / "forged.key")
    for name, user in (("pc-target", "m_pc-target"), ("owner.local", "postgres")):
        forged = forge(own_folder(), machine, name, is_authority=name == "owner.local")
        chain = (own.folder / "forged.crt").read_bytes()
        file = forged.folder / "forged.crt"
        file.write_bytes(file.read_bytes() + chain)
        with pytest.raises(psycopg2.OperationalError, match=r"invalid|unknown ca|unsupported|bad certificate"):
            come_in(forged, user=user)
    assert come_in(forge(own_folder(), signer, "pc-target")) == "m_pc-target"
