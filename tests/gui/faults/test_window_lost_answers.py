"""What a person does between an answer that got lost and the desk's return."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.faults.proxy import Proxy
from tests.gui.faults.far_window import CONTROL, FarWindow
from tests.gui.faults.moments import COMMIT, just_before

StartFar = Callable[..., FarWindow]
_OFFSETS = itertools.count()
pytestmark = pytest.mark.usefixtures("quick_return")


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 20, 3, dt.date(2026, 1, 1))
    return desk


@pytest.fixture
def ticket(stored: Callable[..., Any]) -> int:
    """One that no other test has."""
    found = stored("SELECT id FROM desk.ticket WHERE deleted_at IS NULL ORDER BY id OFFSET %s LIMIT 1", next(_OFFSETS))
    return int(found[0][0])


def test_an_own_lease_whose_answer_was_lost_locks_nobody_out(
    start_far: StartFar, proxy: Proxy, ticket: int, stored: Any
) -> None:
    window = start_far()
    window.open(ticket)
    lease = window.pane.controller.lease
    lost: list[object] = []
    lease.failed.connect(lost.append)
    proxy.latency = 0.0
    with just_before("lease_take", proxy.lose_answers):
        window.type("SN-1")
        window.until(lambda: bool(stored("SELECT 1 FROM desk.edit_lease WHERE entity_id = %s", ticket)))
    proxy.cut()
    proxy.heal()
    window.until(lambda: bool(lost))
    window.until(lambda: window.badge() == "live")
    window.app.leases.others.look_soon()  # as after each gap
    window.until(lambda: lease.is_held)
    assert not window.editor("serial").isReadOnly()
    assert window.pane.lease_banner.text() == ""
    window.client.settle()


@pytest.mark.parametrize("arrived", [True, False], ids=["the answer was lost", "the save was lost"])
def test_what_is_taken_back_while_nobody_knows_whether_it_was_saved_is_taken_back(
    start_far: StartFar, proxy: Proxy, ticket: int, stored: Any, arrived: bool
) -> None:
    def serial() -> str | None:
        return stored("SELECT serial FROM desk.ticket WHERE id = %s", ticket)[0][0]

    stored(
        "UPDATE desk.ticket SET serial = NULL, save_id = gen_random_uuid(), row_version = row_version + 1"
        " WHERE id = %s", ticket,
    )  # fmt: skip
    window = start_far()
    window.open(ticket)
    proxy.latency = 0.0
    window.type("SN-1")
    window.until(lambda: window.pane.controller.lease.is_held)
    window.client.settle()
    if arrived:
        with just_before(COMMIT, proxy.lose_answers):
            window.save()
            window.until(lambda: serial() == "SN-1")
    proxy.refuse()
    if not arrived:
        window.save()
    window.until(lambda: not window.pane.editing.is_saving and "kept as a draft" in window.said())
    QTest.keyClick(window.editor("serial"), Qt.Key.Key_Z, CONTROL)
    assert window.editor("serial").text() == ""
    assert window.pane.is_dirty(), "it may stand in the desk"
    proxy.heal()
    window.until(lambda: window.badge() == "live")
    window.push("saveNow")
    window.until(lambda: not window.pane.is_dirty() and not window.pane.editing.is_saving)
    window.client.settle()
    assert serial() is None and window.editor("serial").text() == ""


def test_a_lease_that_was_taken_anew_is_not_left_behind_by_a_save_that_was_done_before(
    start_far: StartFar, proxy: Proxy, ticket: int, stored: Any
) -> None:
    def live_leases() -> list[Any]:
        return list(
            stored("SELECT token FROM desk.edit_lease WHERE entity_id = %s AND expires_at > clock_timestamp()", ticket)
        )

    window = start_far()
    window.open(ticket)
    lease = window.pane.controller.lease
    proxy.latency = 0.0
    window.type("SN-77")
    window.until(lambda: lease.is_held)
    window.client.settle()
    first = live_leases()
    with just_before(COMMIT, proxy.lose_answers):
        window.save()
        window.until(lambda: live_leases() == [])  # done, and its lease ended
    proxy.refuse()
    window.until(lambda: not window.pane.editing.is_saving and "kept as a draft" in window.said())
    proxy.heal()
    window.until(lambda: live_leases() not in ([], first))  # nobody had it: taken again
    window.client.settle()
    window.push("saveNow")
    window.until(lambda: not window.pane.is_dirty() and not window.pane.editing.is_saving)
    window.until(lambda: live_leases() == [])
    assert not lease.is_held


@pytest.mark.parametrize("arrived", [True, False], ids=["the answer was lost", "the comment was lost"])
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "with the form"])
def test_a_comment_that_is_taken_away_while_nobody_knows_is_not_added_any_more(
    start_far: StartFar, proxy: Proxy, ticket: int, stored: Any, alone: bool, arrived: bool
) -> None:
    def comments() -> int:
        return int(
            stored("SELECT count(*) FROM desk.comment WHERE ticket_id = %s AND body = 'in a hurry'", ticket)[0][0]
        )

    window = start_far()
    window.open(ticket)
    proxy.latency = 0.0
    if not alone:
        window.type("SN-1")
        window.until(lambda: window.pane.controller.lease.is_held)
    window.comment("in a hurry")
    window.client.settle()
    if arrived:
        with just_before(COMMIT, proxy.lose_answers):
            window.save()
            window.until(lambda: comments() == 1)
    proxy.refuse()
    if not arrived:
        window.save()
    window.until(lambda: not window.pane.editing.is_saving and "kept as a draft" in window.said())
    box = window.pane.comment_box.editor
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(box, Qt.Key.Key_Delete)
    proxy.heal()
    window.until(lambda: window.badge() == "live")
    window.client.settle()
    window.type("-2")
    window.save()
    window.until(lambda: not window.pane.is_dirty() and not window.pane.editing.is_saving)
    window.client.settle()
    assert comments() == int(arrived)
    assert "-2" in stored("SELECT serial FROM desk.ticket WHERE id = %s", ticket)[0][0]
