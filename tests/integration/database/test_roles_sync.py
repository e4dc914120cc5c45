"""desk.roles_sync: the machines' roles again as the table has them, whatever became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.world import one, refused, rows

Connect = Callable[..., Any]


@pytest.fixture(autouse=True)
def in_order(boss: Any) -> Iterator[None]:
    sync(boss)
    yield
    sync(boss)


def sync(boss: Any) -> dict[str, str]:
    return {row["name"]: row["what"] for row in rows(boss, "SELECT * FROM desk.roles_sync()")}


def test_where_all_is_well_nothing_is_changed(boss: Any) -> None:
    assert sync(boss) == {}


def test_dropped_roles_come_back(boss: Any, raw: Connect) -> None:
    for name in ("pc-full", "pc-admin"):
        boss.execute(f'DROP ROLE "m_{name}"')
    with pytest.raises(psycopg2.OperationalError):
        raw("full")
    assert sync(boss) == {"m_pc-full": "made", "m_pc-admin": "made"}
    cursor = raw("full").cursor()
    assert one(cursor, "SHOW statement_timeout") == "30s"
    assert one(cursor, "SHOW log_min_messages") == "fatal"
    assert one(cursor, "SELECT pg_has_role('desk_full', 'USAGE') AND NOT pg_has_role('desk_admin', 'USAGE')")
    cursor = raw("admin").cursor()
    cursor.execute("SELECT desk.machine_set('pc-full', 'full', NULL, NULL, gen_random_uuid(), NULL, row_version)"
                   " FROM desk.machine WHERE name = 'pc-full'")  # fmt: skip


@pytest.mark.parametrize(
    "mangled",
    [
        'ALTER ROLE "m_pc-query" SUPERUSER',
        'ALTER ROLE "m_pc-query" CREATEROLE CREATEDB REPLICATION BYPASSRLS',
        'ALTER ROLE "m_pc-query" NOLOGIN',
        'ALTER ROLE "m_pc-query" NOINHERIT',
        'ALTER ROLE "m_pc-query" CONNECTION LIMIT -1',
        "ALTER ROLE \"m_pc-query\" PASSWORD 'x'",
        "ALTER ROLE \"m_pc-query\" VALID UNTIL '2020-01-01'",
        "ALTER ROLE \"m_pc-query\" SET lock_timeout = '1h'",
        "ALTER ROLE \"m_pc-query\" SET work_mem = '1GB'",
        "ALTER ROLE \"m_pc-query\" IN DATABASE desk SET work_mem = '1GB'",
        'ALTER ROLE "m_pc-query" RESET ALL',
        'GRANT desk_admin TO "m_pc-query"',
        'GRANT desk_owner TO "m_pc-query" WITH ADMIN OPTION',
        'GRANT desk_query TO "m_pc-query" WITH SET TRUE',
        'GRANT pg_read_all_data TO "m_pc-query"',
        'GRANT "m_pc-admin" TO "m_pc-query"',
        'REVOKE desk_query FROM "m_pc-query" GRANTED BY desk_roles',
        'REVOKE "m_pc-query" FROM desk_roles',
        'GRANT SELECT ON desk.contact TO "m_pc-query"',
        'GRANT UPDATE (subject) ON desk.ticket TO "m_pc-query"',
        'GRANT ALL ON DATABASE desk TO "m_pc-query"',
        'GRANT EXECUTE ON FUNCTION desk.certificate_add(text, numeric, timestamptz) TO "m_pc-query"',
    ],
)
def test_a_mangled_role_is_mended(boss: Any, mangled: str) -> None:
    before = one(boss, "SELECT desk.role_state('m_pc-query')")
    boss.execute(mangled)
    assert one(boss, "SELECT desk.role_state('m_pc-query')") != before
    assert sync(boss).get("m_pc-query") == "mended"
    mended = one(boss, "SELECT desk.role_state('m_pc-query')")
    assert mended.replace(" infinity ", " ") == before.replace(" infinity ", " ")
    assert sync(boss) == {}


def test_a_role_of_no_machine_is_shut_out(boss: Any) -> None:
    boss.execute("CREATE ROLE m_ghost LOGIN SUPERUSER PASSWORD 'x' IN ROLE desk_admin, pg_write_all_data")
    assert sync(boss) == {"m_ghost": "shut out"}
    found = rows(boss, "SELECT rolcanlogin, rolsuper, rolpassword, (SELECT count(*) FROM pg_auth_members g"
                 " WHERE g.member = r.oid) AS groups FROM pg_authid r WHERE rolname = 'm_ghost'")  # fmt: skip
    assert found == [{"rolcanlogin": False, "rolsuper": False, "rolpassword": None, "groups": 0}]
    boss.execute("DROP ROLE m_ghost")


def test_a_role_of_somebody_elses_is_left_alone(boss: Any) -> None:
    """A site's cluster has roles of its own, whatever they begin with."""
    boss.execute("CREATE ROLE site_group; CREATE ROLE m_legacy_app LOGIN PASSWORD 'x' IN ROLE site_group")
    boss.execute("ALTER ROLE m_legacy_app SET work_mem = '64MB'")
    before = one(boss, "SELECT desk.role_state('m_legacy_app')")
    try:
        assert sync(boss) == {}
        assert one(boss, "SELECT desk.role_state('m_legacy_app')") == before
        boss.execute("GRANT desk_query TO m_legacy_app")
        assert sync(boss) == {"m_legacy_app": "shut out"}  # for it reads the desk
    finally:
        boss.execute("DROP ROLE m_legacy_app; DROP ROLE site_group")


def test_a_machine_shut_out_stays_out(boss: Any, raw: Connect) -> None:
    boss.execute("SELECT desk.machine_set('pc-full2', 'none', NULL)")
    boss.execute('DROP ROLE "m_pc-full2"')
    assert sync(boss) == {"m_pc-full2": "made"}
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        raw("full2")
    boss.execute("SELECT desk.machine_set('pc-full2', 'full', NULL)")
    boss.execute("UPDATE desk.machine_certificate SET replaced_at = NULL WHERE machine_id ="
                 " (SELECT id FROM desk.machine WHERE name = 'pc-full2')")  # fmt: skip
    raw("full2")


def test_what_a_role_owns_stays(boss: Any) -> None:
    boss.execute("CREATE TABLE public.kept (i int); INSERT INTO public.kept VALUES (1)")
    boss.execute('ALTER TABLE public.kept OWNER TO "m_pc-query"')
    sync(boss)
    assert one(boss, "SELECT i FROM public.kept") == 1
    boss.execute("DROP TABLE public.kept")


def test_nobody_but_the_superuser_syncs(admin: Any, desk: RunningDesk, boss: Any) -> None:
    for cursor in (admin, desk.owner(role="desk_roles").cursor(), desk.owner(role="desk_owner").cursor()):
        with refused("42501"):
            cursor.execute("SELECT * FROM desk.roles_sync()")
    boss.execute("SELECT * FROM desk.roles_sync()")
