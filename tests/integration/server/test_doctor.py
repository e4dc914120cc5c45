"""doctor sees each thing that was undone, and says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from desk_server.doctor import examine
from desk_server.initialise import bring_up_to_date
from tests.desks import RunningDesk, desk_server


def _wrong(desk: RunningDesk) -> list[str]:
    """What is wrong; test clusters run with fsync off, which is not what is tested here."""
    unsafe = ("fsync", "full_page_writes", "synchronous_commit")
    return [f.check + f.detail for f in examine(desk.desk) if not f.is_ok and not f.check.startswith(unsafe)]


def _run(owner: Any, statement: str) -> None:
    with owner.cursor() as cursor:
        for part in statement.split(";"):
            cursor.execute(part)


def test_a_new_desk_is_sound(fresh_desk: RunningDesk) -> None:
    answer = desk_server("doctor", "--data", fresh_desk.desk.data)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "WRONG" not in answer.stdout


UNDONE = [
    ("GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO PUBLIC", "pg_advisory_lock", ""),
    ("GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC", "lo_create", ""),
    ("GRANT EXECUTE ON FUNCTION pg_notify(text, text) TO PUBLIC", "pg_notify", ""),
    ("GRANT TEMP ON DATABASE desk TO PUBLIC", "desk temporary", ""),
    ("GRANT CONNECT ON DATABASE postgres TO PUBLIC", "postgres connect", ""),
    ("GRANT USAGE ON SCHEMA public TO PUBLIC", "public usage", ""),
    ("ALTER EVENT TRIGGER desk_login DISABLE", "login trigger", ""),
    ("ALTER EVENT TRIGGER desk_login ENABLE", "login trigger", ""),
    ("ALTER ROLE desk_owner LOGIN", "desk_owner may log in", "ALTER ROLE desk_owner NOLOGIN"),
    ("GRANT desk_owner TO desk_query", "desk_query is a member", "REVOKE desk_owner FROM desk_query"),
    ("ALTER DATABASE desk SET log_statement = 'all'", "log_statement", ""),
    ("ALTER DATABASE desk SET log_error_verbosity = 'verbose'", "log_error_verbosity", ""),
    ("GRANT EXECUTE ON FUNCTION desk.machine_set TO PUBLIC", "machine_set", ""),
    ("ALTER FUNCTION desk.machine_set RESET search_path", "search_path", ""),
    ("GRANT SELECT ON desk.ticket TO PUBLIC", "ticket select", "REVOKE SELECT ON desk.ticket FROM PUBLIC"),
    (
        "GRANT SELECT (phone) ON desk.contact TO PUBLIC",
        "contact.phone select",
        "REVOKE SELECT (phone) ON desk.contact FROM PUBLIC",
    ),
    ("ALTER ROLE \"m_pc-full\" PASSWORD 'x'", "m_pc-full has a password", 'ALTER ROLE "m_pc-full" PASSWORD NULL'),
    ('ALTER ROLE "m_pc-full" CREATEDB', "more power", 'ALTER ROLE "m_pc-full" NOCREATEDB'),
    ('GRANT desk_admin TO "m_pc-full"', "member of desk_admin", 'REVOKE desk_admin FROM "m_pc-full"'),
    (
        "ALTER ROLE \"m_pc-full\" SET lock_timeout = '1h'",
        "lock_timeout=1h",
        "ALTER ROLE \"m_pc-full\" SET lock_timeout = '2s'",
    ),
    ("CREATE ROLE m_ghost LOGIN", "m_ghost is no machine", "DROP ROLE m_ghost"),
]


@pytest.mark.parametrize(("undo", "word", "mend"), UNDONE, ids=[line[0][:50] for line in UNDONE])
def test_what_is_undone_is_seen(desk: RunningDesk, owner: Any, undo: str, word: str, mend: str) -> None:
    assert _wrong(desk) == []
    with owner.cursor() as cursor:
        cursor.execute(undo)
    try:
        (found,) = _wrong(desk)[:1]
        assert word in found
    finally:
        if mend:
            with owner.cursor() as cursor:
                cursor.execute(mend)
        else:
            bring_up_to_date(desk.desk)
    assert _wrong(desk) == []  # where there is no mending statement: the advice, desk-server migrate, mends it


def test_durability_settings_are_seen(desk: RunningDesk) -> None:
    answer = desk_server("doctor", "--data", desk.desk.data)
    assert answer.returncode == 1
    assert "fsync is on but it is off -> set it" in answer.stdout
    assert "checks failed" in answer.stderr


def test_errors_in_hba_and_ident_are_seen(fresh_desk: RunningDesk) -> None:
    cluster = fresh_desk.desk.cluster
    for name, word in (("pg_hba.conf", "pg_hba.conf"), ("pg_ident.conf", "pg_ident.conf")):
        good = (cluster.folder / name).read_text()
        cluster.write_file(name, good + 'desk_machine "/^(a{0,3" m_x\n' if "ident" in name else good + "local all\n")
        assert any(word in line for line in _wrong(fresh_desk))
        cluster.write_file(name, good)
    assert _wrong(fresh_desk) == []


def test_key_that_others_may_read_is_seen(fresh_desk: RunningDesk) -> None:
    key = fresh_desk.desk.authority.folder / "ca.key"
    key.chmod(0o644)
    assert "ca.key" in _wrong(fresh_desk)[0]
    key.chmod(0o600)
    assert _wrong(fresh_desk) == []


def test_certificate_about_to_end_is_seen(fresh_desk: RunningDesk) -> None:
    owner = fresh_desk.owner()
    _run(owner, "UPDATE desk.machine_certificate SET not_after = now() + interval '29 days' WHERE serial = ("
        "SELECT c.serial FROM desk.machine_certificate c JOIN desk.machine m ON m.id = c.machine_id"
        " WHERE m.name = 'pc-full')")  # fmt: skip
    assert "machine pc-full" in _wrong(fresh_desk)[0]
