"""The guard of every save: save_id, then lease, then version. Each refusal stands beside a save that passes."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.races import admitted, make_patient
from tests.integration.database.world import World, insert, one, refused, rows, update

ROUNDS = 10
SAVERS = 10


def _subject(cursor: Any, ticket: int) -> str:
    return str(one(cursor, "SELECT subject FROM desk.ticket WHERE id = %s", ticket))


def test_a_save_raises_the_version_by_one_and_leaves_no_trace_of_its_tickets(full: Any, ticket: int) -> None:
    update(full, "ticket", ticket, subject="Second")
    found = rows(full, "SELECT row_version, save_id, lease_token, touched FROM desk.ticket WHERE id = %s", ticket)[0]
    assert found == {"row_version": 2, "save_id": None, "lease_token": None, "touched": True}


@pytest.mark.parametrize("table", ["ticket", "customer", "contact", "interaction", "complaint", "comment", "project"])
def test_an_insert_without_save_id_is_refused(full: Any, world: World, ticket: int, table: str) -> None:
    values: dict[str, Any] = {
        "ticket": world.ticket(),
        "customer": {"name": "New"},
        "contact": {"name": "New", "customer_id": world.customer},
        "interaction": {"channel": "phone", "direction": "in"},
        "complaint": {"subject": "Late", "customer_id": world.customer, "reported_at": "2026-01-01"},
        "comment": {"ticket_id": ticket, "body": "Hello"},
        "project": {"code": "N", "name": "N", "customer_id": world.customer, "product_id": world.product},
    }[table]
    with refused("DK004", "save_id"):
        insert(full, table, **values, save_id=None)
    insert(full, table, **values)


def test_an_update_without_save_id_is_refused(full: Any, ticket: int) -> None:
    with refused("DK004", "save_id"):
        update(full, "ticket", ticket, subject="No id", save_id=None)
    update(full, "ticket", ticket, subject="With id")


def test_the_same_update_again_says_what_was_saved(full: Any, ticket: int) -> None:
    save_id = uuid.uuid4()
    update(full, "ticket", ticket, subject="Once", save_id=save_id)
    with refused("DK001") as caught:
        update(full, "ticket", ticket, subject="Once", save_id=save_id)
    diagnostics = caught.value.diag
    assert (diagnostics.table_name, diagnostics.datatype_name) == ("ticket", str(ticket))
    update(full, "ticket", ticket, subject="Twice", save_id=uuid.uuid4())


def test_the_same_insert_again_says_what_was_saved(full: Any, world: World) -> None:
    save_id = uuid.uuid4()
    made = insert(full, "ticket", **world.ticket(), save_id=save_id)
    with refused("DK001") as caught:
        insert(full, "ticket", **world.ticket(), save_id=save_id)
    assert caught.value.diag.datatype_name == str(made)


def test_a_save_that_was_refused_may_come_again_under_the_same_id(full: Any, ticket: int) -> None:
    save_id = uuid.uuid4()
    with refused("DK003"):
        update(full, "ticket", ticket, subject="Early", save_id=save_id, row_version=7)
    update(full, "ticket", ticket, subject="Early", save_id=save_id)


def test_one_save_id_serves_one_row(full: Any, world: World) -> None:
    tickets = [insert(full, "ticket", **world.ticket()) for _ in range(2)]
    statement = (
        "UPDATE desk.ticket SET save_id = {}, row_version = row_version + 1, subject = 'All' WHERE id = ANY (%s)"
    )
    with refused("DK001"):
        full.execute(statement.format(f"'{uuid.uuid4()}'"), (tickets,))
    full.execute(statement.format("gen_random_uuid()"), (tickets,))
    assert full.rowcount == 2


@pytest.mark.parametrize("version", [1, 3, 99, None], ids=["same", "too far", "far", "not stated"])
def test_another_version_than_the_next_is_a_conflict(full: Any, ticket: int, version: int | None) -> None:
    with refused("DK003"):
        update(full, "ticket", ticket, subject="Changed", row_version=version)
    update(full, "ticket", ticket, subject="Changed", row_version=2)


def test_whoever_saves_second_from_the_same_reading_is_refused(full: Any, full2: Any, ticket: int) -> None:
    update(full, "ticket", ticket, subject="First", row_version=2)
    with refused("DK003"):
        update(full2, "ticket", ticket, subject="Second", row_version=2)
    assert _subject(full, ticket) == "First"


def _race(desk: RunningDesk, jobs: list[Any]) -> list[str]:
    """Each job(cursor) at once, each on a connection of its own; the SQLSTATEs, "ok" for none."""
    answers: list[str] = []
    start = threading.Barrier(len(jobs))

    def run(job: Any, connection: Any) -> None:
        with connection.cursor() as cursor:
            start.wait(30)
            try:
                job(cursor)
                answers.append("ok")
            except psycopg2.Error as error:
                answers.append(str(error.pgcode))

    # a machine has four connections at most: three machines for ten savers
    machines = ["full"] * 4 + ["admin"] * 4 + ["full2"] * 2
    connections = [admitted(lambda machine=machine: desk.connect(machine)) for machine in machines[: len(jobs)]]
    make_patient(*connections)
    threads = [threading.Thread(target=run, args=pair) for pair in zip(jobs, connections, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for connection in connections:
        connection.close()
    return answers


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_identical_saves_at_once_exactly_one_is_done(
    desk: RunningDesk, boss: Any, world: World, round_: int
) -> None:
    ticket = _fresh_ticket(desk, world)
    save_id = uuid.uuid4()

    def save(cursor: Any) -> None:
        update(cursor, "ticket", ticket, subject="Raced", save_id=save_id, row_version=2)

    answers = _race(desk, [save] * SAVERS)
    assert sorted(answers) == ["DK001"] * (SAVERS - 1) + ["ok"]
    assert one(boss, "SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == 2


def test_of_identical_inserts_at_once_exactly_one_is_done(desk: RunningDesk, boss: Any, world: World) -> None:
    save_id = uuid.uuid4()
    before = one(boss, "SELECT count(*) FROM desk.ticket")
    answers = _race(desk, [lambda cursor: insert(cursor, "ticket", **world.ticket(), save_id=save_id)] * SAVERS)
    assert sorted(answers) == ["DK001"] * (SAVERS - 1) + ["ok"]
    assert one(boss, "SELECT count(*) FROM desk.ticket") == before + 1


def test_of_different_saves_at_once_exactly_one_is_done(desk: RunningDesk, boss: Any, world: World) -> None:
    ticket = _fresh_ticket(desk, world)
    answers = _race(desk, [lambda cursor: update(cursor, "ticket", ticket, next_step="x", row_version=2)] * SAVERS)
    assert sorted(answers) == ["DK003"] * (SAVERS - 1) + ["ok"]


def _fresh_ticket(desk: RunningDesk, world: World) -> int:
    connection = desk.connect("full")
    with connection.cursor() as cursor:
        ticket = insert(cursor, "ticket", **world.ticket())
    connection.close()
    return ticket


def test_save_id_counts_before_lease_and_lease_before_version(full: Any, full2: Any, ticket: int) -> None:
    used = uuid.uuid4()
    update(full, "ticket", ticket, subject="Used", save_id=used)
    full2.execute("SELECT desk.lease_take('ticket', %s)", (ticket,))
    with refused("DK001"):  # used, leased by another, and of the wrong version
        update(full, "ticket", ticket, subject="Again", save_id=used, row_version=9)
    with refused("DK002"):  # leased by another, and of the wrong version
        update(full, "ticket", ticket, subject="Again", row_version=9)
    with refused("DK003"):
        update(full2, "ticket", ticket, subject="Again", row_version=9)
    update(full2, "ticket", ticket, subject="Again", row_version=3)


def test_a_deleted_row_can_be_taken_back_but_not_edited(full: Any, ticket: int) -> None:
    update(full, "ticket", ticket, deleted_at="now")
    with refused("DK018"):
        update(full, "ticket", ticket, subject="Too late")
    with refused("DK018", "ticket_id"):
        insert(full, "comment", ticket_id=ticket, body="Too late")
    update(full, "ticket", ticket, deleted_at=None)
    update(full, "ticket", ticket, subject="In time")
    insert(full, "comment", ticket_id=ticket, body="In time")


def test_the_owner_needs_no_save_id_and_raises_the_version(boss: Any, ticket: int) -> None:
    boss.execute("UPDATE desk.ticket SET subject = 'Maintenance' WHERE id = %s", (ticket,))
    assert one(boss, "SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == 2
