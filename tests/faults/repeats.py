"""One save, sent many times: at once by ten connections of one machine, and again after its answer was cut off."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.faults.crew import Hand
from tests.faults.proxy import Proxy
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage

Kind = Literal["change", "new"]
START_SECONDS = 0.01
LOST_SECONDS = 30.0  # until the proxy has swallowed what it is to swallow


@dataclass(frozen=True)
class Sample:
    """How a row of one entity is made and changed: each save leaves its mark in the column ``mark``.

    Attributes:
        values: of a new row; ``differs`` must be another from row to row; ``by_customer`` wants one of the desk.
        is_whole: a change states the whole row.
    """

    mark: str
    values: Mapping[str, Any] = field(default_factory=dict)
    differs: str = ""
    by_customer: bool = False
    is_whole: bool = False


SAMPLES: Mapping[str, Sample] = {
    "customer": Sample("note", {"name": "Sanchuan"}),
    "contact": Sample("name", by_customer=True),
    "interaction": Sample(
        "summary", {"at": "2026-01-05T09:00:00Z", "channel": "phone", "direction": "in"}, by_customer=True
    ),
    "choice": Sample("label_en", {"list_code": "channel", "label_zh": "传真"}, differs="code"),
    "field_rule": Sample("label_en", {"entity": "ticket", "label_zh": "颜色", "is_custom": True}, differs="field"),
    "machine": Sample("note", {"level": "query", "people": ["chen"]}, differs="name", is_whole=True),
}
TICKETS = ("ticket",)


def new_values(stage: Stage, entity: str) -> dict[str, Any]:
    """The values of a new row of one of SAMPLES."""
    sample = SAMPLES[entity]
    own = {sample.differs: f"x{uuid.uuid4().hex[:8]}"} if sample.differs else {}
    customer = {"customer_id": stage.values.customer_id} if sample.by_customer else {}
    return {**sample.values, **own, **customer, sample.mark: "new"}


def order_of(stage: Stage, hand: Hand, entity: str, kind: Kind) -> dict[str, Any]:
    """The words of one save: of a change of a row of its own, or of a new row."""
    save_id = str(uuid.uuid4())
    if entity == "ticket":
        return {**_order_of_ticket(stage, kind, save_id), "save_id": save_id}
    values, mark = new_values(stage, entity), {SAMPLES[entity].mark: mark_of(save_id)}
    order = {"task": "send_row", "entity": entity, "save_id": save_id}
    if kind == "new":
        return {**order, "values": {**values, **mark}}
    row = hand.call(**{**order, "save_id": str(uuid.uuid4())}, values=values)
    return {**order, "values": {**values, **mark} if SAMPLES[entity].is_whole else mark, "row": row, "version": 1}


def _order_of_ticket(stage: Stage, kind: Kind, save_id: str) -> dict[str, Any]:
    """With a comment, as a form saves it."""
    mark = {"subject": mark_of(save_id)}
    if kind == "change":
        return {"task": "send_change", "ticket": stage.tickets(1)[0], "version": 1, "values": mark}
    return {"task": "send_new", "values": stage.values.model_copy(update=mark).model_dump(exclude_unset=True)}


def mark_of(save_id: str) -> str:
    """What a save leaves in its row, and a ticket's in the comment."""
    return f"of save {save_id}"


def traces(stage: Stage, entity: str, save_id: str) -> list[tuple[int, int]]:
    """Each row that has the mark of this save, as (id, version); of tickets one line a comment."""
    if entity == "ticket":
        return stage.ask(
            "SELECT t.id, t.row_version FROM desk.ticket AS t JOIN desk.comment AS c ON c.ticket_id = t.id"
            " WHERE c.body = %s AND t.subject = c.body",
            mark_of(save_id),
        )
    return stage.ask(f"SELECT id, row_version FROM desk.{entity} WHERE {SAMPLES[entity].mark} = %s", mark_of(save_id))


def rows_in_all(stage: Stage, entity: str) -> int:
    return int(stage.ask(f"SELECT count(*) FROM desk.{entity}")[0][0])


def machine_of(entities: Sequence[str]) -> str:
    """Who may write all of these."""
    return "full" if entities == TICKETS else "admin"


def send_at_once(
    stage: Stage, kind: Kind, *, rounds: int, times: int = 10, entities: Sequence[str] = TICKETS
) -> Rounds:
    """One of the senders saves, all others learn that it is saved, and which row. By turns a row of each entity."""
    counted, session = Rounds(), uuid.uuid4()
    hands = [stage.worker(machine_of(entities), session=session) for _ in range(times)]
    began = time.monotonic()
    while counted.rounds < rounds:
        entity = entities[counted.rounds % len(entities)]
        counted.rounds += 1
        order, before = order_of(stage, hands[0], entity, kind), rows_in_all(stage, entity)
        at = time.monotonic() + START_SECONDS
        for hand in hands:
            hand.start(**order, at=at)
        outcomes = [hand.outcome() for hand in hands]
        words = [outcome.word for outcome in outcomes]
        counted.met.update(words)
        counted.expect(words.count("done") == 1, f"{entity}: {words.count('done')} saved")
        counted.expect(words.count("AlreadySavedError") == times - 1, f"{entity}: the others met {sorted(set(words))}")
        counted.expect(len({outcome.result for outcome in outcomes}) == 1, f"{entity}: they were told of other rows")
        check_once(counted, stage, entity, order["save_id"], kind, before)
    counted.seconds = time.monotonic() - began
    stage.crew.dismiss()
    return counted


def check_once(counted: Rounds, stage: Stage, entity: str, save_id: str, kind: Kind, before: int) -> None:
    """The row is changed once, or there is one more; and one comment. ``before``: rows that there were."""
    found = traces(stage, entity, save_id)
    counted.expect([version for _, version in found] == [2 if kind == "change" else 1], f"{entity}: it left {found}")
    more = rows_in_all(stage, entity) - before
    counted.expect(more == (kind == "new"), f"{entity}: {more} new rows")


def resend_after_cuts(stage: Stage, kind: Kind, *, rounds: int, entities: Sequence[str] = TICKETS) -> Rounds:
    """The way to the server is cut while a COMMIT or, by turns, its answer is on it; the same save is sent again.

    Two rounds of each entity, one of each sort.
    """
    counted = Rounds()
    began = time.monotonic()
    with Proxy(stage.running.port) as proxy:
        hand = stage.worker(machine_of(entities), port=proxy.port)
        while counted.rounds < rounds:
            entity = entities[counted.rounds // 2 % len(entities)]
            counted.rounds += 1
            order, before = order_of(stage, hand, entity, kind), rows_in_all(stage, entity)
            arrives = counted.rounds % 2 == 0
            first = _cut_at_commit(proxy, hand, order, arrives=arrives)
            counted.expect(first == "DatabaseUnavailableError", f"{entity}: the cut save came to {first}")
            met = settle(hand, order)
            counted.met[" then ".join(["cut after" if arrives else "cut before", *met])] += 1
            counted.expect(met == ["AlreadySavedError" if arrives else "done"], f"{entity}: sent again: {met}")
            check_once(counted, stage, entity, order["save_id"], kind, before)
        stage.crew.dismiss()
    counted.seconds = time.monotonic() - began
    return counted


def _cut_at_commit(proxy: Proxy, hand: Hand, order: dict[str, Any], *, arrives: bool) -> str:
    """What becomes of a save whose COMMIT does not arrive, or whose answer does not."""
    hand.start(**order, stops=["before commit"])
    hand.wait_for_step("before commit")
    before = proxy.swallowed
    if arrives:
        proxy.lose_answers()
    else:
        proxy.black_hole()
    hand.go_on()
    until = time.monotonic() + LOST_SECONDS
    while proxy.swallowed == before:
        assert time.monotonic() < until, f"nothing of {order} was lost"
        time.sleep(0.005)
    proxy.heal()  # and cuts what has lost something
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
