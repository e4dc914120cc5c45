"""What a window 200 ms away from its desk does not want any more: a search of the audit that the server is at."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtTest import QTest
from sqlalchemy import text

from desk_client.audit.list_controller import AuditSource
from desk_client.audit.page import AuditPage
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.faults.conftest import LONG, MARK
from tests.gui.faults.far_window import FarWindow

SOON = 15.0  # seconds; the search itself would go on for thirty
SLOW_WORD = "slow"


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


@pytest.fixture
def at_server(desk: RunningDesk) -> Callable[[], int]:
    """How many slow searches the server is at."""
    owner = desk.owner().cursor()

    def count() -> int:
        owner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND usename LIKE 'm\\_%%' AND query LIKE %s",
            [f"%{MARK}%"],
        )
        return int(owner.fetchone()[0])

    return count


@pytest.fixture
def audit(
    start_far: Callable[..., FarWindow], monkeypatch: pytest.MonkeyPatch, at_server: Callable[[], int]
) -> tuple[FarWindow, AuditPage]:
    """The audit's screen, whose search for one word is at the server and takes as long as among millions of entries."""
    honest = AuditSource.page

    def page(self: Any, conn: Any, listing: Any, after: Any) -> Any:
        if listing.filter.text == SLOW_WORD:
            conn.execute(text(LONG))
        return honest(self, conn, listing, after)

    monkeypatch.setattr(AuditSource, "page", page)
    window = start_far("admin")
    window.client.window.actions_here["audit"].trigger()
    screen = window.client.workspace.tabs.currentWidget()
    assert isinstance(screen, AuditPage)
    window.until(lambda: not screen.model.is_dimmed and screen.model.rowCount() > 0)
    QTest.keyClicks(screen.filters.search, SLOW_WORD)
    window.until(lambda: at_server() == 1)
    return window, screen


def ends_soon(window: FarWindow, at_server: Callable[[], int]) -> None:
    began = time.monotonic()
    window.until(lambda: at_server() == 0)
    assert time.monotonic() - began < SOON


def test_a_search_of_the_audit_ends_at_the_server_when_other_words_are_typed(
    audit: tuple[FarWindow, AuditPage], at_server: Callable[[], int]
) -> None:
    window, screen = audit
    screen.filters.search.selectAll()
    QTest.keyClicks(screen.filters.search, "insert")
    ends_soon(window, at_server)
    window.until(lambda: not screen.model.is_dimmed)
    assert screen.list_controller.listing.filter.text == "insert"


def test_a_search_of_the_audit_ends_at_the_server_when_its_filters_are_cleared(
    audit: tuple[FarWindow, AuditPage], at_server: Callable[[], int]
) -> None:
    window, screen = audit
    screen.filters.clear_button.click()
    ends_soon(window, at_server)
    window.until(lambda: not screen.model.is_dimmed and screen.model.rowCount() > 0)


def test_a_search_of_the_audit_ends_at_the_server_when_its_tab_is_closed(
    audit: tuple[FarWindow, AuditPage], at_server: Callable[[], int]
) -> None:
    window, screen = audit
    window.client.window.actions_here["close_tab"].trigger()
    assert window.client.workspace.tabs.indexOf(screen) < 0
    ends_soon(window, at_server)
    window.client.settle()
