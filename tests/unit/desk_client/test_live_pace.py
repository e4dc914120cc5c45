"""How fast changes of others go on to the views: at once, and never faster than a view can follow."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from pytestqt.qtbot import QtBot

from desk_client import live_changes, pace, turns
from desk_client.change_bus import Change, ChangeBus
from desk_client.leases.watch import SOON_MS, LeaseWatch
from desk_client.listener import BOX_LIMIT, Listener
from desk_client.live_changes import LiveChanges
from desk_client.notice_pace import EVERY_SECONDS, GATHER_SECONDS, GATHER_SPREAD, MANY
from desk_client.pace import Pace
from desk_client.turns import COUNTS, LONGER_BY, ROWS, SHORTEST_SECONDS, SIGHT, UNSEEN, USUAL, WHOLE, Turns, TurnTimes
from shared.notify import ENTITIES, ChangeKind, Notice

ROW, LEASE = ChangeKind.ROW, ChangeKind.LEASE


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (live_changes, pace):
        monkeypatch.setattr(module, "time", made)
    return made


class Heard:
    """What arrives at the views."""

    def __init__(self) -> None:
        self.bus = ChangeBus()
        self.live = LiveChanges(self.bus)
        self.changes: list[Change] = []
        self.bus.changed.connect(lambda change, _by: self.changes.append(change))

    def take(self, *notices: Notice) -> list[Change]:
        self.live.take(notices)
        return self.new()

    def later(self) -> list[Change]:
        """What the timer would bring."""
        self.live._tell_waiting()
        return self.new()

    def new(self) -> list[Change]:
        came, self.changes[:] = list(self.changes), []
        return came


@pytest.fixture
def heard(qapp: object, clock: Clock) -> Heard:
    return Heard()


def ticket(row: int | None, version: int | None = None, kind: ChangeKind = ROW) -> Notice:
    return Notice("ticket", row, version, kind)


def remote(row: int | None, version: int | None = None, kind: ChangeKind = ROW) -> Change:
    return Change("ticket", row, kind, version, is_remote=True)


def test_one_change_is_told_at_once_as_one_of_others(heard: Heard) -> None:
    assert heard.take(ticket(7, 3)) == [remote(7, 3)]
    assert heard.later() == []


def test_the_same_row_again_waits_a_second_and_tells_the_newest(heard: Heard, clock: Clock) -> None:
    heard.take(ticket(7, 3))
    assert heard.take(ticket(7, 4), ticket(7, 5)) == []
    assert heard.later() == [], "too soon"
    assert heard.live._timer.isActive()
    clock.now += 1
    assert heard.later() == [remote(7, 5)]
    assert not heard.live._timer.isActive()


@pytest.mark.parametrize(("versions", "told"), [((4, 5), 5), ((5, 1), 5), ((5, None), None), ((None, 5), None)])
def test_a_forged_old_version_hides_no_new_one(
    heard: Heard, clock: Clock, versions: tuple[int | None, int | None], told: int | None
) -> None:
    heard.take(ticket(7, 3))
    for version in versions:
        heard.take(ticket(7, version))
    clock.now += 1
    assert heard.later() == [remote(7, told)]


def test_who_edits_and_the_row_are_told_apart(heard: Heard) -> None:
    assert heard.take(ticket(7, 3), ticket(7, None, LEASE)) == [remote(7, 3), remote(7, None, LEASE)]


def test_a_few_rows_are_told_one_by_one(heard: Heard) -> None:
    notices = [ticket(row) for row in range(MANY)]
    assert heard.take(*notices) == [remote(row) for row in range(MANY)]


def test_many_rows_are_told_as_any(heard: Heard, clock: Clock) -> None:
    assert heard.take(*[ticket(row) for row in range(MANY + 1)]) == [remote(None)]
    clock.now += 1
    assert heard.take(ticket(1)) == [remote(1)], "quiet again"


def test_a_flood_is_told_once_a_second(heard: Heard, clock: Clock) -> None:
    told: list[Change] = []
    for number in range(10_000):
        clock.now += 0.0005
        told += heard.take(ticket(number), Notice("machine", number % 3, number, ROW))
    tickets = [change for change in told if change.entity == "ticket"]
    assert len(tickets) <= MANY + 6, "five seconds, and the first rows"
    assert tickets[-1] == remote(None)
    assert len(told) - len(tickets) <= 6 * 3
    clock.now += 1
    assert remote(None) in heard.later(), "and the last of it is not forgotten"


def test_entities_do_not_hold_each_other_up(heard: Heard) -> None:
    heard.take(*[ticket(row) for row in range(5 * MANY)])
    assert [change.entity for change in heard.take(Notice("choice", 1, 1, ROW))] == ["choice"]


def test_every_entity_that_is_told_of_is_taken(heard: Heard) -> None:
    told = heard.take(*[Notice(entity, None, None, ROW) for entity in sorted(ENTITIES)])
    assert {change.entity for change in told} == ENTITIES


def test_too_many_to_be_kept_are_told_as_any_row_at_the_same_pace(heard: Heard, clock: Clock) -> None:
    listener = Listener(cast(Any, None), frozenset)
    listener.noticed.connect(heard.live.take)
    for number in range(4 * 10):
        listener._keep([(1, f"ticket {row} {number} row") for row in range(BOX_LIMIT + 1)])
        listener._deliver()
        clock.now += 0.25
    told = Counter((change.entity, change.entity_id) for change in heard.new())
    assert told.keys() == {(entity, None) for entity in ENTITIES}, "of none is it known what was among them"
    assert max(told.values()) <= 10
    clock.now += 1
    heard.later()
    clock.now += 1
    listener._keep([(1, "ticket 7 3 row")])
    listener._deliver()
    assert heard.new() == [remote(7, 3)], "quiet again"
    listener.shutdown()


# -- reading again -----------------------------------------------------------------------------------------------------


class Reading:
    """Something that is read again."""

    def __init__(self, chance: float = 0.0) -> None:
        self.pace = Pace(cast(Any, None), chance=lambda: chance)
        self.count = 0
        self.pace.due.connect(self.begin)

    def begin(self) -> None:
        self.count += 1
        self.pace.begin()


@pytest.fixture
def reading(qapp: object, clock: Clock) -> Reading:
    return Reading()


def test_reading_again_is_at_once_then_after_a_pause(reading: Reading, clock: Clock) -> None:
    reading.pace.want()
    assert reading.count == 1
    reading.pace.end()
    for _ in range(100):
        reading.pace.want()
    assert reading.count == 1
    clock.now += 1
    reading.pace._on_time()
    assert reading.count == 2
    reading.pace.end()
    clock.now += 5
    reading.pace._on_time()
    assert reading.count == 2, "nothing has changed since"


def test_what_changes_while_it_is_read_is_read_after_it(reading: Reading, clock: Clock) -> None:
    reading.pace.want()
    reading.pace.want()
    assert reading.count == 1
    reading.pace.end()
    assert reading.pace._timer.isActive()
    clock.now += 1
    reading.pace._on_time()
    assert reading.count == 2


def test_what_takes_long_is_read_seldom(reading: Reading, clock: Clock) -> None:
    reading.pace.want()
    clock.now += 0.4
    reading.pace.end()
    reading.pace.want()
    clock.now += 0.4 * turns.TIMES_AS_LONG - 0.1
    reading.pace._on_time()
    assert reading.count == 1
    clock.now += 0.2
    reading.pace._on_time()
    assert reading.count == 2
    clock.now += 1_000
    reading.pace.end()
    reading.pace.want()
    clock.now += turns.LONGEST_SECONDS
    reading.pace._on_time()
    assert reading.count == 3, "but not for ever"


def test_a_long_way_is_no_reason(reading: Reading, clock: Clock) -> None:
    reading.pace.want()
    clock.now += 0.4
    reading.pace.end(is_cheap=True)
    reading.pace.want()
    clock.now += turns.SHORTEST_SECONDS
    reading.pace._on_time()
    assert reading.count == 2


def test_an_answer_that_never_comes_does_not_end_it(reading: Reading, clock: Clock) -> None:
    reading.pace.want()
    reading.pace.want()
    clock.now += turns.LOST_SECONDS - 1
    reading.pace._on_time()
    assert reading.count == 1
    clock.now += 1
    reading.pace._on_time()
    assert reading.count == 2


def test_what_was_stopped_is_over(reading: Reading, clock: Clock, qtbot: QtBot) -> None:
    reading.pace.want()
    reading.pace.end()
    reading.pace.want()
    reading.pace.stop()
    assert not reading.pace._timer.isActive()
    clock.now += 100
    reading.pace._on_time()
    assert reading.count == 1


# -- many clients ------------------------------------------------------------------------------------------------------

CLIENTS, WINDOWS = 200, 10  # of the time that they are spread over


def many(times: TurnTimes) -> list[Turns]:
    return [Turns(times, random.Random(seed).random) for seed in range(CLIENTS)]


def read_all(readers: list[Turns], moments: dict[Turns, float], seconds: float = 0.01) -> None:
    """Each reads at its moment."""
    for one in readers:
        one.begin(moments[one])
        one.end(moments[one] + seconds)


def most_at_once(moments: Iterable[float], times: TurnTimes) -> int:
    """The most readings in one window."""
    return max(Counter(int(moment / times.spread * WINDOWS) for moment in moments).values())


def due(readers: list[Turns]) -> dict[Turns, float]:
    found = {one: one.due_at() for one in readers}
    return {one: at for one, at in found.items() if at is not None}


@pytest.mark.parametrize("times", [ROWS, UNSEEN, SIGHT, WHOLE, COUNTS])
def test_who_hears_one_notice_does_not_read_with_all_others(times: TurnTimes) -> None:
    readers = many(times)
    for one in readers:
        one.want(1_000.0)
    first = due(readers)
    assert len(first) == CLIENTS
    assert all(1_000 <= at <= 1_000 + times.spread for at in first.values())
    assert most_at_once(first.values(), times) < 2 * CLIENTS / WINDOWS
    read_all(readers, first)
    for one in readers:
        one.want(first[one] + 0.5)
    again = due(readers)
    pauses, least = [again[one] - first[one] - 0.01 for one in readers], max(times.least, times.pause)
    assert min(pauses) >= least
    assert max(pauses) <= least * (1 + LONGER_BY)
    assert most_at_once(again.values(), times) < 2 * CLIENTS / WINDOWS, "and not in step afterwards"


def test_who_was_in_step_does_not_stay_so() -> None:
    """A server that stood still answers all at the same moment."""
    readers = many(COUNTS)
    for one in readers:
        one.want(1_000.0)
        one.begin(1_010.0)
        one.end(1_010.1)
        one.want(1_011.0)
    assert most_at_once(due(readers).values(), COUNTS) < 2 * CLIENTS / WINDOWS


def test_a_change_is_promised_within_seconds_at_the_worst() -> None:
    gather = GATHER_SECONDS + GATHER_SPREAD
    assert gather + EVERY_SECONDS + max(ROWS.spread, ROWS.least * (1 + LONGER_BY)) < 3
    assert gather + UNSEEN.least * (1 + LONGER_BY) + max(SIGHT.spread, WHOLE.spread) < 5, "one that comes in has longer"
    assert gather + ROWS.spread < 0.6, "and comes as soon as this where nothing was read just before"


def test_what_a_person_did_here_holds_others_up_for_a_second_only() -> None:
    counts = Turns(COUNTS, lambda: 0.0)
    counts.begin(999.0)
    counts.end(1_000.0)  # slow, as the first one is
    counts.want(1_000.0)
    assert counts.due_at() == 1_000 + SHORTEST_SECONDS
    counts.begin(1_001.0)
    counts.end(1_001.0)
    counts.want(1_001.0)
    assert counts.due_at() == 1_001 + COUNTS.pause
    counts.begin(1_002.0)
    counts.end(1_002.0)
    assert counts.due_at() is None, "what was wanted is served by what is read for the person"
    counts.want(1_003.0)
    assert counts.due_at() == 1_001 + COUNTS.pause, "the pause after what others changed stays"


def test_what_is_about_to_be_read_is_near(reading: Reading, clock: Clock) -> None:
    assert not reading.pace.is_near
    reading.pace.want()
    assert reading.pace.is_near, "it is being read"
    clock.now += 1
    reading.pace.end()
    assert not reading.pace.is_near, "nothing has changed"
    reading.pace.want()
    assert not reading.pace.is_near, "a long pause comes first"
    clock.now += turns.LONGEST_SECONDS - USUAL.spread
    assert reading.pace.is_near


def test_a_notice_is_waited_for_by_chance(qapp: object, clock: Clock) -> None:
    late = Reading(chance=0.5)
    late.pace.want()
    assert late.count == 0
    assert late.pace._timer.interval() == 500
    clock.now += 0.4
    late.pace.want()
    late.pace._on_time()
    assert late.count == 0, "too soon"
    clock.now += 0.1
    late.pace._on_time()
    assert late.count == 1, "from the first of them"


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, GATHER_SECONDS), (1.0, GATHER_SECONDS + GATHER_SPREAD)])
def test_notices_are_gathered_for_a_moment_by_chance(qapp: object, chance: float, seconds: float) -> None:
    listener = Listener(cast(Any, None), frozenset, chance=lambda: chance)
    listener._on_came()
    assert listener._gather.interval() == round(seconds * 1000)
    listener.shutdown()


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 15.0), (1.0, 12.0)])
def test_leases_that_are_shown_are_not_looked_at_in_step(qapp: object, chance: float, seconds: float) -> None:
    owner = QObject()
    watch = LeaseWatch(cast(Any, None), ChangeBus(), 15.0, owner, lambda: chance)
    watch.watch(owner, [("ticket", 7)], polls=True)
    assert watch._timer.interval() == seconds * 1000
    watch.end()


class Looks:
    """A runner for looks at leases: that nobody has any. It counts them."""

    def __init__(self) -> None:
        self.count = 0

    def run(self, _op: object, *, on_done: Callable[[tuple[()]], None], **_: object) -> None:
        self.count += 1
        on_done(())


def tick(watch: LeaseWatch) -> None:
    """What is due by the clock."""
    for one in watch.findChildren(Pace):
        one._on_time()
    for timer in watch.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if timer.isActive() and timer.interval() <= SOON_MS:
            timer.stop()
            timer.timeout.emit()


def test_many_rows_whose_leases_change_are_looked_at_once_a_second(qapp: object, clock: Clock) -> None:
    owner, bus, looks = QObject(), ChangeBus(), Looks()
    watch = LeaseWatch(cast(Any, looks), bus, 15.0, owner, lambda: 0.0)
    watch.watch(owner, [("ticket", row) for row in range(8)], polls=True)
    for step in range(80):  # each of them once a second
        bus.publish("ticket", step % 8, kind=LEASE, is_remote=True)
        tick(watch)
        if step == 0:
            assert looks.count == 1, "the first one at once"
        clock.now += 0.125
    assert 10 <= looks.count <= 11
    looks.count = 0
    watch.look_soon()
    tick(watch)
    assert looks.count == 1, "what a person waits for is not held up"
    watch.end()
