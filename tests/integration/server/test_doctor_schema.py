"""What is changed in the schema by hand is named, object by object, also where migrating does not mend it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from desk_server.doctor import examine
from desk_server.doctor.schema import CHECK
from desk_server.initialise import bring_up_to_date
from desk_server.schema_record import RECORD_FILE
from tests.desks import RunningDesk, copy_desk, run_root, template_desk


@pytest.fixture(scope="module")
def touched() -> Iterator[RunningDesk]:
    started = copy_desk(template_desk(), run_root() / "doctor_schema")
    yield started
    started.remove()


@pytest.fixture(scope="module")
def boss(touched: RunningDesk) -> Any:
    return touched.owner().cursor()


def _named(desk: RunningDesk) -> str:
    """What the line says; empty where it is right."""
    (found,) = [found for found in examine(desk.desk) if found.check == CHECK]
    assert found.is_ok or found.advice
    return "" if found.is_ok else found.detail


def _definition(boss: Any, function: str) -> str:
    boss.execute("SELECT pg_get_functiondef(%s::regproc)", (function,))
    return str(boss.fetchone()[0])


EMPTY = (
    "CREATE OR REPLACE FUNCTION desk.{}() RETURNS {} LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, pg_temp AS $$ BEGIN {} END $$"
)
AUDIT = (
    "CREATE TRIGGER x_audit_update AFTER UPDATE ON desk.contact REFERENCING OLD TABLE AS old_rows"
    " NEW TABLE AS new_rows FOR EACH STATEMENT {}EXECUTE FUNCTION desk.audit_update('id')"
)

# what is named, what was done, how it is taken back
CHANGED = [
    ("function desk.on_login() was changed", EMPTY.format("on_login", "event_trigger", "RETURN;").replace(
        " SET search_path", " SET log_min_messages = 'log' SET search_path"), "migrate"),
    ("function desk.refuse_change() was changed", EMPTY.format("refuse_change", "trigger", "RETURN NULL;"),
     "desk.refuse_change"),
    ("trigger x_audit_update on desk.contact was changed",
     f"DROP TRIGGER x_audit_update ON desk.contact; {AUDIT.format('WHEN (false) ')}",
     f"DROP TRIGGER x_audit_update ON desk.contact; {AUDIT.format('')}"),
    ("trigger x_audit_update on desk.contact was changed", "ALTER TABLE desk.contact DISABLE TRIGGER x_audit_update",
     "ALTER TABLE desk.contact ENABLE TRIGGER x_audit_update"),
    ("rule nothing on desk.security_event is new",
     "CREATE RULE nothing AS ON INSERT TO desk.security_event DO INSTEAD NOTHING",
     "DROP RULE nothing ON desk.security_event"),
    ("view desk.peek is new",
     "CREATE VIEW desk.peek AS TABLE desk.comment_private; GRANT SELECT ON desk.peek TO desk_query",
     "DROP VIEW desk.peek"),
    ("schema aside is new", "CREATE SCHEMA aside CREATE VIEW peek AS TABLE desk.comment_private;"
     "GRANT USAGE ON SCHEMA aside TO desk_query; GRANT SELECT ON aside.peek TO desk_query",
     "DROP SCHEMA aside CASCADE"),
    ("function public.run(text) is new",
     "CREATE FUNCTION public.run(text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog"
     " AS $$ BEGIN EXECUTE $1; END $$; REVOKE ALL ON FUNCTION public.run FROM PUBLIC;"
     "GRANT EXECUTE ON FUNCTION public.run TO desk_query", "DROP FUNCTION public.run"),
    ("bigint): now desk_query execute", "GRANT EXECUTE ON FUNCTION desk.machine_set TO desk_query",
     "REVOKE EXECUTE ON FUNCTION desk.machine_set FROM desk_query"),
    ("rights on function pg_read_file(text)", "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO desk_query",
     "REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM desk_query"),
    ("pg_advisory_lock(bigint): now desk_query execute",
     "GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO desk_query",
     "REVOKE EXECUTE ON FUNCTION pg_advisory_lock(bigint) FROM desk_query"),
    ("rights on relation pg_authid: now desk_query select", "GRANT SELECT ON pg_authid TO desk_query",
     "REVOKE SELECT ON pg_authid FROM desk_query"),
    ("rights on column pg_statistic.stavalues1 is new: desk_query select",
     "GRANT SELECT (stavalues1) ON pg_statistic TO desk_query",
     "REVOKE SELECT (stavalues1) ON pg_statistic FROM desk_query"),
    ("rights on relation desk.comment_private: now everybody select",
     "GRANT SELECT ON desk.comment_private TO PUBLIC", "REVOKE SELECT ON desk.comment_private FROM PUBLIC"),
    ("rights on database other is new: everybody connect", "CREATE DATABASE other", "DROP DATABASE other"),
    ("table desk.machine was changed", "ALTER TABLE desk.machine DROP CONSTRAINT ck_machine_level",
     "ALTER TABLE desk.machine ADD CONSTRAINT ck_machine_level CHECK (level IN ('none', 'query', 'full', 'admin'))"),
    ("event trigger desk_login was changed", "ALTER EVENT TRIGGER desk_login DISABLE", "migrate"),
    ("function desk.current_machine() was changed",
     "CREATE OR REPLACE FUNCTION desk.current_machine() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN 'pc-x'",
     "desk.current_machine"),
]  # fmt: skip


@pytest.mark.parametrize(("named", "change", "back"), CHANGED, ids=[line[0] for line in CHANGED])
def test_what_was_changed_by_hand_is_named(touched: RunningDesk, boss: Any, named: str, change: str, back: str) -> None:
    assert _named(touched) == ""
    if back.startswith("desk."):
        back = _definition(boss, back)
    boss.execute(change)
    try:
        assert named in _named(touched)
    finally:
        if back == "migrate":
            bring_up_to_date(touched.desk)
        else:
            boss.execute(back)
    assert _named(touched) == ""


def test_migrating_does_not_bless_what_was_changed_before(touched: RunningDesk, boss: Any) -> None:
    good = _definition(boss, "desk.refuse_change")
    boss.execute(EMPTY.format("refuse_change", "trigger", "RETURN NULL;"))
    try:
        bring_up_to_date(touched.desk)
        assert "function desk.refuse_change() was changed" in _named(touched)
    finally:
        boss.execute(good)
    assert _named(touched) == ""


def test_what_the_desk_itself_changes_is_not_named(touched: RunningDesk, boss: Any) -> None:
    """The column grants of a contact follow the rules for what is private."""
    boss.execute("UPDATE desk.field_rule SET is_private = NOT is_private WHERE entity = 'contact' AND field = 'phone'")
    assert boss.rowcount == 1
    assert _named(touched) == ""
    boss.execute("UPDATE desk.field_rule SET is_private = NOT is_private WHERE entity = 'contact' AND field = 'phone'")


def test_a_record_that_is_gone_is_named_and_made_anew(touched: RunningDesk) -> None:
    file = touched.desk.data / RECORD_FILE
    kept = json.loads(file.read_text())
    file.unlink()
    assert RECORD_FILE in _named(touched)
    bring_up_to_date(touched.desk)
    assert json.loads(file.read_text()) == kept
    assert file.stat().st_mode & 0o077 == 0
    assert _named(touched) == ""
