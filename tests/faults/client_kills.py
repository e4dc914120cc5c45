"""A client is killed (kill -9) in the middle of an edit, and started again: nothing half done, nothing typed lost."""

from __future__ import annotations

import random
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from desk_client.drafts.content import Draft
from desk_client.drafts.store import DraftStore, Search
from desk_server.jobs.leases import free_leases
from tests.faults.client_tasks import STEPS, order_of
from tests.faults.crew import Hand
from tests.faults.repeats import settle
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage

MACHINE, PERSON = "full", "lin"
DRAFT_IS_THERE = STEPS[STEPS.index("draft written") : STEPS.index("draft removed")]
FREE_SECONDS = 15.0  # as long as others may see who is gone; the lease itself lasts a minute
LONGEST_EDIT_SECONDS = 0.06


def kill_at_every_step(stage: Stage, *, rounds: int, seed: int = 1) -> Rounds:
    """By turns at each step of an edit and at any moment of one edit after another."""
    counted, chance = Rounds(), random.Random(seed)
    profile = stage.running.desk.profiles / MACHINE
    began = time.monotonic()
    while counted.rounds < rounds:
        (ticket,) = stage.tickets(1)
        at_a_step = counted.rounds % 2 == 0
        step = STEPS[counted.rounds // 2 % len(STEPS)] if at_a_step else ""
        counted.rounds += 1
        hand = stage.worker(MACHINE)
        hand.start("edit", stops=[step], ticket=ticket, profile=str(profile), edits=1 if step else 10_000)
        if step:
            hand.wait_for_step(step)
        else:
            time.sleep(chance.uniform(0, LONGEST_EDIT_SECONDS))
        hand.kill()
        counted.met[f"killed: {step}" if step else "killed: at any moment"] += 1
        rival = stage.worker("full2")
        _check_lease(counted, stage, ticket, rival)
        check_row(counted, stage, ticket, "after the kill")
        _go_on(counted, stage, ticket, profile, step)
        stage.crew.dismiss()
    counted.seconds = time.monotonic() - began
    return counted


def _check_lease(counted: Rounds, stage: Stage, ticket: int, rival: Hand) -> None:
    """The worker's job sees that the session is gone; then another may have the lease, whose own life is short."""
    at = time.monotonic()
    with closing(stage.running.desk.owner_connection(user="desk_worker")) as connection:
        while time.monotonic() - at < FREE_SECONDS:
            free_leases(connection, stage.running.desk)
            rival.start("take", ticket=ticket)
            took = rival.outcome()  # the dead one's server process may have the row locked to its end
            if took.word == "done" and took.result["is_mine"]:
                rival.call("release", ticket=ticket)
                counted.longest("lease free after, ms", 1000 * (time.monotonic() - at))
                return
            time.sleep(0.02)
    counted.expect(False, f"the lease was not free after {FREE_SECONDS} s")


def check_row(counted: Rounds, stage: Stage, ticket: int, when: str) -> int:
    """As many comments and versions as the number says: each save is there whole, once, or not at all."""
    ((number, version, comments),) = stage.ask(
        "SELECT t.serial::int, t.row_version, (SELECT count(*) FROM desk.comment AS c WHERE c.ticket_id = t.id)"
        " FROM desk.ticket AS t WHERE t.id = %s",
        ticket,
    )
    counted.expect(
        version == number + 1 and comments == number,
        f"{when}: number {number}, version {version}, {comments} comments",
    )
    return int(number)


def _go_on(counted: Rounds, stage: Stage, ticket: int, profile: Path, step: str) -> None:
    """The client that is started again finds the draft and sends it: what was typed is in the table, once."""
    store = DraftStore(profile, use_store=False)
    drafts = store.look(Search("pc-full", PERSON)).mine
    if step:
        counted.expect(len(drafts) == (step in DRAFT_IS_THERE), f"{step}: {len(drafts)} drafts")
    counted.expect(len(drafts) <= 1, f"{len(drafts)} drafts of one form")
    for draft in drafts:
        _send(counted, stage, ticket, draft)
    store.write({draft.id: None for draft in drafts})
    store.end()


def _send(counted: Rounds, stage: Stage, ticket: int, draft: Draft) -> None:
    before = check_row(counted, stage, ticket, "before the draft is sent")
    order: dict[str, Any] = {"task": "send_change", **order_of(draft)}
    met = settle(stage.worker(MACHINE), order)
    counted.met[f"draft sent: {met[-1]}"] += 1
    counted.expect(met[-1] in ("done", "AlreadySavedError"), f"the draft came to {met}")
    after = check_row(counted, stage, ticket, "after the draft was sent")
    counted.expect(after - before == (met[-1] == "done"), f"{met[-1]}, and from {before} to {after}")
    counted.expect(str(after) == draft.content.typed["serial"].text, f"{after} is not what was typed")
