"""A query-only machine's window: nothing that writes exists; and what the window does when the desk is gone."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import StartClient

WRITES = {"new_ticket", "edit", "save", "comment", "assign", "change_status", "save_and_new", "take", "resolve"}


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


@pytest.mark.parametrize(("machine", "writes"), [("full", WRITES), ("query", set()), ("admin", WRITES)])
def test_actions_menus_and_buttons_follow_the_level(start_client: StartClient, machine: str, writes: set[str]) -> None:
    client = start_client(machine)
    names = {action.objectName() for action in client.window.findChildren(QAction)}
    assert names & WRITES == writes
    button = client.window.findChild(QPushButton, "newTicketButton")
    assert button.isVisible() is bool(writes)
    assert {action.objectName() for action in client.window.actions_here.of_row()} & WRITES == writes & {
        "edit", "comment", "assign", "change_status", "take", "resolve",
    }  # fmt: skip


def test_shortcuts_of_writing_do_nothing_on_a_reading_machine(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client("query")
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(0, 0))
    client.until(client.page.has_ticket)
    client.settle()
    shown = client.page.shown_id()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for key, modifiers in [
        (Qt.Key.Key_N, control), (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Return, control),
        (Qt.Key.Key_M, control), (Qt.Key.Key_A, control | shift), (Qt.Key.Key_S, control | shift),
    ]:  # fmt: skip
        QTest.keyClick(client.window, key, modifiers)
        QTest.keyClick(client.list, key, modifiers)
    client.settle()
    assert client.page.shown_id() == shown
    assert not client.page.pane.is_dirty()


def test_the_desk_goes_and_comes_back(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client("full")
    client.show_view("all")
    badge, rows = client.window.top_bar.badge, client.numbers()
    desk.stop()
    try:
        client.window.actions_here["refresh"].trigger()
        client.until(lambda: not badge.is_live())
        assert "reconnecting" in badge.accessibleDescription()
        assert client.numbers() == rows
    finally:
        desk.start()
    client.until(badge.is_live)
    client.settle()
    assert client.numbers() == rows
    assert client.window.message_bar.text() == ""


def test_a_message_stays_until_it_is_dismissed(start_client: StartClient) -> None:
    client = start_client("full")
    client.app.messages.warning(lambda: "Something to know")
    assert client.window.message_bar.text() == "Something to know"
    client.window.findChild(QPushButton, "messageDismiss").click()
    assert client.window.message_bar.text() == ""
    client.app.messages.info(lambda: "Saved")
    assert client.window.statusBar().currentMessage() == "Saved"
