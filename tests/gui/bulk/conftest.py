"""A desk with enough demo tickets for a change of a thousand, and the keys that a person presses for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from desk_client.bulk.dialog import BulkDialog, Step
from desk_client.bulk.work import Outcome
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient

TICKETS = 150  # a file that needs more says so by TICKETS of its own
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def desk(desk: RunningDesk, request: pytest.FixtureRequest) -> RunningDesk:
    """Seeded once a file."""
    seed(desk.desk, getattr(request.module, "TICKETS", TICKETS), 7, dt.date(2026, 1, 1))
    return desk


class Bulk:
    """A client at work on many tickets."""

    def __init__(self, client: Client, desk: RunningDesk) -> None:
        self.client, self.desk = client, desk
        self.actions = client.workspace.many.bulk
        self.list = client.list
        self.said: list[str] = []  # in the status bar, for some seconds each
        client.window.statusBar().messageChanged.connect(self.said.append)
        self.undo_bar = client.workspace.many.undo_bar
        assert self.undo_bar.timer.interval() == 10_000
        self.undo_bar.timer.setInterval(600_000)  # however long a test takes: the offer stands until it says so

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        connection = self.desk.desk.owner_connection()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.list, key, modifiers)

    def select(self, rows: int, first: int = 0) -> list[int]:
        """Choose rows by Shift and the arrows; their ids."""
        self.list.setFocus()
        self.press(Qt.Key.Key_Home)
        for _ in range(first):
            self.press(Qt.Key.Key_Down)
        for _ in range(rows - 1):
            self.press(Qt.Key.Key_Down, SHIFT)
        ids = list(self.list.chosen_ids())
        assert len(ids) == rows
        return ids

    def act(self, name: str) -> None:
        """As from the menu, or by its shortcut."""
        action = self.client.window.actions_here[name]
        assert action.isEnabled()
        action.trigger()

    @property
    def dialog(self) -> BulkDialog:
        assert self.actions.dialog is not None
        return self.actions.dialog

    def ask(self) -> BulkDialog:
        """The dialog, by the shortcut."""
        self.act("change_selected")
        self.until(lambda: self.actions.dialog is not None)
        return self.dialog

    def choose(self, **values: Any) -> None:
        """Add fields, and give them values as if they had been entered."""
        page = self.dialog.fields
        for name, value in values.items():
            page.picker.set_value(name)
            page.picker.edited.emit()
            assert page.fields is not None
            page.fields.put(name, value)

    def change(self, **values: Any) -> None:
        """Ask, fill in, go on with Ctrl+Enter, and wait for the end."""
        self.ask()
        self.choose(**values)
        self.go_on()
        self.finish()

    def go_on(self) -> None:
        QTest.keyClick(self.dialog, Qt.Key.Key_Return, CONTROL)

    def finish(self) -> None:
        self.until(lambda: not self.actions.controller.is_busy)
        self.client.settle()

    def button(self, name: str, of: QWidget | None = None) -> QPushButton:
        found = (of or self.dialog).findChild(QPushButton, name)
        assert found is not None
        return found

    def results(self) -> dict[int, tuple[Outcome, str]]:
        """What the list of results says of each row: id, outcome, reason."""
        assert self.dialog.step is Step.RESULTS
        model, work = self.dialog.results.model, self.actions.last
        assert work is not None and model.rowCount() == len(work.rows)
        shown = {model.index(at, 0).data(): model.index(at, 3).data() for at in range(model.rowCount())}
        return {row.name.id: (row.outcome, shown[row.name.key]) for row in work.rows}

    def until(self, condition: Callable[[], bool]) -> None:
        """A thousand may take long where others work on the same processors."""
        self.client._qtbot.waitUntil(condition, timeout=60_000)


StartBulk = Callable[..., Bulk]


@pytest.fixture
def start_bulk(start_client: StartClient, desk: RunningDesk) -> StartBulk:
    """``start_bulk("full", view="all")``: a client with that view in front."""

    def start(machine: str = "full", view: str = "all", **keywords: Any) -> Bulk:
        client = start_client(machine, **keywords)
        client.show_view(view)
        return Bulk(client, desk)

    return start


@pytest.fixture(autouse=True)
def nobody_edits(desk: RunningDesk) -> None:
    """No test leaves a lease behind that holds up the next."""
    with desk.owner().cursor() as cursor:
        cursor.execute("DELETE FROM desk.edit_lease")
