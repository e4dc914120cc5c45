"""Portions of rows through the service: one round trip each, typed errors, two who change the same rows at once."""

from __future__ import annotations

import threading
import uuid
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event

from shared.errors import (
    BusyError,
    ConflictError,
    DeskError,
    LeaseLostError,
    NotFoundError,
    PermissionDeniedError,
    TransitionError,
)
from shared.queries.bulk import name_rows, row_values
from shared.schemas.bulk import RowResult, RowSave, RowState
from shared.services.bulk import PORTION, save_rows
from tests.desks import RunningDesk
from tests.integration.database.world import World, fill, insert, one, update
from tests.integration.server.enrolling import wait_until


@pytest.fixture(scope="module")
def world(desk: RunningDesk) -> World:
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        return fill(cursor)


@pytest.fixture
def full(world: World, raw: Any) -> Any:
    return raw("full").cursor()


def row(ticket: int, version: int = 1, **values: Any) -> RowSave:
    return RowSave(ticket, version, uuid.uuid4(), values)


def test_errors_are_typed_and_name_the_field(desk: RunningDesk, world: World, full: Any, raw: Any) -> None:
    tickets = [insert(full, "ticket", **world.ticket()) for _ in range(5)]
    other = raw("full2").cursor()
    update(other, "ticket", tickets[0], subject="Moved on")
    other.execute("SELECT desk.lease_take('ticket', %s)", (tickets[1],))
    rows = [
        row(tickets[0], next_step="x"), row(tickets[1], next_step="x"),
        row(tickets[2], status="waiting_customer", assignee_id=world.staff["lin"]),
        row(99_999_999, next_step="x"), row(tickets[3], next_step="x", next_step_at="2026-03-01T10:00:00+08:00"),
    ]  # fmt: skip
    with closing(desk.database("full")) as database, database.reading() as conn:
        told = {result.id: result for result in save_rows(conn, "ticket", rows)}
        assert {one_: type(told[one_].error) for one_ in told} == {
            tickets[0]: ConflictError, tickets[1]: LeaseLostError, tickets[2]: TransitionError,
            99_999_999: NotFoundError, tickets[3]: type(None),
        }  # fmt: skip
        assert told[tickets[1]].machine == "pc-full2"
        assert getattr(told[tickets[2]].error, "field", None) == "status"
        assert told[tickets[3]].before == {"next_step": None, "next_step_at": None}
        again = save_rows(conn, "ticket", rows[-1:])
        assert [result.state for result in again] == [RowState.ALREADY]
    with closing(desk.database("full")) as database, pytest.raises(PermissionDeniedError), database.reading() as conn:
        save_rows(conn, "product", [row(world.product, name="x")])


def test_a_portion_is_one_round_trip_and_so_is_what_is_read_before(desk: RunningDesk, world: World, full: Any) -> None:
    tickets = [insert(full, "ticket", **world.ticket()) for _ in range(PORTION)]
    with closing(desk.database("full")) as database:
        statements: list[str] = []
        event.listen(database._engine, "before_cursor_execute", lambda _c, _k, text, *_: statements.append(text))
        with database.reading() as conn:
            names = name_rows(conn, "ticket", list(reversed(tickets)))
            had = row_values(conn, "ticket", tickets, ["priority", "deleted_at"])
            results = save_rows(conn, "ticket", [row(name.id, name.row_version, priority="low") for name in names])
        assert len(statements) == 3
    assert [name.id for name in names] == list(reversed(tickets))
    assert {name.title for name in names} == {"Garbled picture after the update"}
    assert had[tickets[0]] == (1, {"priority": "high", "deleted_at": None})
    assert {result.state for result in results} == {RowState.OK}


def test_deleted_rows_have_no_name(desk: RunningDesk, world: World, full: Any) -> None:
    tickets = [insert(full, "ticket", **world.ticket()) for _ in range(2)]
    update(full, "ticket", tickets[0], deleted_at="now")
    with closing(desk.database("full")) as database, database.reading() as conn:
        assert [name.id for name in name_rows(conn, "ticket", tickets)] == [tickets[1]]


def test_two_in_opposite_orders_meet_no_deadlock(desk: RunningDesk, world: World, full: Any, owner: Any) -> None:
    """Both send all portions at once, one forwards and one backwards; each row is changed by exactly one of them."""
    tickets = [insert(full, "ticket", **world.ticket()) for _ in range(4 * PORTION)]
    boss = owner.cursor()
    before = one(boss, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'desk'")
    told: dict[str, list[RowResult]] = {"full": [], "full2": []}
    faults: list[DeskError] = []
    start = threading.Barrier(2)

    def work(machine: str, order: list[int]) -> None:
        with closing(desk.database(machine)) as database, database.reading() as conn:
            start.wait(30)
            try:
                for at in range(0, len(order), PORTION):
                    portion = [row(ticket, next_step=machine) for ticket in order[at : at + PORTION]]
                    told[machine] += save_rows(conn, "ticket", portion)
            except DeskError as error:
                faults.append(error)

    threads = [
        threading.Thread(target=work, args=arguments) for arguments in (("full", tickets), ("full2", tickets[::-1]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    done = [result.id for results in told.values() for result in results if result.state is RowState.OK]
    assert sorted(done) == tickets
    refused = {type(result.error) for results in told.values() for result in results if result.error is not None}
    assert refused <= {ConflictError, BusyError}
    full.connection.close()
    # a session's last figures are there when it has ended
    wait_until(lambda: not one(boss, "SELECT count(*) FROM pg_stat_activity WHERE usename ~ '^m_pc-full2?$'"))
    assert one(boss, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'desk'") == before
