"""Two real windows on two machines' certificates, with a desk whose lengths are short."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient

_OFFSETS = itertools.count(1)
LENGTHS = {"lease_seconds": 24, "heartbeat_seconds": 6, "lease_ask_seconds": 2, "lease_idle_seconds": 300}


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 40, 3, dt.date(2026, 1, 1))
    return desk


@pytest.fixture
def lengths(desk: RunningDesk) -> Iterator[Callable[..., None]]:
    """``lengths(lease_ask_seconds=60)``: settings of the desk, for clients that start after it."""
    owner = desk.owner()

    def set_lengths(**seconds: float) -> None:
        with owner.cursor() as cursor:
            for key, value in {**LENGTHS, **seconds}.items():
                cursor.execute(
                    "INSERT INTO desk.setting (key, value) VALUES (%s, %s)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    [key, str(value)],
                )

    set_lengths()
    yield set_lengths
    with owner.cursor() as cursor:
        cursor.execute("DELETE FROM desk.edit_lease")
    desk.close_connections()


class Window:
    """A client's window as the person before it sees and uses it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.until = client.until

    @property
    def pane(self) -> Any:
        return self.client.page.pane

    def open(self, ticket_id: int) -> None:
        self.client.page.open_ticket(ticket_id)
        self.until(lambda: self.pane.editing.detail is not None and self.pane.editing.detail.id == ticket_id)
        self.client.settle()

    def editor(self, name: str) -> Any:
        return self.pane.form.fields.frames[name].editor

    def type(self, text: str, field: str = "serial") -> None:
        """Letters into a field, as the keyboard sends them to it."""
        QTest.keyClicks(self.editor(field), text)

    def notice(self) -> str:
        """What is said of the lease."""
        return str(self.pane.lease_banner.text())

    def buttons(self) -> dict[str, QPushButton]:
        return {one.objectName(): one for one in self.pane.lease_banner._buttons}

    def push(self, name: str) -> None:
        self.until(lambda: name in self.buttons())
        self.buttons()[name].click()

    def is_locked(self) -> bool:
        return bool(self.editor("serial").isReadOnly())

    def holds(self) -> bool:
        return bool(self.pane.controller.lease.is_held)

    def edited_by(self, ticket_id: int) -> str | None:
        """What the list says of a ticket."""
        row = self.row(ticket_id)
        return None if row is None else row.edited_by

    def row(self, ticket_id: int) -> Any:
        """A ticket's line in the list."""
        at = self.client.model.find(ticket_id)
        return None if at is None else self.client.model.row(at)

    def take_lease(self, text: str = "x") -> None:
        """Type, and have the lease."""
        self.type(text)
        self.until(self.holds)

    def stand_still(self) -> None:
        """As if its process had no power: it hears nothing and says nothing. What was under way is over."""
        app = self.client.app
        app.bus.blockSignals(True)
        self.until(app.runner.is_idle)  # the answer to a sign of life would start the timer again
        app.leases._timer.stop()

    def let_pass(self, seconds: float) -> None:
        """So much time has passed for its leases, in which nobody did anything here."""
        leases = self.client.app.leases
        before = leases._clock
        leases._clock = lambda: before() + seconds
        leases._on_time()


@pytest.fixture
def windows(start_client: StartClient, lengths: Callable[..., None]) -> Callable[..., Window]:
    """``windows("full")``: a window on that machine with all tickets in its list."""

    def start(machine: str) -> Window:
        client = start_client(machine)
        client.show_view("all")
        return Window(client)

    return start


@pytest.fixture
def ticket(desk: RunningDesk) -> int:
    """A ticket that nobody edits and no other test has."""
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT id FROM desk.ticket WHERE deleted_at IS NULL ORDER BY id OFFSET %s", [next(_OFFSETS)])
        return int(cursor.fetchone()[0])


@pytest.fixture
def stored(desk: RunningDesk) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the desk as its owner."""

    def ask(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with desk.owner().cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    return ask
