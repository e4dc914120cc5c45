"""A query-only machine tries every door of PostgreSQL that leads to more rights, to files, programs or other sessions.

Each try is refused for lack of rights; the control is the same statement by the superuser, which works.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.world import insert, one, refused, rows, update

DENIED = "42501"

# Works for the superuser as it stands (then rolled back), is refused to the machine for lack of rights.
ESCAPES = {
    # rights and roles
    "grant itself a level": "GRANT desk_full TO CURRENT_USER",
    "grant itself the owner": "GRANT desk_owner TO CURRENT_USER",
    "pass its own level on": "GRANT desk_query TO desk_enrol",
    "grant itself all tables": "GRANT ALL ON ALL TABLES IN SCHEMA desk TO PUBLIC",
    "grant itself a column": "GRANT SELECT (phone) ON desk.contact TO CURRENT_USER",
    "grant itself a setting": "GRANT SET ON PARAMETER session_replication_role TO CURRENT_USER",
    "grant itself a function": "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA desk TO CURRENT_USER",
    "default privileges of the owner": "ALTER DEFAULT PRIVILEGES FOR ROLE desk_owner GRANT ALL ON TABLES TO PUBLIC",
    "make a role": "CREATE ROLE m_evil LOGIN",
    "take the limit off": "ALTER ROLE CURRENT_USER CONNECTION LIMIT 1000",
    "make itself superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "make itself CREATEROLE": "ALTER ROLE CURRENT_USER CREATEROLE",
    "make itself REPLICATION": "ALTER ROLE CURRENT_USER REPLICATION",
    "make itself BYPASSRLS": "ALTER ROLE CURRENT_USER BYPASSRLS",
    "another's password": "ALTER ROLE \"m_pc-shared\" PASSWORD 'x'",
    "another's settings": "ALTER ROLE \"m_pc-shared\" SET statement_timeout = '1ms'",
    "everybody's settings": "ALTER ROLE ALL SET statement_timeout = '1ms'",
    "the database's settings": "ALTER DATABASE desk SET statement_timeout = '1ms'",
    "rename another": 'ALTER ROLE "m_pc-shared" RENAME TO "m_pc-gone"',
    "drop another": 'DROP ROLE "m_pc-shared"',
    "comment on another": "COMMENT ON ROLE \"m_pc-shared\" IS 'x'",
    # objects
    "make a schema": "CREATE SCHEMA evil",
    "make a schema of its own": "CREATE SCHEMA AUTHORIZATION CURRENT_USER",
    "table in public": "CREATE TABLE public.t (i int)",
    "table in desk": "CREATE TABLE desk.t (i int)",
    "temporary table": "CREATE TEMP TABLE t (i int)",
    "temporary table by SELECT": "SELECT 1 AS i INTO TEMP t",
    "temporary view": "CREATE TEMP VIEW v AS SELECT 1 AS i",
    "temporary sequence": "CREATE TEMP SEQUENCE s",
    "view on contacts": "CREATE VIEW desk.v AS SELECT * FROM desk.contact",
    "function": "CREATE FUNCTION desk.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "function in pg_temp": "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "replace a function": "CREATE OR REPLACE FUNCTION desk.is_importing() RETURNS bool RETURN true",
    "alter a function": "ALTER FUNCTION desk.is_importing() OWNER TO CURRENT_USER",
    "operator": "CREATE OPERATOR desk.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)",
    "type": "CREATE TYPE desk.t AS ENUM ('a')",
    "domain": "CREATE DOMAIN desk.d AS int",
    "cast": "CREATE CAST (int AS tid) WITH INOUT",
    "aggregate": "CREATE AGGREGATE desk.a (int) (SFUNC = int4pl, STYPE = int)",
    "sequence": "CREATE SEQUENCE desk.s",
    "index": "CREATE INDEX ON desk.ticket (subject)",
    "statistics": "CREATE STATISTICS desk.st ON phone, mail FROM desk.contact",
    "rule": "CREATE RULE r AS ON INSERT TO desk.ticket DO INSTEAD NOTHING",
    "trigger": "CREATE TRIGGER t BEFORE INSERT ON desk.ticket FOR EACH ROW EXECUTE FUNCTION desk.guard_insert()",
    "policy": "CREATE POLICY p ON desk.ticket",
    "event trigger": "CREATE EVENT TRIGGER e ON login EXECUTE FUNCTION desk.on_login()",
    "event trigger off": "ALTER EVENT TRIGGER desk_login DISABLE",
    "drop the event trigger": "DROP EVENT TRIGGER desk_login",
    "triggers off": "ALTER TABLE desk.ticket DISABLE TRIGGER ALL",
    "another owner": "ALTER TABLE desk.ticket OWNER TO CURRENT_USER",
    "drop a table": "DROP TABLE desk.save_done CASCADE",
    "add a column": "ALTER TABLE desk.ticket ADD COLUMN evil int",
    "comment on a table": "COMMENT ON TABLE desk.ticket IS 'x'",
    "text search": 'CREATE TEXT SEARCH CONFIGURATION desk.c (PARSER = "default")',
    "collation": "CREATE COLLATION desk.c (LOCALE = 'C')",
    "publication": "CREATE PUBLICATION p FOR ALL TABLES",
    "foreign data": "CREATE FOREIGN DATA WRAPPER w",
    "language": "CREATE LANGUAGE evil HANDLER plpgsql_call_handler",
    "trusted extension": "CREATE EXTENSION pgcrypto",
    "dblink": "CREATE EXTENSION dblink",
    "postgres_fdw": "CREATE EXTENSION postgres_fdw",
    "file_fdw": "CREATE EXTENSION file_fdw",
    "our extension away": "DROP EXTENSION unaccent CASCADE",
    "reindex": "REINDEX TABLE desk.ticket",
    "cluster": "CLUSTER desk.ticket USING pk_ticket",
    "truncate": "TRUNCATE desk.search_public",
    "program in the server": "DO $$ BEGIN RAISE LOG 'filling the log'; END $$",
    # files and programs
    "program writes": "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'",
    "read passwords of roles": "SELECT rolpassword FROM pg_authid",
    "read passwords by the view": "SELECT passwd FROM pg_shadow",
    "read hba": "SELECT * FROM pg_hba_file_rules",
    "read ident": "SELECT * FROM pg_ident_file_mappings",
    "read the settings' files": "SELECT * FROM pg_file_settings",
    "read statistics": "SELECT * FROM pg_statistic",
    "read extended statistics": "SELECT * FROM pg_statistic_ext_data",
    "read the backup's state": "SELECT * FROM pg_backend_memory_contexts",
    "read a file": "SELECT pg_read_file('PG_VERSION')",
    "read a file's bytes": "SELECT pg_read_binary_file('PG_VERSION')",
    "read a file's dates": "SELECT * FROM pg_stat_file('PG_VERSION')",
    "list a folder": "SELECT pg_ls_dir('.')",
    "list the logs": "SELECT pg_ls_logdir()",
    "list the WAL": "SELECT pg_ls_waldir()",
    "list temporary files": "SELECT pg_ls_tmpdir()",
    # other sessions and the server
    "reload": "SELECT pg_reload_conf()",
    "rotate the log": "SELECT pg_rotate_logfile()",
    "reset statistics": "SELECT pg_stat_reset()",
    "switch WAL": "SELECT pg_switch_wal()",
    "restore point": "SELECT pg_create_restore_point('x')",
    "sleep": "SELECT pg_sleep(0)",
    "export a snapshot": "SELECT pg_export_snapshot()",
    "notify by function": "SELECT pg_notify('desk', 'x')",
    "write into the WAL": "SELECT pg_logical_emit_message(false, 'x', 'x')",
    "use up transaction numbers": "SELECT pg_current_xact_id()",
    "use up transaction numbers, the old way": "SELECT txid_current()",
    "next ticket number": "SELECT nextval('desk.ticket_number')",
    "set the ticket number": "SELECT setval('desk.ticket_number', 1)",
    "set a lease's token": "SELECT setval('desk.lease_token', 1)",
    "log memory": "SELECT pg_log_backend_memory_contexts(pg_backend_pid())",
    # settings that are not its own
    "SET triggers off": "SET session_replication_role = replica",
    "SET temp_file_limit": "SET temp_file_limit = -1",
    "SET log_statement": "SET log_statement = 'all'",
    "SET log_min_error_statement": "SET log_min_error_statement = 'error'",
    "SET log_error_verbosity": "SET log_error_verbosity = 'verbose'",
    "SET log_min_messages": "SET log_min_messages = 'fatal'",
    "SET log_min_duration_statement": "SET log_min_duration_statement = 0",
    "SET session_preload_libraries": "SET session_preload_libraries = 'evil'",
    "SET event_triggers": "SET event_triggers = off",
    "SET track_activities": "SET track_activities = off",
    "SET allow_system_table_mods": "SET allow_system_table_mods = on",
    "SET zero_damaged_pages": "SET zero_damaged_pages = on",
    "SET dynamic_library_path": "SET dynamic_library_path = '/tmp'",
    "SET lo_compat_privileges": "SET lo_compat_privileges = on",
    # locks that stop others
    "lock rows": "SELECT 1 FROM desk.ticket FOR UPDATE",
    "lock rows for keys": "SELECT 1 FROM desk.customer FOR KEY SHARE",
    "share lock rows": "SELECT 1 FROM desk.staff FOR SHARE",
}

# What can't be undone or has to be outside of a transaction: refused to the machine, never run by the control.
WITHOUT_CONTROL = {
    "alter the server": "ALTER SYSTEM SET fsync = off",
    "another database": "CREATE DATABASE evil",
    "drop the database": "DROP DATABASE desk",
    "tablespace": "CREATE TABLESPACE t LOCATION '/tmp'",
    "subscription": "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = NONE)",
    "replication slot": "SELECT pg_create_physical_replication_slot('x')",
    "logical slot": "SELECT pg_create_logical_replication_slot('x', 'pgoutput')",
    "file written": "COPY (SELECT 1) TO '/tmp/desk-evil'",
    "file read": "COPY desk.ticket (subject) FROM '/etc/passwd'",
    "program read": "COPY desk.ticket (subject) FROM PROGRAM 'id'",
    "C function": "CREATE FUNCTION desk.evil() RETURNS int LANGUAGE c AS '/tmp/evil', 'evil'",
    "load a library": "LOAD 'auto_explain'",
    "checkpoint": "CHECKPOINT",
    "promote": "SELECT pg_promote()",
    "stop backups": "SELECT pg_backup_stop()",
    "pause replay": "SELECT pg_wal_replay_pause()",
    "import a large object": "SELECT lo_import('/etc/passwd')",
    "export a large object": "SELECT lo_export(1, '/tmp/desk-evil')",
    "settings of another database": "ALTER DATABASE postgres SET jit = on",
}


@pytest.fixture(scope="module")
def superuser(desk: RunningDesk) -> Iterator[Any]:
    """A superuser in a transaction that is never committed."""
    connection = desk.owner()
    connection.autocommit = False
    yield connection.cursor()
    connection.close()


@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_is_refused(query: Any, superuser: Any, name: str) -> None:
    with refused(DENIED):
        query.execute(ESCAPES[name])
    try:
        superuser.execute(ESCAPES[name])
    finally:
        superuser.connection.rollback()


@pytest.mark.parametrize("name", WITHOUT_CONTROL)
def test_an_escape_that_nobody_tries_twice(query: Any, name: str) -> None:
    with refused(DENIED):
        query.execute(WITHOUT_CONTROL[name])


@pytest.mark.parametrize("name", ["make itself CREATEROLE", "temporary table", "truncate", "SET triggers off"])
def test_an_escape_by_detours_is_refused(query: Any, boss: Any, name: str) -> None:
    """The same inside DO, in a list of statements, and through functions that execute a text."""
    statement = ESCAPES[name]
    with refused(DENIED):
        query.execute("DO $do$ BEGIN EXECUTE $s$" + statement + "$s$; END $do$")
    with refused(DENIED):
        query.execute("SELECT 1; " + statement + "; SELECT 2")
    for function in ("query_to_xml($s${}$s$, true, true, '')", "ts_stat($s${}$s$)", "ts_rewrite('a', $s${}$s$)"):
        with pytest.raises(psycopg2.Error) as caught:
            query.execute("SELECT " + function.format(statement))
        assert caught.value.pgcode in {DENIED, "0A000", "42601", "22023", "XX000", "42P11"}, caught.value
    boss.execute("DO $do$ BEGIN EXECUTE $s$SELECT 1$s$; END $do$")


@pytest.mark.parametrize(
    ("statement", "acl"),
    [
        ("GRANT ALL ON desk.ticket TO CURRENT_USER", "SELECT relacl FROM pg_class WHERE oid = 'desk.ticket'::regclass"),
        ("GRANT TEMP ON DATABASE desk TO CURRENT_USER", "SELECT datacl FROM pg_database WHERE datname = 'desk'"),
        ("GRANT CREATE ON SCHEMA desk TO CURRENT_USER", "SELECT nspacl FROM pg_namespace WHERE nspname = 'desk'"),
        (
            "REVOKE ALL ON desk.ticket FROM desk_query",
            "SELECT relacl FROM pg_class WHERE oid = 'desk.ticket'::regclass",
        ),
    ],
)
def test_a_grant_that_is_only_warned_of_changes_nothing(
    query: Any, full: Any, boss: Any, superuser: Any, statement: str, acl: str
) -> None:
    """Whoever holds some right of an object gets a warning where PostgreSQL otherwise refuses."""
    before = one(boss, acl)
    for machine in (query, full):
        with suppress(psycopg2.errors.InsufficientPrivilege):
            machine.execute(statement)
    assert one(boss, acl) == before
    superuser.execute(statement.replace("CURRENT_USER", '"m_pc-query"'))
    assert one(superuser, acl) != before
    superuser.connection.rollback()


def test_a_prepared_transaction_is_not_to_be_had(query: Any) -> None:
    query.execute("BEGIN")
    with refused("55000"):
        query.execute("PREPARE TRANSACTION 'x'")
    query.execute("ROLLBACK")


LOCKS = ("ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE")


@pytest.mark.parametrize("mode", LOCKS)
def test_a_lock_that_stops_others_is_refused(query: Any, superuser: Any, mode: str) -> None:
    for table in ("desk.ticket", "desk.setting", "pg_catalog.pg_class"):
        query.execute("BEGIN")
        with refused(DENIED):
            query.execute(f"LOCK TABLE {table} IN {mode} MODE")
        query.execute("ROLLBACK")
    superuser.execute(f"LOCK TABLE desk.setting IN {mode} MODE")
    superuser.connection.rollback()


def test_cancel_and_terminate_others(desk: RunningDesk, query: Any, raw: Any) -> None:
    """Of other machines, of the worker, of the superuser: refused. Its own sessions it may end."""
    other, own = raw("full").cursor(), raw("query").cursor()
    boss = desk.owner().cursor()
    for victim in (other, boss):
        pid = one(victim, "SELECT pg_backend_pid()")
        for function in ("pg_cancel_backend", "pg_terminate_backend"):
            with refused(DENIED):
                query.execute(f"SELECT {function}(%s)", (pid,))
        assert one(victim, "SELECT 1") == 1
    assert one(query, "SELECT pg_terminate_backend(%s)", one(own, "SELECT pg_backend_pid()"))
    with pytest.raises(psycopg2.OperationalError):
        own.execute("SELECT 1")


def test_replication_is_refused(raw: Any) -> None:
    for replication in ("true", "database"):
        with pytest.raises(psycopg2.OperationalError, match=r"no pg_hba\.conf entry|permission denied"):
            raw("query", replication=replication)


def test_every_catalog_is_closed_to_writing(query: Any, superuser: Any) -> None:
    """Every table and view of every schema: no INSERT, UPDATE, DELETE or TRUNCATE, by rights and by try."""
    relations = rows(
        query,
        """SELECT c.oid::regclass::text AS name, c.relkind,
            has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN') AS is_open,
            has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES') AS has_open_column
        FROM pg_class AS c WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')""",
    )
    assert len(relations) > 150
    # PostgreSQL grants UPDATE on this view to all; behind it is set_config, which every session has for itself.
    assert {row["name"] for row in relations if row["is_open"] or row["has_open_column"]} <= {"pg_settings"}
    for row in relations:
        if row["name"] != "pg_settings" and row["relkind"] == "r":
            with refused(DENIED):
                query.execute(f"DELETE FROM {row['name']}")


def test_the_view_of_settings_gives_no_more_than_set(query: Any) -> None:
    query.execute("UPDATE pg_settings SET setting = '2' WHERE name = 'extra_float_digits'")
    with refused(DENIED):
        query.execute("UPDATE pg_settings SET setting = 'replica' WHERE name = 'session_replication_role'")


def test_sequences_are_neither_read_nor_drawn_from(query: Any, superuser: Any) -> None:
    names = [row["name"] for row in rows(
        superuser, "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'S'")]  # fmt: skip
    superuser.connection.rollback()
    assert len(names) > 10
    for name in names:
        for statement in (f"SELECT nextval('{name}')", f"SELECT setval('{name}', 1)", f"SELECT last_value FROM {name}"):
            with refused(DENIED):
                query.execute(statement)
        superuser.execute(f"SELECT nextval('{name}'), setval('{name}', 1000000)")
        superuser.connection.rollback()


def test_other_machines_statements_are_hidden(query: Any, raw: Any, boss: Any) -> None:
    """That others are there is visible, what they do and from where is not."""
    other = raw("full").cursor()
    other.execute("SELECT 'a marker of pc-full'")
    own = "SELECT query, client_addr, state FROM pg_stat_activity WHERE usename = 'm_pc-full'"
    assert {tuple(row.values()) for row in rows(query, own)} == {("<insufficient privilege>", None, None)}
    assert "a marker of pc-full" in str(rows(boss, own))


def test_full_and_admin_escape_no_more_than_query(full: Any, admin: Any) -> None:
    """More rights on rows are no rights on the server."""
    open_to: list[str] = []
    for name, statement in ESCAPES.items():
        for cursor in (full, admin):
            try:
                cursor.execute(statement)
            except psycopg2.Error as error:
                assert error.pgcode == DENIED, f"{name}: {error}"
            else:
                open_to.append(name)
    # Who may write a row may lock it: leases, lock_timeout and the watchdog are for that.
    assert {name for name in open_to if "lock rows" not in name} <= {"grant itself a column"}  # a warning
    assert "lock rows" in open_to


def test_own_role_is_all_that_a_machine_can_set(query: Any, boss: Any, raw: Any, desk: RunningDesk) -> None:
    """PostgreSQL lets every role set its own password and defaults. Neither is of use to anybody else."""
    others = "SELECT md5(string_agg(a::text, ',' ORDER BY a.oid)) FROM pg_authid AS a WHERE rolname <> 'm_pc-query'"
    settings = (
        "SELECT md5(string_agg(s::text, ',' ORDER BY s::text)) FROM pg_db_role_setting AS s"
        " WHERE setrole <> 'm_pc-query'::regrole"
    )
    before = one(boss, others), one(boss, settings)
    query.execute("ALTER ROLE CURRENT_USER PASSWORD 'let me in'")
    with pytest.raises(psycopg2.OperationalError, match="valid client certificate"):
        raw("query", password="let me in", sslcert="/nonexistent", sslkey="/nonexistent")
    for setting in ("statement_timeout = 0", "search_path = evil", "default_transaction_read_only = on"):
        query.execute(f"ALTER ROLE CURRENT_USER SET {setting}")
    query.execute("ALTER ROLE CURRENT_USER RESET ALL")
    assert (one(boss, others), one(boss, settings)) == before
    assert one(raw("full").cursor(), "SHOW statement_timeout") == "30s"
    assert one(raw("query").cursor(), "SELECT session_user") == "m_pc-query"


def test_defaults_for_objects_of_its_own_reach_nobody(query: Any, superuser: Any) -> None:
    """Every role may say what rights come with what it and its groups will make; none of these makes anything."""
    query.execute("ALTER DEFAULT PRIVILEGES FOR ROLE CURRENT_USER, desk_query GRANT ALL ON TABLES TO PUBLIC")
    for owner in ("desk_owner", "desk_full", "desk_roles", "desk_worker", "postgres"):
        with refused(DENIED):
            query.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA desk GRANT ALL ON TABLES TO PUBLIC")
    superuser.execute("SET ROLE desk_owner; CREATE TABLE desk.made (i int)")
    assert one(superuser, "SELECT relacl FROM pg_class WHERE oid = 'desk.made'::regclass") is None
    superuser.connection.rollback()
    makers = ("desk_query", "desk_full", "desk_admin")
    assert not any(one(superuser, "SELECT has_schema_privilege(%s, 'desk', 'CREATE')", maker) for maker in makers)
    superuser.connection.rollback()


def test_dropping_what_it_owns_drops_nothing(query: Any, boss: Any) -> None:
    held = "SELECT count(*) FROM pg_auth_members WHERE member = 'm_pc-query'::regrole"
    before = one(boss, held), one(boss, "SELECT count(*) FROM pg_class")
    query.execute("DROP OWNED BY CURRENT_USER CASCADE")
    query.execute("REASSIGN OWNED BY CURRENT_USER TO CURRENT_USER")
    assert (one(boss, held), one(boss, "SELECT count(*) FROM pg_class")) == before == (1, before[1])
    for role in ("desk_owner", "desk_query", "postgres"):
        with refused(DENIED):
            query.execute(f"DROP OWNED BY {role}")


def test_rows_written_by_full_are_the_control(full: Any, world: Any) -> None:
    """The machinery that refuses above lets an honest full machine work."""
    ticket = insert(full, "ticket", **world.ticket())
    update(full, "ticket", ticket, subject="Changed")
    assert one(full, "SELECT subject FROM desk.ticket WHERE id = %s", ticket) == "Changed"
