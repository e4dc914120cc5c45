"""The audit: every changed row, from which machine, by whom; private values apart, under a hash to be verified."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

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
    assert changed["changes"] == {}
    assert made["changes"]["customer_id"] == [None, world.customer]
    assert private_part(boss, made) == {"name": [None, "Ren"], "title": [None, "Engineer"], "phone": [None, "555-0199"]}
    assert private_part(boss, changed) == {"title": ["Engineer", "Manager"], "phone": ["555-0199", "555-0200"]}


def test_a_private_comment_is_audited_without_its_text(full: Any, boss: Any, ticket: int) -> None:
    comment = insert(full, "comment", ticket_id=ticket, body="They are short of money", is_private=True)
    assert "money" not in str(entries(boss, "comment", comment))
    entry = entries(boss, "comment_private", comment)[0]
    assert "money" not in str(entry)
    assert private_part(boss, entry) == {"body": [None, "They are short of money"]}


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


NOT_AUDITED = {
    "alembic_version": "alembic's own; version_gate tells the revision and is audited",
    "audit_entry": "the audit itself",
    "audit_private": "the audit itself",
    "audit_block": "the audit's seal",
    "audit_seal": "the audit's seal",
    "audit_open": "the sealing job's notes, gone when a transaction ends",
    "forgetting": "empty outside of desk.forget_contact, which is audited",
    "edit_lease": "who edits now; what is saved, and what is taken over, is audited",
    "save_done": "recognises a save that is sent twice",
    "search_public": "derived: words of audited rows",
    "search_private": "derived: words of audited rows",
    "search_move": "the progress of deriving search words",
    "privacy_mark": "what the watchdog has to look at after a field_rule changed, which is audited",
    "ticket_summary": "derived: figures of audited rows",
    "worker_heartbeat": "the worker's sign of life",
    "machine_seen": "derived by the worker from live sessions",
    "enrolment_code": "each code and its use is a security_event, which is audited",
    "signing_request": "each certificate is a machine_certificate and a security_event, both audited",
    "import_batch": "an import's own record; every row it makes is audited",
    "import_reject": "lines that an import did not take",
}
ADDED_TO_ONLY = {"attachment", "ticket_event"}  # no row changes or goes, so there is nothing else to tell


def audit_triggers(cursor: Any) -> dict[str, set[str]]:
    """The audit triggers that fire, by table."""
    found = rows(
        cursor,
        """SELECT relname,
            coalesce(array_agg(tgname::text) FILTER (WHERE tgname ~ '^x_audit' AND tgenabled = 'O'), '{}') AS audited
        FROM pg_class c LEFT JOIN pg_trigger ON tgrelid = c.oid AND NOT tgisinternal
        WHERE relnamespace = 'desk'::regnamespace AND relkind IN ('r', 'p') GROUP BY relname""",
    )
    return {row["relname"]: set(row["audited"]) for row in found}


def test_every_table_is_audited_or_says_why_not(boss: Any) -> None:
    """Whoever adds a table must either audit it, all of insert, update and delete, or give the reason above."""
    everything = {"x_audit_insert", "x_audit_update", "x_audit_delete"}
    found = audit_triggers(boss)
    for table in found.keys() - NOT_AUDITED.keys():
        assert found[table] == ({"x_audit_insert"} if table in ADDED_TO_ONLY else everything), table
    assert {table for table, audited in found.items() if not audited} == NOT_AUDITED.keys()


def test_a_table_or_trigger_left_out_would_be_seen(boss: Any) -> None:
    boss.execute("ALTER TABLE desk.contact DISABLE TRIGGER x_audit_delete")
    with pytest.raises(AssertionError, match="contact"):
        test_every_table_is_audited_or_says_why_not(boss)
    boss.execute("ALTER TABLE desk.contact ENABLE TRIGGER x_audit_delete; CREATE TABLE desk.stray (id int)")
    with pytest.raises(AssertionError, match="stray"):
        test_every_table_is_audited_or_says_why_not(boss)
    boss.execute("DROP TABLE desk.stray")
    test_every_table_is_audited_or_says_why_not(boss)


def test_audited_rows_are_deleted_one_by_one_never_truncated(boss: Any, world: World) -> None:
    for table in ("release_hardware", "setting", "machine_person"):
        with refused("DK020"):
            boss.execute(f"TRUNCATE desk.{table}")
    boss.execute("DELETE FROM desk.release_hardware")
    assert entries(boss, "release_hardware", f"{world.release}/{world.hardware}")[-1]["action"] == "delete"
    boss.execute("INSERT INTO desk.release_hardware VALUES (%s, %s)", (world.release, world.hardware))


def test_entries_and_history_never_hold_private_values(full: Any, boss: Any, ticket: int, world: World) -> None:
    """Whatever is private, may be made private, or tells who a contact is stands in audit_private alone."""
    secrets = {
        "name": "Zhi Wen",
        "title": "Buyer Q",
        "phone": "555-3131",
        "mail": "zw@example.com",
        "note": "ill in May",
    }
    contact = insert(full, "contact", customer_id=world.customer, **secrets)
    update(full, "contact", contact, note="ill in June", phone="555-3232")
    update(full, "ticket", ticket, contact_id=contact)
    insert(full, "comment", ticket_id=ticket, body="ill in July", is_private=True)
    insert(full, "attachment", ticket_id=ticket, name="Zhi Wen.pdf", media_type="text/plain", content=b"x")
    values = [*secrets.values(), "ill in June", "555-3232", "ill in July", "Zhi Wen.pdf"]
    kept = one(boss, "SELECT string_agg(values::text, '') FROM desk.audit_private")
    for table in ("audit_entry", "ticket_event"):
        told = one(boss, f"SELECT string_agg(changes::text, '') FROM desk.{table}")
        assert [value for value in values if value in told] == []
    assert [value for value in values if value not in kept] == []
