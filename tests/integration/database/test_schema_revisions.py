"""Migrations: no drift from the models; each step down and up again on a filled desk keeps what it did not itself add.

The steps are found by asking alembic, so a new revision is tested without a new test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from desk_server.migrate import alembic_config
from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, refused, update

SCRIPTS = ScriptDirectory.from_config(alembic_config())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
Columns = dict[str, set[str]]


@contextmanager
def alembic(desk: RunningDesk, database: str = "desk") -> Iterator[tuple[Any, Connection]]:
    """alembic's configuration on a connection of the owner."""
    config = alembic_config()
    engine = desk.desk.owner_engine(database)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        yield config, connection
    engine.dispose()


def columns(connection: Connection) -> Columns:
    """The columns of each table of schema desk."""
    found = connection.execute(
        text(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        )
    )
    answer: Columns = {}
    for table, column in found:
        answer.setdefault(table, set()).add(column)
    connection.rollback()
    return answer


def contents(connection: Connection, wanted: Columns, last_entry: int) -> dict[str, str]:
    """A hash of each table's rows, of the wanted columns. Two tables tell of the step itself: revision and audit."""
    answer = {}
    for table, names in wanted.items():
        if table in ("alembic_version", "version_gate"):
            continue
        row = ", ".join(f'"{name}"' for name in sorted(names))
        where = f"WHERE id <= {last_entry}" if table == "audit_entry" else ""
        answer[table] = connection.execute(
            text(
                f"SELECT count(*) || ' ' || coalesce(md5(string_agg(line, '\n' ORDER BY line)), '')"
                f" FROM (SELECT ROW({row})::text AS line FROM desk.{table} {where}) AS lines"
            )
        ).scalar_one()
    connection.rollback()
    return answer


def catalogue(connection: Connection) -> list[tuple[Any, ...]]:
    """Everything that 'up' must bring back as it was: functions, triggers, views, grants."""
    found = connection.execute(
        text(
            """
            SELECT 'function', oid::regprocedure::text, md5(pg_get_functiondef(oid)),
                (SELECT array_agg(acl::text ORDER BY acl::text)::text FROM unnest(proacl) AS acl) FROM pg_proc
            WHERE pronamespace = 'desk'::regnamespace AND prokind = 'f'
            UNION ALL SELECT 'trigger', tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid), NULL FROM pg_trigger
            WHERE NOT tgisinternal
            UNION ALL SELECT relkind::text, relname, CASE WHEN relkind = 'v' THEN pg_get_viewdef(oid) END,
                (SELECT array_agg(acl::text ORDER BY acl::text)::text
                FROM unnest(coalesce(relacl, acldefault('r', relowner))) AS acl) FROM pg_class
            WHERE relnamespace = 'desk'::regnamespace AND relkind IN ('r', 'v')
            UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, NULL,
                (SELECT array_agg(acl::text ORDER BY acl::text)::text FROM unnest(attacl) AS acl) FROM pg_attribute
            WHERE attacl IS NOT NULL
                AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'desk'::regnamespace)
            """
        )
    ).all()
    connection.rollback()
    return sorted((tuple(row) for row in found), key=str)


@pytest.fixture(scope="module")
def filled(desk: RunningDesk, world: World) -> World:
    """A desk with something in every table that people write."""
    boss = desk.owner().cursor()
    boss.execute("ALTER SYSTEM SET autovacuum = off")  # a step waits 2 s for a table, and for nobody here
    boss.execute("SELECT pg_reload_conf()")
    full, admin = desk.connect("full").cursor(), desk.connect("admin").cursor()
    ticket = insert(full, "ticket", **world.ticket(custom={}, serial="SN-1", contact_id=world.contact))
    update(full, "ticket", ticket, status="open", assignee_id=world.staff["lin"])
    insert(full, "comment", ticket_id=ticket, body="Public")
    insert(full, "comment", ticket_id=ticket, body="Private", is_private=True)
    insert(full, "attachment", ticket_id=ticket, name="log", media_type="text/plain", content=b"log")
    insert(full, "interaction", ticket_id=ticket, channel="phone", direction="out", summary="Called 回电")
    insert(full, "complaint", customer_id=world.customer, subject="Late", reported_at="2026-01-01")
    insert(admin, "choice", list_code="channel", code="fax", label_en="Fax", label_zh="传真")
    full.execute("SELECT desk.lease_take('ticket', %s)", (ticket,))
    desk.close_connections()
    return world


@pytest.fixture(scope="module")
def older(desk: RunningDesk) -> dict[str, Columns]:
    """The tables and columns of every revision, from an empty database beside the desk, brought up step by step."""
    with closing(desk.desk.owner_connection("postgres")) as server, server.cursor() as cursor:
        cursor.execute("CREATE DATABASE beside")
    with closing(desk.desk.owner_connection("beside")) as beside, beside.cursor() as cursor:
        cursor.execute("CREATE SCHEMA desk AUTHORIZATION desk_owner; CREATE EXTENSION unaccent SCHEMA desk")
    answer = {}
    with alembic(desk, "beside") as (config, connection):
        for revision in REVISIONS:
            command.upgrade(config, revision)
            answer[revision] = columns(connection)
    return answer


def test_the_revisions_are_one_line(desk: RunningDesk) -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert REVISIONS[0] == "0001"


def test_the_models_and_the_schema_are_the_same(desk: RunningDesk) -> None:
    with alembic(desk) as (config, _):
        command.check(config)


def test_a_difference_from_the_models_would_be_seen(desk: RunningDesk, boss: Any) -> None:
    boss.execute("ALTER TABLE desk.ticket ADD COLUMN stray text")
    with alembic(desk) as (config, _), pytest.raises(Exception, match="stray"):
        command.check(config)
    boss.execute("ALTER TABLE desk.ticket DROP COLUMN stray")


@pytest.mark.parametrize("revision", REVISIONS[:0:-1])
def test_a_step_down_and_up_keeps_everything_else(
    desk: RunningDesk, filled: World, older: dict[str, Columns], boss: Any, revision: str
) -> None:
    below = REVISIONS[REVISIONS.index(revision) - 1]
    boss.execute("SELECT max(id) FROM desk.audit_entry")
    last_entry = boss.fetchone()[0]
    with alembic(desk) as (config, connection):
        command.downgrade(config, revision)  # a later revision's steps are a test of their own
        before, rows_before = catalogue(connection), contents(connection, older[below], last_entry)
        command.downgrade(config, below)
        assert columns(connection) == older[below]
        assert contents(connection, older[below], last_entry) == rows_before
        command.upgrade(config, revision)
        assert columns(connection) == older[revision]
        assert contents(connection, older[below], last_entry) == rows_before
        assert catalogue(connection) == before
        command.upgrade(config, "head")


def test_after_all_the_steps_the_rules_hold(desk: RunningDesk, filled: World, boss: Any) -> None:
    with alembic(desk) as (config, _):
        command.downgrade(config, REVISIONS[0])
        command.upgrade(config, "head")
        command.check(config)
    full, query = desk.connect("full").cursor(), desk.connect("query").cursor()
    ticket = insert(full, "ticket", **filled.ticket())
    with refused("DK003"):
        update(full, "ticket", ticket, row_version=9)
    update(full, "ticket", ticket, subject="Still guarded")
    with refused("42501"):
        update(query, "ticket", ticket, subject="Still refused")
    desk.close_connections()


def test_a_step_waits_for_nobody_for_long(desk: RunningDesk, filled: World, boss: Any) -> None:
    """A table in use: the step gives up after its lock_timeout, and nothing of it has happened."""
    reader = desk.connect("query", autocommit=False).cursor()
    reader.execute("SELECT count(*) FROM desk.ticket")
    with alembic(desk) as (config, connection):
        with pytest.raises(DBAPIError, match="lock timeout"):
            command.downgrade(config, "0001")
        assert connection.execute(text("SELECT current_user")).scalar_one() == "postgres"
        reader.connection.rollback()
        command.upgrade(config, "head")
    desk.close_connections()


def test_the_version_gate_states_the_revision(desk: RunningDesk, boss: Any) -> None:
    boss.execute("SELECT schema_revision FROM desk.version_gate")
    assert boss.fetchone()[0] == REVISIONS[-1]


def test_version_files_import_nothing_of_ours() -> None:
    for script in SCRIPTS.walk_revisions():
        source = Path(script.path).read_text("utf-8")
        assert "shared" not in source and "desk_server" not in source, script.path
