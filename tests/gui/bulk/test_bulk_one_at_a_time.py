"""Two things at once: what is tried again is not taken back meanwhile, and no typed text goes unasked."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desk_client.bulk.work import Outcome
from desk_client.messages import Answer
from tests.gui.bulk.conftest import Bulk, StartBulk
from tests.integration.database.world import update


def stored(bulk: Bulk, ids: list[int], column: str) -> list[Any]:
    found = dict(bulk.sql(f"SELECT id, {column} FROM desk.ticket WHERE id = ANY (%s)", ids))
    return [found[one] for one in ids]


def test_while_it_is_tried_again_it_is_not_taken_back(start_bulk: StartBulk, raw: Any) -> None:
    bulk = start_bulk()
    ids = bulk.select(3, first=10)
    other = raw("full2").cursor()
    bulk.ask()
    bulk.choose(next_step="Together")
    update(other, "ticket", ids[1], next_step="Mine")
    bulk.go_on()
    bulk.finish()
    assert bulk.results()[ids[1]][0] is Outcome.FAILED
    QTest.mouseClick(bulk.button("bulkGo"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(bulk.button("bulkUndo"), Qt.MouseButton.LeftButton)
    bulk.until(lambda: stored(bulk, ids, "next_step")[1] == "Together")
    bulk.finish()
    assert stored(bulk, ids, "next_step") == ["Together"] * 3
    assert bulk.client.workspace.many.undo_bar.text() == "3 tickets changed"


def test_each_ticket_with_typed_text_is_asked_about(start_bulk: StartBulk, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk = start_bulk()
    ids = bulk.select(2, first=20)
    tabs, workspace = bulk.client.workspace.tabs, bulk.client.workspace
    for count, ticket in enumerate(ids, start=2):
        workspace.open_in_tab(ticket)
        bulk.until(lambda count=count, ticket=ticket: (tabs.count(), tabs.ticket_ids_in_front()) == (count, (ticket,)))
        bulk.client.settle()
        workspace.pane().form.put({"next_step": f"typed {ticket}"}, {})
        bulk.client.settle()
    asked: list[str] = []

    def save(_parent: Any, title: str) -> Answer:
        asked.append(title)
        return Answer.SAVE

    monkeypatch.setattr(bulk.client.app.messages, "ask_unsaved", save)
    tabs.setCurrentIndex(0)
    bulk.act("delete")
    bulk.until(lambda: workspace.findChild(object, "deleteQuestion") is not None)
    assert len(asked) == 2, asked
    assert stored(bulk, ids, "next_step") == [f"typed {ticket}" for ticket in ids]
    QTest.mouseClick(bulk.button("questionBack", workspace), Qt.MouseButton.LeftButton)
    bulk.client.settle()
