"""What the audit screen asks for: every filter beside what it leaves out, pages by key, what a row is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from shared.database import Database
from shared.errors import PermissionDeniedError
from shared.queries.audit import get_audit_choices, get_audit_row, list_audit
from shared.schemas.audit import AuditAction, AuditFilter, AuditListing, AuditRow
from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, one, update


@pytest.fixture
def reader(desk: RunningDesk, world: World) -> Iterator[Database]:
    with closing(desk.database("admin")) as database:
        yield database


@pytest.fixture
def told(raw: Any, world: World) -> int:
    """A ticket with three entries: made and changed at pc-shared by zhao, changed at pc-full by lin."""
    shared, full = raw("shared", person="zhao").cursor(), raw("full").cursor()
    made = insert(shared, "ticket", **world.ticket(subject='The "blue" menu 菜单'))
    update(shared, "ticket", made, severity="major")
    update(full, "ticket", made, next_step="=1+1")
    return made


def found(database: Database, **wanted: Any) -> list[AuditRow]:
    """All entries of a filter, read in pages of two."""
    rows: list[AuditRow] = []
    listing, key = AuditListing(filter=AuditFilter(**wanted)), None
    with database.reading() as conn:
        while True:
            page = list_audit(conn, listing, key, limit=2)
            rows += page.rows
            if (key := page.next_key) is None:
                return rows


def test_each_filter_finds_its_entries_alone(reader: Database, told: int, world: World) -> None:
    mine = {"entity": "ticket", "row_key": str(told)}
    by_lin, severity, made = found(reader, **mine)
    assert [made.action, severity.action, by_lin.action] == ["insert", "update", "update"]
    assert (by_lin.machine, severity.machine) == ("pc-full", "pc-shared")
    assert (by_lin.person_id, severity.person_id) == (world.staff["lin"], world.staff["zhao"])
    assert by_lin.person and by_lin.person != severity.person
    assert severity.changes["severity"] == (None, "major")
    assert found(reader, **mine, machine="pc-full") == [by_lin]
    assert found(reader, **mine, person_id=world.staff["zhao"]) == [severity, made]
    assert found(reader, **mine, action=AuditAction.INSERT) == [made]
    assert found(reader, **mine, field="severity") == [severity]
    assert found(reader, **mine, since=severity.at) == [by_lin, severity]
    assert found(reader, **mine, until=severity.at) == [made]
    assert found(reader, **mine, since=severity.at, until=by_lin.at) == [severity]
    assert found(reader, **mine, text='the "BLUE" menu 菜') == [made]
    assert found(reader, **mine, text="nowhere") == []
    assert [row.id for row in found(reader)][:3] == [by_lin.id, severity.id, made.id]


def test_private_values_are_found_and_shown_to_administrators(reader: Database, full: Any, world: World) -> None:
    contact = insert(full, "contact", customer_id=world.customer, name="Ning", phone="555-7788")
    row = found(reader, entity="contact", row_key=str(contact))[0]
    assert row.changes["phone"] == (None, "555-7788")
    assert "phone" in row.private and "customer_id" not in row.private
    assert not row.is_forgotten
    assert row.label == "Ning"
    assert found(reader, text="555-7788") == [row]
    assert row in found(reader, field="phone")


def test_pages_meet_without_gap(reader: Database, told: int) -> None:
    for descending in (True, False):
        listing, key, met = AuditListing(descending=descending), None, []
        with reader.reading() as conn:
            everything = list_audit(conn, listing, limit=10_000).rows
            while True:
                page = list_audit(conn, listing, key, limit=7)
                met += page.rows
                if (key := page.next_key) is None:
                    break
        assert met == list(everything)
        assert len(met) > 7
        assert [row.at for row in everything] == sorted((row.at for row in everything), reverse=descending)


def test_one_entry_and_what_people_call_its_row(reader: Database, told: int, boss: Any) -> None:
    row = found(reader, entity="ticket", row_key=str(told))[0]
    with reader.reading() as conn:
        assert get_audit_row(conn, row.id) == row
        assert get_audit_row(conn, 2**62) is None
    assert row.label == str(one(boss, "SELECT number FROM desk.ticket WHERE id = %s", told))


def test_what_the_filters_offer(reader: Database, told: int) -> None:
    with reader.reading() as conn:
        choices = get_audit_choices(conn)
    assert {"pc-full", "pc-shared"} <= set(choices.machines)
    assert "postgres" in choices.servers and "postgres" not in choices.machines
    assert {"ticket", "contact", "setting"} <= set(choices.entities)
    assert {"severity", "phone"} <= set(choices.fields)


def test_rows_without_a_name_of_their_own_are_called_by_what_they_belong_to(
    reader: Database, told: int, boss: Any, world: World
) -> None:
    boss.execute("UPDATE desk.field_rule SET help_en = 'x' WHERE id = (SELECT min(id) FROM desk.field_rule)")
    rule = found(reader, entity="field_rule")[0]
    entity, field = one(boss, f"SELECT entity || ' ' || field FROM desk.field_rule WHERE id = {rule.row_key}").split()
    assert rule.label == f"{entity}.{field}"
    bound = found(reader, entity="machine_person")[0]
    machine, person = bound.row_key.split("/")
    assert bound.label == ", ".join((
        one(boss, "SELECT name FROM desk.machine WHERE id = %s", machine),
        one(boss, "SELECT name FROM desk.staff WHERE id = %s", person),
    ))  # fmt: skip
    by_machine = found(reader, entity="ticket", row_key=str(told))[0]
    assert (rule.is_server, by_machine.is_server) == (True, False)


@pytest.mark.parametrize("machine", ["query", "full"])
def test_others_do_not_read_it(desk: RunningDesk, world: World, machine: str) -> None:
    with closing(desk.database(machine)) as database, pytest.raises(PermissionDeniedError), database.reading() as conn:
        list_audit(conn, AuditListing())
