"""desk.save_rows under attack: it may do nothing that the machine's own UPDATE could not, and tells nothing more.

Each refusal stands beside a save that passes.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.world import World, fill, insert, mark, one, refused, rows, update

SECRET = "555-secret-phone"


@pytest.fixture(scope="module")
def world(desk: RunningDesk) -> World:
    connection = desk.desk.owner_connection()
    with connection.cursor() as cursor:
        filled = fill(cursor)
    connection.close()
    return filled


@pytest.fixture
def full(world: World, raw: Any) -> Any:
    return raw("full").cursor()


@pytest.fixture
def boss(world: World, owner: Any) -> Any:
    return owner.cursor()


@pytest.fixture
def ticket(world: World, full: Any) -> int:
    return insert(full, "ticket", **world.ticket())


def call(cursor: Any, entity: Any, given: Any) -> list[dict[str, Any]]:
    return rows(cursor, "SELECT * FROM desk.save_rows(%s, %s)", entity, json.dumps(given))


def wanted(row: int, version: int = 1, **values: Any) -> dict[str, Any]:
    return {"id": row, "row_version": version, "save_id": str(uuid.uuid4()), "values": values}


def passes(cursor: Any, ticket: int) -> None:
    """The control: what is allowed works."""
    version = one(cursor, "SELECT row_version FROM desk.ticket WHERE id = %s", ticket)
    assert call(cursor, "ticket", [wanted(ticket, version, next_step="x")])[0]["state"] == "ok"


@pytest.mark.parametrize(
    "entity",
    ["", "machine", "edit_lease", "setting", "audit_entry", "ticket_event", "comment", "pg_authid", "ticket; DROP",
     "desk.ticket", "Ticket", "ticket ", 'ticket" SET subject=\'x\' --', "ticket_id_seq", "x" * 100_000, None],
)  # fmt: skip
def test_no_other_name_is_an_entity(full: Any, boss: Any, ticket: int, entity: Any) -> None:
    for cursor in (full, boss):
        with refused("DK011", "entity"):
            call(cursor, entity, [wanted(ticket, subject="x")])
    passes(full, ticket)


@pytest.mark.parametrize("entity", ["product", "release", "staff", "department", "choice", "field_rule"])
def test_what_an_administrator_writes_is_refused_to_the_others(full: Any, ticket: int, entity: str) -> None:
    with refused("42501"):
        call(full, entity, [wanted(1, label_en="x")])
    passes(full, ticket)


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", 1), ("origin", "import"), ("touched", False), ("created_at", "2001-01-01"), ("external_id", "x"),
     ("import_source", "x"), ("updated_at", "2001-01-01"), ("created_by", 1), ("xmin", 1), ("ctid", "(0,1)"),
     ("tableoid", 1), ("id", 5), ("row_version", 9), ("save_id", "00000000-0000-4000-8000-000000000001"),
     ("lease_token", 1),
     ("subject = 'x', status", "closed"), ('subject" = \'x\' --', "x"), ("x" * 100_000, 1), ("", "x"),
     ("pg_sleep(10)", 1), ("主题", "x")],
)  # fmt: skip
def test_no_other_column_is_written(full: Any, ticket: int, field: str, value: Any) -> None:
    before = rows(full, "SELECT * FROM desk.ticket WHERE id = %s", ticket)
    (answer,) = call(full, "ticket", [wanted(ticket, **{field: value, "next_step": "y"})])
    assert answer["state"] == "failed" and answer["sqlstate"] in ("DK017", "42501")
    assert answer["before"] is None and len(answer["field"] or "") <= 63
    assert rows(full, "SELECT * FROM desk.ticket WHERE id = %s", ticket) == before
    passes(full, ticket)


@pytest.mark.parametrize(
    "given",
    [None, {}, "x", 5, [1], [[]], [None], ["ticket"], [{}], [{"id": 1}],
     [{"id": "x", "row_version": 1, "values": {"subject": "x"}}],
     [{"id": 10**30, "row_version": 1, "values": {"subject": "x"}}],
     [{"id": -1, "row_version": 1, "values": {"subject": "x"}}],
     [{"id": 1.5, "row_version": 1, "values": {"subject": "x"}}],
     [{"id": 1, "row_version": "1; SELECT", "values": {"subject": "x"}}],
     [{"id": 1, "row_version": 1, "values": {}}], [{"id": 1, "row_version": 1, "values": []}],
     [{"id": 1, "row_version": 1, "values": "subject"}], [{"id": 1, "row_version": 1}],
     [{"id": 1, "row_version": 1, "values": {"subject": "x"}, "save_id": "no uuid"}],
     [{"id": 1, "row_version": 1, "values": {"subject": "x"}, "lease_token": {"a": 1}}]],
)  # fmt: skip
def test_what_is_no_list_of_rows_is_refused_as_a_whole(full: Any, ticket: int, given: Any) -> None:
    with refused("DK019", "rows"):
        call(full, "ticket", given)
    with refused("DK019", "rows"):  # and a good row beside it is not saved either
        call(
            full, "ticket", [wanted(ticket, next_step="z"), *(given if isinstance(given, list) and given else [given])]
        )
    assert call(full, "ticket", []) == []
    passes(full, ticket)


@pytest.mark.parametrize(
    ("field", "value"),
    [("assignee_id", "x"), ("assignee_id", {"a": 1}), ("assignee_id", 10**40), ("reported_at", "nonsense"),
     ("reported_at", "infinity"), ("subject", "x" * 2_000_000), ("custom", []), ("custom", None),
     ("status", None), ("description", {"deep": [[[[[1]]]]]}), ("deleted_at", "yesterday at noon"),
     ("duplicate_of_id", 10**18)],
)  # fmt: skip
def test_a_hostile_value_fails_its_own_row_alone(full: Any, world: World, ticket: int, field: str, value: Any) -> None:
    good = insert(full, "ticket", **world.ticket())
    answers = call(full, "ticket", [wanted(ticket, **{field: value}), wanted(good, next_step="good")])
    told = {answer["id"]: answer["state"] for answer in answers}
    assert told[good] == "ok"
    if field == "description":  # a text as any other
        assert told[ticket] == "ok"
    else:
        assert told[ticket] == "failed"
    for answer in answers:
        assert SECRET not in json.dumps(answer, default=str)


def test_no_more_rows_than_a_call_may_have(full: Any, ticket: int) -> None:
    with refused("DK019", "rows"):
        call(full, "ticket", [wanted(ticket, next_step="x")] * 101)
    given = [wanted(ticket, next_step="x") for _ in range(100)]
    states = [answer["state"] for answer in call(full, "ticket", given)]
    assert states == ["ok"] + ["failed"] * 99  # the version of the first is not that of the others


def test_the_origin_and_the_guard_hold(full: Any, raw: Any, ticket: int) -> None:
    other = raw("full2").cursor()
    token = one(other, "SELECT token FROM desk.lease_take('ticket', %s)", ticket)
    for stolen in (None, token, token + 1):
        (answer,) = call(full, "ticket", [{**wanted(ticket, subject="Mine"), "lease_token": stolen}])
        assert (answer["state"], answer["sqlstate"]) == ("failed", "DK002")
    for version in (0, 2, 999_999):
        (answer,) = call(other, "ticket", [wanted(ticket, version, subject="Blind")])
        assert answer["sqlstate"] == "DK003"
    assert call(other, "ticket", [wanted(ticket, subject="Theirs")])[0]["state"] == "ok"


def test_a_search_path_or_a_session_of_ones_own_changes_nothing(full: Any, ticket: int) -> None:
    for setting in ("search_path = pg_catalog", "standard_conforming_strings = off", "lock_timeout = 0",
                    "default_transaction_isolation = 'repeatable read'", "DateStyle = 'German'",
                    "IntervalStyle = 'iso_8601'", "TimeZone = 'Asia/Shanghai'"):  # fmt: skip
        full.execute(f"SET {setting}")
        passes(full, ticket)


def test_what_a_machine_may_not_read_is_not_told(full: Any, boss: Any, world: World, raw: Any) -> None:
    """A full machine reads contacts' phones. One that may write the column and not read it learns nothing by before."""
    admin = raw("admin").cursor()
    mark(admin, "phone", is_private=True)
    boss.execute("UPDATE desk.contact SET phone = %s WHERE id = %s", (SECRET, world.contact))
    version = one(boss, "SELECT row_version FROM desk.contact WHERE id = %s", world.contact)
    (readable,) = call(full, "contact", [wanted(world.contact, version, phone="1")])
    assert readable["before"] == {"phone": SECRET}  # the control: this one may
    boss.execute("UPDATE desk.contact SET phone = %s WHERE id = %s", (SECRET, world.contact))
    version += 2
    query = raw("query").cursor()
    boss.execute('GRANT EXECUTE ON FUNCTION desk.save_rows(text, jsonb) TO "m_pc-query"')
    boss.execute('GRANT UPDATE (phone, note, save_id, lease_token, row_version) ON desk.contact TO "m_pc-query"')
    try:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query.execute("SELECT phone FROM desk.contact")
        for given in (wanted(world.contact, 999, phone="2"), wanted(world.contact, version, phone="x" * 200)):
            (failed,) = call(query, "contact", [given])
            assert failed["state"] == "failed" and SECRET not in json.dumps(failed, default=str)
        (answer,) = call(query, "contact", [wanted(world.contact, version, phone="2", note="n")])
        assert answer["state"] == "ok", answer
        assert answer["before"] == {"note": None}
    finally:
        boss.execute('REVOKE ALL ON FUNCTION desk.save_rows(text, jsonb) FROM "m_pc-query"')
        boss.execute('REVOKE UPDATE (phone, note, save_id, lease_token, row_version) ON desk.contact FROM "m_pc-query"')
        mark(admin, "phone", is_private=False)


def test_a_refusal_tells_no_value_of_another_row(full: Any, boss: Any, world: World) -> None:
    """Of a broken unique rule only its name comes back, never the key that PostgreSQL's DETAIL quotes."""
    mine = insert(full, "project", code="P-mine", name="N", customer_id=world.customer, product_id=world.product)
    (answer,) = call(full, "project", [wanted(mine, code="P1")])
    assert (answer["state"], answer["sqlstate"], answer["field"]) == ("failed", "23505", "code")
    assert "P1" not in json.dumps({name: value for name, value in answer.items() if name != "before"})
    update(full, "project", mine, name="Another")


def test_who_may_call_it(desk: RunningDesk, boss: Any, world: World) -> None:
    found = one(
        boss,
        "SELECT array_agg(rolname::text ORDER BY rolname) FROM pg_roles WHERE NOT rolsuper AND rolname ~ '^desk_'"
        " AND has_function_privilege(oid, 'desk.save_rows(text, jsonb)', 'EXECUTE')",
    )
    assert found == ["desk_admin", "desk_full", "desk_owner"]
    assert one(boss, "SELECT NOT prosecdef FROM pg_proc WHERE oid = 'desk.save_rows(text, jsonb)'::regprocedure")
