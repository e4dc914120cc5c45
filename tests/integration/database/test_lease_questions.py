"""Another's lease: asked for, answered, handed over, taken over by the rules, and the audit of it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.integration.database.leasing import (
    answer,
    ask,
    ask_and_tell,
    beat,
    lengths,
    release,
    take,
    take_over,
    wait_until,
)
from tests.integration.database.world import World, one, refused, rows, update


def test_the_holder_learns_at_his_next_beat_who_asks(full: Any, full2: Any, ticket: int) -> None:
    lease = take(full, ticket)
    assert beat(full, (ticket, lease["token"]))[0]["asked_machine"] is None
    question = ask(full2, ticket)
    told = beat(full, (ticket, lease["token"]))[0]
    assert (told["asked_machine"], told["asked_person"], told["asked_at"]) == (
        "pc-full2",
        "sun",
        question["asked_at"],
    )


def test_a_question_tells_who_holds_it_and_from_when_it_may_be_taken_over(full: Any, full2: Any, ticket: int) -> None:
    lease = take(full, ticket)
    question = ask(full2, ticket)
    assert [question[name] for name in ("machine", "taken_at", "beat_at", "expires_at")] == [
        "pc-full", lease["taken_at"], lease["beat_at"], lease["expires_at"]]  # fmt: skip
    assert question["answered_at"] is None
    assert (question["take_over_at"] - question["asked_at"]).total_seconds() == 30


def test_asked_again_an_open_question_goes_on(full: Any, full2: Any, ticket: int) -> None:
    take(full, ticket)
    assert ask(full2, ticket)["asked_at"] == ask(full2, ticket)["asked_at"]


def test_who_asks_second_waits_for_the_first_one_s_answer(full: Any, full2: Any, raw: Any, ticket: int) -> None:
    lease = take(full, ticket)
    first = ask(full2, ticket)
    third = raw("shared", person="zhao").cursor()
    second = ask(third, ticket)
    assert (second["asked_machine"], second["asked_at"]) == ("pc-full2", first["asked_at"])
    assert second["take_over_at"] is None
    assert answer(full, ticket, lease["token"], keeps=True)
    assert ask(third, ticket)["asked_machine"] == "pc-shared"


def test_a_question_left_lying_is_anybody_s_again(full: Any, full2: Any, raw: Any, boss: Any, ticket: int) -> None:
    take(full, ticket)
    ask(full2, ticket)
    third = raw("shared", person="zhao").cursor()
    older = "UPDATE desk.edit_lease SET asked_at = clock_timestamp() - interval '{} s' WHERE entity_id = %s"
    boss.execute(older.format(60), (ticket,))  # of 30 to wait and 60 to act
    assert ask(third, ticket)["asked_machine"] == "pc-full2"
    boss.execute(older.format(91), (ticket,))
    assert ask(full2, ticket)["take_over_at"] is not None  # who asked first may still
    assert ask(third, ticket)["asked_machine"] == "pc-shared"
    with refused("DK023"):
        take_over(full2, ticket)


def test_another_window_of_the_holder_s_machine_asks_like_anybody(
    raw: Any, world: World, full: Any, ticket: int
) -> None:
    holder, window = (raw("full", session=uuid.uuid4()).cursor() for _ in range(2))
    take(holder, ticket)
    assert ask(window, ticket)["take_over_at"] is not None
    with refused("DK023"):
        take_over(window, ticket)


def test_nobody_is_asked_where_nobody_holds_it(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    free = ask(full2, ticket)
    assert (free["machine"], free["asked_at"]) == (None, None)
    assert free["take_over_at"] <= one(boss, "SELECT clock_timestamp()")
    take(full, ticket)
    assert ask(full, ticket)["asked_at"] is None  # nor oneself
    with lengths(boss, lease_seconds="0.05"):
        ended = take(full, ticket)
        wait_until(boss, ended["expires_at"])
    late = ask(full2, ticket)
    assert (late["machine"], late["asked_at"], late["take_over_at"]) == ("pc-full", None, ended["expires_at"])
    assert take_over(full2, ticket)["is_mine"]


def test_who_was_not_asked_keeps_it(full: Any, full2: Any, ticket: int) -> None:
    lease = take(full, ticket)
    with refused("DK023"):
        take_over(full2, ticket)
    ask(full2, ticket)
    with refused("DK023"):  # he has 30 s
        take_over(full2, ticket)
    update(full, "ticket", ticket, subject="Still his", lease_token=lease["token"])


def test_who_does_not_answer_loses_it(full: Any, full2: Any, boss: Any, world: World, ticket: int) -> None:
    lost = take(full, ticket)
    with lengths(boss, lease_ask_seconds="0.05"):
        wait_until(boss, ask_and_tell(full2, full, ticket, lost["token"]))
        taken = take_over(full2, ticket)
    assert (taken["machine"], taken["is_mine"]) == ("pc-full2", True)
    assert taken["token"] > lost["token"]
    told = beat(full, (ticket, lost["token"]))[0]
    assert (told["is_mine"], told["machine"], told["person"], told["taken_at"]) == (
        False, "pc-full2", "sun", taken["taken_at"])  # fmt: skip
    assert told["asked_machine"] is None
    with refused("DK002"):
        update(full, "ticket", ticket, subject="Late", lease_token=lost["token"])
    assert beat(full2, (ticket, taken["token"]))[0]["asked_machine"] is None  # the question went with the lease
    update(full2, "ticket", ticket, subject="Taken over", lease_token=taken["token"])


def test_the_time_to_answer_counts_from_when_its_holder_could_know(
    full: Any, full2: Any, boss: Any, ticket: int
) -> None:
    """A question that was kept back until its time was over: he has his whole time once he was told."""
    lease = take(full, ticket)
    full2.execute("BEGIN")
    asked_at = ask(full2, ticket)["asked_at"]
    wait_until(boss, asked_at)
    full2.execute("COMMIT")
    with lengths(boss, lease_ask_seconds="0.001"):  # as if it had been kept back for that long
        wait_until(boss, ask(full2, ticket)["take_over_at"])
        with refused("DK023"):
            take_over(full2, ticket)
    assert beat(full, (ticket, lease["token"]))[0]["asked_machine"] == "pc-full2"
    told_at = one(boss, "SELECT told_at FROM desk.edit_lease WHERE entity_id = %s", ticket)
    assert told_at > asked_at and (ask(full2, ticket)["take_over_at"] - told_at).total_seconds() == 30
    beat(full, (ticket, lease["token"]))  # once told, he gains nothing by further signs of life
    assert one(boss, "SELECT told_at FROM desk.edit_lease WHERE entity_id = %s", ticket) == told_at
    with lengths(boss, lease_ask_seconds="0.001"):
        wait_until(boss, ask(full2, ticket)["take_over_at"])
        assert take_over(full2, ticket)["is_mine"]


def test_who_only_takes_his_lease_again_and_again_could_know_too(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    take(full, ticket)
    ask(full2, ticket)
    take(full, ticket)
    with lengths(boss, lease_ask_seconds="0.001"):
        wait_until(boss, ask(full2, ticket)["take_over_at"])
        taken = take_over(full2, ticket)
    assert taken["is_mine"]
    assert one(boss, "SELECT told_at FROM desk.edit_lease WHERE entity_id = %s", ticket) is None


def test_still_working_ends_that_question(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    lease = take(full, ticket)
    with lengths(boss, lease_ask_seconds="0.05"):
        wait_until(boss, ask_and_tell(full2, full, ticket, lease["token"]))
        assert answer(full, ticket, lease["token"], keeps=True)
        assert beat(full, (ticket, lease["token"]))[0]["asked_machine"] is None
        with refused("DK023"):
            take_over(full2, ticket)
        again = ask(full2, ticket)  # he may ask again, and waits again
        assert again["answered_at"] is None
        wait_until(boss, again["take_over_at"])
        with refused("DK023"):
            take_over(full2, ticket)
        wait_until(boss, ask_and_tell(full2, full, ticket, lease["token"]))
        assert take_over(full2, ticket)["is_mine"]


def test_the_holder_hands_over(full: Any, full2: Any, ticket: int) -> None:
    lease = take(full, ticket)
    ask(full2, ticket)
    assert answer(full, ticket, lease["token"], keeps=False)
    assert take(full2, ticket)["is_mine"]


def test_only_the_holder_answers(full: Any, full2: Any, raw: Any, ticket: int) -> None:
    lease = take(full, ticket)
    assert not answer(full, ticket, lease["token"], keeps=True)  # nobody asked
    ask(full2, ticket)
    for keeps in (True, False):
        assert not answer(full2, ticket, lease["token"], keeps=keeps)
        assert not answer(full, ticket, lease["token"] + 1, keeps=keeps)
    assert ask(full2, ticket)["answered_at"] is None
    assert answer(full, ticket, lease["token"], keeps=True)


def test_an_administrator_takes_over_at_once(full: Any, admin: Any, ticket: int) -> None:
    lost = take(full, ticket)
    assert ask(admin, ticket)["take_over_at"] is not None
    taken = take_over(admin, ticket)
    assert taken["is_mine"] and taken["token"] > lost["token"]


def test_a_free_lease_or_one_s_own_is_taken_without_a_trace(full: Any, boss: Any, ticket: int) -> None:
    assert take_over(full, ticket)["is_mine"]
    assert take_over(full, ticket)["is_mine"]
    assert audited(boss, ticket) == []


def test_the_question_stays_with_who_takes_his_lease_again(full: Any, full2: Any, ticket: int) -> None:
    take(full, ticket)
    asked = ask(full2, ticket)["asked_at"]
    again = take(full, ticket)
    assert beat(full, (ticket, again["token"]))[0]["asked_at"] == asked
    assert release(full, ticket, again["token"])
    assert beat(full, (ticket, take(full, ticket)["token"]))[0]["asked_at"] is None


def audited(boss: Any, ticket: int) -> list[dict[str, Any]]:
    return rows(
        boss,
        "SELECT machine, person_id, action, changes FROM desk.audit_entry"
        " WHERE entity = 'edit_lease' AND row_key = %s ORDER BY id", f"ticket/{ticket}",
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["expired", "unanswered", "admin"])
def test_the_audit_has_who_lost_it_who_has_it_and_why(
    full: Any, full2: Any, admin: Any, boss: Any, world: World, ticket: int, reason: str
) -> None:
    taker = admin if reason == "admin" else full2
    with lengths(boss, lease_seconds="0.05" if reason == "expired" else "60", lease_ask_seconds="0.05"):
        lost = take(full, ticket)
        if reason != "admin":
            wait_until(boss, ask_and_tell(taker, full, ticket, lost["token"]))
        if reason == "expired":
            wait_until(boss, one(boss, "SELECT expires_at FROM desk.edit_lease WHERE entity_id = %s", ticket))
        taken = take_over(taker, ticket)
    (entry,) = audited(boss, ticket)
    person = "wang" if reason == "admin" else "sun"
    assert (entry["machine"], entry["person_id"], entry["action"]) == (
        taken["machine"], world.staff[person], "update")  # fmt: skip
    assert entry["changes"].keys() == {"machine", "person_id", "taken_at", "reason"}
    assert entry["changes"]["machine"] == ["pc-full", taken["machine"]]
    assert entry["changes"]["person_id"] == [world.staff["lin"], world.staff[person]]
    assert entry["changes"]["reason"] == [None, reason]


def test_a_refused_take_over_leaves_no_trace(full: Any, full2: Any, boss: Any, ticket: int) -> None:
    take(full, ticket)
    with refused("DK023"):
        take_over(full2, ticket)
    assert audited(boss, ticket) == []


def test_a_query_only_machine_neither_asks_nor_takes_over(query: Any, full: Any, full2: Any, ticket: int) -> None:
    token = take(full, ticket)["token"]
    for act in (ask, take_over):
        with refused("42501"):
            act(query, ticket)
    with refused("42501"):
        answer(query, ticket, token, keeps=False)
    with refused("42501"):
        beat(query, (ticket, token))
    with refused("42501"):
        query.execute("SELECT desk.lease_release_all()")
    ask(full2, ticket)
    seen = "SELECT asked_machine FROM desk.edit_lease WHERE entity_id = %s AND asked_at IS NOT NULL"
    assert one(query, seen, ticket) == "pc-full2"  # but it may see that somebody asks
    for column in ("asked_session", "holder_pid", "holder_started"):
        with refused("42501"):
            query.execute(f"SELECT {column} FROM desk.edit_lease")


@pytest.mark.parametrize("act", [ask, take_over])
def test_rows_that_are_not_there_have_no_lease(full: Any, act: Any) -> None:
    with refused("DK018"):
        act(full, 10**9)
