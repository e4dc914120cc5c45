"""What a machine of each level may read and write by raw SQL. Each refusal stands beside what passes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.database.world import World, insert, one, refused, rows, update

HIDDEN_TABLES = ("comment_private", "search_private", "audit_entry", "audit_private", "import_reject",
                 "machine_certificate", "machine_seen", "enrolment_code", "signing_request", "security_event",
                 "save_done", "alembic_version")  # fmt: skip
KEPT_BY_THE_DESK = ("ticket_event", "ticket_summary", "search_public", "audit_entry", "save_done", "edit_lease",
                    "machine", "machine_person", "machine_seen", "enrolment_code", "signing_request",
                    "security_event", "machine_certificate", "setting", "version_gate",
                    "status_transition")  # fmt: skip
QUERY_CALLS = {"search_text", "search_runs", "search_words", "search_query", "cert_renew"}
DESK_WRITES = {  # what a machine never states, at INSERT or UPDATE
    "ticket": ("id", "number", "origin", "touched", "import_source", "external_id", "created_at", "updated_at"),
    "customer": ("id", "number", "origin", "created_at", "updated_at"),
    "interaction": ("id", "machine", "origin", "created_at", "updated_at"),
    "comment": ("id", "machine", "person_id", "department_id", "origin", "created_at"),
    "attachment": ("id", "machine", "person_id", "origin", "created_at"),
}


@pytest.fixture(scope="module")
def tables(desk: Any) -> list[str]:
    with desk.owner().cursor() as cursor:
        return [row["relname"] for row in rows(
            cursor, "SELECT relname FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r'"
        )]  # fmt: skip


def test_a_query_only_machine_writes_nowhere(
    query: Any, full: Any, boss: Any, world: World, ticket: int, tables: list[str]
) -> None:
    for table in tables:
        first = one(
            boss,
            "SELECT attname FROM pg_attribute WHERE attrelid = format('desk.%%I', %s::text)::regclass AND attnum = 1",
            table,
        )
        for statement in (
            f"INSERT INTO desk.{table} DEFAULT VALUES",
            f"UPDATE desk.{table} SET {first} = {first}",
            f"DELETE FROM desk.{table}",
            f"TRUNCATE desk.{table}",
            f"SELECT 1 FROM desk.{table} FOR UPDATE",
            f"COPY desk.{table} TO PROGRAM 'true'",
        ):
            with refused("42501"):
                query.execute(statement)
        with refused("42501"):
            query.execute(f"BEGIN; LOCK TABLE desk.{table} IN ROW SHARE MODE")
        query.execute("ROLLBACK")
    with refused("42501"):
        insert(query, "ticket", **world.ticket())
    insert(full, "ticket", **world.ticket())
    assert one(query, "SELECT count(*) FROM desk.ticket") >= 2


@pytest.mark.parametrize("table", HIDDEN_TABLES)
def test_a_query_only_machine_reads_no_private_table(query: Any, boss: Any, table: str) -> None:
    with refused("42501"):
        query.execute(f"SELECT * FROM desk.{table}")
    boss.execute(f"SELECT * FROM desk.{table}")


@pytest.mark.parametrize("column", ["phone", "mail", "*"])
def test_a_query_only_machine_reads_no_private_column(query: Any, full: Any, column: str) -> None:
    with refused("42501"):
        query.execute(f"SELECT {column} FROM desk.contact")
    full.execute(f"SELECT {column} FROM desk.contact")
    assert rows(query, "SELECT name FROM desk.contact ORDER BY id")[0]["name"] == "Gao"


@pytest.mark.parametrize(
    "condition",
    ["phone LIKE '555%'", "mail IS NOT NULL", "to_jsonb(contact) ->> 'phone' LIKE '555%'", "contact::text ~ '555'"],
)
def test_a_private_column_can_t_be_asked_about(query: Any, full: Any, condition: str) -> None:
    with refused("42501"):
        query.execute(f"SELECT name FROM desk.contact WHERE {condition}")
    full.execute(f"SELECT name FROM desk.contact WHERE {condition}")
    assert full.fetchone() == ("Gao",)


def test_a_private_comment_shows_that_it_is_there_and_no_more(query: Any, full: Any, ticket: int) -> None:
    comment = insert(full, "comment", ticket_id=ticket, body="Their engineer is leaving", is_private=True)
    assert rows(query, "SELECT is_private, body FROM desk.comment WHERE id = %s", comment) == [
        {"is_private": True, "body": None}
    ]
    assert (
        one(full, "SELECT body FROM desk.comment_private WHERE comment_id = %s", comment) == "Their engineer is leaving"
    )
    with refused("42501"):
        query.execute("SELECT body FROM desk.comment_private WHERE comment_id = %s", (comment,))


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in DESK_WRITES.items() for c in columns])
def test_what_the_desk_writes_no_machine_states(
    full: Any, admin: Any, world: World, ticket: int, table: str, column: str
) -> None:
    values: dict[str, Any] = {
        "ticket": world.ticket(),
        "customer": {"name": "N"},
        "interaction": {"channel": "phone", "direction": "in"},
        "comment": {"ticket_id": ticket, "body": "Hello"},
        "attachment": {"ticket_id": ticket, "name": "log.txt", "media_type": "text/plain", "content": b"log"},
    }[table]
    for cursor in (full, admin):
        with refused("42501"):
            insert(cursor, table, **values, **{column: None})
        made = insert(cursor, table, **values)
        with refused("42501"):
            cursor.execute(f"UPDATE desk.{table} SET {column} = {column} WHERE id = %s", (made,))


@pytest.mark.parametrize("table", KEPT_BY_THE_DESK)
def test_no_machine_writes_what_the_desk_keeps_itself(full: Any, admin: Any, table: str, boss: Any) -> None:
    first = one(boss, "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", f"desk.{table}")
    for cursor in (full, admin):
        for statement in (f"INSERT INTO desk.{table} DEFAULT VALUES", f"UPDATE desk.{table} SET {first} = {first}"):
            with refused("42501"):
                cursor.execute(statement)


def test_no_machine_deletes_or_truncates(full: Any, admin: Any, ticket: int, tables: list[str]) -> None:
    for table in tables:
        for cursor in (full, admin):
            for statement in (f"DELETE FROM desk.{table}", f"TRUNCATE desk.{table} CASCADE"):
                with refused("42501"):
                    cursor.execute(statement)
    update(full, "ticket", ticket, deleted_at="now")


def test_only_an_administrator_changes_products_people_and_choices(full: Any, admin: Any, world: World) -> None:
    new: dict[str, dict[str, Any]] = {
        "product": {"code": "N-1", "name": "New"},
        "release": {"product_id": world.product, "version": "3.0"},
        "hardware_revision": {"product_id": world.product, "code": "B1"},
        "department": {"code": "lab", "name_en": "Lab", "name_zh": "实验室"},
        "staff": {"code": "neu", "name": "New", "department_id": world.department["rd"]},
        "choice": {"list_code": "tier", "code": "new", "label_en": "New", "label_zh": "新"},
        "field_rule": {
            "entity": "ticket",
            "field": "extra",
            "label_en": "Extra",
            "label_zh": "附加",
            "is_custom": True,
        },
    }
    for table, values in new.items():
        with refused("42501"):
            insert(full, table, **values)
        made = insert(admin, table, **values)
        with refused("42501"):
            full.execute(f"UPDATE desk.{table} SET row_version = 2 WHERE id = %s", (made,))
        with refused("DK004"):
            update(admin, table, made, save_id=None)
        update(admin, table, made)


def test_definer_functions_are_closed_to_the_public_and_search_nowhere(boss: Any) -> None:
    found = rows(
        boss,
        """SELECT oid::regprocedure::text AS routine, proconfig,
            EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS is_public
        FROM pg_proc WHERE pronamespace = 'desk'::regnamespace AND prosecdef""",
    )
    assert len(found) > 20
    for routine in found:
        assert "search_path=pg_catalog, pg_temp" in (routine["proconfig"] or []), routine
        assert not routine["is_public"], routine


FULL_CALLS = {
    "lease_take", "lease_beat", "lease_ask", "lease_answer", "lease_take_over", "lease_release", "lease_release_all",
    "save_rows",
}  # fmt: skip


def test_a_machine_calls_no_function_that_is_not_meant_for_it(query: Any, full: Any, boss: Any) -> None:
    for cursor, allowed in (
        (query, QUERY_CALLS),
        (full, QUERY_CALLS | FULL_CALLS),
    ):
        callable_ = rows(
            cursor,
            """SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'desk'::regnamespace
            AND has_function_privilege(oid, 'EXECUTE') AND proowner = 'desk_owner'::regrole""",
        )
        assert {row["proname"] for row in callable_} == allowed


def test_who_sits_there_must_be_bound_to_the_machine(raw: Any, world: World) -> None:
    ticket = insert(raw("shared", person="lin").cursor(), "ticket", **world.ticket())
    for machine, person in (("shared", None), ("shared", "wang"), ("full", "zhao"), ("full", "nobody")):
        cursor = raw(machine, person=person).cursor()
        with refused("DK015"):
            insert(cursor, "ticket", **world.ticket())
        with refused("DK015"):
            insert(cursor, "comment", ticket_id=ticket, body="Who?")
        with refused("DK015"):
            cursor.execute("SELECT desk.lease_take('ticket', %s)", (ticket,))
    for machine, person, stated in (("shared", "zhao", "zhao"), ("full", None, "lin"), ("full", "lin", "lin")):
        cursor = raw(machine, person=person).cursor()
        comment = insert(cursor, "comment", ticket_id=ticket, body="Me")
        assert one(cursor, "SELECT person_id FROM desk.comment WHERE id = %s", comment) == world.staff[stated]


def test_an_interaction_is_its_person_s_or_whom_the_form_names(full: Any, world: World) -> None:
    own = insert(full, "interaction", channel="phone", direction="in")
    other = insert(full, "interaction", channel="phone", direction="out", staff_id=world.staff["sun"],
                   department_id=world.department["pm"])  # fmt: skip
    found = rows(
        full,
        "SELECT staff_id, department_id, machine FROM desk.interaction WHERE id = ANY (%s) ORDER BY id",
        [own, other],
    )
    assert found == [
        {"staff_id": world.staff["lin"], "department_id": world.department["support"], "machine": "pc-full"},
        {"staff_id": world.staff["sun"], "department_id": world.department["pm"], "machine": "pc-full"},
    ]


def test_an_interaction_s_customer_is_its_ticket_s_unless_stated(full: Any, world: World, ticket: int) -> None:
    known = {"channel": "phone", "direction": "in"}
    customer = "SELECT customer_id FROM desk.interaction WHERE id = %s"
    with refused("DK013", "contact_id"):
        insert(full, "interaction", **known, ticket_id=ticket, contact_id=world.other_contact)
    by_ticket = insert(full, "interaction", **known, ticket_id=ticket, contact_id=world.contact)
    by_contact = insert(full, "interaction", **known, contact_id=world.other_contact)
    stated = insert(full, "interaction", **known, ticket_id=ticket, customer_id=world.other_customer)
    assert one(full, customer, by_ticket) == world.customer
    assert one(full, customer, by_contact) == world.other_customer
    assert one(full, customer, stated) == world.other_customer
    with refused("DK013", "contact_id"):
        update(full, "interaction", by_ticket, customer_id=None)
    update(full, "interaction", by_ticket, customer_id=None, contact_id=None)
