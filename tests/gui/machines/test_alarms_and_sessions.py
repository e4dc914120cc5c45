"""Alarms over the window until they are seen, the list of security events, and the sessions of a machine, by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.gui.conftest import CHINESE, StartClient
from tests.gui.machines.conftest import Machines, assert_cut

KEY = Qt.Key


@pytest.fixture
def alarm(stored: Callable[..., Any]) -> Any:
    """An old certificate was used; gone again after the test."""
    stored("UPDATE desk.security_event SET seen_at = now(), seen_by = 'x' WHERE seen_at IS NULL")
    added = stored(
        "SELECT desk.security_event_add('old_certificate', 'pc-full2', '192.0.2.99', '{\"serial\": \"42\"}', true)"
    )[0][0]
    yield added
    stored("UPDATE desk.security_event SET seen_at = now(), seen_by = 'x' WHERE seen_at IS NULL")


def test_an_alarm_stands_over_the_window_until_it_is_seen(
    start_client: StartClient, alarm: int, stored: Callable[..., Any]
) -> None:
    client = start_client("admin")
    banner = client.window.alarm_banner
    client.until(lambda: banner.text() != "")
    assert "192.0.2.99" in banner.text()
    assert "make a new code for pc-full2" in banner.text(), "it says what to do"
    client.app.language.use(CHINESE)
    client.until(lambda: "192.0.2.99" in banner.text() and "make a new code" not in banner.text())

    banner.findChild(QPushButton, "alarmSeen").click()
    client.until(lambda: banner.text() == "")
    assert stored("SELECT seen_by FROM desk.security_event WHERE id = %s", alarm) == [("pc-admin",)]


def test_machines_that_are_no_administrators_hear_nothing(start_client: StartClient, alarm: int) -> None:
    client = start_client("full")
    client.settle()
    assert client.window.alarm_banner.text() == ""


def test_alarms_are_asked_for_again(start_client: StartClient, stored: Callable[..., Any], alarm: int) -> None:
    client = start_client("admin")
    banner = client.window.alarm_banner
    client.until(lambda: banner.text() != "")
    stored("SELECT desk.security_event_add('watchdog', 'pc-full', '192.0.2.5', '{}', true)")
    controller = next(one for one in client.window.children() if type(one).__name__ == "AlarmController")
    assert controller._timer.isActive() and controller._timer.interval() == 60_000
    controller._timer.timeout.emit()
    client.until(lambda: "pc-full " in banner.text())
    assert "More alarms: 1" in banner.text()


def test_the_list_of_events_is_searched_and_marked(machines: Machines, alarm: int, stored: Callable[..., Any]) -> None:
    machines.client.window.alarm_banner.all_wanted.emit()
    events = machines.page.events
    machines.client.until(lambda: events.model.rowCount() == 1 and not events.model.is_dimmed)
    machines.go(events.list)
    machines.press(KEY.Key_Home)
    machines.client.until(events.seen.isVisible)
    machines.push(events.seen)
    machines.client.until(lambda: events.model.rowCount() == 0)
    assert stored("SELECT seen_at IS NOT NULL FROM desk.security_event WHERE id = %s", alarm) == [(True,)]

    machines.push(events.open_only)
    machines.client.until(lambda: events.model.rowCount() > 1)
    machines.go(events.search)
    machines.type("192.0.2.99")
    machines.client.until(
        lambda: not events.model.is_dimmed and {row.address for row in events.model.rows_in_memory()} == {"192.0.2.99"}
    )


def test_sessions_are_seen_and_ended(machines: Machines, raw: Any, stored: Callable[..., Any]) -> None:
    first, second = raw("shared", person="lin"), raw("shared", person="zhao")
    machines.show("pc-shared")
    machines.push(machines.pane.head.sessions)
    dialog = machines.dialog("sessionsDialog")
    machines.client.until(lambda: dialog.table.rowCount() == 2)
    assert dialog.table.item(0, 0).text() == "127.0.0.1"
    assert dialog.table.item(0, 2).text().startswith("supportdesk")

    def is_left(count: int) -> bool:
        """The server has ended it a moment after it said so: where it was not yet gone, one looks again."""
        if dialog.table.rowCount() != count and machines.client.app.runner.is_idle():
            dialog.findChild(QPushButton, "sessionsRefresh").click()
        return dialog.table.rowCount() == count

    machines.push(dialog.findChild(QPushButton, "sessionsEnd"))
    machines.client.until(lambda: is_left(1))
    machines.push(dialog.findChild(QPushButton, "sessionsEndAll"))
    machines.client.until(lambda: is_left(0))
    for connection in (first, second):
        assert_cut(connection)
    machines.answer(dialog, "sessionsClose")
    kinds = stored("SELECT count(*) FROM desk.security_event WHERE kind = 'sessions_ended' AND machine = 'pc-shared'")
    assert kinds == [(2,)]


def test_a_client_is_told_that_its_rights_have_changed(start_client: StartClient, stored: Callable[..., Any]) -> None:
    client = start_client("full2")
    stored("SELECT desk.machine_set('pc-full2', 'query', NULL)")
    stored("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'm_pc-full2'")
    client.workspace.refresh()
    client.until(lambda: "was changed" in client.window.message_bar.text())
    stored("SELECT desk.machine_set('pc-full2', 'full', NULL)")
