"""Client processes that type and are killed; what they left is copied for each test."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desk_client.drafts.offer import DraftRow
from desk_client.session.person_dialog import PersonDialog
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import ROOT, Client

KILLED_TICKETS = 5


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


def ids(desk: RunningDesk, count: int, skip: int = 0) -> list[int]:
    """Some tickets; each test has its own."""
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT id FROM desk.ticket ORDER BY id OFFSET %s LIMIT %s", [skip, count])
        return [row[0] for row in cursor.fetchall()]


def type_and_kill(folder: Path, **words: Any) -> dict[str, Any]:
    """Type, wait until it is on the disk, kill -9; what was typed."""
    command = [sys.executable, "-m", "tests.gui.drafts.typing_client", str(folder), json.dumps(words)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
    finally:
        process.kill()
        errors = process.communicate()[1]
    assert line.startswith("typed "), (line, errors)
    return json.loads(line.removeprefix("typed "))


class Left:
    """What a killed client has left in its profile folder."""

    def __init__(self, folder: Path, typed: dict[str, Any]) -> None:
        self.folder, self.typed = folder, typed

    def place(self, tmp_path: Path, machine: str = "full") -> None:
        """A copy of it, where ``start_client`` looks for the profile."""
        shutil.copytree(self.folder, tmp_path / machine)


@pytest.fixture(scope="module")
def left(desk: RunningDesk, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Five tickets with a changed subject and more, a new ticket, a comment on a sixth."""
    folder = tmp_path_factory.mktemp("killed") / "full"
    shutil.copytree(desk.profile("full").directory, folder)
    tickets = ids(desk, KILLED_TICKETS)
    typed = type_and_kill(
        folder,
        tickets=[(ticket, f"typed {at}") for at, ticket in enumerate(tickets)],
        new="Neues Gerät 花屏",
        steadily=" typed on without a pause",
        comment=[ids(desk, 1, KILLED_TICKETS)[0], "Half a comment \n"],
    )
    with desk.owner().cursor() as cursor:
        cursor.execute("DELETE FROM desk.edit_lease")  # the worker, which frees them, does not run here
    return Left(folder, typed)


def rows(client: Client) -> list[DraftRow]:
    """What is offered, as it stands on the card."""
    offer = client.window.draft_offer
    return [] if offer.isHidden() else [row for row in offer.findChildren(DraftRow) if not row.isHidden()]


def wait_offered(client: Client, count: int) -> list[DraftRow]:
    client.until(lambda: len(rows(client)) == count)
    return rows(client)


def panes(client: Client) -> dict[int | None, Any]:
    """The tabs of tickets, by id; None for a new one."""
    tabs = client.workspace.tabs.panes()[1:]
    return {pane.editing.detail.id if pane.editing.detail else None: pane for pane in tabs}


def open_draft_of(client: Client, entity_id: int | None) -> Any:
    """Open the draft of one row; its pane."""
    draft = next(one for one in client.app.drafts.offers() if one.content.entity_id == entity_id)
    client.window.draft_offer.findChild(DraftRow, f"draft_{draft.id.hex}").open_button.click()
    client.until(lambda: entity_id in panes(client) and panes(client)[entity_id].is_dirty())
    client.settle()
    pane = panes(client)[entity_id]
    client.workspace.tabs.setCurrentWidget(pane)
    return pane


def open_ticket(client: Client, ticket: int) -> Any:
    """In a tab; its pane."""
    client.workspace.open_in_tab(ticket)
    pane = client.workspace.pane()
    client.until(lambda: pane.editing.detail is not None)
    client.settle()
    return pane


def type_into(editor: Any, text: str) -> None:
    """As a person does: signals and all."""
    editor.insert(text) if hasattr(editor, "insert") else editor.insertPlainText(text)
    if hasattr(editor, "textEdited"):
        editor.textEdited.emit(editor.text())


def field(pane: Any, name: str) -> Any:
    return pane.form.fields.frames[name].editor


def enter_as(client: Client, person: int) -> None:
    """Choose who sits here."""

    def dialogs() -> list[PersonDialog]:
        return [one for one in client.window.findChildren(PersonDialog) if one.isVisible()]

    client.until(lambda: bool(dialogs()))
    dialog = dialogs()[0]
    dialog._people.setCurrentIndex(person)
    dialog.accept()
    client.until(lambda: client.window.workspace is not None)
    client.settle()


def files(client: Client) -> list[Path]:
    """The journals on the disk."""
    return sorted((client.app._profile.directory / "drafts").glob("*.drafts"))
