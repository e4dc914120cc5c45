"""Three clients on a real desk do whatever Hypothesis thinks of; each answer they get must be the model's."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shared.errors import TakeOverError
from shared.schemas.lease import Lease
from shared.services.leases import (
    answer_lease,
    ask_for_lease,
    beat_leases,
    release_all,
    release_lease,
    take_lease,
    take_over_lease,
)
from tests.faults.editing_clients import Client, Stand, undone
from tests.faults.editing_model import Age, EditingModel, Save

LATER = {Age.RIPE: "31 s", Age.STALE: "200 s"}
AGAIN = 3  # the client of the step before


class EditingMachine(RuleBasedStateMachine):
    """The rules. ``stand`` is put in by a subclass."""

    stand: Stand

    def __init__(self) -> None:
        super().__init__()
        self.stand.new_ticket()
        self.clients = self.stand.clients
        self.model = EditingModel()
        self.acknowledged = 0
        self.number = 0
        self.tokens: list[int] = []  # every one that somebody was told
        for client in self.clients:
            client.read()

    @rule(number=st.sampled_from([0, 1, 2, AGAIN, AGAIN]), what=st.deferred(lambda: st.sampled_from(STEPS)))
    def step(self, number: int, what: str) -> None:
        """A client does something, or something happens, whoever it is."""
        if number != AGAIN:
            self.number = number
        DEEDS[what](self, self.clients[self.number])

    # -- what a client does --------------------------------------------------------------------------------------------

    def read(self, client: Client) -> None:
        client.read()
        assert (client.version, client.value) == (self.model.version, self.model.value)

    def begin(self, client: Client) -> None:
        self.read(client)
        self.take(client)

    def take(self, client: Client) -> None:
        self.told(client, client.ask(lambda conn: take_lease(conn, "ticket", self.stand.ticket)))

    def told(self, client: Client, lease: Lease) -> None:
        """What came of taking it."""
        assert lease.is_mine == self.model.may_take(client.who)
        if not lease.is_mine:
            live = self.model.live()
            assert live is not None and (lease.machine, lease.token) == (live.holder.machine, None)
            return
        assert lease.token is not None
        self.model.take(client.who, lease.token)
        client.token = lease.token
        self.tokens.append(lease.token)

    def beat(self, client: Client) -> None:
        (told,) = client.ask(lambda conn: beat_leases(conn, [_lease(self.stand.ticket, client.token)]))
        assert (told.is_mine, told.machine, told.asked_machine) == self.model.beat(client.who, client.token)

    def release(self, client: Client) -> None:
        token = client.token or 0
        released = client.ask(lambda conn: release_lease(conn, "ticket", self.stand.ticket, token))
        assert released == self.model.release(client.who, token)

    def leave(self, client: Client) -> None:
        assert client.ask(release_all) == self.model.release_all(client.who)

    def ask(self, client: Client) -> None:
        told = client.ask(lambda conn: ask_for_lease(conn, "ticket", self.stand.ticket))
        asker, may_take_over = self.model.ask(client.who)
        assert (told.asked_machine, told.take_over_at is not None) == (asker, may_take_over)

    def answer(self, client: Client, *, keeps: bool) -> None:
        row, token = self.stand.ticket, client.token or 0
        told = client.ask(lambda conn: answer_lease(conn, "ticket", row, token, keeps=keeps))
        assert told == self.model.answer(client.who, token, keeps=keeps)

    def take_over(self, client: Client) -> None:
        may = self.model.may_take_over(client.who)
        try:
            lease = client.ask(lambda conn: take_over_lease(conn, "ticket", self.stand.ticket))
        except TakeOverError:
            assert not may
            return
        assert may, "taken over against the rules"
        if not self.model.may_take(client.who):
            self.model.end()
        self.told(client, lease)

    def be_put_off(self, client: Client) -> None:
        """Ask, hear that the holder is still working, and try all the same once the time would be up."""
        self.ask(client)
        for holder in self.holders():
            self.beat(holder)
            self.answer(holder, keeps=True)
        self.wait(client, Age.RIPE)
        self.take_over(client)

    def press(self, client: Client, *, is_heard: bool, waits: bool) -> None:
        """Ask and take over, with all that this needs or without: his holder's hearing of it, and patience."""
        self.ask(client)
        for holder in self.holders() if is_heard else ():
            self.beat(holder)
        if waits:
            self.wait(client, Age.RIPE)
        self.take_over(client)

    def holders(self) -> list[Client]:
        live = self.model.live()
        if live is None:
            return []
        is_his = {live.token: live.holder.machine}
        return [one for one in self.clients if is_his.get(one.token or 0) == one.who.machine]

    # -- saves, and what goes wrong with them --------------------------------------------------------------------------

    def save(self, client: Client, *, with_token: bool = True, is_fresh: bool = True) -> None:
        if is_fresh:
            self.read(client)
        self.send(client, client.next_save(with_token=with_token))

    def send(self, client: Client, save: Save) -> None:
        """And hear what became of it."""
        verdict = client.send(save)
        assert verdict == self.model.save(client.who, save)
        client.unanswered = None
        if verdict in ("done", "already"):
            self.acknowledged += 1
            client.version, client.value = save.version + 1, save.value

    def send_again(self, client: Client) -> None:
        if client.unanswered is not None:
            self.send(client, client.unanswered)

    def cut(self, client: Client, when: str, *, with_token: bool = True) -> None:
        """The answer never comes: the save was not sent, was undone by the cut, or is there."""
        save = client.unanswered = client.unanswered or client.next_save(with_token=with_token)
        if when == "committed":
            assert client.send(save) == self.model.save(client.who, save)
        elif when == "undone":
            with undone() as undo:
                assert client.send(save, before_commit=undo) == self.model.verdict(client.who, save) != "done"
        client.disconnect()

    def crash(self, client: Client) -> None:
        client.disconnect()
        client.start()
        client.read()

    def try_tokens(self, client: Client) -> None:
        """Those of the last three leases, whosever they were; each try is undone. Only the one valid token passes."""
        for token in self.tokens[-3:]:
            save = Save(uuid.uuid4(), token, self.model.version, self.model.value + 1)
            with undone() as undo:
                assert client.send(save, before_commit=undo) == "lost"
                assert not self.model.holds(client.who, token)
                continue
            assert self.model.holds(client.who, token)

    # -- time, the worker ----------------------------------------------------------------------------------------------

    def end(self, _: Client) -> None:
        self.stand.run("UPDATE desk.edit_lease SET expires_at = least(expires_at, clock_timestamp())")
        self.model.end()

    def wait(self, _: Client, age: Age) -> None:
        """Until a question has waited so long; said again, it is no older."""
        self.stand.run(
            "UPDATE desk.edit_lease SET asked_at = least(asked_at, then_),"
            " told_at = CASE WHEN told_at IS NOT NULL THEN least(told_at, then_) END"
            " FROM (SELECT clock_timestamp() - %s::interval) AS moment (then_) WHERE asked_at IS NOT NULL",
            LATER[age],
        )
        self.model.grow_old(age)

    def free(self, _: Client) -> None:
        connected = {client.who for client in self.clients if client.database.backend_pids()}
        live = self.model.live()
        is_gone = live is not None and live.holder not in connected
        assert self.stand.free_leases() == int(is_gone)
        if is_gone:
            self.model.end()

    # -- what must hold, whatever happened -----------------------------------------------------------------------------

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        version, value, *lease = self.stand.state()
        assert (version, value) == (self.model.version, self.model.value)
        assert self.model.value == len(self.model.done) >= self.acknowledged, "an update was lost"
        held = self.model.lease
        if held is None:
            assert lease[0] is None
            return
        question = held.question
        asked = [None, None, False] if question is None else [
            question.asker.machine, str(question.asker.session), question.is_answered]  # fmt: skip
        assert lease == [held.holder.machine, str(held.holder.session), held.token, held.is_ended, *asked]


Deed = Callable[[EditingMachine, Client], None]
_M = EditingMachine
# how often of all steps, and what
CHANCES: dict[str, tuple[int, Deed]] = {
    "begins to edit": (4, _M.begin),
    "reads": (1, _M.read),
    "takes": (2, _M.take),
    "beats": (3, _M.beat),
    "releases": (1, _M.release),
    "leaves": (1, _M.leave),
    "asks": (4, _M.ask),
    "keeps it": (2, lambda machine, client: machine.answer(client, keeps=True)),
    "hands over": (1, lambda machine, client: machine.answer(client, keeps=False)),
    "takes over": (4, _M.take_over),
    "is put off": (1, _M.be_put_off),
    "asks and does not wait": (1, lambda machine, client: machine.press(client, is_heard=True, waits=False)),
    "asks and is not heard": (1, lambda machine, client: machine.press(client, is_heard=False, waits=True)),
    "saves": (3, _M.save),
    "saves by an old reading": (1, lambda machine, client: machine.save(client, is_fresh=False)),
    "saves without a token": (2, lambda machine, client: machine.save(client, with_token=False)),
    "saves, which never arrives": (1, lambda machine, client: machine.cut(client, "unsent")),
    "saves, which is undone": (1, lambda machine, client: machine.cut(client, "undone")),
    "saves and hears nothing": (2, lambda machine, client: machine.cut(client, "committed")),
    "saves without a token and hears nothing": (
        1, lambda machine, client: machine.cut(client, "committed", with_token=False)),
    "sends again": (4, _M.send_again),
    "crashes": (1, _M.crash),
    "tries tokens": (2, _M.try_tokens),
    "the lease ends": (3, _M.end),
    "a question waits": (3, lambda machine, client: machine.wait(client, Age.RIPE)),
    "a question is left lying": (1, lambda machine, client: machine.wait(client, Age.STALE)),
    "the worker looks": (3, _M.free),
}  # fmt: skip
DEEDS: dict[str, Deed] = {what: deed for what, (_, deed) in CHANCES.items()}
STEPS = [what for what, (often, _) in CHANCES.items() for _ in range(often)]


def _lease(ticket: int, token: int | None) -> Lease:
    """What a client keeps of its lease, as far as a beat needs it."""
    return Lease.model_construct(entity="ticket", entity_id=ticket, token=token)


def run_model(stand: Stand, *, examples: int, steps: int) -> None:
    """Run the machine; AssertionError at the first answer that is not the model's."""
    machine = type("EditingMachine", (EditingMachine,), {"stand": stand})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate], print_blob=False,
        ),
    )  # fmt: skip
