"""The keeper of leases against a clock that tests set: beats, what is unsure, lost, asked for, and resting."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desk_client.change_bus import ChangeBus
from desk_client.leases import keeper as keeper_module
from desk_client.leases import watch as watch_module
from desk_client.leases.keeper import LeaseKeeper
from shared.domain.level import Level
from shared.errors import DatabaseUnavailableError
from shared.notify import ChangeKind
from shared.schemas.lease import Lease, LeaseBeat, LeaseState
from shared.schemas.session import DeskSession, EditingTimes

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
TICKET = ("ticket", 7)


class Runner(QObject):
    """Keeps what is asked until the test answers."""

    reachable_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[dict[str, Any]] = []

    def run(self, op: Callable[[Any], Any], **how: Any) -> None:
        self.waiting.append({"op": op, **how})

    def answer(self, result: Any = None, error: Exception | None = None) -> Any:
        asked = self.waiting.pop(0)
        said = asked["op"](None)
        if error is None:
            asked["on_done"](result)
        else:
            asked["on_error"](error)
        return said


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def lease(token: int = 5, row: int = 7) -> Lease:
    return Lease(
        entity="ticket", entity_id=row, machine="pc-1", person="lin", taken_at=NOW, beat_at=NOW,
        expires_at=NOW + dt.timedelta(seconds=60), token=token, is_mine=True,
    )  # fmt: skip


def beat(*, is_mine: bool = True, machine: str | None = "pc-1", asked_at: dt.datetime | None = None) -> LeaseBeat:
    return LeaseBeat(
        entity="ticket", entity_id=7, is_mine=is_mine, machine=machine, person="lin", taken_at=NOW, expires_at=NOW,
        asked_machine="pc-2" if asked_at else None, asked_person="sun" if asked_at else None, asked_at=asked_at,
    )  # fmt: skip


class Desk:
    """A keeper with all that it says."""

    def __init__(self) -> None:
        session = DeskSession(
            machine="pc-1", level=Level.FULL, person=None, people=(), time_zone="UTC", clock_ahead=dt.timedelta(),
            editing=EditingTimes(), readable_private=frozenset(),
        )  # fmt: skip
        self.runner, self.bus, self.clock, self.owner = Runner(), ChangeBus(), Clock(), QObject()
        self.keeper = LeaseKeeper(cast(Any, self.runner), self.bus, session, clock=self.clock)
        self.said: list[tuple[Any, ...]] = []
        for name in ("lost", "asked", "sureness_changed", "rested"):
            getattr(self.keeper, name).connect(lambda *values, name=name: self.said.append((name, *values)))
        for name in ("seen", "freed"):
            getattr(self.keeper.others, name).connect(lambda *values, name=name: self.said.append((name, *values)))

    def pass_time(self, seconds: float) -> None:
        self.clock.seconds += seconds
        self.keeper._on_time()

    def claim(self, token: int = 5) -> None:
        self.keeper.claim(lease(token), self.clock(), self.owner)


@pytest.fixture
def desk(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(keeper_module, "beat_leases", lambda _conn, held: [one.token for one in held])
    monkeypatch.setattr(keeper_module, "release_all", lambda _conn: "all")
    monkeypatch.setattr(watch_module, "get_leases", lambda _conn, rows: rows)
    made = Desk()
    yield made
    made.keeper.end()


def test_all_leases_beat_in_one_question_every_heartbeat(desk: Desk) -> None:
    desk.claim()
    desk.keeper.claim(lease(6, 8), desk.clock(), desk.owner)
    desk.pass_time(14)
    assert desk.runner.waiting == []
    desk.pass_time(1)
    assert len(desk.runner.waiting) == 1
    assert desk.runner.waiting[0]["call"]
    assert desk.runner.answer(()) == [5, 6]


def test_a_question_without_an_answer_is_not_asked_twice_and_45_seconds_make_it_unsure(desk: Desk) -> None:
    desk.claim()
    desk.pass_time(15)
    desk.pass_time(15)
    assert len(desk.runner.waiting) == 1
    desk.pass_time(14.9)
    assert not desk.keeper.is_unsure(TICKET)
    desk.pass_time(0.1)
    assert desk.keeper.is_unsure(TICKET)
    assert desk.said == [("sureness_changed", *TICKET)]
    desk.runner.answer(error=DatabaseUnavailableError("away"))
    desk.runner.reachable_changed.emit(True)
    desk.pass_time(0.05)
    desk.runner.answer([beat()])
    assert not desk.keeper.is_unsure(TICKET)


def test_after_a_sleep_it_is_unsure_at_once_before_any_timer(desk: Desk) -> None:
    desk.claim()
    desk.clock.seconds += 3600
    assert desk.keeper.is_unsure(TICKET)


def test_an_answer_counts_from_when_it_was_asked_for(desk: Desk) -> None:
    desk.claim()
    desk.pass_time(15)
    desk.clock.seconds += 44  # on its way
    desk.runner.answer([beat()])
    assert not desk.keeper.is_unsure(TICKET)
    desk.pass_time(1)
    assert desk.keeper.is_unsure(TICKET)


def test_what_another_has_is_lost_and_not_beaten_for_again(desk: Desk) -> None:
    desk.claim()
    desk.pass_time(15)
    lost = beat(is_mine=False, machine="pc-2")
    desk.runner.answer([lost])
    assert desk.said == [("lost", *TICKET, lost)]
    assert desk.keeper.token(TICKET) is None
    desk.pass_time(60)
    assert desk.runner.waiting == []


def test_an_answer_about_an_older_token_is_dropped(desk: Desk) -> None:
    desk.claim()
    desk.pass_time(15)
    desk.claim(token=9)
    desk.runner.answer([beat(is_mine=False, machine="pc-2")])
    assert desk.said == []
    assert desk.keeper.token(TICKET) == 9


def test_a_question_is_told_once_and_again_when_it_is_another(desk: Desk) -> None:
    desk.claim()
    later = NOW + dt.timedelta(seconds=50)
    for asked_at in (NOW, NOW, later):
        desk.pass_time(15)
        desk.runner.answer([beat(asked_at=asked_at)])
    asked = [said[3].asked_at for said in desk.said if said[0] == "asked"]
    assert asked == [NOW, later]
    desk.pass_time(15)
    desk.runner.answer([beat()])
    assert desk.said[-1] == ("asked", *TICKET, None)


def test_a_notice_of_another_client_asks_at_once_an_own_one_does_not(desk: Desk) -> None:
    desk.claim()
    desk.bus.publish(*TICKET, kind=ChangeKind.LEASE, initiator=desk.owner)
    desk.bus.publish(*TICKET)
    desk.bus.publish("ticket", 8, kind=ChangeKind.LEASE)
    desk.pass_time(1)
    assert desk.runner.waiting == []
    desk.bus.publish(*TICKET, kind=ChangeKind.LEASE)
    desk.pass_time(0.05)
    assert len(desk.runner.waiting) == 1


def test_many_changes_at_once_may_have_leases_among_them(desk: Desk) -> None:
    desk.claim()
    desk.bus.publish("ticket")
    desk.pass_time(0.05)
    assert len(desk.runner.waiting) == 1


def test_five_minutes_without_a_key_give_it_back(desk: Desk) -> None:
    desk.claim()
    for _ in range(3):
        desk.pass_time(299)
        desk.keeper.touch(TICKET)
    assert ("rested", *TICKET, True) not in desk.said
    desk.pass_time(300)
    assert ("rested", *TICKET, True) in desk.said


def test_two_panes_on_one_row_share_the_lease_and_the_last_one_gives_it_back(desk: Desk) -> None:
    other = QObject()
    desk.claim(token=5)
    desk.keeper.claim(lease(6), desk.clock(), other)
    assert desk.keeper.let_go(TICKET, desk.owner) is None
    assert desk.keeper.let_go(TICKET, other) == 6


def test_a_save_of_one_pane_lets_the_other_take_it_again(desk: Desk) -> None:
    other = QObject()
    desk.claim()
    desk.keeper.claim(lease(6), desk.clock(), other)
    desk.keeper.note_gone(TICKET, desk.owner)
    assert desk.said == [("rested", *TICKET, False)], "nobody was idle"


def test_an_owner_that_is_gone_holds_nothing_nor_does_one_made_after_it(desk: Desk) -> None:
    gone = QObject()
    desk.claim(token=5)
    desk.keeper.claim(lease(6), desk.clock(), gone)
    del gone
    gc.collect()
    others = [QObject() for _ in range(2_000)]  # among them one at the same address, as a rule
    assert not any(desk.keeper.holds(TICKET, other) for other in others)
    assert desk.keeper.let_go(TICKET, desk.owner) == 6


def test_the_end_gives_all_back_in_one_question(desk: Desk) -> None:
    desk.claim()
    desk.keeper.end()
    assert desk.runner.answer() == "all"
    desk.keeper.end()
    assert desk.runner.waiting == []
    assert not desk.keeper._timer.isActive()


def test_who_wants_to_be_told_is_told_once(desk: Desk) -> None:
    watch = desk.keeper.others
    watch.tell_when_free(TICKET, lambda: "4711")
    state = LeaseState(entity="ticket", entity_id=7, machine="pc-2", person=None, taken_at=NOW, beat_at=NOW)
    for states in ([state], [], []):
        watch._look()
        if desk.runner.waiting:
            desk.runner.answer(states)
    freed = [said for said in desk.said if said[0] == "freed"]
    assert [said[3]() for said in freed] == ["4711"]
    assert not watch.is_told(TICKET)


def test_taking_it_oneself_needs_no_telling(desk: Desk) -> None:
    desk.keeper.others.tell_when_free(TICKET, lambda: "4711")
    desk.claim()
    assert not desk.keeper.others.is_told(TICKET)


def test_a_watch_without_polling_looks_only_where_a_notice_says_so(desk: Desk) -> None:
    watch = desk.keeper.others
    watch.watch(desk.owner, [TICKET], polls=False)
    assert not watch._timer.isActive()
    desk.bus.publish(*TICKET, kind=ChangeKind.LEASE)
    assert watch._timer.isActive()
    watch._timer.stop()
    watch.watch(desk.owner, [TICKET], polls=True)
    assert watch._timer.isActive() and watch._timer.interval() > 10_000
    watch.watch(desk.owner, [], polls=True)
    watch._look()
    assert desk.runner.waiting == []
