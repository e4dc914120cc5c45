"""The audit: every changed row, from which machine, by whom; private values apart, under a hash to be verified."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.integration.database.world import World, insert, insert_plain, one, refused, rows, update


def entries(cursor: Any, entity: str, key: object) -> list[dict[str, Any]]:
    return rows(
        cursor, "SELECT * FROM desk.audit_entry WHERE entity = %s AND row_key = %s ORDER BY id", entity, str(key)
    )


def private_part(cursor: Any, entry: dict[str, Any]) -> dict[str, Any] | None:
    """The private values of an entry, after verifying its hash by our own computation."""
    found = rows(
        cursor, "SELECT salt, values, values::text AS text FROM desk.audit_private WHERE entry_id = %s", entry["id"]
    )
    if not found:
        return None
    digest = hashlib.sha256(bytes(found[0]["salt"]) + found[0]["text"].encode()).digest()
    assert digest == bytes(entry["private_hash"])
    values: dict[str, Any] = found[0]["values"]
    return values


def test_an_insert_and_an_update_leave_one_entry_each(raw: Any, boss: Any, world: World) -> None:
    cursor = raw("shared", person="zhao").cursor()
    ticket = insert(cursor, "ticket", **world.ticket())
    update(cursor, "ticket", ticket, subject="Second", severity="major")
    made, changed = entries(boss, "ticket", ticket)
    assert (made["action"], changed["action"]) == ("insert", "update")
    assert made["changes"]["subject"] == [None, "Garbled picture after the update"]
    assert changed["changes"] == {
        "subject": ["Garbled picture after the update", "Second"],
        "severity": [None, "major"],
        "touched": [False, True],
    }
    for entry in (made, changed):
        assert (entry["machine"], entry["person_id"]) == ("pc-shared", world.staff["zhao"])
        assert entry["version"]
        assert entry["private_hash"] is None


def test_the_machine_is_the_login_whatever_is_stated(raw: Any, boss: Any, world: World) -> None:
    cursor = raw("full", application_name="m_pc-admin").cursor()
    cursor.execute("SET desk.machine = 'pc-admin'; SET desk.version = 'forged'")
    ticket = insert(cursor, "ticket", **world.ticket())
    entry = entries(boss, "ticket", ticket)[0]
    assert (entry["machine"], entry["version"]) == ("pc-full", "forged")


def test_a_refused_save_leaves_no_entry(full: Any, boss: Any, ticket: int) -> None:
    with refused("DK003"):
        update(full, "ticket", ticket, subject="Lost", row_version=9)
    assert len(entries(boss, "ticket", ticket)) == 1


def test_private_values_are_kept_apart_under_a_hash(full: Any, boss: Any, world: World) -> None:
    contact = insert(full, "contact", customer_id=world.customer, name="Ren", phone="555-0199", title="Engineer")
    update(full, "contact", contact, phone="555-0200", title="Manager")
    made, changed = entries(boss, "contact", contact)
    assert "555" not in str(made["changes"]) + str(changed["changes"])
    assert changed["changes"] == {"title": ["Engineer", "Manager"]}
    assert private_part(boss, made) == {"phone": [None, "555-0199"]}
    assert private_part(boss, changed) == {"phone": ["555-0199", "555-0200"]}


def test_a_private_comment_is_audited_without_its_text(full: Any, boss: Any, ticket: int) -> None:
    comment = insert(full, "comment", ticket_id=ticket, body="They are short of money", is_private=True)
    assert "money" not in str(entries(boss, "comment", comment))
    entry = entries(boss, "comment_private", comment)[0]
    assert "money" not in str(entry)
    assert private_part(boss, entry) == {"body": [None, "They are short of money"]}


def test_forgetting_a_person_leaves_the_entry_and_its_hash(full: Any, boss: Any, world: World) -> None:
    contact = insert(full, "contact", customer_id=world.customer, name="Shi", mail="shi@example.com")
    entry = entries(boss, "contact", contact)[0]
    boss.execute("DELETE FROM desk.audit_private WHERE entry_id = %s", (entry["id"],))
    assert entries(boss, "contact", contact) == [entry]
    assert private_part(boss, entry) is None


def test_an_attachment_is_audited_by_its_hash_not_by_its_bytes(full: Any, boss: Any, ticket: int) -> None:
    content = b"secret bytes of a log" * 100
    attachment = insert(full, "attachment", ticket_id=ticket, name="log", media_type="text/plain", content=content)
    changes = entries(boss, "attachment", attachment)[0]["changes"]
    assert changes["sha256"] == [None, "\\x" + hashlib.sha256(content).hexdigest()]
    assert "content" not in changes
    assert content.hex() not in str(changes)


def test_a_bulk_change_leaves_an_entry_a_row(boss: Any, full: Any, world: World) -> None:
    tickets = [insert(full, "ticket", **world.ticket()) for _ in range(3)]
    boss.execute("UPDATE desk.ticket SET next_step = 'call ' || id WHERE id = ANY (%s)", (tickets,))
    for ticket in tickets:
        entry = entries(boss, "ticket", ticket)[-1]
        assert entry["changes"] == {"next_step": [None, f"call {ticket}"]}
        assert (entry["machine"], entry["person_id"]) == ("postgres", None)


def test_a_deletion_by_the_owner_is_told_too(boss: Any, world: World) -> None:
    boss.execute("DELETE FROM desk.release_hardware WHERE release_id = %s", (world.release,))
    key = f"{world.release}/{world.hardware}"
    assert [e["action"] for e in entries(boss, "release_hardware", key)] == ["insert", "delete"]
    boss.execute("INSERT INTO desk.release_hardware VALUES (%s, %s)", (world.release, world.hardware))


def test_an_import_is_audited_row_by_row_with_its_events(importer: Any, boss: Any, full: Any, world: World) -> None:
    ticket = insert_plain(importer, "ticket", origin="import", status="closed", reported_at="2010-01-01")
    event = insert_plain(importer, "ticket_event", ticket_id=ticket, at="2010-01-01", kind="imported", what="Closed")
    assert [e["action"] for e in entries(boss, "ticket", ticket)] == ["insert"]
    assert [e["action"] for e in entries(boss, "ticket_event", event)] == ["insert"]
    own = insert(full, "ticket", **world.ticket())
    event = one(boss, "SELECT id FROM desk.ticket_event WHERE ticket_id = %s", own)
    assert entries(boss, "ticket_event", event) == []  # the ticket's own entry covers it


def test_only_administrators_read_it_and_nobody_writes_it(full: Any, admin: Any, boss: Any) -> None:
    for table in ("audit_entry", "audit_private"):
        with refused("42501"):
            full.execute(f"SELECT * FROM desk.{table}")
        admin.execute(f"SELECT * FROM desk.{table}")
        with refused("42501"):
            admin.execute(f"INSERT INTO desk.{table} DEFAULT VALUES")


def test_every_table_that_people_decide_in_is_audited(boss: Any) -> None:
    """Whoever adds a table must either audit it or name it here."""
    derived = {
        "ticket_summary", "search_public", "search_private", "save_done", "edit_lease", "audit_entry",
        "audit_private", "worker_heartbeat", "import_batch", "import_reject", "alembic_version", "search_move",
    }  # fmt: skip
    silent = rows(
        boss,
        """SELECT relname FROM pg_class c WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r'
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'x_audit_insert')""",
    )
    assert {row["relname"] for row in silent} == derived
