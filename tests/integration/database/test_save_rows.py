"""Many rows in one call: each has a result of its own, under the same guard, lease, rules and rights as one save."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, one, refused, rows, update
from tests.integration.server.enrolling import wait_until


def save(cursor: Any, entity: str, *wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Call desk.save_rows; a save_id of its own for each row that states none."""
    given = [{"save_id": str(uuid.uuid4()), **row} for row in wanted]
    return rows(cursor, "SELECT * FROM desk.save_rows(%s, %s)", entity, json.dumps(given))


def row(ticket: int, version: int = 1, **values: Any) -> dict[str, Any]:
    return {"id": ticket, "row_version": version, "values": values}


def stored(cursor: Any, ticket: int) -> dict[str, Any]:
    return rows(cursor, "SELECT * FROM desk.ticket WHERE id = %s", ticket)[0]


@pytest.fixture
def tickets(full: Any, world: World) -> list[int]:
    return [insert(full, "ticket", **world.ticket(next_step=f"Step {place}")) for place in range(5)]


def test_all_rows_are_saved_in_the_order_of_their_ids(full: Any, tickets: list[int]) -> None:
    answers = save(full, "ticket", *(row(ticket, priority="urgent") for ticket in reversed(tickets)))
    assert [answer["id"] for answer in answers] == sorted(tickets)
    for answer in answers:
        assert (answer["state"], answer["sqlstate"], answer["row_version"]) == ("ok", None, 2)
        assert answer["before"] == {"priority": "high"}
        found = stored(full, answer["id"])
        assert (found["priority"], found["row_version"], found["save_id"]) == ("urgent", 2, None)


def test_a_row_that_fails_undoes_none_of_the_others(full: Any, full2: Any, world: World, tickets: list[int]) -> None:
    update(full2, "ticket", tickets[0], subject="Changed elsewhere")
    full2.execute("SELECT desk.lease_take('ticket', %s)", (tickets[1],))
    update(full, "ticket", tickets[2], deleted_at="now")
    answers = save(
        full, "ticket",
        row(tickets[0], priority="urgent"), row(tickets[1], priority="urgent"),
        row(tickets[2], 2, priority="urgent"), row(tickets[3], priority="mad"), row(tickets[4], priority="urgent"),
        row(99_999_999, priority="urgent"),
    )  # fmt: skip
    told = [(answer["state"], answer["sqlstate"], answer["field"], answer["row_version"]) for answer in answers]
    assert told == [
        ("failed", "DK003", "row_version", 2),
        ("failed", "DK002", "lease_token", 1),
        ("failed", "DK018", None, 2),
        ("failed", "DK011", "priority", 1),
        ("ok", None, None, 2),
        ("failed", "DK018", None, None),
    ]
    assert [answer["before"] is None for answer in answers] == [True, True, True, True, False, True]
    name = one(full, "SELECT name FROM desk.staff WHERE code = 'sun'")
    assert [(answer["machine"], answer["person"]) for answer in answers[:3]] == [
        (None, None), ("pc-full2", name), (None, None),
    ]  # fmt: skip
    assert stored(full, tickets[0])["priority"] == stored(full, tickets[1])["priority"] == "high"
    full2.execute("SELECT desk.lease_take('ticket', %s)", (tickets[1],))
    token = one(full2, "SELECT token FROM desk.lease_take('ticket', %s)", tickets[1])
    (mine,) = save(full2, "ticket", {**row(tickets[1], priority="urgent"), "lease_token": token})
    assert mine["state"] == "ok"


def test_the_same_save_again_is_already_done(full: Any, tickets: list[int]) -> None:
    wanted = [{**row(ticket, priority="urgent"), "save_id": str(uuid.uuid4())} for ticket in tickets]
    assert {answer["state"] for answer in save(full, "ticket", *wanted)} == {"ok"}
    again = save(full, "ticket", *wanted)
    assert {(answer["state"], answer["row_version"], answer["before"] is None) for answer in again} == {
        ("already", 2, True)
    }
    assert {stored(full, ticket)["row_version"] for ticket in tickets} == {2}


def test_the_save_id_of_another_row_is_no_save_of_this_one(full: Any, tickets: list[int]) -> None:
    used = str(uuid.uuid4())
    save(full, "ticket", {**row(tickets[0], priority="urgent"), "save_id": used})
    (answer,) = save(full, "ticket", {**row(tickets[1], priority="urgent"), "save_id": used})
    assert (answer["state"], answer["sqlstate"]) == ("failed", "DK001")
    assert stored(full, tickets[1])["priority"] == "high"


def test_a_refused_row_may_come_again_under_its_save_id(full: Any, tickets: list[int]) -> None:
    wanted = {**row(tickets[0], 7, priority="urgent"), "save_id": str(uuid.uuid4())}
    assert save(full, "ticket", wanted)[0]["sqlstate"] == "DK003"
    assert save(full, "ticket", {**wanted, "row_version": 1})[0]["state"] == "ok"


def test_a_row_without_save_id_is_refused(full: Any, tickets: list[int]) -> None:
    (answer,) = save(full, "ticket", {**row(tickets[0], priority="urgent"), "save_id": None})
    assert (answer["state"], answer["sqlstate"], answer["field"]) == ("failed", "DK004", "save_id")


def test_a_change_of_status_obeys_the_graph_row_by_row(full: Any, world: World, tickets: list[int]) -> None:
    save(full, "ticket", row(tickets[1], status="open", assignee_id=world.staff["lin"]))
    answers = save(
        full, "ticket", row(tickets[0], status="waiting_customer", assignee_id=world.staff["lin"]),
        row(tickets[1], 2, status="waiting_customer"),
    )  # fmt: skip
    assert [(answer["state"], answer["sqlstate"], answer["field"]) for answer in answers] == [
        ("failed", "DK014", "status"),
        ("ok", None, None),
    ]
    assert rows(full, "SELECT status FROM desk.ticket_event WHERE ticket_id = %s ORDER BY id", tickets[1])[-1] == {
        "status": "waiting_customer"
    }
    (lacking,) = save(full, "ticket", row(tickets[1], 3, status="resolved"))
    assert (lacking["state"], lacking["sqlstate"]) == ("failed", "DK010")


def test_what_was_before_takes_it_all_back(full: Any, world: World, tickets: list[int]) -> None:
    changed = {"next_step": "Ask", "next_step_at": "2026-03-01T10:00:00+00:00", "assignee_id": world.staff["lin"]}
    before = stored(full, tickets[0])
    (answer,) = save(full, "ticket", row(tickets[0], **changed))
    (undone,) = save(full, "ticket", {"id": tickets[0], "row_version": 2, "values": answer["before"]})
    assert undone["state"] == "ok"
    now = stored(full, tickets[0])
    volatile = {"row_version", "updated_at", "touched"}
    assert {k: v for k, v in now.items() if k not in volatile} == {k: v for k, v in before.items() if k not in volatile}


def test_a_row_is_deleted_and_taken_back(full: Any, tickets: list[int]) -> None:
    (gone,) = save(full, "ticket", row(tickets[0], deleted_at="2001-01-01T00:00:00Z"))
    assert gone["state"] == "ok" and gone["before"] == {"deleted_at": None}
    assert stored(full, tickets[0])["deleted_at"].year > 2001  # the desk's own clock
    (back,) = save(full, "ticket", row(tickets[0], 2, deleted_at=None))
    assert back["state"] == "ok" and stored(full, tickets[0])["deleted_at"] is None


def test_any_entity_that_the_machine_may_write(full: Any, admin: Any, world: World) -> None:
    version = one(full, "SELECT row_version FROM desk.customer WHERE id = %s", world.customer)
    (answer,) = save(full, "customer", row(world.customer, version, country="China"))
    assert answer["state"] == "ok" and answer["before"] == {"country": None}
    with refused("42501"):
        save(full, "product", row(world.product, 1, name="Mine"))
    version = one(full, "SELECT row_version FROM desk.product WHERE id = %s", world.product)
    assert save(admin, "product", row(world.product, version, name="STB-300"))[0]["state"] == "ok"


def test_a_locked_row_does_not_hold_up_the_others_for_long(
    full: Any, desk: RunningDesk, raw: Any, tickets: list[int]
) -> None:
    holder = raw("full2", autocommit=False).cursor()
    holder.execute("SELECT FROM desk.ticket WHERE id = %s FOR UPDATE", (tickets[0],))
    answers = save(full, "ticket", *(row(ticket, priority="urgent") for ticket in tickets[:2]))
    assert [(answer["state"], answer["sqlstate"]) for answer in answers] == [("failed", "55P03"), ("ok", None)]
    holder.connection.rollback()
    assert save(full, "ticket", row(tickets[0], priority="urgent"))[0]["state"] == "ok"


def test_two_calls_in_opposite_orders_meet_no_deadlock(desk: RunningDesk, world: World, full: Any, boss: Any) -> None:
    """The rows are locked by id: the second call waits for the first and finds every row changed."""
    many = [insert(full, "ticket", **world.ticket()) for _ in range(40)]
    before = one(boss, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'desk'")
    for attempt in range(3):
        answers: dict[str, list[dict[str, Any]]] = {}
        start = threading.Barrier(2)
        versions = dict(rows_of(full, many))

        def work(machine: str, order: list[int], versions: dict[int, int], start: threading.Barrier,
                 answers: dict[str, list[dict[str, Any]]], word: str) -> None:  # fmt: skip
            connection = desk.connect(machine)
            with connection.cursor() as cursor:
                start.wait(30)
                answers[machine] = save(
                    cursor, "ticket", *(row(ticket, versions[ticket], next_step=word) for ticket in order)
                )
            connection.close()

        threads = [
            threading.Thread(target=work, args=(machine, order, versions, start, answers, f"{machine} {attempt}"))
            for machine, order in (("full", many), ("full2", many[::-1]))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        done = {machine: [one_["state"] for one_ in told].count("ok") for machine, told in answers.items()}
        assert sum(done.values()) == len(many), answers
        assert {one_["sqlstate"] for told in answers.values() for one_ in told} <= {None, "DK003", "55P03"}
    assert one(boss, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'desk'") == before


def rows_of(cursor: Any, ids: list[int]) -> list[tuple[int, int]]:
    cursor.execute("SELECT id, row_version FROM desk.ticket WHERE id = ANY (%s)", (ids,))
    return list(cursor.fetchall())


def test_a_call_that_is_cut_is_not_saved_by_half(full: Any, raw: Any, tickets: list[int]) -> None:
    wanted = json.dumps([{**row(ticket, priority="urgent"), "save_id": str(uuid.uuid4())} for ticket in tickets])
    cut = raw("full", autocommit=False)
    cut.cursor().execute("SELECT * FROM desk.save_rows('ticket', %s)", (wanted,))
    session = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    pid = cut.info.backend_pid
    assert one(full, session, pid) == 1
    cut.close()
    wait_until(lambda: one(full, session, pid) == 0, 30)  # until then it has the rows locked
    assert {stored(full, ticket)["priority"] for ticket in tickets} == {"high"}
    answers = rows(full, "SELECT * FROM desk.save_rows('ticket', %s)", wanted)
    assert {answer["state"] for answer in answers} == {"ok"}


def test_a_query_machine_may_not_call_it(query: Any, full: Any, tickets: list[int]) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        save(query, "ticket", row(tickets[0], priority="urgent"))
    assert save(full, "ticket", row(tickets[0], priority="urgent"))[0]["state"] == "ok"
