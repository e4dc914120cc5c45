"""How fast changes of others go on to the views: at once, and never faster than a view can follow."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desk_client import live_changes, pace
from desk_client.change_bus import Change, ChangeBus
from desk_client.live_changes import MANY, LiveChanges
from desk_client.pace import Pace
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
    heard.take(*[ticket(row) for row in range(50)])
    assert [change.entity for change in heard.take(Notice("choice", 1, 1, ROW))] == ["choice"]


def test_every_entity_that_is_told_of_is_taken(heard: Heard) -> None:
    told = heard.take(*[Notice(entity, None, None, ROW) for entity in sorted(ENTITIES)])
    assert {change.entity for change in told} == ENTITIES


# -- reading again -----------------------------------------------------------------------------------------------------


class Reading:
    """Something that is read again."""

    def __init__(self, **times: float) -> None:
        self.pace = Pace(None, **times)
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
    clock.now += 0.4 * pace.TIMES_AS_LONG - 0.1
    reading.pace._on_time()
    assert reading.count == 1
    clock.now += 0.2
    reading.pace._on_time()
    assert reading.count == 2
    clock.now += 1_000
    reading.pace.end()
    reading.pace.want()
    clock.now += pace.LONGEST_SECONDS
    reading.pace._on_time()
    assert reading.count == 3, "but not for ever"


def test_a_long_way_is_no_reason(reading: Reading, clock: Clock) -> None:
    reading.pace.want()
    clock.now += 0.4
    reading.pace.end(is_cheap=True)
    reading.pace.want()
    clock.now += pace.SHORTEST_SECONDS
    reading.pace._on_time()
    assert reading.count == 2


def test_an_answer_that_never_comes_does_not_end_it(reading: Reading, clock: Clock) -> None:
    reading.pace.want()
    reading.pace.want()
    clock.now += pace.LOST_SECONDS - 1
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
