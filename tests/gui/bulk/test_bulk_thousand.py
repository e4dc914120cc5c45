"""A thousand tickets changed at once: in portions, with progress, stopped in the middle, cut off after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtTest import QTest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from desk_client.bulk import controller as bulk_controller
from desk_client.bulk.work import Outcome
from shared.errors import BusyError, DatabaseUnavailableError
from shared.schemas.bulk import MOST_ROWS, RowResult, RowSave, RowState
from shared.services.bulk import PORTION, save_rows
from tests.gui.bulk.conftest import CONTROL, Bulk, StartBulk
from tests.gui.slices import Slices

TICKETS = 1_050
PORTIONS = MOST_ROWS // PORTION
MOST_CALLS = 10 * MOST_ROWS


def select_all(bulk: Bulk) -> None:
    bulk.list.setFocus()
    bulk.press(Qt.Key.Key_A, CONTROL)
    bulk.until(lambda: len(bulk.list.chosen) == MOST_ROWS)


def changed(bulk: Bulk, word: str) -> int:
    return int(bulk.sql("SELECT count(*) FROM desk.ticket WHERE next_step = %s", word)[0][0])


class Gaps:
    """The longest time in which the window answered nothing."""

    def __init__(self) -> None:
        self.longest = self.ticks = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Gaps:
        self._clock.start()
        self._timer.start(2)
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        self.longest = max(self.longest, self._clock.restart())
        self.ticks += 1


def test_a_thousand_go_in_portions_and_the_window_answers(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    select_all(bulk)
    statements: list[str] = []
    steps: list[int] = []

    def watch(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    bulk.actions.controller.progressed.connect(lambda settled, _rows: steps.append(settled))
    bulk.ask()
    bulk.choose(next_step="A thousand")
    event.listen(Engine, "before_cursor_execute", watch)
    with Gaps() as gaps, Slices() as slices:
        bulk.go_on()
        bulk.until(lambda: not bulk.actions.controller.is_busy)
    event.remove(Engine, "before_cursor_execute", watch)
    assert changed(bulk, "A thousand") == MOST_ROWS
    sent = [statement for statement in statements if "save_rows" in statement]
    assert len(sent) == PORTIONS
    # The client's own care of leases and of a link that is slow to answer goes on beside.
    others = [one for one in statements if not any(word in one for word in ("save_rows", "lease", "pg_stat_activity"))]
    assert len(others) <= 6, others  # what the rows had before; the list, its anchors and counts once, not for each row
    assert steps[:2] == [0, PORTION] and steps[-1] == MOST_ROWS and steps == sorted(steps)
    assert len(set(steps)) == PORTIONS + 1
    assert gaps.ticks > PORTIONS  # it answered between all of them
    assert slices.of_each["BulkRow.take"] == PORTION
    assert slices.most < MOST_CALLS, "in one go; most is a screen of the list that is drawn anew"
    assert bulk.client.workspace.many.undo_bar.text() == "1,000 tickets changed"

    bulk.client.workspace.many.undo_bar.undo()
    bulk.until(lambda: changed(bulk, "A thousand") == 0)
    bulk.finish()
    assert bulk.actions.last.count(Outcome.UNDONE) == MOST_ROWS


def test_stop_leaves_the_rest_as_it_is_and_it_is_finished_later(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    select_all(bulk)
    bulk.ask()
    bulk.choose(next_step="In two parts")

    def stop(settled: int, _rows: int) -> None:
        if settled >= 3 * PORTION and bulk.actions.controller.is_busy:
            QTest.keyClick(bulk.dialog, Qt.Key.Key_Escape)

    bulk.actions.controller.progressed.connect(stop)
    bulk.go_on()
    bulk.finish()
    bulk.actions.controller.progressed.disconnect(stop)
    done = changed(bulk, "In two parts")
    assert 3 * PORTION <= done < MOST_ROWS
    told = bulk.results()
    assert sum(outcome is Outcome.STOPPED for outcome, _ in told.values()) == MOST_ROWS - done
    assert {reason for outcome, reason in told.values() if outcome is Outcome.STOPPED} == {
        "You stopped before its turn"
    }
    QTest.mouseClick(bulk.button("bulkGo"), Qt.MouseButton.LeftButton)
    bulk.finish()
    assert changed(bulk, "In two parts") == MOST_ROWS
    bulk.until(lambda: bulk.actions.dialog is None)


class Cuts:
    """Lets portions through and loses the answers of some: after the commit, as a cut network does."""

    def __init__(self, lost: Sequence[int], error: Exception) -> None:
        self.calls, self._lost, self._error = 0, lost, error
        self.states: list[RowState] = []

    def __call__(self, conn: Any, entity: str, rows: Sequence[RowSave]) -> tuple[RowResult, ...]:
        self.calls += 1
        results = save_rows(conn, entity, rows)
        if self.calls in self._lost:
            raise self._error
        self.states += [result.state for result in results]
        return results


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(bulk_controller, "RECONNECT_MS", 10)
    monkeypatch.setattr(bulk_controller, "PAUSE_MS", 10)
    return monkeypatch


def test_an_answer_that_gets_lost_saves_nothing_twice(start_bulk: StartBulk, quick: pytest.MonkeyPatch) -> None:
    bulk = start_bulk()
    cuts = Cuts([2, 3], DatabaseUnavailableError("The connection to the database server broke."))
    quick.setattr(bulk_controller, "save_rows", cuts)
    ids = bulk.select(2 * PORTION + 5)
    had = dict(bulk.sql("SELECT id, next_step FROM desk.ticket WHERE id = ANY (%s)", ids))
    versions = dict(bulk.sql("SELECT id, row_version FROM desk.ticket WHERE id = ANY (%s)", ids))
    bulk.change(next_step="Exactly once")
    assert cuts.states.count(RowState.ALREADY) == PORTION
    now = dict(bulk.sql("SELECT id, row_version FROM desk.ticket WHERE id = ANY (%s)", ids))
    assert now == {one: version + 1 for one, version in versions.items()}
    assert bulk.client.workspace.many.undo_bar.text() == f"{len(ids)} tickets changed"
    bulk.client.workspace.many.undo_bar.undo()  # also of those whose answer never came
    bulk.finish()
    assert dict(bulk.sql("SELECT id, next_step FROM desk.ticket WHERE id = ANY (%s)", ids)) == had


def test_a_desk_that_stays_away_is_said_and_tried_again_by_hand(
    start_bulk: StartBulk, quick: pytest.MonkeyPatch
) -> None:
    bulk = start_bulk()
    cuts = Cuts(range(1, 50), DatabaseUnavailableError("The database server can't be reached."))
    quick.setattr(bulk_controller, "save_rows", cuts)
    ids = bulk.select(PORTION + 3)
    bulk.change(next_step="Once more")
    told = bulk.results()
    assert [told[one] for one in sorted(ids)] == [
        *[(Outcome.UNKNOWN, "No answer: it may be changed or not")] * PORTION,
        *[(Outcome.FAILED, "The server can't be reached")] * 3,  # never sent
    ]
    assert changed(bulk, "Once more") == PORTION
    assert cuts.calls == 1 + bulk_controller.MOST_RECONNECTS
    quick.setattr(bulk_controller, "save_rows", save_rows)
    QTest.mouseClick(bulk.button("bulkGo"), Qt.MouseButton.LeftButton)
    bulk.finish()
    assert changed(bulk, "Once more") == len(ids)
    assert {row.version + 1 for row in bulk.actions.last.rows} == set(
        one[0] for one in bulk.sql("SELECT DISTINCT row_version FROM desk.ticket WHERE id = ANY (%s)", ids)
    )


def test_a_row_that_is_locked_comes_again_after_the_others(start_bulk: StartBulk, quick: pytest.MonkeyPatch) -> None:
    bulk = start_bulk()
    ids = bulk.select(4, first=3)
    order: list[tuple[int, ...]] = []
    held_up = sorted(ids)[0]

    def save(conn: Any, entity: str, rows: Sequence[RowSave]) -> tuple[RowResult, ...]:
        order.append(tuple(row.id for row in rows))
        if len(order) == 1:
            free = save_rows(conn, entity, [row for row in rows if row.id != held_up])
            return RowResult(held_up, RowState.FAILED, BusyError("Two saves were in each other's way.")), *free
        return save_rows(conn, entity, rows)

    quick.setattr(bulk_controller, "save_rows", save)
    bulk.change(next_step="Patient")
    assert order == [tuple(sorted(ids)), (held_up,)]
    assert changed(bulk, "Patient") == 4 and bulk.actions.dialog is None
