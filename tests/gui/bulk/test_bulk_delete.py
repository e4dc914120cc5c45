"""Tickets deleted from the list and from their tab: gone at once, and back by one key for ten seconds."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desk_client.bulk.work import Outcome
from desk_client.tickets.history import change_text
from tests.gui.bulk.conftest import CONTROL, Bulk, StartBulk


def deleted(bulk: Bulk, ids: list[int]) -> set[int]:
    found = bulk.sql("SELECT id FROM desk.ticket WHERE id = ANY (%s) AND deleted_at IS NOT NULL", ids)
    return {row[0] for row in found}


def listed(bulk: Bulk) -> int:
    return int(bulk.client.model.rowCount())


def test_a_ticket_is_deleted_and_ctrl_z_brings_it_back(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(1, first=3)
    bulk.until(lambda: bulk.client.page.pane.editing.detail is not None)
    bulk.client.settle()
    before = listed(bulk)
    bulk.act("delete")
    bulk.until(bulk.client.workspace.many.undo_bar.is_offered)
    bulk.client.settle()
    assert deleted(bulk, ids) == set(ids)
    assert listed(bulk) == before - 1 and bulk.client.model.find(ids[0]) is None
    assert bulk.client.page.pane.isHidden() or bulk.client.page.shown_id() not in ids
    assert bulk.client.workspace.many.undo_bar.text() == "1 ticket deleted"
    assert bulk.client.window.message_bar.text() == ""  # nothing that is shown misses it
    bulk.list.setFocus()
    QTest.keyClick(bulk.list, Qt.Key.Key_Z, CONTROL)
    bulk.finish()
    assert deleted(bulk, ids) == set()
    assert listed(bulk) == before and bulk.client.model.find(ids[0]) is not None
    assert bulk.list.current_id() == bulk.client.model.row(bulk.list.currentIndex().row()).id == ids[0]
    bulk.until(lambda: bulk.client.page.pane.isVisible() and bulk.client.page.pane.editing.detail is not None)
    assert bulk.client.page.pane.editing.detail.id == ids[0]


def test_several_are_asked_about_first(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(4, first=5)
    bulk.act("delete")
    bulk.until(lambda: bulk.client.workspace.findChild(object, "deleteQuestion") is not None)
    QTest.mouseClick(bulk.button("questionBack", bulk.client.workspace), Qt.MouseButton.LeftButton)
    bulk.client.settle()
    assert deleted(bulk, ids) == set()
    assert list(bulk.list.chosen_ids()) == ids

    bulk.act("delete")
    bulk.until(lambda: bulk.client.workspace.findChild(object, "deleteQuestion") is not None)
    QTest.mouseClick(bulk.button("questionGoOn", bulk.client.workspace), Qt.MouseButton.LeftButton)
    bulk.until(bulk.client.workspace.many.undo_bar.is_offered)
    bulk.client.settle()
    assert deleted(bulk, ids) == set(ids) and not bulk.list.chosen
    QTest.mouseClick(bulk.button("undoButton", bulk.client.workspace), Qt.MouseButton.LeftButton)
    bulk.finish()
    assert deleted(bulk, ids) == set()


def test_the_history_says_a_deletion_in_words(start_bulk: StartBulk) -> None:
    reference = start_bulk().client.app.reference
    told = [change_text("deleted_at", *values, reference) for values in ((None, "2026-11-22"), ("2026-11-22", None))]
    assert told == ["Deleted", "Deletion taken back"]
    told = [change_text("duplicate_of_id", *values, reference) for values in ((None, 7), (7, 9), (7, None))]
    assert told == [
        "Named as a duplicate of another ticket",
        "Named as a duplicate of yet another ticket",
        "No duplicate of another ticket any more",
    ]


def test_a_ticket_that_somebody_edits_is_not_deleted(start_bulk: StartBulk, raw: Any) -> None:
    bulk = start_bulk()
    ids = bulk.select(1, first=9)
    raw("full2").cursor().execute("SELECT desk.lease_take('ticket', %s)", (ids[0],))
    bulk.act("delete")
    bulk.until(lambda: bulk.actions.dialog is not None)
    told = bulk.results()
    assert told[ids[0]][0] is Outcome.FAILED and "pc-full2" in told[ids[0]][1]
    assert bulk.dialog.results.model.index(0, 2).data() == "Not deleted"
    assert bulk.button("bulkGo").property("role") == "primary"
    (row,) = bulk.actions.last.rows
    row.outcome, row.error = Outcome.STOPPED, None  # as where the person stopped: nobody failed
    bulk.dialog.show_results(bulk.actions.last)
    assert bulk.button("bulkGo").isVisible() and bulk.button("bulkGo").property("role") == "plain"
    assert deleted(bulk, ids) == set()
    bulk.dialog.reject()


def test_its_tab_goes_with_the_ticket(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    (ticket,) = bulk.select(1, first=11)
    tabs = bulk.client.workspace.tabs
    bulk.client.workspace.open_in_tab(ticket)
    bulk.until(lambda: tabs.count() == 2 and tabs.ticket_ids_in_front() == (ticket,))
    bulk.client.settle()
    bulk.act("delete")
    bulk.until(bulk.client.workspace.many.undo_bar.is_offered)
    bulk.client.settle()
    assert tabs.count() == 1 and deleted(bulk, [ticket]) == {ticket}
    bulk.client.workspace.many.undo_bar.undo()
    bulk.finish()
    assert deleted(bulk, [ticket]) == set()


def test_the_offer_goes_by_itself_at_its_time_and_not_before(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    bar = bulk.undo_bar
    ids = bulk.select(1, first=17)
    bulk.act("delete")
    bulk.until(bar.is_offered)
    bulk.client.settle()
    assert bar.is_offered() and bar.timer.isActive() and bar.timer.interval() == 600_000
    bar.timer.start(0)  # its time has come
    bulk.until(lambda: not bar.is_offered())
    assert bar.text() == ""
    bulk.list.setFocus()
    QTest.keyClick(bulk.list, Qt.Key.Key_Z, CONTROL)
    bulk.finish()
    assert deleted(bulk, ids) == set(ids), "the key takes nothing back any more"


def test_after_ten_seconds_the_list_of_results_still_takes_it_back(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(1, first=13)
    bar = bulk.undo_bar
    bulk.act("delete")
    bulk.until(bar.is_offered)
    assert deleted(bulk, ids) == set(ids)
    bar.timer.start(0)
    bulk.until(lambda: not bar.is_offered())
    bulk.act("bulk_results")
    QTest.mouseClick(bulk.button("bulkUndo"), Qt.MouseButton.LeftButton)
    bulk.finish()
    assert deleted(bulk, ids) == set()
