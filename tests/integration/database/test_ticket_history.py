"""Events: written by the desk alone, one a save, with who and in which department, and never changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.database.world import World, insert, insert_plain, one, refused, rows, update


def events(cursor: Any, ticket: int) -> list[dict[str, Any]]:
    return rows(cursor, "SELECT * FROM desk.ticket_event WHERE ticket_id = %s ORDER BY at, id", ticket)


def test_a_new_ticket_gets_its_first_line_when_it_is_made_not_when_it_was_reported(full: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(reported_at="2020-01-01"))
    line = events(full, ticket)
    assert [(e["kind"], e["status"], e["machine"], e["person_id"], e["department_id"]) for e in line] == [
        ("created", "new", "pc-full", world.staff["lin"], world.department["support"])
    ]
    assert line[0]["at"] == one(full, "SELECT created_at FROM desk.ticket WHERE id = %s", ticket)


def test_a_ticket_solved_on_the_phone_states_it_at_once(full: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(kind="question", status="resolved", resolution="Told"))
    assert [(e["kind"], e["status"]) for e in events(full, ticket)] == [("created", "resolved")]
    assert one(full, "SELECT last_resolved_at IS NOT NULL FROM desk.ticket_summary WHERE ticket_id = %s", ticket)


@pytest.mark.parametrize(
    ("values", "kind", "status"),
    [
        ({"status": "open", "assignee_id": "lin", "department_id": "rd"}, "status", "open"),
        ({"department_id": "rd", "assignee_id": "sun"}, "handed_over", None),
        ({"assignee_id": "sun", "subject": "x"}, "assigned", None),
        ({"subject": "x", "priority": "low"}, "changed", None),
        ({"deleted_at": "now"}, "changed", None),
    ],
    ids=["status", "hand-over", "assignment", "fields", "deletion"],
)
def test_one_save_makes_one_line_of_the_most_telling_kind(
    full: Any, world: World, ticket: int, values: dict[str, Any], kind: str, status: str | None
) -> None:
    ids = {**world.staff, **world.department}
    values = {name: ids.get(value, value) if name.endswith("_id") else value for name, value in values.items()}
    update(full, "ticket", ticket, **values)
    lines = events(full, ticket)
    assert len(lines) == 2
    assert (lines[1]["kind"], lines[1]["status"]) == (kind, status)
    assert set(lines[1]["changes"]) == set(values)
    for name, value in values.items():
        assert lines[1]["changes"][name][1] == value or name == "deleted_at"


def test_a_save_that_changes_nothing_makes_no_line(full: Any, ticket: int) -> None:
    update(full, "ticket", ticket, subject="Garbled picture after the update")
    assert len(events(full, ticket)) == 1


def test_the_department_is_that_of_the_time(full: Any, boss: Any, world: World, ticket: int) -> None:
    boss.execute("UPDATE desk.staff SET department_id = %s WHERE code = 'lin'", (world.department["test"],))
    update(full, "ticket", ticket, subject="From the test department")
    boss.execute("UPDATE desk.staff SET department_id = %s WHERE code = 'lin'", (world.department["support"],))
    update(full, "ticket", ticket, subject="Back in support")
    departments = [e["department_id"] for e in events(full, ticket)]
    assert departments == [world.department[code] for code in ("support", "test", "support")]


def test_comments_say_who_wrote_them(full: Any, world: World, ticket: int) -> None:
    comment = insert(full, "comment", ticket_id=ticket, body="Tried 2.2")
    found = rows(full, "SELECT machine, person_id, department_id, origin FROM desk.comment WHERE id = %s", comment)
    assert found == [{"machine": "pc-full", "person_id": world.staff["lin"],
                      "department_id": world.department["support"], "origin": "desk"}]  # fmt: skip


def test_a_comment_does_not_raise_the_ticket_s_version(full: Any, ticket: int) -> None:
    insert(full, "comment", ticket_id=ticket, body="Tried 2.2")
    assert one(full, "SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == 1


@pytest.mark.parametrize("table", ["ticket_event", "comment", "attachment", "audit_entry"])
@pytest.mark.parametrize("statement", ["UPDATE desk.{} SET id = id", "DELETE FROM desk.{}", "TRUNCATE desk.{} CASCADE"])
def test_history_is_only_ever_added_to_even_by_the_owner(
    boss: Any, full: Any, ticket: int, table: str, statement: str
) -> None:
    insert(full, "comment", ticket_id=ticket, body="Kept")
    before = one(boss, f"SELECT count(*) FROM desk.{table}")
    with refused("DK020"):
        boss.execute(statement.format(table))
    assert one(boss, f"SELECT count(*) FROM desk.{table}") == before


@pytest.mark.parametrize("table", ["comment_private", "audit_private"])
def test_private_values_are_altered_by_nobody_and_go_by_forgetting_alone(
    boss: Any, full: Any, ticket: int, table: str
) -> None:
    insert(full, "comment", ticket_id=ticket, body="Secret", is_private=True)
    for statement in (
        f"UPDATE desk.{table} SET {'body' if table == 'comment_private' else 'salt'} = DEFAULT",
        f"DELETE FROM desk.{table}",
        f"TRUNCATE desk.{table}",
    ):
        with refused("DK020"):
            boss.execute(statement)


def test_numbers_are_given_by_the_desk(full: Any, boss: Any, importer: Any, world: World) -> None:
    first, second = (insert(full, "ticket", **world.ticket()) for _ in range(2))
    numbers = [
        r["number"]
        for r in rows(full, "SELECT number FROM desk.ticket WHERE id = ANY (%s) ORDER BY id", [first, second])
    ]
    assert numbers[0] >= 10001
    assert numbers[1] > numbers[0]
    with refused("DK017", "number"):
        boss.execute("UPDATE desk.ticket SET number = 1 WHERE id = %s", (first,))
    customer = insert_plain(importer, "customer", name="N", origin="seed", number="C1")
    assert one(boss, "SELECT number ~ '^C[0-9]{5}$' FROM desk.customer WHERE id = %s", customer)
    boss.execute("SELECT setval('desk.customer_number', 123456)")
    assert (
        one(boss, "SELECT number FROM desk.customer WHERE id = %s", insert(full, "customer", name="Big")) == "C123457"
    )


def test_an_attachment_s_hash_is_the_database_s(full: Any, ticket: int) -> None:
    attachment = insert(
        full, "attachment", ticket_id=ticket, name="log.txt", media_type="text/plain", content=b"\x00log"
    )
    found = rows(
        full, "SELECT sha256 = sha256(content) AS same, size, machine FROM desk.attachment WHERE id = %s", attachment
    )
    assert found == [{"same": True, "size": 4, "machine": "pc-full"}]
    with refused("428C9"):  # a generated column
        insert(full, "attachment", ticket_id=ticket, name="x", media_type="x", content=b"x", sha256=b"x")
