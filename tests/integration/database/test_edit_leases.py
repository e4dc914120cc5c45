"""Edit leases: who holds one saves, others wait; a token only ever rises; times are the server's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.database.leasing import lengths, take, wait_until
from tests.integration.database.world import World, insert, one, refused, update


@pytest.fixture
def short_leases(boss: Any) -> Iterator[None]:
    with lengths(boss, lease_seconds="0.05"):
        yield


def wait_for_end(cursor: Any, lease: dict[str, Any]) -> None:
    wait_until(cursor, lease["expires_at"])


def test_the_holder_saves_and_another_is_refused(full: Any, full2: Any, ticket: int) -> None:
    lease = take(full, ticket)
    assert (lease["machine"], lease["person"], lease["is_mine"]) == ("pc-full", "lin", True)
    with refused("DK002"):
        update(full2, "ticket", ticket, subject="Mine")
    update(full, "ticket", ticket, subject="Mine", lease_token=lease["token"])


def test_another_learns_who_holds_it_but_not_the_token(full: Any, full2: Any, ticket: int) -> None:
    held = take(full, ticket)
    seen = take(full2, ticket)
    assert seen["token"] is None
    assert not seen["is_mine"]
    assert [seen[name] for name in ("machine", "person", "taken_at")] == [
        held[name] for name in ("machine", "person", "taken_at")
    ]


def test_the_lease_lasts_as_long_as_the_setting_says(full: Any, ticket: int) -> None:
    lease = take(full, ticket)
    assert (lease["expires_at"] - lease["taken_at"]).total_seconds() == pytest.approx(60, abs=0.001)


def test_taken_again_by_the_same_session_it_goes_on_with_a_higher_token(full: Any, ticket: int) -> None:
    first, second = take(full, ticket), take(full, ticket)
    assert second["is_mine"]
    assert second["token"] > first["token"]
    assert second["taken_at"] == first["taken_at"]
    with refused("DK002"):
        update(full, "ticket", ticket, subject="Old token", lease_token=first["token"])
    update(full, "ticket", ticket, subject="New token", lease_token=second["token"])


def test_a_session_outlives_its_connection(raw: Any, world: World) -> None:
    session = uuid.uuid4()
    first = raw("full", session=session).cursor()
    ticket = insert(first, "ticket", **world.ticket())
    lease = take(first, ticket)
    again = raw("full", session=session).cursor()
    assert take(again, ticket)["taken_at"] == lease["taken_at"]
    update(again, "ticket", ticket, subject="Reconnected")
    other = raw("full", session=uuid.uuid4()).cursor()  # the same machine, another window
    assert not take(other, ticket)["is_mine"]
    with refused("DK002"):
        update(other, "ticket", ticket, subject="Other window")


def test_without_a_token_a_save_passes_where_nobody_holds_a_lease(full: Any, full2: Any, ticket: int) -> None:
    update(full2, "ticket", ticket, subject="Free")
    take(full, ticket)
    with refused("DK002"):
        update(full2, "ticket", ticket, subject="Not free")


def test_a_token_counts_only_for_its_holder(full: Any, full2: Any, ticket: int) -> None:
    token = take(full, ticket)["token"]
    with refused("DK002"):
        update(full2, "ticket", ticket, subject="Stolen", lease_token=token)
    update(full, "ticket", ticket, subject="Held", lease_token=token)


def test_a_made_up_token_is_refused_also_where_nobody_holds_a_lease(full: Any, ticket: int) -> None:
    with refused("DK002"):
        update(full, "ticket", ticket, subject="Made up", lease_token=1_000_000)
    update(full, "ticket", ticket, subject="None", lease_token=None)


def test_an_ended_lease_that_nobody_took_is_still_good(short_leases: None, full: Any, ticket: int) -> None:
    lease = take(full, ticket)
    wait_for_end(full, lease)
    update(full, "ticket", ticket, subject="Late", lease_token=lease["token"])


def test_an_ended_lease_can_be_taken_and_its_first_holder_is_refused(
    short_leases: None, full: Any, full2: Any, boss: Any, ticket: int
) -> None:
    lease = take(full, ticket)
    wait_for_end(full, lease)
    boss.execute("UPDATE desk.setting SET value = '60' WHERE key = 'lease_seconds'")
    second = take(full2, ticket)
    assert second["is_mine"]
    assert second["token"] > lease["token"]
    with refused("DK002"):
        update(full, "ticket", ticket, subject="Late", lease_token=lease["token"])
    assert one(full2, "SELECT desk.lease_release('ticket', %s, %s)", ticket, second["token"])
    with refused("DK002"):  # also after the other gave it up
        update(full, "ticket", ticket, subject="Late", lease_token=lease["token"])


def test_nobody_gives_up_another_s_lease(full: Any, full2: Any, ticket: int) -> None:
    token = take(full, ticket)["token"]
    release = "SELECT desk.lease_release('ticket', %s, %s)"
    assert one(full2, release, ticket, token) is False
    assert one(full, release, ticket, token + 1) is False
    assert one(full, release, ticket, token) is True
    assert take(full2, ticket)["is_mine"]


def test_leases_are_taken_on_rows_that_exist(full: Any, ticket: int) -> None:
    for entity, row, state in (("nothing", 1, "DK011"), ("ticket_event", 1, "DK011"), ("ticket", 10**9, "DK018")):
        with refused(state):
            full.execute("SELECT desk.lease_take(%s, %s)", (entity, row))
    assert take(full, ticket)["is_mine"]


def test_leases_are_taken_on_rows_that_this_machine_may_write(full: Any, admin: Any, world: World) -> None:
    take_staff = "SELECT is_mine FROM desk.lease_take('staff', %s)"
    with refused("42501"):
        full.execute(take_staff, (world.staff["lin"],))
    assert one(admin, take_staff, world.staff["lin"])


def test_a_query_only_machine_takes_none_and_sees_no_token(query: Any, full: Any, ticket: int) -> None:
    with refused("42501"):
        take(query, ticket)
    take(full, ticket)
    for column in ("token", "session"):
        with refused("42501"):
            query.execute(f"SELECT {column} FROM desk.edit_lease")
    assert one(query, "SELECT machine FROM desk.edit_lease WHERE entity_id = %s", ticket) == "pc-full"
