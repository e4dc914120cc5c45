"""Every SECURITY DEFINER function of the desk under an attacker who, unlike a machine, may make temporary objects.

The functions are read from the catalog, so one that is added is attacked by itself. Planted bad ones are the control.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tests.attack.fuzz_run import prepare
from tests.attack.fuzz_surface import Surface
from tests.attack.fuzzing import Fuzzer
from tests.desks import RunningDesk
from tests.integration.database.world import insert, one, refused, rows, update

SPRUNG = "XX999"  # what a trap raises
SAFE_PATH = "search_path=pg_catalog, pg_temp"
DEFINERS = """SELECT p.oid::regprocedure::text AS routine, p.proname, pg_get_functiondef(p.oid) AS source, p.proconfig,
    has_function_privilege('public', p.oid, 'EXECUTE') AS is_public
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = 'desk' AND p.prosecdef ORDER BY 1"""
PLANTED = (
    "CREATE FUNCTION desk.planted_bare() RETURNS text LANGUAGE plpgsql SECURITY DEFINER"
    " AS $$ BEGIN RETURN (SELECT string_agg(key, ',') FROM setting); END $$",
    "CREATE FUNCTION desk.planted_path() RETURNS text LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = desk, pg_catalog AS $$ BEGIN RETURN (SELECT string_agg(key, ',') FROM setting); END $$",
    "CREATE FUNCTION desk.planted_unqualified() RETURNS text LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (SELECT string_agg(key, ',') FROM setting); END $$",
)


@pytest.fixture(scope="module")
def surface(desk: RunningDesk) -> Surface:
    return prepare(desk)


@pytest.fixture(scope="module")
def trapper(desk: RunningDesk, surface: Surface) -> Iterator[Any]:
    """pc-admin with TEMP, and every function open to it: views in pg_temp, named as our tables, raise when read."""
    boss = desk.owner().cursor()
    for statement in (
        'GRANT TEMP ON DATABASE desk TO "m_pc-admin"',
        'GRANT USAGE ON LANGUAGE plpgsql TO "m_pc-admin"',
        'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA desk TO "m_pc-admin"',
    ):
        boss.execute(statement)
    connection = desk.connect("admin")
    cursor = connection.cursor()
    cursor.execute(
        "CREATE FUNCTION pg_temp.spring() RETURNS bigint LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION 'the trap has sprung' USING ERRCODE = '{SPRUNG}'; END $$"
    )
    for table, columns in surface.columns.items():
        listed = ", ".join(f"pg_temp.spring()::text::{kind} AS {name}" for name, kind in columns)
        cursor.execute(f"CREATE TEMP VIEW {table.split('.')[1]} AS SELECT {listed}")
        cursor.execute(f"GRANT ALL ON pg_temp.{table.split('.')[1]} TO PUBLIC")
    cursor.execute("SET search_path = pg_temp, desk, pg_catalog; SET statement_timeout = '20s'")
    yield cursor
    connection.close()


def answer_of(cursor: Any, statement: str) -> str:
    """The SQLSTATE that a statement ends with."""
    try:
        cursor.execute(statement)
    except psycopg2.Error as error:
        return str(error.pgcode)
    return "00000"


@pytest.fixture
def planted(desk: RunningDesk, trapper: Any) -> Iterator[None]:
    boss = desk.owner(role="desk_owner").cursor()
    for statement in PLANTED:
        boss.execute(statement)
        boss.execute(f'GRANT EXECUTE ON FUNCTION {statement.split()[2]} TO "m_pc-admin"')
    yield
    for statement in PLANTED:
        boss.execute(f"DROP FUNCTION {statement.split()[2]}")


def test_planted_functions_fall_into_the_trap(trapper: Any, planted: None) -> None:
    """The control: without a path, with pg_temp first unsaid, and with an unqualified name the trap springs."""
    for name in ("planted_bare", "planted_path", "planted_unqualified"):
        assert answer_of(trapper, f"SELECT desk.{name}()") == SPRUNG
    found = [row["proname"] for row in rows(trapper, DEFINERS) if is_unsafe(row)]
    assert {"planted_bare", "planted_path"} <= set(found)


def is_unsafe(row: dict[str, Any]) -> bool:
    return SAFE_PATH not in (row["proconfig"] or []) or row["is_public"]


def test_every_definer_function_has_a_safe_path_and_no_public(desk: RunningDesk, surface: Surface) -> None:
    found = rows(desk.owner().cursor(), DEFINERS)
    assert len(found) > 40
    assert [row["routine"] for row in found if is_unsafe(row)] == []


def test_no_definer_function_names_a_table_without_its_schema(desk: RunningDesk, surface: Surface) -> None:
    """Read from the source: after FROM, JOIN, INTO, UPDATE no bare name of ours stands."""
    bare = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|USING)\s+(?:ONLY\s+)?([a-z_]+)\b(?!\.)")
    tables = {name.split(".")[1] for name in surface.columns}
    for row in rows(desk.owner().cursor(), DEFINERS):
        own = set(re.findall(r"\b([a-z_]+)\s+AS\s+(?:MATERIALIZED\s+)?\(", row["source"]))  # WITH name AS (
        own |= set(re.findall(r"^\s+([a-z_]+)\s+[a-z_.]+(?:\[\])?(?:\s*:=.*)?;", row["source"], re.M))  # variables
        assert set(bare.findall(row["source"])) & tables - own == set(), row["routine"]
    assert bare.findall("DELETE FROM setting WHERE true") == ["setting"]


def test_no_definer_function_falls_into_the_trap(trapper: Any, surface: Surface) -> None:
    """Each is called, with arguments of its types, plausible and hostile; whatever it answers, no trap springs."""
    definers = {row["proname"] for row in rows(trapper, DEFINERS)}
    fuzzer, answers = Fuzzer(surface, 5), set()
    called = set()
    for routine in surface.routines:
        name = routine.name.removeprefix("desk.")
        if not routine.is_ours or name not in definers or name in {"machine_sessions_end", "planted"}:
            continue
        for _ in range(12):
            arguments = ", ".join(fuzzer.value(kind) for kind in routine.types)
            trapper.execute("BEGIN")
            state = answer_of(trapper, f"SELECT * FROM {routine.name}({arguments})")
            answers.add(state)
            called.add(name)
            trapper.execute("ROLLBACK")
            assert state != SPRUNG, routine
    assert "00000" in answers and len(called) > 15


def test_no_trigger_falls_into_the_trap(trapper: Any, desk: RunningDesk) -> None:
    """Saves of every kind with the traps in place; the rows, events, audit and words are written as always."""
    trapper.execute("BEGIN")
    product = insert(trapper, "product", code="TRAP", name="Trap")
    customer = insert(trapper, "customer", name="Trapped")
    contact = insert(trapper, "contact", customer_id=customer, name="Tan", phone="1")
    update(trapper, "contact", contact, phone="2")
    ticket = insert(trapper, "ticket", kind="problem", subject="Trap", customer_id=customer, product_id=product,
                    category="video", symptom="garbled_picture", priority="high", source="customer", channel="phone",
                    status="new")  # fmt: skip
    update(trapper, "ticket", ticket, subject="Trap again")
    insert(trapper, "comment", ticket_id=ticket, body="Private", is_private=True)
    insert(trapper, "interaction", channel="phone", direction="in", ticket_id=ticket)
    insert(trapper, "attachment", ticket_id=ticket, name="a", media_type="text/plain", content=b"a")
    trapper.execute("COMMIT")
    boss = desk.owner().cursor()
    assert one(boss, "SELECT count(*) FROM desk.ticket_event WHERE ticket_id = %s", ticket) == 2
    assert one(boss, "SELECT count(*) FROM desk.audit_entry WHERE entity = 'ticket' AND row_key = %s", str(ticket)) == 2
    assert one(boss, "SELECT count(*) FROM desk.search_private WHERE entity = 'contact' AND entity_id = %s", contact)


TWISTS = (
    "standard_conforming_strings = off", "transform_null_equals = on", "array_nulls = off", "row_security = off",
    "quote_all_identifiers = on", "DateStyle = 'SQL, DMY'", "IntervalStyle = sql_standard", "xmloption = document",
    "TimeZone = 'Asia/Kathmandu'", "bytea_output = escape", "extra_float_digits = -15", "search_path = pg_temp",
    "default_transaction_isolation = serializable", "search_path = ''", "plan_cache_mode = force_custom_plan",
    "enable_seqscan = off", "check_function_bodies = off", "lc_messages = 'C'", "client_encoding = 'SQL_ASCII'",
    "plpgsql.variable_conflict = use_column",
)  # fmt: skip


@pytest.mark.parametrize("setting", TWISTS)
def test_settings_of_the_session_twist_no_rule(full_again: Any, desk: RunningDesk, setting: str) -> None:
    """What a session may set for itself changes neither what is refused nor what is written beside a save."""
    boss = desk.owner().cursor()
    try:
        full_again.execute(f"SET {setting}")
    except psycopg2.errors.InsufficientPrivilege:
        return
    known = {"kind": "problem", "category": "video", "symptom": "garbled_picture", "priority": "high",
             "source": "customer", "channel": "phone", "status": "new"}  # fmt: skip
    owner_ids = rows(boss, "SELECT min(id) AS customer_id FROM desk.customer")[0] | rows(
        boss, "SELECT min(id) AS product_id FROM desk.product WHERE retired_at IS NULL")[0]  # fmt: skip
    with refused("DK010"):
        insert(full_again, "ticket", **known, **owner_ids, subject=" ")
    with refused("DK011"):
        insert(full_again, "ticket", **{**known, "priority": "a'b\\"}, **owner_ids, subject="Twisted")
    ticket = insert(full_again, "ticket", **known, **owner_ids, subject="It's a 'twist' \\ here")
    with refused("DK003"):
        update(full_again, "ticket", ticket, subject="Late", row_version=7)
    written = rows(boss, "SELECT machine, changes ->> 'subject' AS subject FROM desk.audit_entry"
                         " WHERE entity = 'ticket' AND row_key = %s", str(ticket))  # fmt: skip
    assert [row["machine"] for row in written] == ["pc-full"]
    assert "twist" in written[0]["subject"]
    assert one(boss, "SELECT count(*) FROM desk.ticket_event WHERE ticket_id = %s", ticket) == 1


@pytest.fixture
def full_again(desk: RunningDesk, surface: Surface, raw: Any) -> Any:
    return raw("full").cursor()
