"""Answers that got lost: what nobody knows is not called changed or unchanged, and is taken back all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desk_client.bulk import controller as bulk_controller
from desk_client.bulk.work import Outcome
from shared.errors import DatabaseUnavailableError
from shared.services.bulk import PORTION, save_rows
from tests.gui.bulk.conftest import Bulk, StartBulk

MORE = 10
UNKNOWN = (Outcome.UNKNOWN, "No answer: it may be changed or not")
STOPPED = (Outcome.STOPPED, "You stopped before its turn")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def lose(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """``lose(True)``: from now on each portion is committed, and its answer lost, as by a network that is cut."""
    monkeypatch.setattr(bulk_controller, "RECONNECT_MS", 10)

    def save_and_lose(conn: Any, entity: str, rows: Any) -> Any:
        save_rows(conn, entity, rows)
        raise DatabaseUnavailableError("The connection to the database server broke.")

    def set_it(is_lost: bool) -> None:
        monkeypatch.setattr(bulk_controller, "save_rows", save_and_lose if is_lost else save_rows)

    return set_it


def stored(bulk: Bulk, ids: list[int], column: str) -> list[Any]:
    found = dict(bulk.sql(f"SELECT id, {column} FROM desk.ticket WHERE id = ANY (%s)", ids))
    return [found[one] for one in sorted(ids)]


def grown(bulk: Bulk, ids: list[int], versions: list[int]) -> list[int]:
    """How often each was saved since."""
    return [now - then for now, then in zip(stored(bulk, ids, "row_version"), versions, strict=True)]


def stop_without_an_answer(bulk: Bulk, word: str) -> None:
    """Stopped while the answer of the first portion is missing."""
    bulk.ask()
    bulk.choose(next_step=word)
    bulk.actions.controller.held_up.connect(lambda _error: QTest.keyClick(bulk.dialog, Qt.Key.Key_Escape))
    bulk.go_on()
    bulk.finish()


def test_what_was_sent_without_an_answer_is_said_and_taken_back(start_bulk: StartBulk, lose: Any) -> None:
    bulk = start_bulk()
    ids = sorted(bulk.select(PORTION + MORE))
    had, versions = stored(bulk, ids, "next_step"), stored(bulk, ids, "row_version")
    lose(True)
    stop_without_an_answer(bulk, "Lost")
    assert stored(bulk, ids, "next_step").count("Lost") == PORTION
    told = bulk.results()
    assert [told[one] for one in ids] == [UNKNOWN] * PORTION + [STOPPED] * MORE
    model = bulk.dialog.results.model
    assert {model.index(at, 2).data() for at in range(PORTION)} == {"Not known yet"}  # and at the top
    assert bulk.dialog.windowTitle() == f"0 tickets changed, {MORE} not, {PORTION} not known yet"
    assert bulk.dialog.text() == "What got no answer can be tried again, or taken back: nothing is done twice"
    assert bulk.button("bulkGo").property("role") == "primary"

    QTest.mouseClick(bulk.button("bulkUndo"), LEFT)  # the desk is still away: nothing is lost by asking
    bulk.finish()
    assert bulk.results() == told
    lose(False)
    QTest.mouseClick(bulk.button("bulkUndo"), LEFT)
    bulk.finish()
    assert stored(bulk, ids, "next_step") == had
    assert grown(bulk, ids, versions) == [2] * PORTION + [0] * MORE  # there and back, once
    assert [row.outcome for row in bulk.actions.last.rows] == [Outcome.UNDONE] * PORTION + [Outcome.STOPPED] * MORE
    assert any(f"{PORTION} tickets taken back" in text for text in bulk.said)


def test_it_is_finished_by_the_same_save_as_well(start_bulk: StartBulk, lose: Any) -> None:
    bulk = start_bulk()
    ids = sorted(bulk.select(PORTION + MORE))
    versions = stored(bulk, ids, "row_version")
    lose(True)
    stop_without_an_answer(bulk, "Whole")
    lose(False)
    QTest.mouseClick(bulk.button("bulkGo"), LEFT)
    bulk.finish()
    assert stored(bulk, ids, "next_step") == ["Whole"] * (PORTION + MORE)
    assert grown(bulk, ids, versions) == [1] * (PORTION + MORE)
    assert bulk.client.workspace.many.undo_bar.text() == f"{PORTION + MORE} tickets changed"


def test_taking_back_without_an_answer_is_not_blamed_on_others(start_bulk: StartBulk, lose: Any) -> None:
    bulk = start_bulk()
    ids = bulk.select(3, first=40)
    had, versions = stored(bulk, ids, "next_step"), stored(bulk, ids, "row_version")
    bulk.change(next_step="Back again")
    lose(True)
    bulk.actions.undo()
    bulk.finish()
    assert stored(bulk, ids, "next_step") == had
    assert set(bulk.results().values()) == {(Outcome.UNDOING, "No answer: it may be taken back or not")}
    assert bulk.button("bulkGo").isHidden()  # the change itself is done
    lose(False)
    QTest.mouseClick(bulk.button("bulkUndo"), LEFT)
    bulk.finish()
    assert {row.outcome for row in bulk.actions.last.rows} == {Outcome.UNDONE}
    assert bulk.actions.dialog is None and any("3 tickets taken back" in text for text in bulk.said)
    assert grown(bulk, ids, versions) == [2, 2, 2]
