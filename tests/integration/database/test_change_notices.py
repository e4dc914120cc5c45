"""What the database tells those who listen: which notice a statement sends, and that it sends no second one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.notify import CHANNEL, ENTITIES, ChangeKind, Notice, parse_notice
from tests.integration.database.world import World, insert, one, refused, rows, update

ROW, BESIDE, LEASE = ChangeKind.ROW, ChangeKind.BESIDE, ChangeKind.LEASE
Heard = Callable[[], list[Notice]]
# Derived, the audit's own, or what only the server's commands look at: a change of theirs is nobody's news.
SILENT = {
    "ticket_summary", "search_public", "search_private", "search_move", "privacy_mark", "save_done", "audit_entry",
    "audit_private", "audit_block", "audit_seal", "audit_open", "forgetting", "worker_heartbeat", "machine_seen",
    "signing_request", "import_batch", "import_reject", "alembic_version",
}  # fmt: skip


@pytest.fixture
def heard(world: World, raw: Any) -> Heard:
    """What a reading machine hears since it was asked last: each is one, and can be read."""
    cursor = raw("query").cursor()
    cursor.execute(f"LISTEN {CHANNEL}")

    def take() -> list[Notice]:
        cursor.execute("SELECT 1")  # PostgreSQL sends what is committed before the answer
        cursor.connection.poll()
        payloads = [notice.payload for notice in cursor.connection.notifies]
        cursor.connection.notifies.clear()
        found = [parse_notice(payload) for payload in payloads]
        assert None not in found, payloads
        return [notice for notice in found if notice is not None]

    return take


def test_a_save_sends_one_notice_with_the_new_version(full: Any, ticket: int, heard: Heard) -> None:
    heard()
    update(full, "ticket", ticket, subject="Seen live")
    assert heard() == [Notice("ticket", ticket, 2, ROW)]


def test_a_new_ticket_sends_one(full: Any, world: World, heard: Heard) -> None:
    ticket = insert(full, "ticket", **world.ticket())
    assert heard() == [Notice("ticket", ticket, 1, ROW)]


def test_five_hundred_rows_in_a_statement_send_one(full: Any, importer: Any, world: World, heard: Heard) -> None:
    importer.execute(
        """INSERT INTO desk.ticket (subject, status, reported_at, origin)
        SELECT 'Many', 'new', '2020-01-01', 'import' FROM generate_series(1, 500)"""
    )
    assert heard() == [Notice("ticket", None, None, ROW)]
    full.execute(
        """UPDATE desk.ticket SET subject = 'Many more', save_id = gen_random_uuid(), row_version = row_version + 1
        WHERE subject = 'Many'"""
    )
    assert full.rowcount == 500
    assert heard() == [Notice("ticket", None, None, ROW)]


def test_a_statement_that_finds_no_row_sends_none(full: Any, heard: Heard) -> None:
    full.execute(
        "UPDATE desk.ticket SET subject = 'x', save_id = gen_random_uuid(), row_version = row_version + 1 WHERE id = -1"
    )
    assert full.rowcount == 0
    assert heard() == []


def test_what_is_rolled_back_sends_none(full: Any, ticket: int, heard: Heard) -> None:
    heard()
    full.execute("BEGIN")
    update(full, "ticket", ticket, subject="Not so")
    full.execute("ROLLBACK")
    assert heard() == []


def test_equal_notices_of_a_transaction_are_one(full: Any, ticket: int, heard: Heard) -> None:
    heard()
    full.execute("BEGIN")
    for body in ("one", "two", "three"):
        insert(full, "comment", ticket_id=ticket, is_private=False, body=body)
    full.execute("COMMIT")
    assert heard() == [Notice("ticket", ticket, None, BESIDE)]


@pytest.mark.parametrize("is_private", [False, True])
def test_a_comment_is_beside_its_ticket(full: Any, ticket: int, heard: Heard, is_private: bool) -> None:
    heard()
    insert(full, "comment", ticket_id=ticket, is_private=is_private, body="Seen in the lab")
    assert heard() == [Notice("ticket", ticket, None, BESIDE)]


def test_a_file_is_beside_its_ticket(full: Any, ticket: int, heard: Heard) -> None:
    heard()
    insert(full, "attachment", ticket_id=ticket, name="log.txt", media_type="text/plain", content=b"x")
    assert heard() == [Notice("ticket", ticket, None, BESIDE)]


def test_an_interaction_is_an_entity_and_beside_its_ticket(full: Any, world: World, ticket: int, heard: Heard) -> None:
    other = insert(full, "ticket", **world.ticket())
    heard()
    made = insert(
        full, "interaction", ticket_id=ticket, at="2026-01-01", direction="in", channel="phone",
        customer_id=world.customer, contact_id=world.contact, summary="Called",
    )  # fmt: skip
    assert set(heard()) == {Notice("interaction", made, 1, ROW), Notice("ticket", ticket, None, BESIDE)}
    update(full, "interaction", made, summary="Called again")
    assert set(heard()) == {Notice("interaction", made, 2, ROW), Notice("ticket", ticket, None, BESIDE)}
    update(full, "interaction", made, ticket_id=other)
    assert set(heard()) == {Notice("interaction", made, 3, ROW), Notice("ticket", None, None, BESIDE)}


def test_an_interaction_without_a_ticket_is_beside_none(full: Any, world: World, heard: Heard) -> None:
    made = insert(
        full, "interaction", at="2026-01-01", direction="in", channel="phone", customer_id=world.customer,
        summary="A question",
    )  # fmt: skip
    assert heard() == [Notice("interaction", made, 1, ROW)]


def test_a_complaint_is_an_entity_and_beside_its_ticket(full: Any, world: World, ticket: int, heard: Heard) -> None:
    heard()
    made = insert(
        full, "complaint", ticket_id=ticket, customer_id=world.customer, reported_at="2026-01-01", channel="mail",
        severity="major", subject="Late",
    )  # fmt: skip
    assert set(heard()) == {Notice("complaint", made, 1, ROW), Notice("ticket", ticket, None, BESIDE)}


def test_imported_history_is_beside_its_ticket(importer: Any, ticket: int, heard: Heard) -> None:
    heard()
    importer.execute(
        """INSERT INTO desk.ticket_event (ticket_id, at, kind, what)
        SELECT %s, '2020-01-01', 'imported', 'line ' || n FROM generate_series(1, 3) AS n""",
        (ticket,),
    )
    assert heard() == [Notice("ticket", ticket, None, BESIDE)]


def test_deleting_is_a_change_of_the_row(full: Any, ticket: int, heard: Heard) -> None:
    heard()
    update(full, "ticket", ticket, deleted_at="2026-01-01")
    assert heard() == [Notice("ticket", ticket, 2, ROW)]


# -- leases ------------------------------------------------------------------------------------------------------------


def take(cursor: Any, ticket: int) -> dict[str, Any]:
    return rows(cursor, "SELECT * FROM desk.lease_take('ticket', %s)", ticket)[0]


def test_a_lease_taken_and_given_back(full: Any, full2: Any, ticket: int, heard: Heard) -> None:
    heard()
    token = take(full, ticket)["token"]
    assert heard() == [Notice("ticket", ticket, None, LEASE)]
    assert not take(full2, ticket)["is_mine"]
    token = take(full, ticket)["token"]  # again: nobody sees a difference
    assert heard() == []
    assert one(full, "SELECT desk.lease_release('ticket', %s, %s)", ticket, token)
    assert heard() == [Notice("ticket", ticket, None, LEASE)]


def test_a_beat_sends_none(boss: Any, full: Any, ticket: int, heard: Heard) -> None:
    take(full, ticket)
    heard()
    beat = "UPDATE desk.edit_lease SET beat_at = clock_timestamp(), expires_at = clock_timestamp() + interval '1 min'"
    boss.execute(f"{beat} WHERE entity_id = %s", (ticket,))
    assert boss.rowcount == 1
    assert heard() == []


@pytest.mark.parametrize(
    "change",
    ["expires_at = clock_timestamp()", "machine = 'pc-full2', session = gen_random_uuid()", "person_id = NULL"],
)
def test_what_others_see_of_a_lease_sends_one(boss: Any, full: Any, ticket: int, heard: Heard, change: str) -> None:
    take(full, ticket)
    heard()
    boss.execute(f"UPDATE desk.edit_lease SET {change} WHERE entity_id = %s", (ticket,))
    assert heard() == [Notice("ticket", ticket, None, LEASE)]


def test_a_beat_after_the_end_tells_that_the_lease_holds_again(boss: Any, full: Any, ticket: int, heard: Heard) -> None:
    take(full, ticket)
    boss.execute("UPDATE desk.edit_lease SET expires_at = clock_timestamp() WHERE entity_id = %s", (ticket,))
    heard()
    boss.execute(
        "UPDATE desk.edit_lease SET expires_at = clock_timestamp() + interval '1 min' WHERE entity_id = %s", (ticket,)
    )
    assert heard() == [Notice("ticket", ticket, None, LEASE)]


def test_ended_leases_that_are_swept_send_one_for_each_entity(boss: Any, full: Any, world: World, heard: Heard) -> None:
    for _ in range(3):
        take(full, insert(full, "ticket", **world.ticket()))
    full.execute("SELECT desk.lease_take('customer', %s)", (world.customer,))
    heard()
    boss.execute("DELETE FROM desk.edit_lease")
    assert set(heard()) == {Notice("ticket", None, None, LEASE), Notice("customer", world.customer, None, LEASE)}


# -- machines, rules, events -------------------------------------------------------------------------------------------


def test_people_codes_and_certificates_are_beside_their_machine(boss: Any, world: World, heard: Heard) -> None:
    machine = one(boss, "SELECT id FROM desk.machine WHERE name = 'pc-query'")
    boss.execute("INSERT INTO desk.machine_person VALUES (%s, %s)", (machine, world.staff["wang"]))
    assert heard() == [Notice("machine", machine, None, BESIDE)]
    boss.execute("DELETE FROM desk.machine_person WHERE staff_id = %s AND machine_id = %s",
                 (world.staff["wang"], machine))  # fmt: skip
    assert heard() == [Notice("machine", machine, None, BESIDE)]
    boss.execute("UPDATE desk.machine_certificate SET first_used_at = now() WHERE machine_id = %s", (machine,))
    assert heard() == [Notice("machine", machine, None, BESIDE)]


def test_a_security_event_tells_no_more_than_that_there_is_one(boss: Any, heard: Heard) -> None:
    boss.execute("SELECT desk.security_event_add('login_refused', 'pc-full', NULL, '{}', true)")
    assert heard() == [Notice("security_event", None, None, ROW)]


def test_what_dropdowns_offer_is_told(admin: Any, boss: Any, heard: Heard) -> None:
    rule = one(boss, "SELECT id FROM desk.field_rule WHERE entity = 'ticket' AND field = 'subject'")
    update(admin, "field_rule", rule, help_en="In one line")
    assert [notice.entity for notice in heard()] == ["field_rule"]
    boss.execute("UPDATE desk.setting SET value = value WHERE key = 'lease_seconds'")
    assert heard() == [Notice("setting", None, None, ROW)]


def test_every_table_is_either_told_of_or_silent_on_purpose(boss: Any) -> None:
    """At each of insert, update and delete; what is only ever added to, at insert."""
    boss.execute(
        """SELECT c.relname, array_agg(DISTINCT w.event) FROM pg_class AS c
        CROSS JOIN (VALUES ('insert', 4), ('delete', 8), ('update', 16)) AS w (event, bit)
        JOIN pg_trigger AS t ON t.tgrelid = c.oid AND t.tgtype & w.bit <> 0 AND t.tgname LIKE 'z_notice%'
        WHERE c.relnamespace = 'desk'::regnamespace GROUP BY c.relname"""
    )
    told = dict(boss.fetchall())
    added_to = {"comment": ["insert"], "attachment": ["insert"], "ticket_event": ["insert"],
                "comment_private": ["delete"]}  # fmt: skip
    assert {name: added_to.get(name, ["delete", "insert", "update"]) for name in told} == told
    boss.execute("SELECT relname FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r'")
    assert {row[0] for row in boss.fetchall()} == set(told) | SILENT
    beside = {"comment", "comment_private", "attachment", "ticket_event", "machine_person", "machine_certificate",
              "enrolment_code", "edit_lease"}  # fmt: skip
    assert set(told) - beside == ENTITIES


# -- who may ----------------------------------------------------------------------------------------------------------


def test_no_machine_may_send_by_function(query: Any, full: Any, admin: Any, heard: Heard) -> None:
    for cursor in (query, full, admin):
        for call in ("desk.send_notice('ticket', 1, 1, 1, 'row')", "pg_notify('desk_change', 'ticket 1 1 row')"):
            with refused("42501"):
                cursor.execute(f"SELECT {call}")
    assert heard() == []
