"""Machines that state what they are not: another person, session, role or origin, and history that never was.

Each forgery stands beside the honest statement that works.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tests.integration.database.world import World, insert, one, refused, rows, update

DENIED = "42501"
LEVELS = ("query", "full", "admin")
ROLES = ("desk_query", "desk_full", "desk_admin", "desk_owner", "desk_import", "desk_worker", "desk_roles",
         "desk_enrol", "postgres", "m_pc-full2", "pg_monitor", "pg_read_all_data", "pg_signal_backend",
         "pg_execute_server_program")  # fmt: skip
# Written by the desk alone: no machine of any level inserts, changes or removes a row.
DESK_S_OWN = ("audit_entry", "audit_private", "audit_block", "audit_seal", "audit_open", "ticket_event",
              "ticket_summary", "search_public", "search_private", "comment_private", "save_done", "edit_lease",
              "security_event", "enrolment_code", "signing_request", "machine", "machine_certificate", "machine_person",
              "machine_seen", "setting", "version_gate", "worker_heartbeat", "status_transition", "choice_list",
              "import_batch", "import_reject", "dependent_choice", "release_hardware", "forgetting", "privacy_mark",
              "search_move")  # fmt: skip


@pytest.fixture(params=LEVELS)
def machine(request: pytest.FixtureRequest, world: World, raw: Any) -> Any:
    """A cursor of a machine of each level in turn."""
    return raw(request.param).cursor()


@pytest.fixture
def ticket(world: World, full: Any) -> int:
    return insert(full, "ticket", **world.ticket())


@pytest.mark.parametrize("role", ROLES)
def test_become_another_role(machine: Any, boss: Any, role: str) -> None:
    own = one(machine, "SELECT session_user")
    for statement in (
        f'SET ROLE "{role}"', f"SELECT set_config('role', '{role}', false)", f'SET SESSION AUTHORIZATION "{role}"',
        f"SELECT set_config('session_authorization', '{role}', true)", f'SET LOCAL ROLE "{role}"',
    ):  # fmt: skip
        with refused(DENIED):
            machine.execute(statement)
    assert one(machine, "SELECT current_user || ' ' || session_user") == f"{own} {own}"
    boss.execute(f'SET ROLE "{role}"; RESET ROLE')


@pytest.mark.parametrize(
    "option",
    ["role=desk_import", "role=desk_owner", "session_authorization=postgres", "session_replication_role=replica",
     "event_triggers=off", "log_min_messages=panic", "log_statement=all", "allow_system_table_mods=on",
     "temp_file_limit=-1", "session_preload_libraries=evil"],
)  # fmt: skip
def test_come_in_with_a_setting_that_is_not_its_own(raw: Any, option: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match=r"permission denied|cannot be set|must be superuser"):
        raw("full", options=f"-c {option}")
    assert one(raw("full", options="-c work_mem=1MB").cursor(), "SHOW work_mem") == "1MB"


def test_a_role_kept_for_the_next_login_is_not_taken(raw: Any, boss: Any, world: World) -> None:
    """ALTER ROLE SET takes the name of any role; the login does not."""
    cursor = raw("full").cursor()
    try:
        for role in ("desk_import", "desk_owner"):
            cursor.execute(f"ALTER ROLE CURRENT_USER SET role = '{role}'")
            again = raw("full").cursor()
            assert one(again, "SELECT current_setting('role')") in {"none", "m_pc-full"}
            with refused(DENIED):
                again.execute("INSERT INTO desk.import_batch (source, file, encoding) VALUES ('x', 'x', 'x')")
            assert insert(again, "ticket", **world.ticket())
    finally:
        cursor.execute("ALTER ROLE CURRENT_USER RESET role")


def test_say_that_it_is_an_import(machine: Any, full: Any, world: World, boss: Any) -> None:
    """origin is no column of a machine's; and where it could be stated, the role that was SET decides."""
    for origin in ("import", "seed", "desk"):
        with refused(DENIED):
            insert(machine, "ticket", **world.ticket(), origin=origin)
        with refused(DENIED):
            insert(machine, "ticket", **world.ticket(), import_source="x", external_id="1", touched=False)
    boss.execute("BEGIN; GRANT INSERT (origin) ON desk.ticket TO desk_full")
    boss.execute("COMMIT")
    try:
        with refused("DK017", "origin"):
            insert(full, "ticket", **world.ticket(), origin="import")
        full.execute("SELECT set_config('desk.role', 'desk_import', false)")
        with refused("DK017", "origin"):
            insert(full, "ticket", **world.ticket(), origin="seed")
    finally:
        boss.execute("REVOKE INSERT (origin) ON desk.ticket FROM desk_full")
    assert insert(full, "ticket", **world.ticket())


@pytest.mark.parametrize("stated", ["wang", "sun", "nobody", "lin'; --", " lin", "LIN", "m_pc-full"])
def test_sit_there_as_somebody_else(raw: Any, world: World, stated: str) -> None:
    cursor = raw("full").cursor()
    cursor.execute("SELECT set_config('desk.person', %s, false)", (stated,))
    with refused("DK015"):
        insert(cursor, "ticket", **world.ticket())
    with refused("DK015"):
        cursor.execute("SELECT desk.lease_take('customer', %s)", (world.customer,))
    cursor.execute("SELECT set_config('desk.person', 'lin', false)")
    assert insert(cursor, "ticket", **world.ticket())


def test_use_another_machine_s_session_and_lease(raw: Any, world: World, ticket: int) -> None:
    """Whoever knows another's session and token has no lease: the machine is proved, and it is part of it."""
    session = uuid.uuid4()
    holder = raw("full", session=session).cursor()
    token = one(holder, "SELECT token FROM desk.lease_take('ticket', %s)", ticket)
    thief = raw("full2", session=session).cursor()
    assert one(thief, "SELECT is_mine FROM desk.lease_take('ticket', %s)", ticket) is False
    with refused("DK002"):
        update(thief, "ticket", ticket, subject="Stolen", lease_token=token)
    with refused("DK002"):
        update(thief, "ticket", ticket, subject="Stolen")
    assert one(thief, "SELECT desk.lease_release('ticket', %s, %s)", ticket, token) is False
    for column in ("token", "session"):
        with refused(DENIED):
            thief.execute(f"SELECT {column} FROM desk.edit_lease")
    update(holder, "ticket", ticket, subject="Mine", lease_token=token)


def test_take_leases_on_what_it_may_not_write(query: Any, full: Any, world: World, ticket: int) -> None:
    with refused(DENIED):
        query.execute("SELECT desk.lease_take('ticket', %s)", (ticket,))
    for entity in ("product", "machine", "field_rule"):
        with refused(DENIED):
            full.execute("SELECT desk.lease_take(%s, 1)", (entity,))
    for entity in ("save_done", "audit_entry", "pg_authid", "ticket; DROP TABLE desk.ticket", None):
        with refused("DK011"):
            full.execute("SELECT desk.lease_take(%s, 1)", (entity,))
    assert one(full, "SELECT is_mine FROM desk.lease_take('ticket', %s)", ticket)


@pytest.mark.parametrize("table", DESK_S_OWN)
def test_write_the_desk_s_own_tables(machine: Any, boss: Any, table: str) -> None:
    first = one(boss, "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1",
                f"desk.{table}")  # fmt: skip
    for statement in (
        f"INSERT INTO desk.{table} DEFAULT VALUES", f"INSERT INTO desk.{table} SELECT * FROM desk.{table}",
        f"UPDATE desk.{table} SET {first} = {first}", f"DELETE FROM desk.{table}", f"TRUNCATE desk.{table} CASCADE",
        f"ALTER TABLE desk.{table} DISABLE TRIGGER ALL",
    ):  # fmt: skip
        with refused(DENIED):
            machine.execute(statement)


def test_every_table_of_the_desk_is_known_here(boss: Any) -> None:
    """A new table is either written by machines, and has an audit trigger, or it is in the list above."""
    tables = rows(
        boss,
        """SELECT c.relname, EXISTS (
            SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'x_audit_insert'
        ) AS is_audited, has_any_column_privilege('desk_admin', c.oid, 'INSERT') AS is_written
        FROM pg_class AS c WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r'""",
    )
    assert [row["relname"] for row in tables if row["is_written"] and not row["is_audited"]] == []
    assert {row["relname"] for row in tables if not row["is_written"]} - set(DESK_S_OWN) <= {
        "alembic_version"}  # fmt: skip


def test_write_history_that_never_was(machine: Any, full: Any, ticket: int, world: World) -> None:
    """By the table, by every column, by stating who and when in the row that the event is made of."""
    for kind in ("created", "status", "imported"):
        with refused(DENIED):
            machine.execute(
                "INSERT INTO desk.ticket_event (ticket_id, at, kind, machine) VALUES (%s, now(), %s, 'pc-full2')",
                (ticket, kind),
            )
    for column in ("machine", "person_id", "department_id", "created_at"):
        with refused(DENIED):
            insert(full, "comment", ticket_id=ticket, body="x", **{column: None})
    insert(full, "comment", ticket_id=ticket, body="Honest")
    assert one(full, "SELECT machine FROM desk.comment WHERE ticket_id = %s", ticket) == "pc-full"


def test_save_without_its_line_in_the_audit(full: Any, admin: Any, boss: Any, ticket: int) -> None:
    """Triggers off, as replica, deferred, in a savepoint that is rolled back: the row and its entry go together."""
    entries = "SELECT count(*) FROM desk.audit_entry WHERE entity = 'ticket' AND row_key = %s"
    before = one(boss, entries, str(ticket))
    for cursor in (full, admin):
        for statement in ("SET session_replication_role = replica", "ALTER TABLE desk.ticket DISABLE TRIGGER ALL"):
            with refused(DENIED):
                cursor.execute(statement)
    full.execute("BEGIN; SET CONSTRAINTS ALL DEFERRED; SAVEPOINT s")
    update(full, "ticket", ticket, subject="Seen")
    full.execute("ROLLBACK TO s; COMMIT")
    assert one(boss, entries, str(ticket)) == before
    update(full, "ticket", ticket, subject="Seen again")
    assert one(boss, entries, str(ticket)) == before + 1


def test_the_audit_names_the_machine_whatever_it_states(full: Any, boss: Any, ticket: int) -> None:
    full.execute(
        "SELECT set_config('desk.machine', 'pc-full2', false), set_config('desk.version', %s, false)", ("x" * 50,)
    )
    full.execute("SET application_name = 'm_pc-admin'")
    update(full, "ticket", ticket, subject="Whose?")
    entry = rows(boss, "SELECT machine, person_id IS NOT NULL AS has_person FROM desk.audit_entry"
                       " WHERE entity = 'ticket' AND row_key = %s ORDER BY id DESC LIMIT 1", str(ticket))  # fmt: skip
    assert entry == [{"machine": "pc-full", "has_person": True}]


@pytest.mark.parametrize("table", ["audit_entry", "audit_block", "audit_seal", "ticket_event", "comment", "attachment"])
def test_even_the_owner_alters_no_sealed_line(boss: Any, owner: Any, ticket: int, table: str) -> None:
    """Append-only is a trigger as well as a grant: who may do everything still has to take it away first."""
    first = one(boss, "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1",
                f"desk.{table}")  # fmt: skip
    for role in ("desk_owner", "postgres"):
        boss.execute(f"SET ROLE {role}")
        for statement in (f"UPDATE desk.{table} SET {first} = {first}", f"DELETE FROM desk.{table}",
                          f"TRUNCATE desk.{table} CASCADE"):  # fmt: skip
            with refused("DK020"):
                boss.execute(statement)
        boss.execute("RESET ROLE")


@pytest.fixture
def admins(boss: Any) -> Iterator[str]:
    yield "SELECT count(*) FROM desk.machine WHERE level = 'admin'"


def test_make_itself_an_administrator(raw: Any, boss: Any, world: World, admins: str) -> None:
    """machine_set and its like are an administrator's; nobody else calls them, whatever the arguments."""
    before = one(boss, admins)
    calls = rows(
        boss,
        """SELECT p.oid::regprocedure::text AS routine, p.pronargs FROM pg_proc AS p
        WHERE p.pronamespace = 'desk'::regnamespace AND p.prosecdef AND p.proname ~
            '^(machine_|roles_|role_|enrolment_|certificate|security_event|old_certificate|field_private|forget|on_login)'
            AND p.prorettype <> 'event_trigger'::regtype""",
    )
    assert len(calls) > 12
    for level in ("query", "full"):
        cursor = raw(level).cursor()
        for row in calls:
            name, kinds = row["routine"].rstrip(")").split("(")
            nulls = ", ".join(f"NULL::{kind}" for kind in kinds.split(",") if kind)
            with refused(DENIED):
                cursor.execute(f"SELECT {name}({nulls})")
    assert one(boss, admins) == before
    new = raw("admin").cursor()
    new.execute("SELECT desk.machine_set('pc-fresh', 'query', '{chen}', NULL, %s, NULL, NULL)", (str(uuid.uuid4()),))
    assert one(boss, "SELECT level FROM desk.machine WHERE name = 'pc-fresh'") == "query"


def test_an_administrator_calls_nothing_of_the_worker_s(admin: Any, boss: Any) -> None:
    """It makes no certificate good, raises no alarm and hides none it has not seen."""
    for call in (
        "desk.certificate_issue(gen_random_uuid(), 1, now(), 'x')", "desk.certificate_refuse(gen_random_uuid(), 'x')",
        "desk.security_event_add('watchdog', 'x', 'x', '{}', false)", "desk.certificate_add('pc-full', 1, now())",
        "desk.old_certificate_seen('pc-full', 1, 'x')", "desk.roles_sync()", "desk.machine_role_sync('pc-full')",
        "desk.enrolment_withdraw(1)", "desk.enrol('x', 'x', gen_random_uuid())", "desk.enrolment_withdraw_by(1)",
        "desk.may_enrol(1)", "desk.certificates_end(1)", "desk.machine_unblock('pc-full')",
        "desk.machine_lock('pc-full', true)", "desk.machine_level_follow(1, true, true)",
    ):  # fmt: skip
        with refused(DENIED):
            admin.execute(f"SELECT {call}")
    assert one(admin, "SELECT count(*) FROM desk.machine_sessions()") > 0
