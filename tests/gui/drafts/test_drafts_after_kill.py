"""A client process is killed with kill -9: the next start offers what was typed, to the letter."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desk_client.drafts.offer import DraftRow
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import ROOT, Client, StartClient


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


class Killed:
    """Client processes that are killed in the middle."""

    def __init__(self, desk: RunningDesk, tmp_path: Path) -> None:
        self._desk, self._tmp_path = desk, tmp_path

    def __call__(self, machine: str = "full", **words: Any) -> dict[str, Any]:
        """Type, wait until it is on the disk, kill; what was typed."""
        folder = self._tmp_path / machine
        if not folder.exists():
            shutil.copytree(self._desk.profile(machine).directory, folder)
        command = [sys.executable, "-m", "tests.gui.drafts.typing_client", str(folder), json.dumps(words)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if words.get("then") and line:
                process.stdout.readline()
        finally:
            process.kill()
            errors = process.communicate()[1]
        assert line.startswith("typed "), (line, errors)
        return json.loads(line.removeprefix("typed "))


@pytest.fixture
def killed(desk: RunningDesk, tmp_path: Path) -> Iterator[Killed]:
    yield Killed(desk, tmp_path)


def ids(desk: RunningDesk, count: int, skip: int = 0) -> list[int]:
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT id FROM desk.ticket ORDER BY id OFFSET %s LIMIT %s", [skip, count])
        return [row[0] for row in cursor.fetchall()]


def rows(client: Client) -> list[DraftRow]:
    offer = client.window.draft_offer
    return [] if offer.isHidden() else [row for row in offer.findChildren(DraftRow) if row.isVisible()]


def panes(client: Client) -> dict[int | None, Any]:
    return {pane.editing.detail.id if pane.editing.detail else None: pane for pane in client.workspace.tabs.panes()[1:]}


def wait_offered(client: Client, count: int) -> list[DraftRow]:
    client.until(lambda: len(rows(client)) == count)
    return rows(client)


def test_five_forms_come_back_to_the_letter(killed: Killed, desk: RunningDesk, start_client: StartClient) -> None:
    tickets = ids(desk, 5)
    typed = killed(tickets=[(ticket, f"typed {at}") for at, ticket in enumerate(tickets)])
    assert typed["kept_after"] < 2 * 2  # after the last key; twice the promise, on a loaded machine
    client = start_client()
    wait_offered(client, 5)
    client.window.draft_offer.open_all_button.click()
    client.until(lambda: set(panes(client)) == set(tickets))
    client.settle()
    for at, (ticket, pane) in enumerate(panes(client).items()):
        fields = pane.form.fields
        was = typed["fields"][str(ticket)]
        assert fields.frames["subject"].editor.text() == was["subject"]
        assert fields.frames["description"].editor.toPlainText().endswith("two blanks, a line end \n")
        assert "no such customer" in fields.frames["customer_id"].editor.text()
        assert fields.unresolved() == ["customer_id"]
        assert pane.is_dirty(), at
        client.workspace.tabs.setCurrentWidget(pane)
        assert fields.frames["subject"].editor.cursorPosition() == was["cursor"]
    assert rows(client) == []


def test_a_new_ticket_and_a_comment_come_back_and_are_saved(
    killed: Killed, desk: RunningDesk, start_client: StartClient
) -> None:
    ticket = ids(desk, 1, 10)[0]
    killed(new="Neues Gerät 花屏", comment=[ticket, "Half a comment \n"])
    client = start_client()
    wait_offered(client, 2)
    client.window.draft_offer.open_all_button.click()
    client.until(lambda: set(panes(client)) == {None, ticket})
    client.settle()
    commented, new = panes(client)[ticket], panes(client)[None]
    assert commented.comment_box.editor.toPlainText() == "Half a comment \n"
    assert new.form.fields.frames["subject"].editor.text() == "Neues Gerät 花屏"
    commented.save()
    client.settle()
    assert not commented.is_dirty()
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM desk.comment WHERE ticket_id = %s AND body LIKE 'Half a comment%%'", [ticket]
        )
        assert cursor.fetchone() == (1,)
    assert QApplication.focusWidget() is not None
