"""Rounds for edit leases: takers at a barrier, a sign of life against takers at the end, holders that slept over it."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from typing import Any

from tests.faults.crew import Hand
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage

START_SECONDS = 0.01  # until the last one has heard when it begins


def take_at_a_barrier(stage: Stage, *, takers: int, rounds: int) -> Rounds:
    """All take one free lease at the same moment: one has it, and all others are told who."""
    races, hands, (ticket,) = Rounds(), stage.hire(takers), stage.tickets(1)
    began = time.monotonic()
    while races.rounds < rounds:
        races.rounds += 1
        at = time.monotonic() + START_SECONDS
        for hand in hands:
            hand.start("take", ticket=ticket, at=at)
        answers = [hand.result() for hand in hands]
        winners = [hand for hand, answer in zip(hands, answers, strict=True) if answer["is_mine"]]
        races.expect(len(winners) == 1, f"{len(winners)} have the lease")
        told = {answer["machine"] for answer in answers}
        races.expect(len(told) == 1, f"they are told of different holders: {told}")
        races.expect(sum(answer["token"] is not None for answer in answers) == len(winners), "a token told to another")
        races.met[f"{len(winners)} won"] += 1
        for hand in winners:
            hand.call("release", ticket=ticket)
    races.seconds = time.monotonic() - began
    stage.crew.dismiss()
    return races


def beat_against_takers(stage: Stage, *, rounds: int, lease_seconds: float, takers: int = 3, seed: int = 1) -> Rounds:
    """At the moment a lease ends its holder gives a sign of life and others take it; then all of them save."""
    races, chance = Rounds(), random.Random(seed)
    holder, *others = stage.hire(1 + takers)
    began = time.monotonic()
    while races.rounds < rounds:
        races.rounds += 1
        (ticket,) = stage.tickets(1)
        lease = holder.call("take", ticket=ticket)
        for hand in (holder, *others):
            hand.call("read", ticket=ticket)
        ends = time.monotonic() + lease["ends"] - time.time()
        holder.start("beat", ticket=ticket, at=ends + chance.uniform(-0.002, 0.003))
        for hand in others:
            hand.start("take", ticket=ticket, at=ends + chance.uniform(-0.001, 0.003))
        answers = {hand: hand.result() for hand in (holder, *others)}
        _check_tenures(races, answers, holder, lease_seconds)
        _check_saves(races, ticket, answers, holder)
    races.seconds = time.monotonic() - began
    stage.crew.dismiss()
    return races


def _in_turn(answers: dict[Hand, Any], holder: Hand) -> list[Hand]:
    """Those who were told that it is theirs, the first one first: a take has a higher token than any before."""
    mine = [hand for hand, answer in answers.items() if answer["is_mine"]]
    return sorted(mine, key=lambda hand: -1 if hand is holder else answers[hand]["token"])


def _check_tenures(races: Rounds, answers: dict[Hand, Any], holder: Hand, lease_seconds: float) -> None:
    """Who is told that it is theirs is told so after the end that was told to the one before.

    What counts is when they hear of it: a taker that stands still on its way to the row asked for it long before.
    """
    in_turn = _in_turn(answers, holder)
    races.expect(bool(in_turn), "nobody has the lease")
    for hand in in_turn:
        lasts = answers[hand]["ends"] - answers[hand]["heard"]
        races.expect(lasts <= lease_seconds, "somebody is told that it lasts longer than a lease does")
    for one, other in pairwise(in_turn):
        races.expect(answers[one]["ends"] <= answers[other]["heard"], "two hold the lease at the same time")
    races.met["the holder kept it" if answers[holder]["is_mine"] else "a taker got it"] += 1


def _check_saves(races: Rounds, ticket: int, answers: dict[Hand, Any], holder: Hand) -> None:
    """Each who ever had a token saves with it, at once: the last one's is good, every other one is refused as lost."""
    last = _in_turn(answers, holder)[-1]
    with_token = [hand for hand in answers if hand is holder or answers[hand]["is_mine"]]
    for hand in with_token:
        hand.start("save", ticket=ticket, next_step="mine")
    for hand in with_token:
        said = hand.outcome().word
        if hand is last:
            races.expect(said == "done", f"the holder's save: {said}")
        else:
            races.expect(said == "LeaseLostError", f"a save with a token of before: {said}")


def sleep_over_the_end(stage: Stage, *, other: str) -> str:
    """A holder is stopped (SIGSTOP) beyond its lease's end and then saves; what that comes to.

    ``other``: what another machine does meanwhile: "nothing", "takes" the lease, or "saves" and is done with it.
    """
    (ticket,) = stage.tickets(1)
    sleeper, rival = stage.worker("full"), stage.worker("full2")
    lease = sleeper.call("take", ticket=ticket)
    sleeper.call("read", ticket=ticket)
    sleeper.freeze()
    time.sleep(max(0.0, lease["ends"] - time.time()) + 0.02)
    if other != "nothing":
        assert rival.call("take", ticket=ticket)["is_mine"]
    if other == "saves":
        rival.call("read", ticket=ticket)
        rival.call("save", ticket=ticket, next_step="the rival's")
    sleeper.thaw()
    sleeper.start("save", ticket=ticket, next_step="the sleeper's")
    outcome = sleeper.outcome().word
    stage.crew.dismiss()
    ((text,),) = stage.ask("SELECT next_step FROM desk.ticket WHERE id = %s", ticket)
    return f"{outcome}; in the table: {text}"


def sleep_within_a_save(stage: Stage) -> tuple[list[str], str | None]:
    """A holder is stopped between its UPDATE and its COMMIT: what a rival's saves and then its own come to.

    The server ends a transaction that lies idle for too long. Also returns the text in the table at the end.
    """
    (ticket,) = stage.tickets(1)
    sleeper, rival = stage.worker("full"), stage.worker("full2")
    sleeper.call("take", ticket=ticket)
    for hand in (sleeper, rival):
        hand.call("read", ticket=ticket)
    sleeper.start("save", stops=["before commit"], ticket=ticket, next_step="the sleeper's")
    sleeper.wait_for_step("before commit")
    sleeper.freeze()
    met, deadline = list[str](), time.monotonic() + 60
    while met[-1:] != ["done"] and time.monotonic() < deadline:
        rival.start("save", ticket=ticket, next_step="the rival's")
        met.append(rival.outcome().word)
        time.sleep(0.05)
    sleeper.thaw()
    sleeper.go_on()
    met.append(f"the sleeper: {sleeper.outcome().word}")
    stage.crew.dismiss()
    ((text,),) = stage.ask("SELECT next_step FROM desk.ticket WHERE id = %s", ticket)
    return met, text


def edit_with_a_wrong_clock(stage: Stage, *, days: float) -> list[str]:
    """What a holder whose clock is wrong and its rival meet, step by step: the same as with a right one."""
    (ticket,) = stage.tickets(1)
    holder, rival = stage.worker("full"), stage.worker("full2")
    for hand in (holder, rival):
        hand.call("read", ticket=ticket)
    holder.call("shift_clock", days=days)
    met = [f"taken: {holder.call('take', ticket=ticket)['is_mine']}"]
    met.append(f"taken by the rival: {rival.call('take', ticket=ticket)['is_mine']}")
    lease = holder.call("beat", ticket=ticket)
    met.append(f"beats: {lease['is_mine']}")
    rival.start("save", ticket=ticket, next_step="the rival's")
    met.append(f"the rival's save: {rival.outcome().word}")
    holder.start("save", ticket=ticket, next_step="the holder's")
    met.append(f"saves: {holder.outcome().word}")
    with stage.lengths(lease_seconds=0.2):
        lease = holder.call("take", ticket=ticket)
        time.sleep(max(0.0, lease["ends"] - time.time()) + 0.02)
        met.append(f"after its end, taken by the rival: {rival.call('take', ticket=ticket)['is_mine']}")
        holder.start("save", ticket=ticket, next_step="too late")
        met.append(f"saves: {holder.outcome().word}")
    stage.crew.dismiss()
    return met
