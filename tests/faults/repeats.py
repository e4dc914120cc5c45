"""One save, sent many times: at once by ten connections of one machine, and again after its answer was cut off."""

from __future__ import annotations

import time
import uuid
from typing import Any, Literal

from tests.faults.crew import Hand
from tests.faults.proxy import Proxy
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage

Kind = Literal["change", "new"]
START_SECONDS = 0.01
SLOW_SECONDS = 1.0  # half of it is there to cut in


def order_of(stage: Stage, kind: Kind) -> dict[str, Any]:
    """The words of one save: of a change of a ticket of its own, or of a new ticket."""
    save_id = str(uuid.uuid4())
    if kind == "change":
        (ticket,) = stage.tickets(1)
        return {"task": "send_change", "ticket": ticket, "version": 1, "save_id": save_id, "values": {"serial": "1"}}
    values = stage.values.model_copy(update={"serial": "0"}).model_dump(exclude_unset=True)
    return {"task": "send_new", "save_id": save_id, "values": values}


def traces(stage: Stage, save_id: str) -> list[tuple[int, int, str]]:
    """Each ticket that has the comment of this save, as (id, version, serial): one line a comment."""
    return stage.ask(
        "SELECT t.id, t.row_version, t.serial FROM desk.comment AS c JOIN desk.ticket AS t ON t.id = c.ticket_id"
        " WHERE c.body = %s",
        f"of save {save_id}",
    )


def tickets_in_all(stage: Stage) -> int:
    return int(stage.ask("SELECT count(*) FROM desk.ticket")[0][0])


def send_at_once(stage: Stage, kind: Kind, *, rounds: int, times: int = 10) -> Rounds:
    """One of the senders saves, all others learn that it is saved, and which row."""
    counted, session = Rounds(), uuid.uuid4()
    hands = [stage.worker("full", session=session) for _ in range(times)]
    began = time.monotonic()
    while counted.rounds < rounds:
        counted.rounds += 1
        order, before = order_of(stage, kind), tickets_in_all(stage)
        at = time.monotonic() + START_SECONDS
        for hand in hands:
            hand.start(**order, at=at)
        outcomes = [hand.outcome() for hand in hands]
        words = [outcome.word for outcome in outcomes]
        counted.met.update(words)
        counted.expect(words.count("done") == 1, f"{words.count('done')} saved")
        counted.expect(words.count("AlreadySavedError") == times - 1, f"the others met {sorted(set(words))}")
        counted.expect(len({outcome.result for outcome in outcomes}) == 1, "they were told of different rows")
        check_once(counted, stage, order, kind, before)
    counted.seconds = time.monotonic() - began
    stage.crew.dismiss()
    return counted


def check_once(counted: Rounds, stage: Stage, order: dict[str, Any], kind: Kind, before: int) -> None:
    """The row is changed once, or there is one more; and one comment."""
    found = traces(stage, order["save_id"])
    expected = (2, "1") if kind == "change" else (1, "0")
    counted.expect([line[1:] for line in found] == [expected], f"it left {found}")
    more = tickets_in_all(stage) - before
    counted.expect(more == (kind == "new"), f"{more} new tickets")


def resend_after_cuts(stage: Stage, kind: Kind, *, rounds: int) -> Rounds:
    """The way to the server is cut while a COMMIT or, by turns, its answer is on it; the same save is sent again."""
    counted = Rounds()
    began = time.monotonic()
    with Proxy(stage.running.port) as proxy:
        hand = stage.worker("full", port=proxy.port)
        while counted.rounds < rounds:
            counted.rounds += 1
            order, before = order_of(stage, kind), tickets_in_all(stage)
            arrives = counted.rounds % 2 == 0
            first = _cut_at_commit(stage, proxy, hand, order, arrives)
            if arrives and first == "done":  # on a busy machine the answer may be quicker than the cut: once more
                counted.rounds -= 1
                continue
            counted.expect(first == "DatabaseUnavailableError", f"the cut save came to {first}")
            met = settle(hand, order)
            counted.met[" then ".join(["cut after" if arrives else "cut before", *met])] += 1
            counted.expect(met == ["AlreadySavedError" if arrives else "done"], f"sent again: {met}")
            check_once(counted, stage, order, kind, before)
        stage.crew.dismiss()
    counted.seconds = time.monotonic() - began
    return counted


def _cut_at_commit(stage: Stage, proxy: Proxy, hand: Hand, order: dict[str, Any], arrives: bool) -> str:
    """What becomes of a save whose COMMIT does not arrive, or whose answer does not."""
    hand.start(**order, stops=["before commit"])
    hand.wait_for_step("before commit")
    proxy.latency = SLOW_SECONDS
    hand.go_on()
    if arrives:
        while not traces(stage, order["save_id"]):
            time.sleep(0.005)
    proxy.cut()
    proxy.latency = 0.0
    return hand.outcome().word


def settle(hand: Hand, order: dict[str, Any], tries: int = 20) -> list[str]:
    """Send the same save until it is known to be done; what each try came to."""
    met: list[str] = []
    while len(met) < tries:
        hand.start(**order)
        met.append(hand.outcome().word)
        if met[-1] in ("done", "AlreadySavedError"):
            break
        time.sleep(0.05)
    return met
