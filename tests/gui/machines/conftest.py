"""The administrator's client with the screen of machines open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import isValid

from desk_client.machines.page import MachinesPage
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient

CUT_SECONDS = 60


def assert_cut(connection: Any) -> None:
    """The server ends it, which is a moment after it was told to."""
    until = time.monotonic() + CUT_SECONDS
    with pytest.raises(psycopg2.Error):
        while time.monotonic() < until:
            connection.cursor().execute("SELECT 1")
            time.sleep(0.01)


@dataclass
class Machines:
    """The screen, and hands for it."""

    client: Client
    page: MachinesPage

    @property
    def pane(self) -> Any:
        return self.page.pane

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key, modifiers)

    def type(self, text: str) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, text)

    def go(self, widget: QWidget) -> None:
        """Put the focus there, as Tab would."""
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        self.client.until(lambda: QApplication.focusWidget() is widget)

    def push(self, button: QPushButton) -> None:
        """Press a button by the space bar."""
        assert button.isEnabled(), button.objectName()
        self.go(button)
        self.press(Qt.Key.Key_Space)

    def names(self) -> list[str]:
        rows = [self.page.model.row(at) for at in range(self.page.model.rowCount())]
        return [row.name for row in rows if row is not None]

    def row(self, name: str) -> Any:
        return self.page.model.row(self.names().index(name))

    def settle(self) -> None:
        self.client.settle()
        self.client.until(lambda: not self.page.model.is_dimmed)

    def show(self, name: str) -> None:
        """Open a machine by Enter in the list."""
        self.go(self.page.list)
        at = self.names().index(name)
        self.page.list.setCurrentIndex(self.page.model.index(at, 0))
        self.press(Qt.Key.Key_Return)
        self.client.until(lambda: self.pane.editing.detail is not None and self.pane.editing.detail.name == name)
        self.settle()

    def editor(self, name: str) -> Any:
        return self.pane.form.fields.frames[name].editor

    def said(self) -> dict[str, str]:
        """What stands under the fields."""
        return {name: f.message_text() for name, f in self.pane.form.fields.frames.items() if f.message_text()}

    def choose(self, name: str, letters: str) -> None:
        self.go(self.editor(name))
        self.type(letters)

    def mark(self, *people: str) -> None:
        """Set the marks of these people by keys."""
        field = self.editor("people")
        self.go(field)
        self.press(Qt.Key.Key_Down)
        menu = field.menu()
        for action in menu.actions():
            if action.text() in people:
                menu.setActiveAction(action)
                QTest.keyClick(menu, Qt.Key.Key_Space)
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        self.client.until(lambda: not menu.isVisible())
        self.client.window.activateWindow()  # there is no window manager to do it

    def save(self) -> None:
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def dialog(self, name: str) -> Any:
        """The dialog of that name, once it is shown."""
        found: list[Any] = []

        def is_there() -> bool:
            found[:] = [one for one in self.client.window.findChildren(QWidget, name) if one.isVisible()]
            return bool(found)

        self.client.until(is_there)
        return found[-1]

    def answer(self, dialog: QWidget, button: str) -> None:
        """Press a button of a dialog by its key."""
        made = dialog.findChild(QPushButton, button)
        assert made is not None, button
        self.push(made)
        if not isValid(dialog) or not dialog.isVisible():
            self.client.window.activateWindow()  # there is no window manager to do it


@pytest.fixture
def machines(start_client: StartClient) -> Iterator[Machines]:
    """An administrator's client on the screen of machines."""
    client = start_client("admin")
    yield open_machines(client)


def open_machines(client: Client) -> Machines:
    client.window.actions_here["machines"].trigger()
    page = client.workspace.tabs.currentWidget()
    assert isinstance(page, MachinesPage)
    made = Machines(client, page)
    client.until(lambda: page.model.rowCount() > 0)
    made.settle()
    return made


@pytest.fixture
def stored(desk: RunningDesk) -> Iterator[Callable[[str], Any]]:
    """``stored(sql)``: the rows, by a superuser."""
    connection = desk.owner()

    def ask(sql: str, *values: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else None

    yield ask
    connection.close()
