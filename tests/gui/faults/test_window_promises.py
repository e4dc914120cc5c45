"""What other desks get wrong, on one that answers after 200 ms: typed notes, keys, many rows across a cut."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk_client.bulk import controller as bulk_controller
from desk_client.bulk.work import Outcome
from desk_client.messages import Answer
from desk_server.demo.loader import seed
from shared.services.bulk import PORTION
from tests.desks import RunningDesk
from tests.faults.proxy import Proxy
from tests.gui.bulk.conftest import Bulk
from tests.gui.faults.far_window import CONTROL, FarWindow
from tests.gui.faults.moments import just_before

StartFar = Callable[..., FarWindow]
KEY = Qt.Key
_OFFSETS = itertools.count(0, 3)


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 120, 3, dt.date(2026, 1, 1))
    return desk


@pytest.fixture
def tickets(stored: Any) -> list[int]:
    """Three that no other test has."""
    found = stored("SELECT id FROM desk.ticket WHERE deleted_at IS NULL ORDER BY id OFFSET %s LIMIT 3", next(_OFFSETS))
    return [one[0] for one in found]


def test_13_several_notes_outlive_that_another_agent_takes_the_tickets(
    start_far: StartFar, tickets: list[int], stored: Any
) -> None:
    window = start_far()
    panes = {}
    for ticket in tickets:
        window.client.workspace.open_in_tab(ticket)
        pane: Any = window.client.workspace.tabs.currentWidget()
        window.until(lambda pane=pane: pane.editing.detail is not None)
        panes[ticket] = pane
        QTest.keyClicks(pane.comment_box.editor, f"note on {ticket}")
    owners = dict(stored("SELECT id, assignee_id FROM desk.ticket WHERE id = ANY (%s)", tickets))
    (other,) = stored(
        "SELECT id FROM desk.staff WHERE NOT id = ANY (%s) LIMIT 1", [one or 0 for one in owners.values()]
    )
    stored(
        "UPDATE desk.ticket SET assignee_id = %s, save_id = gen_random_uuid(), row_version = row_version + 1"
        " WHERE id = ANY (%s)", other[0], tickets,
    )  # fmt: skip
    window.until(lambda: all(pane.editing.detail.values.assignee_id == other[0] for pane in panes.values()))
    window.client.settle()
    for ticket, pane in panes.items():
        assert pane.comment_box.editor.toPlainText() == f"note on {ticket}"
        window.until(lambda pane=pane: pane.drafting.kept_at is not None)
    for ticket, pane in panes.items():
        window.client.workspace.tabs.setCurrentWidget(pane)
        QTest.keyClick(pane.comment_box.editor, KEY.Key_Return, CONTROL)
        window.until(lambda pane=pane: not pane.is_dirty())
        notes = stored(
            "SELECT count(*) FROM desk.comment WHERE ticket_id = %s AND body = %s", ticket, f"note on {ticket}"
        )
        assert notes == [(1,)]
    assert stored("SELECT DISTINCT assignee_id FROM desk.ticket WHERE id = ANY (%s)", tickets) == [other]
    window.client.settle()


def test_2_esc_asks_only_where_something_is_typed_and_tab_goes_as_the_eye_goes(
    start_far: StartFar, tickets: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = start_far()
    asked: list[object] = []
    messages = window.app.messages
    monkeypatch.setattr(messages, "ask_unsaved", lambda *about: asked.append(about) or Answer.CANCEL)
    window.client.workspace.open_in_tab(tickets[0])
    tabs = window.client.workspace.tabs
    pane: Any = tabs.currentWidget()
    window.until(lambda: pane.editing.detail is not None)
    window.client.settle()
    frames = {name: frame for name, frame in pane.form.fields.frames.items() if frame.isVisible()}
    names = {id(frame.editor): name for name, frame in frames.items()}
    pane.form.focus_first()
    order: list[str] = []
    for _ in range(3 * len(frames)):
        at = names.get(id(QApplication.focusWidget()))
        order += [at] if at is not None and at not in order else []
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
    assert len(order) == len(frames) > 15

    def place(name: str) -> tuple[int, int]:
        at = frames[name].mapTo(pane.form.widget(), QPoint(0, 0))
        return at.y(), at.x()

    assert order == sorted(order, key=place)
    editor = frames["subject"].editor
    editor.setFocus()
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, KEY.Key_Escape)
    assert len(asked) == 1 and tabs.indexOf(pane) > 0
    QTest.keyClick(editor, KEY.Key_Z, CONTROL)
    assert not pane.is_dirty()
    QTest.keyClick(editor, KEY.Key_Escape)
    window.until(lambda: tabs.indexOf(pane) < 0)
    assert len(asked) == 1
    window.client.settle()


@pytest.mark.parametrize("lost", ["the answer", "the portion", "the reading of what the rows have"])
def test_many_rows_across_a_cut_are_saved_once(
    start_far: StartFar, desk: RunningDesk, proxy: Proxy, stored: Any, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    monkeypatch.setattr(bulk_controller, "RECONNECT_MS", 200)
    window, word = start_far(), f"lost: {lost}"
    bulk = Bulk(window.client, desk)
    ids = bulk.select(PORTION + 5)
    before = dict(stored("SELECT id, row_version FROM desk.ticket WHERE id = ANY (%s)", ids))

    def done() -> int:
        return int(stored("SELECT count(*) FROM desk.ticket WHERE next_step = %s", word)[0][0])

    bulk.ask()
    bulk.choose(next_step=word)
    held_up: list[object] = []
    bulk.actions.controller.held_up.connect(held_up.append)
    arrives, is_reading = lost == "the answer", lost.startswith("the reading")
    fault = proxy.lose_answers if arrives else proxy.black_hole
    with just_before("jsonb_build_object" if is_reading else "save_rows", fault) as is_lost:
        bulk.go_on()
        bulk.until(is_lost.is_set)
        bulk.until(lambda: done() == PORTION * arrives)
        proxy.cut()
        proxy.heal()
    bulk.finish()
    if is_reading:
        assert done() == 0
        bulk.button("bulkGo").click()  # the person tries again
        bulk.finish()
    assert bool(held_up) == (not is_reading)
    assert bulk.actions.last is not None and bulk.actions.last.count(Outcome.DONE) == len(ids)
    now = dict(stored("SELECT id, row_version FROM desk.ticket WHERE id = ANY (%s)", ids))
    assert now == {one: version + 1 for one, version in before.items()}
    assert done() == len(ids)
    window.until(lambda: window.badge() == "live")
    window.client.settle()


@pytest.mark.usefixtures("quick_return")
def test_a_ticket_that_could_not_be_read_is_read_when_it_is_opened_again(
    start_far: StartFar, tickets: list[int], proxy: Proxy
) -> None:
    window = start_far()
    workspace = window.client.workspace
    proxy.refuse()
    workspace.open_in_tab(tickets[0])
    pane: Any = workspace.tabs.currentWidget()
    window.until(lambda: not pane.editing.opening.is_under_way)
    assert pane.editing.detail is None
    proxy.heal()
    window.until(lambda: window.badge() == "live")
    workspace.open_in_tab(tickets[0])
    window.until(lambda: pane.editing.detail is not None and pane.editing.detail.id == tickets[0])
    assert workspace.tabs.panes()[1:] == [pane], "in the tab that was opened for it"
