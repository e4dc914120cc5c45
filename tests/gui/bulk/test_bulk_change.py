"""Many tickets changed at once, seen from the window: fields, results, retry, undo; nobody's work is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desk_client.bulk.dialog import Step
from desk_client.bulk.work import Outcome
from desk_client.language import CHINESE
from tests.desks import RunningDesk
from tests.gui.bulk.conftest import CONTROL, Bulk, StartBulk
from tests.integration.database.world import update

VALUES = "SELECT id, {field} FROM desk.ticket WHERE id = ANY (%s) ORDER BY id"


def stored(bulk: Bulk, ids: list[int], field: str) -> dict[int, Any]:
    return {row[0]: row[1] for row in bulk.sql(VALUES.format(field=field), ids)}


def test_selected_tickets_get_a_value_and_it_is_taken_back(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(7)
    before = stored(bulk, ids, "priority")
    bulk.change(priority="urgent", next_step="Ask the factory")
    assert stored(bulk, ids, "priority") == dict.fromkeys(ids, "urgent")
    assert bulk.actions.dialog is None
    bar = bulk.client.workspace.many.undo_bar
    assert bar.text() == "7 tickets changed" and bar.is_offered()
    assert bulk.list.chosen.ids() and set(bulk.list.chosen.ids()) == set(ids)
    bulk.list.setFocus()
    QTest.keyClick(bulk.list, Qt.Key.Key_Z, CONTROL)
    bulk.finish()
    assert stored(bulk, ids, "priority") == before
    assert not bar.is_offered()
    assert any("7 tickets taken back" in text for text in bulk.said)


def test_the_list_shows_what_was_changed(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(5)
    bulk.change(priority="low")
    rows = [bulk.client.model.row(bulk.client.model.find(one)) for one in ids]
    assert {row.priority for row in rows} == {"low"}


def test_what_others_edit_or_changed_stays_and_is_named(start_bulk: StartBulk, desk: RunningDesk, raw: Any) -> None:
    bulk = start_bulk()
    ids = bulk.select(5, first=10)
    other = raw("full2").cursor()
    other.execute("SELECT desk.lease_take('ticket', %s)", (ids[1],))
    bulk.ask()
    bulk.choose(next_step="Together")
    update(other, "ticket", ids[3], next_step="Mine")
    bulk.go_on()
    bulk.finish()
    told = bulk.results()
    assert [told[one][0] for one in ids] == [
        Outcome.DONE, Outcome.FAILED, Outcome.DONE, Outcome.FAILED, Outcome.DONE,
    ]  # fmt: skip
    assert "is editing this on pc-full2" in told[ids[1]][1]
    assert told[ids[3]][1] == "Somebody else changed this meanwhile"
    assert stored(bulk, ids, "next_step")[ids[3]] == "Mine"
    assert bulk.dialog.windowTitle() == "3 tickets changed, 2 not"
    model = bulk.dialog.results.model
    assert [model.index(at, 2).data() for at in range(3)] == ["Not changed", "Not changed", "Changed"]

    other.execute("SELECT desk.lease_release_all()")
    QTest.mouseClick(bulk.button("bulkGo"), Qt.MouseButton.LeftButton)
    bulk.until(lambda: stored(bulk, ids, "next_step") == dict.fromkeys(ids, "Together"))
    bulk.finish()
    assert bulk.actions.dialog is None  # all is done by now
    assert bulk.client.workspace.many.undo_bar.text() == "5 tickets changed"


def test_undo_leaves_what_was_changed_since(start_bulk: StartBulk, raw: Any) -> None:
    bulk = start_bulk()
    ids = bulk.select(4, first=20)
    before = stored(bulk, ids, "next_step")
    bulk.change(next_step="For now")
    update(raw("full2").cursor(), "ticket", ids[2], next_step="Theirs, later")
    bulk.client.workspace.many.undo_bar.undo()
    bulk.finish()
    told = bulk.results()
    assert [told[one][0] for one in ids] == [Outcome.UNDONE, Outcome.UNDONE, Outcome.DONE, Outcome.UNDONE]
    assert told[ids[2]][1] == "Could not be taken back: Somebody else changed this meanwhile"
    assert stored(bulk, ids, "next_step") == {**before, ids[2]: "Theirs, later"}


def test_undo_is_there_for_a_while_and_then_in_the_list_of_results(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(3, first=30)
    before = stored(bulk, ids, "priority")
    bar = bulk.undo_bar
    bulk.change(priority="urgent" if set(before.values()) != {"urgent"} else "low")
    assert bar.is_offered()
    bar.timer.start(0)  # its time has come
    bulk.until(lambda: not bar.is_offered())
    bulk.act("bulk_results")
    assert bulk.dialog.step is Step.RESULTS
    QTest.mouseClick(bulk.button("bulkUndo"), Qt.MouseButton.LeftButton)
    bulk.finish()
    assert stored(bulk, ids, "priority") == before


def test_a_change_of_status_goes_row_by_row(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(40)
    status = stored(bulk, ids, "status")
    bulk.ask()
    bulk.choose(status="waiting_customer")
    assert "waiting" in " ".join(map(str, bulk.dialog.fields.values().values()))
    bulk.go_on()
    bulk.finish()
    now = stored(bulk, ids, "status")
    moved = {one for one in ids if status[one] == "open"}
    assert moved and moved != set(ids)
    told = bulk.results()
    assert {one: told[one] for one in moved if now[one] != "waiting_customer"} == {}
    for one in set(ids) - moved:
        if status[one] != "waiting_customer":
            assert told[one][0] is Outcome.FAILED
            assert told[one][1].startswith(("Status: ", "Assignee: ")), (status[one], told[one])
            assert now[one] == status[one]


def test_a_field_brings_what_narrows_it_and_can_be_left_out_again(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    bulk.select(2)
    dialog = bulk.ask()
    assert not bulk.button("bulkGo").isEnabled()
    dialog.fields.add_field("symptom")
    assert dialog.fields.names() == ["category", "symptom"]
    assert bulk.button("bulkGo").isEnabled()
    offered = [dialog.fields.picker.itemData(at) for at in range(dialog.fields.picker.count())]
    assert "symptom" not in offered and "number" not in offered and "priority" in offered
    assert dialog.fields.fields.frames["category"].message_text() == "Will be emptied"
    dialog.fields.fields.put("category", "video")
    dialog.fields.add_field("priority")
    assert dialog.fields.values() == {"category": "video", "symptom": None, "priority": None}
    QTest.mouseClick(bulk.button("bulkRemove_category"), Qt.MouseButton.LeftButton)
    assert dialog.fields.names() == ["priority"]
    dialog.reject()
    bulk.until(lambda: bulk.actions.dialog is None)


def test_a_customer_is_found_by_typing(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    ids = bulk.select(2, first=3)
    (customer, name) = bulk.sql("SELECT id, name FROM desk.customer WHERE name ~ '^[A-Za-z ]+$' ORDER BY id LIMIT 1")[0]
    dialog = bulk.ask()
    dialog.fields.add_field("customer_id")
    editor = dialog.fields.fields.frames["customer_id"].editor
    editor.setFocus()
    QTest.keyClicks(editor, name)
    bulk.go_on()  # takes the best match first
    bulk.until(lambda: bulk.actions.last is not None)
    bulk.finish()
    assert all(row.values["customer_id"] == customer for row in bulk.actions.last.rows)
    assert [row.name.id for row in bulk.actions.last.rows] == sorted(ids)


def test_a_reading_machine_is_offered_none_of_it(start_bulk: StartBulk) -> None:
    bulk = start_bulk("query")
    for name in ("change_selected", "delete", "bulk_results"):
        assert bulk.client.window.actions_here.get(name) is None
    bulk.select(3)
    assert len(bulk.list.chosen) == 3


@pytest.mark.parametrize("language", ["en", CHINESE])
def test_reasons_are_in_the_language_of_the_window(start_bulk: StartBulk, raw: Any, language: str) -> None:
    bulk = start_bulk(language=language)
    ids = bulk.select(2, first=40)
    raw("full2").cursor().execute("SELECT desk.lease_take('ticket', %s)", (ids[0],))
    bulk.change(next_step="Words")
    reason = bulk.results()[ids[0]][1]
    assert "pc-full2" in reason
    assert reason.isascii() == (language == "en")


def test_letters_look_for_a_field_and_enter_or_tab_adds_it(start_bulk: StartBulk) -> None:
    bulk = start_bulk()
    bulk.select(2)
    dialog = bulk.ask()
    picker = dialog.fields.picker
    QTest.keyClicks(picker, "prio")
    assert (picker.value(), dialog.fields.names()) == ("priority", [])
    QTest.keyClick(picker, Qt.Key.Key_Return)
    assert dialog.fields.names() == ["priority"]
    QTest.keyClick(picker, Qt.Key.Key_Down)
    assert dialog.fields.names() == ["priority"]
    shown = picker.value()
    QTest.keyClick(picker, Qt.Key.Key_Tab)
    assert shown in dialog.fields.names()
    QTest.keyClick(picker, Qt.Key.Key_Tab)  # nothing is shown: it goes on
    assert len(dialog.fields.names()) == len({*dialog.fields.names(), "priority", shown})
    dialog.reject()
    bulk.until(lambda: bulk.actions.dialog is None)
