"""The rows of one change of many: portions, results, retry and undo, without Qt and without a database."""

from __future__ import annotations

from typing import Any

import pytest

from desk_client.bulk.work import MOST_TRIES, BulkRow, BulkWork, Outcome
from shared.errors import (
    BusyError,
    ConflictError,
    DatabaseUnavailableError,
    LeaseLostError,
    PersonError,
    TooSlowError,
    TransitionError,
)
from shared.schemas.bulk import RowName, RowResult, RowState


def work_of(count: int, **values: Any) -> BulkWork:
    rows = [
        BulkRow(RowName(one, 4, f"T{one}", "Title"), 4, values or {"priority": "low"}) for one in range(count, 0, -1)
    ]
    return BulkWork("ticket", rows)


def ok(row: int, **before: Any) -> RowResult:
    return RowResult(row, RowState.OK, row_version=5, before=before or {"priority": "high"})


def failed(row: int, error: Any) -> RowResult:
    return RowResult(row, RowState.FAILED, error=error, row_version=7)


def ids(rows: list[BulkRow]) -> list[int]:
    return [row.name.id for row in rows]


def test_rows_go_in_the_order_of_their_ids() -> None:
    work = work_of(5)
    assert ids(work.next_portion(3)) == [1, 2, 3]
    work.take([ok(1), ok(2), failed(3, TransitionError("no", "status"))])
    assert ids(work.next_portion(3)) == [4, 5]
    assert (work.settled, work.is_whole) == (3, False)
    work.take([ok(4), ok(5)])
    assert work.next_portion(3) == [] and work.settled == 5 and not work.is_whole


def test_what_was_locked_comes_again_last_and_not_for_ever() -> None:
    work = work_of(3)
    busy = BusyError("locked")
    work.take([failed(1, busy), ok(2)])
    assert ids(work.next_portion(9)) == [3]
    work.take([ok(3)])
    for _ in range(MOST_TRIES):
        assert ids(work.next_portion(9)) == [1]
        work.take([failed(1, busy)])
    assert work.next_portion(9) == [] and work.rows[0].outcome is Outcome.FAILED


@pytest.mark.parametrize("error", [TooSlowError("slow"), LeaseLostError("held"), ConflictError("moved")])
def test_other_refusals_are_not_tried_again_by_themselves(error: Any) -> None:
    work = work_of(1)
    work.take([failed(1, error)])
    assert work.next_portion(9) == []


def test_each_row_keeps_its_save_id_over_every_try() -> None:
    work = work_of(2)
    before = [row.to_save().save_id for row in work.rows]
    work.lose(work.rows)
    work.fail(work.rows, DatabaseUnavailableError("gone"))
    work.retry({})
    assert [row.to_save().save_id for row in work.rows] == before
    assert [row.to_save().row_version for row in work.rows] == [4, 4]  # the same save: it may have been done
    assert len(set(before)) == 2


def test_only_what_others_changed_is_sent_as_it_is_by_now() -> None:
    work = work_of(3)
    work.take([failed(1, ConflictError("moved")), failed(2, LeaseLostError("held")), failed(3, ConflictError("moved"))])
    assert work.moved_ids() == [1, 3]
    work.retry({1: RowName(1, 7, "T1", "New title")})
    assert ids(work.next_portion(9)) == [1, 2]
    assert [row.version for row in work.rows] == [7, 4, 4]
    assert work.rows[2].outcome is Outcome.FAILED  # gone meanwhile


def test_undo_writes_what_was_there_upon_the_version_that_was_made() -> None:
    work = work_of(4)
    work.note_values({2: (4, {"priority": "urgent"}), 3: (9, {"priority": "low"})})
    work.take([ok(1), RowResult(2, RowState.ALREADY, row_version=8), RowResult(3, RowState.ALREADY, row_version=9)])
    work.stop()
    undo = work.undo()
    assert [(row.name.id, row.version, row.values) for row in undo.rows] == [
        (1, 5, {"priority": "high"}), (2, 5, {"priority": "urgent"}),
    ]  # fmt: skip
    assert not {row.save_id for row in undo.rows} & {row.save_id for row in work.rows}
    undo.take([ok(1), failed(2, ConflictError("moved"))])
    work.note_undone(undo)
    assert [row.outcome for row in work.rows] == [Outcome.UNDONE, Outcome.DONE, Outcome.DONE, Outcome.STOPPED]
    assert isinstance(work.rows[1].error, ConflictError) and work.can_undo()


def test_stopped_rows_can_be_finished_later() -> None:
    work = work_of(3)
    work.take([ok(1)])
    work.stop()
    assert work.count(Outcome.STOPPED) == 2 and not work.is_whole
    work.retry({})
    assert ids(work.next_portion(9)) == [2, 3]


def test_what_was_sent_without_an_answer_is_neither_done_nor_not() -> None:
    work = work_of(4)
    work.take([ok(1)])
    work.lose(work.rows[1:3])
    work.stop()
    assert [row.outcome for row in work.rows] == [Outcome.DONE, Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.STOPPED]
    assert work.can_undo() and ids(work.open_rows()) == [2, 3, 4]
    save_ids = [row.save_id for row in work.rows]
    work.ask_again()
    assert ids(work.next_portion(9)) == [2, 3]
    work.fail(work.next_portion(9), DatabaseUnavailableError("refused on the way in"))  # nor does this tell
    assert work.count(Outcome.UNKNOWN) == 2
    work.ask_again()
    work.take([RowResult(2, RowState.ALREADY, row_version=5), failed(3, ConflictError("moved"))])
    assert [row.outcome for row in work.rows] == [Outcome.DONE, Outcome.DONE, Outcome.FAILED, Outcome.STOPPED]
    assert [row.save_id for row in work.rows] == save_ids


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PersonError("who"), Outcome.UNKNOWN),
        (TooSlowError("slow"), Outcome.UNKNOWN),
        (LeaseLostError("held"), Outcome.FAILED),
    ],
)
def test_a_refusal_tells_only_where_the_save_was_looked_for(error: Any, outcome: str) -> None:
    work = work_of(2)
    work.lose(work.rows[:1])
    work.take([failed(1, error), failed(2, error)])
    assert [row.outcome for row in work.rows] == [outcome, Outcome.FAILED]


def test_taking_back_is_sent_again_as_it_was_where_its_answer_got_lost() -> None:
    work = work_of(3)
    work.take([ok(1), ok(2), ok(3)])
    undo = work.undo()
    save_ids = [row.save_id for row in undo.rows]
    undo.take([failed(3, LeaseLostError("held"))])
    undo.lose(undo.rows[:2])
    undo.stop()
    work.note_undone(undo)
    assert [row.outcome for row in work.rows] == [Outcome.UNDOING, Outcome.UNDOING, Outcome.DONE]
    assert work.open_rows() == [] and work.can_undo() and not work.is_whole
    again = work.undo()
    assert [one == other.save_id for one, other in zip(save_ids, again.rows, strict=True)] == [True, True, False]
    again.take([RowResult(1, RowState.ALREADY, row_version=6), failed(2, ConflictError("moved")), ok(3)])
    work.note_undone(again)
    assert [row.outcome for row in work.rows] == [Outcome.UNDONE, Outcome.DONE, Outcome.UNDONE]
    assert isinstance(work.rows[1].error, ConflictError)  # this time it is so
