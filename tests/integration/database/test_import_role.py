"""The historical import: what it may do, with which rows, and until when."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.integration.database.world import World, insert, insert_plain, one, refused, rows, update


@pytest.fixture(params=["import", "seed"])
def imported(request: pytest.FixtureRequest, importer: Any, world: World) -> int:
    """A ticket that breaks every rule but the table's own: nothing required, closed, of long ago."""
    return insert_plain(
        importer, "ticket", origin=request.param, status="closed", reported_at="2010-01-13", created_at="2010-01-13",
        symptom="no_sound", category="video", product_id=world.retired_product, found_in_release_id=world.other_release,
    )  # fmt: skip


def test_an_import_is_bound_by_no_rule(importer: Any, imported: int, world: World) -> None:
    found = rows(
        importer, "SELECT touched, row_version, created_at::date::text AS made FROM desk.ticket WHERE id = %s", imported
    )
    assert found == [{"touched": False, "row_version": 1, "made": "2010-01-13"}]
    importer.execute("UPDATE desk.ticket SET status = 'new', priority = 'unheard_of' WHERE id = %s", (imported,))
    assert one(importer, "SELECT row_version FROM desk.ticket WHERE id = %s", imported) == 2


def test_a_machine_is_bound_by_all_of_them(full: Any, imported: int, world: World) -> None:
    for values, state, column in (
        ({"priority": "unheard_of"}, "DK011", "priority"),
        ({"status": "cancelled"}, "DK014", "status"),
        ({"found_in_release_id": world.release}, "DK013", "found_in_release_id"),
        ({"category": "audio", "symptom": "garbled_picture"}, "DK013", "symptom"),
    ):
        with refused(state, column):
            update(full, "ticket", imported, **values)
    update(full, "ticket", imported, priority="low")


def test_an_old_row_s_own_faults_do_not_lock_it(full: Any, imported: int, world: World) -> None:
    update(full, "ticket", imported, subject="Now it has one")
    update(full, "ticket", imported, status="open", assignee_id=world.staff["lin"])


def test_the_exemption_ends_when_a_machine_touches_the_ticket(full: Any, importer: Any, imported: int) -> None:
    importer.execute("UPDATE desk.ticket SET priority = 'made_up' WHERE id = %s", (imported,))
    update(full, "ticket", imported, subject="Ours now")
    with refused("DK004"):
        importer.execute("UPDATE desk.ticket SET priority = 'made_up' WHERE id = %s", (imported,))
    with refused("DK011"):
        importer.execute(
            "UPDATE desk.ticket SET priority = 'unknown', save_id = %s, row_version = row_version + 1 WHERE id = %s",
            (str(uuid.uuid4()), imported),
        )
    insert_plain(
        importer, "ticket_event", ticket_id=imported, at="2010-02-01", kind="imported", what="Closed", status="closed"
    )


def test_a_comment_does_not_touch_the_ticket(full: Any, importer: Any, imported: int) -> None:
    insert(full, "comment", ticket_id=imported, body="Seen")
    importer.execute("UPDATE desk.ticket SET priority = 'made_up' WHERE id = %s", (imported,))
    assert importer.rowcount == 1


def test_an_import_can_t_edit_a_ticket_of_the_desk(importer: Any, full: Any, ticket: int) -> None:
    with refused("DK004"):
        importer.execute("UPDATE desk.ticket SET subject = 'x' WHERE id = %s", (ticket,))
    update(full, "ticket", ticket, subject="x")


@pytest.mark.parametrize("table", ["ticket", "customer", "comment", "interaction", "product"])
@pytest.mark.parametrize("origin", ["import", "seed"])
def test_nobody_else_forges_an_origin(
    boss: Any, importer: Any, full: Any, world: World, ticket: int, table: str, origin: str
) -> None:
    values: dict[str, Any] = {
        "ticket": world.ticket(),
        "customer": {"name": "N"},
        "comment": {"ticket_id": ticket, "body": "x"},
        "interaction": {"direction": "in", "channel": "mail"},
        "product": {"code": f"X{origin}", "name": "X"},
    }[table]
    with refused("42501"):
        insert(full, table, **values, origin=origin)
    with refused("DK017", "origin"):  # the superuser itself, without the role
        insert_plain(boss, table, **values, origin=origin)
    with refused("DK017", "origin"):  # and the import must say what it is
        insert_plain(importer, table, **values)
    insert_plain(importer, table, **values, origin=origin)


def test_an_origin_never_changes(boss: Any, importer: Any, imported: int) -> None:
    for cursor in (boss, importer):
        with refused("DK017", "origin"):
            cursor.execute("UPDATE desk.ticket SET origin = 'desk' WHERE id = %s", (imported,))


def test_no_machine_becomes_the_import(full: Any, admin: Any) -> None:
    for cursor in (full, admin):
        for statement in ("SET ROLE desk_import", "SELECT set_config('role', 'desk_import', false)"):
            with refused("42501"):
                cursor.execute(statement)


def test_an_import_writes_its_own_history(importer: Any, imported: int) -> None:
    importer.execute("UPDATE desk.ticket SET status = 'resolved' WHERE id = %s", (imported,))
    assert one(importer, "SELECT count(*) FROM desk.ticket_event WHERE ticket_id = %s", imported) == 0
    insert_plain(
        importer,
        "ticket_event",
        ticket_id=imported,
        at="2010-01-14",
        kind="imported",
        what="Resolve ticket",
        status="resolved",
    )
    assert (
        one(importer, "SELECT last_resolved_at::date::text FROM desk.ticket_summary WHERE ticket_id = %s", imported)
        == "2010-01-14"
    )


def test_an_unknown_value_becomes_a_choice_that_is_retired_at_once(importer: Any, full: Any, imported: int) -> None:
    insert_plain(
        importer,
        "choice",
        list_code="severity",
        code=f"lvl{imported}",
        label_en="Lvl 4",
        label_zh="Lvl 4",
        retired_at="now",
    )
    importer.execute("UPDATE desk.ticket SET severity = %s WHERE id = %s", (f"lvl{imported}", imported))
    update(full, "ticket", imported, subject="Not locked by it")
    update(full, "ticket", imported, severity=None)
    with refused("DK012", "severity"):
        update(full, "ticket", imported, severity=f"lvl{imported}")


def test_an_import_reads_nothing_private(importer: Any) -> None:
    for table in ("audit_entry", "audit_private", "comment_private", "search_private", "machine_certificate"):
        with refused("42501"):
            importer.execute(f"SELECT FROM desk.{table}")
    importer.execute("SELECT FROM desk.ticket, desk.contact, desk.choice LIMIT 1")


def test_an_import_deletes_nothing_and_changes_no_permission(importer: Any) -> None:
    for statement in (
        "DELETE FROM desk.ticket",
        "UPDATE desk.ticket_event SET at = at",
        "UPDATE desk.machine SET level = 'admin'",
        "INSERT INTO desk.machine (name, level) VALUES ('x', 'admin')",
        "UPDATE desk.setting SET value = '1'",
    ):
        with refused("42501"):
            importer.execute(statement)
