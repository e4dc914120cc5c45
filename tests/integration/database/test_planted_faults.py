"""The three guards, taken out one by one on a copy of the desk: each time the very thing that it prevents happens.

So the tests of the guard fail where the guard fails, and none of the three hides behind another.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.races import admitted, make_patient
from tests.integration.database.world import fill, insert, one, refused, update


@pytest.fixture
def plant(boss: Any) -> Iterator[Any]:
    """``plant("use_save_id")`` takes the checks out of that function; put back after the test."""
    kept: list[str] = []

    def take_out(name: str, signature: str, body: str) -> None:
        kept.append(one(boss, "SELECT pg_get_functiondef(%s::regproc)", f"desk.{name}"))
        boss.execute(
            f"CREATE OR REPLACE FUNCTION desk.{name}({signature}) RETURNS void LANGUAGE plpgsql AS $$ {body} $$"
        )

    yield take_out
    for definition in kept:
        boss.execute(definition)


def _save_at_once(desk: RunningDesk, ticket: int, save_id: uuid.UUID) -> list[str]:
    answers: list[str] = []
    start = threading.Barrier(4)

    def run(connection: Any) -> None:
        with connection.cursor() as cursor:
            start.wait(30)
            try:
                cursor.execute(
                    "UPDATE desk.ticket SET save_id = %s, row_version = row_version + 1, next_step = 'x' WHERE id = %s",
                    (str(save_id), ticket),
                )
                answers.append("ok")
            except psycopg2.Error as error:
                answers.append(str(error.pgcode))

    connections = [admitted(lambda: desk.connect("full2")) for _ in range(4)]
    make_patient(*connections)
    threads = [threading.Thread(target=run, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for connection in connections:
        connection.close()
    return sorted(answers)


def test_without_the_check_of_save_ids_a_save_is_done_twice(
    desk: RunningDesk, boss: Any, ticket: int, plant: Any
) -> None:
    assert _save_at_once(desk, ticket, uuid.uuid4()) == ["DK001"] * 3 + ["ok"]
    plant("use_save_id", "used uuid, saved_entity text, saved_id bigint", "BEGIN END")
    assert _save_at_once(desk, ticket, uuid.uuid4()) == ["ok"] * 4


def test_without_the_check_of_leases_another_saves_into_an_open_form(
    full: Any, full2: Any, ticket: int, plant: Any
) -> None:
    full.execute("SELECT desk.lease_take('ticket', %s)", (ticket,))
    with refused("DK002"):
        update(full2, "ticket", ticket, subject="Over it")
    plant("check_lease", "saved_entity text, saved_id bigint, stated_token bigint", "BEGIN END")
    update(full2, "ticket", ticket, subject="Over it")


def test_without_the_check_of_versions_an_update_is_lost(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    update(full, "ticket", ticket, subject="First", row_version=2)
    with refused("DK003"):
        update(full2, "ticket", ticket, subject="Second", row_version=2)
    definition = one(boss, "SELECT pg_get_functiondef('desk.guard_update'::regproc)")
    assert "NEW.row_version <> OLD.row_version + 1" in definition
    boss.execute(definition.replace("NEW.row_version <> OLD.row_version + 1", "false"))
    update(full2, "ticket", ticket, subject="Second", row_version=2)
    assert one(full, "SELECT subject FROM desk.ticket WHERE id = %s", ticket) == "Second"
    boss.execute(definition)


def test_without_the_trigger_nothing_is_guarded(fresh_desk: RunningDesk) -> None:
    cursor = fresh_desk.owner().cursor()
    world = fill(cursor)
    full = fresh_desk.connect("full").cursor()
    ticket = insert(full, "ticket", **world.ticket())
    with refused("DK004"):
        update(full, "ticket", ticket, save_id=None, row_version=99)
    cursor.execute("DROP TRIGGER a_guard_update ON desk.ticket")
    update(full, "ticket", ticket, save_id=None, row_version=99)
