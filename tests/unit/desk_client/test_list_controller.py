"""A list and what others change, in every order of notice and answer: the desk looks and answers when told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject

from desk_client import pace
from desk_client.change_bus import ChangeBus
from desk_client.listing.list_controller import ListController
from desk_client.listing.table_model import PagedTableModel
from desk_client.pace import Pace
from desk_client.tickets.columns import TICKET_COLUMNS
from desk_client.turns import LONGEST_SECONDS, LOST_SECONDS
from shared.errors import DatabaseUnavailableError, DeskError, TooSlowError
from shared.notify import ChangeKind
from shared.schemas.listing import PAGE_ROWS, Anchors, Page, PageKey

ROW, BESIDE, LEASE = ChangeKind.ROW, ChangeKind.BESIDE, ChangeKind.LEASE


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@dataclass(frozen=True)
class Line:
    id: int
    subject: str = "old"


class Desk:
    """What is stored, and a runner: of one purpose the newest question counts, as with the real one."""

    def __init__(self) -> None:
        self.lines = {row: Line(row) for row in (1, 2, 3)}
        self.is_long = False
        self.asked: list[str] = []
        self.errors: list[DeskError] = []
        self._waiting: dict[str, tuple[Callable[[Any], Any], Callable[[Any], None], Callable[[DeskError], None]]] = {}

    def run(self, op: Any, *, on_done: Any, on_error: Any, receiver: QObject, purpose: str) -> None:
        self.asked.append(purpose)
        self._waiting[purpose] = op, on_done, on_error

    def cancel(self, _receiver: QObject, purpose: str) -> None:
        self._waiting.pop(purpose, None)

    def error(self, error: DeskError) -> None:
        self.errors.append(error)

    def change(self, row: int) -> None:
        self.lines[row] = Line(row, "new")

    def look(self, purpose: str) -> Callable[[], None]:
        """Read what is stored now; the answer arrives when the result is called."""
        op, on_done, _ = self._waiting.pop(purpose)
        answer = op(self)
        return lambda: on_done(answer)

    def answer_all(self) -> None:
        while self._waiting:
            self.look(next(iter(self._waiting)))()

    def fail(self, purpose: str, error: DeskError) -> None:
        self._waiting.pop(purpose)[2](error)


class Source:
    entity = "ticket"
    related = frozenset({"customer"})

    def page(self, desk: Desk, _listing: str, after: PageKey | None) -> Page[Any]:
        more = PageKey(value=0, id=0) if desk.is_long else None
        return Page(rows=() if after else cast(Any, tuple(desk.lines.values())), next_key=None if after else more)

    def anchors(self, desk: Desk, _listing: str) -> Anchors | None:
        return None if desk.is_long else Anchors(keys=(None,), count=len(desk.lines))

    def rows(self, desk: Desk, ids: Sequence[int]) -> list[Any]:
        return [desk.lines[row] for row in ids if row in desk.lines]

    def is_among(self, desk: Desk, _listing: str, ids: Sequence[int], _after: object, _up_to: object) -> bool:
        return any(row in desk.lines for row in ids)

    def may_move(self, _before: Any, _now: Any, _listing: str) -> bool:
        return False

    def heeds(self, kind: ChangeKind, _listing: str) -> bool:
        return kind is ROW


class Listed:
    """A list on such a desk; ``show`` asks for its first page."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self.desk, self._bus = clock, Desk(), ChangeBus()
        self.model: PagedTableModel[Any] = PagedTableModel(TICKET_COLUMNS, cast(Any, None))
        self.controller: ListController[Any, str] = ListController(
            self.model, Source(), "all", cast(Any, self.desk), self._bus, cast(Any, self.desk)
        )

    def show(self) -> None:
        self.desk.asked.clear()
        self.controller.show("all")

    def tell(self, row: int | None, kind: ChangeKind = ROW, entity: str = "ticket") -> None:
        self._bus.publish(entity, row, kind=kind, is_remote=True)

    def later(self, seconds: float = 2 * LONGEST_SECONDS) -> None:
        self._clock.now += seconds
        for one in self.controller.findChildren(Pace):
            one._on_time()

    def shown(self) -> dict[int, str]:
        return {row.id: row.subject for row in self.model.rows_in_memory()}


@pytest.fixture
def listed(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Listed:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    made = Listed(clock)
    made.show()
    made.desk.answer_all()
    return made


@pytest.mark.parametrize("kind", [ROW, BESIDE, LEASE])
@pytest.mark.parametrize("was_shown", [True, False])
def test_what_changes_while_the_first_page_is_read_is_read_behind_it(
    listed: Listed, kind: ChangeKind, was_shown: bool
) -> None:
    if not was_shown:
        listed.desk.lines[4] = Line(4)
    row = 1 if was_shown else 4
    listed.show()
    arrive = listed.desk.look("listing")
    listed.desk.change(row)
    listed.tell(row, kind)
    listed.later()
    assert listed.desk.asked == ["listing"], "nothing else is asked before the answer"
    arrive()
    assert listed.shown()[row] == "old", "else this test shows nothing"
    listed.later()
    assert listed.desk.asked == ["listing", "rows"], "and that row alone"
    listed.desk.answer_all()
    assert listed.shown()[row] == "new"


def test_what_comes_in_while_the_first_page_is_read_is_found_behind_it(listed: Listed) -> None:
    listed.show()
    arrive = listed.desk.look("listing")
    listed.desk.change(4)
    listed.tell(4)
    arrive()
    for _ in range(3):
        listed.later()
        listed.desk.answer_all()
    assert listed.shown()[4] == "new"


def test_what_changed_before_the_list_was_asked_for_is_not_read_again(listed: Listed) -> None:
    listed.desk.change(1)
    listed.tell(1)
    listed.show()
    listed.desk.answer_all()
    listed.later()
    assert listed.shown()[1] == "new"
    assert listed.desk.asked == ["listing"]


@pytest.mark.parametrize("entity", ["ticket", "customer"])
def test_no_number_of_notices_keeps_a_slow_first_page_away(listed: Listed, entity: str) -> None:
    listed.show()
    arrive = listed.desk.look("listing")
    listed.desk.change(1)
    for _ in range(int(LOST_SECONDS) - 1):
        listed.tell(None, entity=entity)
        listed.later(1)
    assert listed.desk.asked == ["listing"]
    arrive()
    assert not listed.model.is_dimmed
    assert listed.shown()[1] == "old"
    listed.later()
    listed.desk.answer_all()
    assert listed.shown()[1] == "new"
    listed.later()
    assert listed.desk.asked == ["listing", "listing"], "once for all of them"


def test_any_row_is_read_again_also_where_a_long_list_was_scrolled_before(listed: Listed) -> None:
    listed.desk.is_long = True
    listed.show()
    listed.desk.answer_all()
    listed.controller.want_rows(PAGE_ROWS, PAGE_ROWS)
    listed.desk.is_long = False
    listed.show()
    arrive = listed.desk.look("listing")
    listed.desk.change(1)
    listed.tell(None)
    arrive()
    listed.later()
    listed.desk.answer_all()
    assert listed.shown()[1] == "new"


def test_rows_whose_answer_was_lost_are_read_with_the_next_ones(listed: Listed) -> None:
    for row in (1, 2):
        listed.desk.change(row)
        listed.tell(row)
        listed.later(LOST_SECONDS)  # and the answer to the first question never comes
    listed.desk.answer_all()
    assert listed.shown() == {1: "new", 2: "new", 3: "old"}


@pytest.mark.parametrize("error", [TooSlowError("slow"), DatabaseUnavailableError("away")])
def test_rows_of_another_listing_stay_dimmed_when_it_can_not_be_read(listed: Listed, error: DeskError) -> None:
    listed.show()
    listed.desk.fail("listing", error)
    assert listed.model.is_dimmed, "they are not what the filter says"
    assert (error in listed.desk.errors) is isinstance(error, TooSlowError)
    listed.desk.change(1)
    listed.tell(1)
    listed.controller.refresh()
    listed.desk.answer_all()
    assert not listed.model.is_dimmed
    assert listed.shown()[1] == "new"


@pytest.mark.parametrize("row", [None, 1], ids=["any row", "a row"])
def test_a_first_page_that_could_not_be_read_is_tried_again_at_a_pace(listed: Listed, row: int | None) -> None:
    listed.show()
    listed.desk.fail("listing", TooSlowError("slow"))
    for _ in range(10):
        listed.tell(row)
        listed.later(0.1)
    assert listed.desk.asked == ["listing"]
    listed.later()
    assert listed.desk.asked == ["listing", "listing"]
    listed.desk.answer_all()
    assert not listed.model.is_dimmed


def test_what_else_is_refused_does_not_begin_a_first_page_anew(listed: Listed) -> None:
    listed.show()
    listed.later(1.0)
    listed.controller.read_ids(0, 1, lambda *_: None)
    listed.desk.fail("ids", TooSlowError("slow"))
    listed.tell(None)
    listed.later(12.0)
    assert listed.desk.asked.count("listing") == 1
