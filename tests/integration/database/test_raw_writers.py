"""SQL of one's own, with full rights: no way past another's live lease, nor past the version, on any entity."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.integration.database.leasing import lengths, take, wait_until
from tests.integration.database.world import World, insert, one, refused, update

FULL = ("ticket", "customer", "contact", "project", "interaction", "complaint")
ADMIN = ("product", "release", "hardware_revision", "department", "staff", "choice", "field_rule")
CHANGES: dict[str, str] = {
    "ticket": "subject = 'Changed'", "customer": "note = 'Changed'", "contact": "note = 'Changed'",
    "project": "name = 'Changed'", "interaction": "summary = 'Changed'", "complaint": "subject = 'Changed'",
    "product": "name = 'Changed'", "release": "version = 'Changed'", "hardware_revision": "code = 'Changed'",
    "department": "name_en = 'Changed'", "staff": "name = 'Changed'", "choice": "label_en = 'Changed'",
    "field_rule": "label_en = 'Changed'",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(world: World, desk: Any) -> dict[str, int]:
    """A row of each entity."""
    full, boss = desk.connect("full").cursor(), desk.owner().cursor()
    return {
        "ticket": insert(full, "ticket", **world.ticket()),
        "customer": world.customer, "contact": world.contact, "project": world.project,
        "interaction": insert(full, "interaction", channel="phone", direction="in", summary="Called"),
        "complaint": insert(full, "complaint", subject="Late", customer_id=world.customer, reported_at="2026-01-01"),
        "product": world.product, "release": world.release, "hardware_revision": world.hardware,
        "department": world.department["rd"],
        "staff": world.staff["chen"],
        "choice": one(boss, "SELECT min(id) FROM desk.choice WHERE list_code = 'channel'"),
        "field_rule": one(boss, "SELECT min(id) FROM desk.field_rule WHERE entity = 'ticket'"),
    }  # fmt: skip


def write(cursor: Any, entity: str, row: int, extra: str) -> None:
    """As somebody types it into psql."""
    cursor.execute(
        f"UPDATE desk.{entity} SET {CHANGES[entity]}, save_id = gen_random_uuid(){extra} WHERE id = %s", (row,)
    )
    assert cursor.rowcount == 1


def test_every_editable_entity_is_here(boss: Any) -> None:
    """But machines, which nobody updates himself: see test_machine_set.py."""
    boss.execute(
        "SELECT relname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " JOIN pg_trigger ON tgrelid = attrelid WHERE attname = 'lease_token' AND tgname = 'a_guard_update'"
    )
    assert {row[0] for row in boss.fetchall()} == {*FULL, *ADMIN, "machine"} == {*CHANGES, "machine"}


@pytest.fixture(params=[*FULL, *ADMIN])
def entity(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def writer(entity: str, raw: Any) -> Any:
    """A session that may write such rows, and is not the holder's."""
    return raw("admin" if entity in ADMIN else "full2").cursor()


@pytest.fixture
def holder(entity: str, raw: Any, boss: Any) -> Any:
    """For administrators' entities another window of their machine."""
    boss.execute("DELETE FROM desk.edit_lease")
    return raw("admin" if entity in ADMIN else "full", session=uuid.uuid4()).cursor()


def test_under_another_s_live_lease_nothing_is_written(
    holder: Any, writer: Any, entity: str, made: dict[str, int]
) -> None:
    row = made[entity]
    assert take(holder, row, entity)["is_mine"]
    with refused("DK002"):
        write(writer, entity, row, ", row_version = row_version + 1")
    with refused("DK002"):
        write(writer, entity, row, ", row_version = row_version + 1, lease_token = NULL")
    with refused("DK002"):  # nor deleted
        write(writer, entity, row, ", row_version = row_version + 1, deleted_at = now()")
    write(holder, entity, row, ", row_version = row_version + 1")


def test_another_machine_s_token_is_no_key(full: Any, full2: Any, made: dict[str, int]) -> None:
    for entity in FULL:
        token = take(full, made[entity], entity)["token"]
        for guess in (token, token - 1, token + 1, 0, -1):
            with refused("DK002"):
                write(full2, entity, made[entity], f", row_version = row_version + 1, lease_token = {guess}")
        write(full, entity, made[entity], f", row_version = row_version + 1, lease_token = {token}")


def test_the_version_has_to_be_raised(writer: Any, entity: str, made: dict[str, int], boss: Any) -> None:
    boss.execute("DELETE FROM desk.edit_lease")
    row = made[entity]
    for version in ("", ", row_version = row_version", ", row_version = row_version + 2", ", row_version = 0"):
        with refused("DK003", "row_version"):
            write(writer, entity, row, version)
    before = one(boss, f"SELECT row_version FROM desk.{entity} WHERE id = %s", row)
    write(writer, entity, row, ", row_version = row_version + 1")  # counts as having read it
    assert one(boss, f"SELECT row_version FROM desk.{entity} WHERE id = %s", row) == before + 1
    with refused("DK003"):
        write(writer, entity, row, f", row_version = {before + 1}")
    write(writer, entity, row, f", row_version = {before + 2}")


def test_what_the_desk_itself_writes_is_no_machine_s(writer: Any, entity: str, made: dict[str, int], raw: Any) -> None:
    for column in ("created_at = now()", "updated_at = now()", "id = 1"):
        with refused("42501"):
            write(writer, entity, made[entity], f", row_version = row_version + 1, {column}")
    with refused("42501"):
        writer.execute(f"DELETE FROM desk.{entity} WHERE id = %s", (made[entity],))


def test_leases_are_written_by_their_functions_alone(full: Any, admin: Any, ticket: int) -> None:
    take(full, ticket)
    for cursor in (full, admin):
        for statement in (
            "DELETE FROM desk.edit_lease", "TRUNCATE desk.edit_lease",
            "UPDATE desk.edit_lease SET machine = 'pc-admin'", "UPDATE desk.edit_lease SET expires_at = now()",
            "UPDATE desk.edit_lease SET asked_at = now() - interval '1 hour'",
            "INSERT INTO desk.edit_lease (entity, entity_id, machine, session, token, taken_at, beat_at, expires_at)"
            " VALUES ('ticket', 1, 'pc-full', gen_random_uuid(), 1, now(), now(), now())",
            "SELECT 1 FROM desk.edit_lease FOR UPDATE", "BEGIN; LOCK TABLE desk.edit_lease IN EXCLUSIVE MODE",
            "UPDATE desk.setting SET value = '0' WHERE key = 'lease_ask_seconds'",
            "SELECT desk.take_over_reason(NULL)", "SELECT nextval('desk.lease_token')",
        ):  # fmt: skip
            with refused("42501"):
                cursor.execute(statement)
            cursor.execute("ROLLBACK")


def test_an_open_transaction_does_not_outlast_the_lease_s_end(
    raw: Any, full: Any, full2: Any, boss: Any, ticket: int
) -> None:
    """The lease is looked at when the row is written, by the clock and not by the transaction's beginning."""
    writer = raw("full", autocommit=False).cursor()
    writer.execute("SELECT 1")
    with lengths(boss, lease_seconds="0.05"):
        lease = take(full, ticket)
        wait_until(boss, lease["expires_at"])
    assert take(full2, ticket)["is_mine"]
    with refused("DK002"):
        update(writer, "ticket", ticket, subject="Old", lease_token=lease["token"])
    writer.connection.rollback()
