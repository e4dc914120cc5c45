"""The administrator's screens: who has them, how they open, what the keys and the status bar mean in them."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desk_client.screen import Screen
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import CHINESE, Client, StartClient

NAMES = ("machines", "audit", "privacy")
TICKETS = 20


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    """With a few tickets."""
    seed(desk.desk, TICKETS, 7, dt.date(2026, 1, 1))
    return desk


def menus(client: Client) -> list[str]:
    return [action.menu().objectName() for action in client.window.menuBar().actions()]


def open_screen(client: Client, name: str) -> Screen:
    client.window.actions_here[name].trigger()
    client.settle()
    screen = client.workspace.tabs.front_screen()
    assert screen is not None
    return screen


@pytest.mark.parametrize("machine", ["query", "full"])
def test_other_machines_have_neither_menu_nor_action(start_client: StartClient, machine: str) -> None:
    client = start_client(machine)
    assert "administrationMenu" not in menus(client)
    assert client.window.findChild(QMenu, "administrationMenu") is None
    assert all(client.window.actions_here.get(name) is None for name in NAMES)


def test_each_opens_once_as_a_tab_and_closes_by_its_key(start_client: StartClient, qtbot: QtBot) -> None:
    client = start_client("admin")
    tabs = client.workspace.tabs
    assert "administrationMenu" in menus(client)
    for count, name in enumerate(NAMES, start=2):
        screen = open_screen(client, name)
        assert open_screen(client, name) is screen
        assert (tabs.count(), tabs.currentWidget()) == (count, screen)
    client.app.language.use(CHINESE)
    client.settle()
    assert [tabs.tabText(at) for at in range(4)] == ["工单", "机器", "审计", "私密字段"]
    for left in (3, 2, 1):
        qtbot.keyClick(client.window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
        client.settle()
        assert tabs.count() == left


def test_actions_on_a_ticket_sleep_while_a_screen_is_in_front(start_client: StartClient) -> None:
    client = start_client("admin")
    client.show_view("all")
    client.list.setFocus()
    client.list.step(1)
    client.until(client.page.has_ticket)
    client.settle()
    row, said = client.list.currentIndex().row(), client.window._rows.text()
    assert client.window.actions_here["take"].isEnabled()
    open_screen(client, "audit")
    assert not client.window.actions_here["take"].isEnabled()
    client.window.actions_here["next_ticket"].trigger()
    assert client.list.currentIndex().row() == row
    assert client.window._rows.text() != said
    client.window.actions_here["to_list"].trigger()
    assert client.window.actions_here["take"].isEnabled()
    assert client.window._rows.text() == said


def test_ctrl_f_is_the_search_of_the_screen_in_front(start_client: StartClient) -> None:
    client = start_client("admin")
    screen = open_screen(client, "audit")
    client.window.actions_here["search"].trigger()
    focus = QApplication.focusWidget()
    assert screen.isAncestorOf(focus)
    client.window.actions_here["to_list"].trigger()
    client.window.actions_here["search"].trigger()
    assert QApplication.focusWidget() is client.window.top_bar.search
