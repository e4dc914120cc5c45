"""The status graph and what each status needs, in the database as in shared.domain."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from shared.domain.status import INITIAL, TRANSITIONS, Status
from tests.integration.database.leasing import is_waiting
from tests.integration.database.races import begun, make_patient
from tests.integration.database.world import World, insert, insert_plain, refused, rows, update
from tests.integration.server.enrolling import wait_until

NEEDS = {
    Status.OPEN: ("assignee_id",),
    Status.WAITING_CUSTOMER: ("assignee_id",),
    Status.WAITING_INTERNAL: ("assignee_id",),
    Status.RESOLVED: ("resolution", "cause", "fixed_in_release_id"),
    Status.DUPLICATE: ("duplicate_of_id",),
}


def complete(world: World, full: Any) -> dict[str, Any]:
    """Values with which a ticket may take any status."""
    return world.ticket(
        assignee_id=world.staff["lin"], resolution="Update", cause="decoder_defect",
        fixed_in_release_id=world.release, duplicate_of_id=insert(full, "ticket", **world.ticket()),
    )  # fmt: skip


def test_the_graph_is_the_domain_s(full: Any) -> None:
    stored = {(row["from_status"], row["to_status"]) for row in rows(full, "SELECT * FROM desk.status_transition")}
    drawn = {("", str(status)) for status in INITIAL}
    drawn |= {(str(status), str(next_)) for status, nexts in TRANSITIONS.items() for next_ in nexts}
    assert stored == drawn


@pytest.mark.parametrize("status", list(Status))
def test_a_ticket_begins_as_new_open_or_resolved(full: Any, world: World, status: Status) -> None:
    values = {**complete(world, full), "status": status}
    if status in INITIAL:
        insert(full, "ticket", **values)
    else:
        with refused("DK014", "status"):
            insert(full, "ticket", **values)


def test_every_step_of_the_graph_passes_and_every_other_is_refused(
    full: Any, boss: Any, importer: Any, world: World
) -> None:
    values = complete(world, full)
    for old, new in itertools.permutations(Status, 2):
        ticket = insert_plain(importer, "ticket", **{**values, "status": old}, origin="seed")
        if new in TRANSITIONS[old]:
            update(full, "ticket", ticket, status=new)
        else:
            with refused("DK014", "status"):
                update(full, "ticket", ticket, status=new)


@pytest.mark.parametrize(("status", "field"), [(s, f) for s, fields in NEEDS.items() for f in fields])
def test_a_transition_needs_its_fields(full: Any, world: World, status: Status, field: str) -> None:
    values = complete(world, full)
    start = {"status": Status.NEW} if status in (Status.OPEN, Status.DUPLICATE) else {"status": Status.OPEN}
    needed = {name: values.pop(name) for name in NEEDS[status]}
    if start["status"] == Status.OPEN:
        values.setdefault("assignee_id", world.staff["lin"])
    ticket = insert(full, "ticket", **{**values, **start})
    if field == "assignee_id" and start["status"] == Status.OPEN:
        with refused("DK010", field):
            update(full, "ticket", ticket, status=status, assignee_id=None)
    else:
        with refused("DK010", field):
            update(full, "ticket", ticket, status=status, **{**needed, field: None})
    update(full, "ticket", ticket, status=status, **needed)


@pytest.mark.parametrize("kind", ["request", "question"])
def test_only_a_problem_needs_cause_and_release(full: Any, world: World, kind: str) -> None:
    insert(full, "ticket", **world.ticket(kind=kind, status="resolved", resolution="Told on the phone"))
    with refused("DK010", "cause"):
        insert(full, "ticket", **world.ticket(status="resolved", resolution="Told on the phone"))


def test_a_resolved_question_that_becomes_a_problem_needs_its_cause(full: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(kind="question", status="resolved", resolution="Told"))
    with refused("DK010", "cause"):
        update(full, "ticket", ticket, kind="problem")
    update(full, "ticket", ticket, kind="problem", cause="decoder_defect", fixed_in_release_id=world.release)


def test_what_a_status_needs_is_not_taken_away_in_it(full: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(status="open", assignee_id=world.staff["lin"]))
    with refused("DK010", "assignee_id"):
        update(full, "ticket", ticket, assignee_id=None)
    update(full, "ticket", ticket, assignee_id=world.staff["sun"])


def test_a_ticket_is_no_duplicate_of_itself(full: Any, ticket: int, world: World) -> None:
    with refused("DK013", "duplicate_of_id"):
        update(full, "ticket", ticket, status="duplicate", duplicate_of_id=ticket)
    update(full, "ticket", ticket, status="duplicate", duplicate_of_id=insert(full, "ticket", **world.ticket()))


def test_tickets_are_no_duplicates_of_each_other(full: Any, ticket: int, world: World) -> None:
    second, third = (insert(full, "ticket", **world.ticket()) for _ in range(2))
    update(full, "ticket", second, status="duplicate", duplicate_of_id=ticket)
    update(full, "ticket", third, status="duplicate", duplicate_of_id=second)
    for last in (second, third):
        with refused("DK013", "duplicate_of_id"):
            update(full, "ticket", ticket, status="duplicate", duplicate_of_id=last)
    update(full, "ticket", ticket, status="duplicate", duplicate_of_id=insert(full, "ticket", **world.ticket()))


def test_two_who_close_a_circle_at_once_are_one_too_many(
    full: Any, full2: Any, boss: Any, ticket: int, world: World
) -> None:
    second = insert(full, "ticket", **world.ticket())
    make_patient(full2.connection)

    def close_the_circle() -> str:
        with refused("DK013", "duplicate_of_id"):
            update(full2, "ticket", second, status="duplicate", duplicate_of_id=ticket)
        return "refused"

    full.execute("BEGIN")
    update(full, "ticket", ticket, status="duplicate", duplicate_of_id=second)
    pid = full2.connection.info.backend_pid
    other = begun(close_the_circle)
    wait_until(lambda: is_waiting(boss, pid) or other.done(), 30)
    assert not other.done()  # it waits for what this one does
    full.execute("COMMIT")
    assert other.result(30) == "refused"


def test_an_imported_circle_is_not_followed_for_ever(
    full: Any, boss: Any, importer: Any, ticket: int, world: World
) -> None:
    circle = [
        insert_plain(importer, "ticket", **world.ticket(origin="import", import_source="s", external_id=name))
        for name in ("circle-1", "circle-2")
    ]
    for one_, other in (circle, circle[::-1]):
        importer.execute("UPDATE desk.ticket SET duplicate_of_id = %s WHERE id = %s", (other, one_))
    with refused("DK013", "duplicate_of_id"):
        update(full, "ticket", ticket, status="duplicate", duplicate_of_id=circle[0])
    importer.execute("UPDATE desk.ticket SET duplicate_of_id = NULL WHERE id = %s", (circle[1],))
    update(full, "ticket", ticket, status="duplicate", duplicate_of_id=circle[0])


def test_one_waits_for_a_person_or_a_department_not_for_both(full: Any, ticket: int, world: World) -> None:
    person, department = world.staff["sun"], world.department["rd"]
    with refused("23514"):
        update(full, "ticket", ticket, waiting_for_staff_id=person, waiting_for_department_id=department)
    update(full, "ticket", ticket, waiting_for_department_id=department)
