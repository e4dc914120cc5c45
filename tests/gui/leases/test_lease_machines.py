"""The same for another entity: two administrators on one machine's form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtTest import QTest

from desk_server.machines import add_machine
from tests.desks import RunningDesk
from tests.gui.conftest import StartClient


class MachineWindow:
    """An administrator's window with the screen of machines."""

    def __init__(self, start_client: StartClient, machine: str) -> None:
        self.client = start_client(machine)
        self.page = self.client.workspace.open_screen("machines")
        self.pane = self.page.pane
        self.until = self.client.until
        self.until(lambda: self.page.model.rowCount() > 3)
        self.client.settle()

    def open(self, machine_id: int) -> None:
        self.page.open_machine(machine_id)
        self.until(lambda: self.pane.editing.detail is not None and self.pane.editing.detail.id == machine_id)
        self.client.settle()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.pane.form.fields.frames["note"].editor, text)

    def notice(self) -> str:
        return str(self.pane.lease_banner.text())

    def push(self, name: str) -> None:
        def found() -> Any:
            return next((one for one in self.pane.lease_banner._buttons if one.objectName() == name), None)

        self.until(lambda: found() is not None)
        found().click()

    def edited_by(self, machine_id: int) -> str | None:
        at = self.page.model.find(machine_id)
        row = None if at is None else self.page.model.row(at)
        return None if row is None else row.edited_by


def test_machines_are_seen_edited_taken_over_and_saved_like_tickets(
    start_client: StartClient, desk: RunningDesk, lengths: Callable[..., None], stored: Callable[..., Any]
) -> None:
    add_machine(desk.desk, "pc-boss", "admin", ["wang"], desk.desk.profiles / "boss")
    machine_id = stored("SELECT id FROM desk.machine WHERE name = 'pc-query'")[0][0]
    a, b = MachineWindow(start_client, "admin"), MachineWindow(start_client, "boss")
    a.open(machine_id)
    b.open(machine_id)
    a.type("mine")
    b.until(lambda: b.edited_by(machine_id) == "pc-admin" and "pc-admin (wang) is editing this" in b.notice())
    b.push("takeOver")
    a.until(lambda: "pc-boss (wang) took this over" in a.notice())
    assert "mine" in a.pane.form.fields.frames["note"].editor.value()
    b.type("theirs")
    b.pane.save()
    b.until(lambda: not b.pane.is_dirty())
    assert stored("SELECT note, row_version FROM desk.machine WHERE id = %s", machine_id)[0][0] == "theirs"
    assert stored("SELECT count(*) FROM desk.edit_lease WHERE entity = 'machine'") == [(0,)]
    a.until(lambda: "It is free now." in a.notice())
