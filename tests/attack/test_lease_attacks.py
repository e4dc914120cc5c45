"""Leases under attack by SQL of one's own, many sessions and open transactions; each refusal beside what passes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.database.leasing import ask, ask_and_tell, beat, is_waiting, lengths, take, take_over, wait_until
from tests.integration.database.races import begun, make_patient
from tests.integration.database.world import World, insert, one, refused, rows, update
from tests.integration.server.enrolling import wait_until as wait_for

BLIND = "UPDATE desk.ticket SET subject = 'Stolen', save_id = gen_random_uuid(), row_version = {} WHERE id = %s"
NEXT = "row_version + 1"
SNAPSHOTS = ("REPEATABLE READ", "SERIALIZABLE")


@pytest.fixture
def window(world: World, raw: Any) -> Callable[[str], Any]:
    """``window(machine)``: a cursor of a new session of this machine, which waits for a lock until it is free."""

    def open_one(machine: str) -> Any:
        connection = raw(machine, session=uuid.uuid4())
        make_patient(connection)
        return connection.cursor()

    return open_one


@pytest.fixture
def holder(window: Any) -> Any:
    return window("full")


@pytest.fixture
def writer(window: Any) -> Any:
    return window("full2")


@pytest.fixture
def ticket(world: World, holder: Any) -> int:
    return insert(holder, "ticket", **world.ticket())


def subject(cursor: Any, ticket: int) -> str:
    return str(one(cursor, "SELECT subject FROM desk.ticket WHERE id = %s", ticket))


def change(cursor: Any, ticket: int) -> str:
    """By the call for many rows; what became of it."""
    given = [{"id": ticket, "row_version": 1, "save_id": str(uuid.uuid4()), "values": {"subject": "Stolen"}}]
    (answer,) = rows(cursor, "SELECT * FROM desk.save_rows('ticket', %s)", json.dumps(given))
    return str(answer["sqlstate"] or answer["state"])


@pytest.mark.parametrize("level", SNAPSHOTS)
@pytest.mark.parametrize("entity", ["ticket", "customer"])
def test_a_snapshot_from_before_the_lease_writes_nothing_under_it(
    holder: Any, writer: Any, world: World, ticket: int, level: str, entity: str
) -> None:
    row, field = (ticket, "subject") if entity == "ticket" else (world.customer, "note")
    statement = (
        f"UPDATE desk.{entity} SET {field} = 'Mine', save_id = gen_random_uuid(), row_version = {NEXT} WHERE id = %s"
    )
    writer.execute(f"BEGIN ISOLATION LEVEL {level}")
    writer.execute("SELECT FROM desk.ticket")  # from here on it sees the desk as it is now
    held = take(holder, row, entity)
    with refused("40001"):
        writer.execute(statement, (row,))
    writer.execute("ROLLBACK")
    assert beat(holder, (row, held["token"]), entity=entity)[0]["is_mine"]
    holder.execute("SELECT desk.lease_release_all()")
    writer.execute(f"BEGIN ISOLATION LEVEL {level}")
    writer.execute(statement, (row,))
    writer.execute("COMMIT")
    assert one(holder, f"SELECT {field} FROM desk.{entity} WHERE id = %s", row) == "Mine"
    assert take(holder, row, entity)["is_mine"], "nothing is left of the look"
    holder.execute("SELECT desk.lease_release_all()")


@pytest.mark.parametrize("level", SNAPSHOTS)
def test_nor_by_the_call_for_many_rows(holder: Any, writer: Any, ticket: int, level: str) -> None:
    writer.execute(f"BEGIN ISOLATION LEVEL {level}")
    writer.execute("SELECT FROM desk.ticket")
    held = take(holder, ticket)
    assert change(writer, ticket) == "40001"
    writer.execute("COMMIT")
    assert subject(holder, ticket) != "Stolen"
    update(holder, "ticket", ticket, subject="Held", lease_token=held["token"])


def test_a_version_that_is_null_was_not_read(holder: Any, writer: Any, ticket: int) -> None:
    for version in ("NULL", "NULL::int + 1", "-1", "0", "2147483647", "row_version", "row_version + 2"):
        with refused("DK003", "row_version"):
            writer.execute(BLIND.format(version), (ticket,))
    assert subject(holder, ticket) != "Stolen"
    writer.execute(BLIND.format(NEXT), (ticket,))
    assert subject(holder, ticket) == "Stolen"


def test_a_lease_begins_after_the_save_that_is_under_way(
    holder: Any, writer: Any, boss: Any, ticket: int, window: Any
) -> None:
    """Who holds it sees nothing appear under it: what was written before is there when it is told to be his."""
    writer.execute("BEGIN")
    update(writer, "ticket", ticket, subject="Under way")
    taken = begun(lambda: take(holder, ticket))
    pid = holder.connection.info.backend_pid
    wait_for(lambda: is_waiting(boss, pid), 30)
    writer.execute("COMMIT")
    assert taken.result(30)["is_mine"]
    assert subject(holder, ticket) == "Under way"
    other = window("admin")
    writer.execute("BEGIN")
    with refused("DK002"):
        update(writer, "ticket", ticket, subject="Too late")
    assert not take(other, ticket)["is_mine"], "who only learns whose it is waits for nobody"
    writer.execute("ROLLBACK")


def test_who_takes_over_and_who_saves_do_not_wait_for_each_other(
    holder: Any, boss: Any, ticket: int, window: Any
) -> None:
    """The holder has the row in hand and saves it while an administrator is taking the lease from him."""
    admin, token = window("admin"), take(holder, ticket)["token"]
    holder.execute("BEGIN")
    holder.execute("SELECT FROM desk.ticket WHERE id = %s FOR NO KEY UPDATE", (ticket,))
    taken = begun(lambda: take_over(admin, ticket))
    pid = admin.connection.info.backend_pid
    wait_for(lambda: is_waiting(boss, pid), 30)
    update(holder, "ticket", ticket, subject="Saved first", lease_token=token)
    holder.execute("COMMIT")
    assert taken.result(30)["is_mine"]
    assert subject(admin, ticket) == "Saved first"


def test_a_question_that_nobody_could_hear_gives_no_lease(holder: Any, writer: Any, boss: Any, ticket: int) -> None:
    """Put and used within one transaction, it was never told to the holder."""
    with lengths(boss, lease_ask_seconds="0.05"):
        held = take(holder, ticket)
        writer.execute("BEGIN")
        put = ask(writer, ticket)
        wait_until(writer, put["take_over_at"])
        with refused("DK023"):
            take_over(writer, ticket)
        writer.execute("ROLLBACK")
        assert beat(holder, (ticket, held["token"]))[0]["asked_machine"] is None
        wait_until(writer, ask_and_tell(writer, holder, ticket, held["token"]))
        assert beat(holder, (ticket, held["token"]))[0]["asked_machine"] == "pc-full2"
        assert take_over(writer, ticket)["is_mine"]


def test_a_save_that_is_taken_back_keeps_its_lease(holder: Any, ticket: int) -> None:
    token = take(holder, ticket)["token"]
    holder.execute("BEGIN")
    holder.execute("SAVEPOINT before")
    update(holder, "ticket", ticket, subject="One", lease_token=token)
    holder.execute("ROLLBACK TO before")
    update(holder, "ticket", ticket, subject="Two", lease_token=token)
    holder.execute("SAVEPOINT after")
    with refused("DK002"):
        update(holder, "ticket", ticket, subject="Three", lease_token=token)
    holder.execute("ROLLBACK TO after")
    holder.execute("ROLLBACK")
    assert beat(holder, (ticket, token))[0]["is_mine"]
    update(holder, "ticket", ticket, subject="Four", lease_token=token)
    assert not beat(holder, (ticket, token))[0]["is_mine"]


def test_another_window_neither_deletes_restores_nor_gives_up(holder: Any, window: Any, ticket: int) -> None:
    beside = window("full")
    token = take(holder, ticket)["token"]
    with refused("DK002"):
        update(beside, "ticket", ticket, deleted_at="2026-01-01")
    assert one(beside, "SELECT desk.lease_release_all()") == 0
    assert change(beside, ticket) == "DK002"
    update(holder, "ticket", ticket, deleted_at="2026-01-01", lease_token=token)
    with refused("DK018"):
        take(holder, ticket)
    update(beside, "ticket", ticket, deleted_at=None)
    assert take(beside, ticket)["is_mine"]


@pytest.mark.parametrize(
    ("entities", "ids", "tokens"),
    [("NULL", "ARRAY[1]", "ARRAY[1]"), ("ARRAY['ticket']", "NULL", "ARRAY[1]"), ("ARRAY['ticket']", "ARRAY[1]", "NULL"),
     ("NULL", "(SELECT array_agg(i) FROM generate_series(1, 300000) AS i)", "NULL"), ("'{}'", "ARRAY[1]", "'{}'")],
)  # fmt: skip
def test_signs_of_life_are_as_many_as_stated(holder: Any, ticket: int, entities: str, ids: str, tokens: str) -> None:
    with refused("22023"):
        holder.execute(f"SELECT desk.lease_beat({entities}::text[], {ids}::bigint[], {tokens}::bigint[])")
    assert len(beat(holder, (ticket, take(holder, ticket)["token"]))) == 1


def test_a_used_save_id_saves_nothing_else(holder: Any, world: World, ticket: int) -> None:
    used, other = uuid.uuid4(), insert(holder, "ticket", **world.ticket())
    update(holder, "ticket", ticket, subject="First", save_id=used)
    for row, version in ((ticket, 2), (ticket, 3), (other, 2)):
        with refused("DK001") as caught:
            update(holder, "ticket", row, subject="Again", save_id=used, row_version=version)
        assert (caught.value.diag.table_name, caught.value.diag.datatype_name) == ("ticket", str(ticket))
    with refused("DK001"):
        insert(holder, "interaction", channel="phone", direction="in", summary="x", save_id=str(used))
    update(holder, "ticket", other, subject="Other")
