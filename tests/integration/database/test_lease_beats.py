"""Signs of life: all leases of a client in one statement; released with the save, by hand, or all at once."""

from __future__ import annotations

import uuid
from typing import Any

from tests.integration.database.leasing import beat, lengths, release, take, wait_until
from tests.integration.database.world import World, insert, one, refused, rows, update


def leases(boss: Any, *tickets: int) -> int:
    return int(one(boss, "SELECT count(*) FROM desk.edit_lease WHERE entity_id = ANY (%s)", list(tickets)))


def test_a_beat_makes_the_lease_last_from_now_on(full: Any, full2: Any, ticket: int) -> None:
    lease = take(full, ticket)
    told = beat(full, (ticket, lease["token"]))[0]
    assert told["is_mine"] and told["machine"] == "pc-full" and told["taken_at"] == lease["taken_at"]
    assert told["expires_at"] > lease["expires_at"]
    seen = take(full2, ticket)
    assert (seen["expires_at"] - seen["beat_at"]).total_seconds() == 60
    assert seen["beat_at"] > lease["beat_at"]


def test_one_statement_serves_all_in_the_order_asked(full: Any, full2: Any, world: World) -> None:
    mine, his, free = (insert(full, "ticket", **world.ticket()) for _ in range(3))
    token, other = take(full, mine)["token"], take(full2, his)["token"]
    told = rows(
        full, "SELECT * FROM desk.lease_beat(%s, %s, %s)",
        ["ticket", "ticket", "customer", "ticket", "nothing"], [his, free, mine, mine, 1], [other, 5, token, token, 1],
    )  # fmt: skip
    assert [(row["entity"], row["entity_id"], row["is_mine"], row["machine"]) for row in told] == [
        ("ticket", his, False, "pc-full2"), ("ticket", free, False, None), ("customer", mine, False, None),
        ("ticket", mine, True, "pc-full"), ("nothing", 1, False, None),
    ]  # fmt: skip
    assert beat(full) == []


def test_a_wrong_or_missing_token_keeps_nothing(full: Any, boss: Any, ticket: int) -> None:
    lease = take(full, ticket)
    before = one(boss, "SELECT beat_at FROM desk.edit_lease WHERE entity_id = %s", ticket)
    for token in (lease["token"] + 1, None):
        assert beat(full, (ticket, token))[0]["is_mine"] is False
    assert one(boss, "SELECT beat_at FROM desk.edit_lease WHERE entity_id = %s", ticket) == before
    assert beat(full, (ticket, lease["token"]))[0]["is_mine"]


def test_another_s_token_keeps_nothing(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    token = take(full, ticket)["token"]
    expires = one(boss, "SELECT expires_at FROM desk.edit_lease WHERE entity_id = %s", ticket)
    told = beat(full2, (ticket, token))[0]
    assert (told["is_mine"], told["machine"]) == (False, "pc-full")
    assert one(boss, "SELECT expires_at FROM desk.edit_lease WHERE entity_id = %s", ticket) == expires


def test_an_ended_lease_that_nobody_took_goes_on(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    with lengths(boss, lease_seconds="0.05"):
        lease = take(full, ticket)
        wait_until(boss, lease["expires_at"])
    assert beat(full, (ticket, lease["token"]))[0]["is_mine"]
    assert not take(full2, ticket)["is_mine"]


def test_after_another_s_end_a_lease_is_nobody_s(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    with lengths(boss, lease_seconds="0.05"):
        lost = take(full, ticket)
        wait_until(boss, lost["expires_at"])
        second = take(full2, ticket)
        wait_until(boss, second["expires_at"])
        told = beat(full, (ticket, lost["token"]))[0]
    assert (told["is_mine"], told["machine"]) == (False, None)
    assert take(full, ticket)["is_mine"]


def test_what_makes_no_sense_is_refused(full: Any) -> None:
    for arguments in (
        (["ticket"], [1, 2], [1]), (["ticket"], [1], [1, 2]), (["ticket"] * 1001, [1] * 1001, [1] * 1001),
    ):  # fmt: skip
        with refused("22023"):
            full.execute("SELECT desk.lease_beat(%s, %s, %s)", arguments)
    assert len(beat(full, *[(1, 1)] * 1000)) == 1000


def test_a_save_that_states_its_token_gives_the_lease_up(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    token = take(full, ticket)["token"]
    update(full, "ticket", ticket, subject="Saved", lease_token=token)
    assert leases(boss, ticket) == 0
    assert take(full2, ticket)["is_mine"]
    with refused("DK002"):  # what was given up is gone, also for who gave it up
        update(full, "ticket", ticket, subject="Again", lease_token=token)


def test_a_save_beside_the_form_leaves_the_form_s_lease(full: Any, boss: Any, ticket: int) -> None:
    """A quick action in the list, without a token: the form of the same window is still open."""
    token = take(full, ticket)["token"]
    update(full, "ticket", ticket, priority="low")
    assert leases(boss, ticket) == 1
    update(full, "ticket", ticket, subject="And the form", lease_token=token)


def test_a_refused_save_leaves_the_lease(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    token = take(full, ticket)["token"]
    with refused("DK003"):
        update(full, "ticket", ticket, subject="Old", lease_token=token, row_version=9)
    with refused("DK010"):  # by a rule that is asked after the guard
        update(full, "ticket", ticket, subject=" ", lease_token=token)
    assert leases(boss, ticket) == 1
    update(full, "ticket", ticket, subject="New", lease_token=token)


def test_a_save_that_is_rolled_back_leaves_the_lease(raw: Any, full2: Any, boss: Any, ticket: int) -> None:
    saver = raw("full", autocommit=False).cursor()
    token = take(saver, ticket)["token"]
    saver.connection.commit()
    update(saver, "ticket", ticket, subject="Undone", lease_token=token)
    saver.connection.rollback()
    assert not take(full2, ticket)["is_mine"]


def test_the_same_save_again_after_its_lease_is_gone_was_done_already(full: Any, full2: Any, ticket: int) -> None:
    """The answer of a save was lost: its lease went with it, another has it by now."""
    token, save_id = take(full, ticket)["token"], uuid.uuid4()
    update(full, "ticket", ticket, subject="Saved", lease_token=token, save_id=save_id, row_version=2)
    take(full2, ticket)
    with refused("DK001"):
        update(full, "ticket", ticket, subject="Saved", lease_token=token, save_id=save_id, row_version=2)


def test_logout_gives_up_what_this_session_holds(raw: Any, boss: Any, full: Any, full2: Any, world: World) -> None:
    boss.execute("DELETE FROM desk.edit_lease")
    one_, two, three, four = (insert(full, "ticket", **world.ticket()) for _ in range(4))
    mine, window = (raw("full", session=uuid.uuid4()).cursor() for _ in range(2))
    for cursor, ticket in ((mine, one_), (mine, two), (window, three), (full2, four)):
        assert take(cursor, ticket)["is_mine"]
    assert one(mine, "SELECT desk.lease_release_all()") == 2
    assert one(mine, "SELECT desk.lease_release_all()") == 0
    assert leases(boss, one_, two) == 0
    assert leases(boss, three, four) == 2


def test_another_s_lease_is_not_released(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    token = take(full, ticket)["token"]
    assert not release(full2, ticket, token)
    assert one(full2, "SELECT desk.lease_release_all()") == 0
    assert leases(boss, ticket) == 1
    assert release(full, ticket, token)
