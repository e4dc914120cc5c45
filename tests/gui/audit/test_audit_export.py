"""Export of the audit: whole or not there, page by page, safe in a spreadsheet, while the window goes on."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk_client import main_window
from desk_client.audit import controller
from desk_client.audit.page import AuditPage
from shared.errors import DatabaseUnavailableError
from shared.queries import audit
from tests.desks import RunningDesk
from tests.gui.audit.conftest import add_contact
from tests.gui.audit.test_audit_screen import open_audit, pick, settled
from tests.gui.conftest import CHINESE, Client, StartClient


@pytest.fixture
def client(start_client: StartClient) -> Client:
    return start_client("admin")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controller, "EXPORT_ROWS", 100)


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def export(client: Client, page: AuditPage, path: Path) -> list[list[str]]:
    done: list[Any] = []
    page.controller.exported.connect(lambda *given: done.append(given))
    page.export_to(path)
    client.until(lambda: bool(done))
    assert done[0][0] == path
    return read(path)


class Held:
    """The pages of an export: ``first`` of them are read, the next one waits until it is told to go on."""

    def __init__(self, first: int) -> None:
        self.pages = 0
        self.may_go_on = threading.Event()
        self._first, self._honest = first, audit.list_audit

    def __call__(self, *given: Any, **named: Any) -> Any:
        if self.pages >= self._first:
            assert self.may_go_on.wait(60)
        self.pages += 1
        return self._honest(*given, **named)


@pytest.fixture
def held(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Held]]:
    """``held(2)``: from now on such pages are read. Gone on with before the client ends."""
    made: list[Held] = []

    def hold(first: int) -> Held:
        made.append(Held(first))
        monkeypatch.setattr(audit, "list_audit", made[-1])
        return made[-1]

    yield hold
    for one in made:
        one.may_go_on.set()


def left_beside(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.suffix == ".tmp"]


def test_every_entry_of_the_listing_is_in_the_file(
    client: Client, desk: RunningDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_pages: None
) -> None:
    monkeypatch.setattr(main_window, "INFO_MS", 600_000)  # what is said at the end is looked at below, however late
    page = open_audit(client)
    pick(page.filters.entity, "ticket")
    settled(client, page)
    heading, *lines = export(client, page, tmp_path / "audit.csv")
    assert heading[2:4] == ["Machine (proved)", "Person (stated)"]
    cursor = desk.owner().cursor()
    cursor.execute("SELECT id FROM desk.audit_entry WHERE entity = 'ticket' ORDER BY at DESC, id DESC")
    ids = [str(found[0]) for found in cursor.fetchall()]
    assert list(dict.fromkeys(line[0] for line in lines)) == ids
    assert len(ids) > controller.EXPORT_ROWS
    assert (tmp_path / "audit.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert left_beside(tmp_path) == []
    assert "audit.csv" in client.window.statusBar().currentMessage()


def test_what_is_private_is_marked_and_no_cell_is_a_formula(client: Client, desk: RunningDesk, tmp_path: Path) -> None:
    add_contact(desk, "=cmd|'/c calc'!A1", "+49 30 1")
    page = open_audit(client)
    pick(page.filters.entity, "contact")
    settled(client, page)
    lines = export(client, page, tmp_path / "contacts.csv")[1:]
    cells = {cell for line in lines for cell in line}
    assert "'=cmd|'/c calc'!A1" in cells
    assert "'+49 30 1" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert {line[-1] for line in lines if line[9] == "Phone"} == {"private"}
    assert {line[6] for line in lines} == {"Contact"} and {line[5] for line in lines} == {"added", "changed"}
    assert any(line[-1] == "private values forgotten" for line in lines)
    assert "555-0777" not in "".join(cells)


def test_cancel_leaves_nothing_and_a_second_export_works(
    client: Client, tmp_path: Path, held: Callable[[int], Held], small_pages: None
) -> None:
    page = open_audit(client)
    pages = held(2)
    page.export_to(tmp_path / "never.csv")
    client.until(lambda: page._written == 200)
    assert not page.filters.export_button.isEnabled()
    assert "so far" in page.banner.text()
    page.controller.cancel()
    assert page.filters.export_button.isEnabled(), "also while a page is on its way"
    pages.may_go_on.set()
    client.settle()
    assert list(tmp_path.glob("*.csv")) == left_beside(tmp_path) == []
    assert len(export(client, page, tmp_path / "again.csv")) > 1_000


def test_an_outage_or_a_closed_tab_leaves_no_half_file(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: Callable[[int], Held], small_pages: None
) -> None:
    page = open_audit(client)
    (tmp_path / "audit.csv").write_text("of yesterday")
    honest, calls = audit.list_audit, []

    def break_off(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) == 3:
            raise DatabaseUnavailableError("gone")
        return honest(*given, **named)

    monkeypatch.setattr(audit, "list_audit", break_off)
    page.export_to(tmp_path / "audit.csv")
    client.until(lambda: len(calls) == 3 and not page.controller.is_exporting)
    assert (tmp_path / "audit.csv").read_text() == "of yesterday"
    assert left_beside(tmp_path) == []
    monkeypatch.setattr(audit, "list_audit", honest)
    pages = held(1)
    page.export_to(tmp_path / "audit.csv")
    client.until(lambda: pages.pages == 1 and page._written == 100)
    client.window.actions_here["close_tab"].trigger()
    pages.may_go_on.set()
    client.settle()
    assert (tmp_path / "audit.csv").read_text() == "of yesterday"
    assert left_beside(tmp_path) == []


def test_a_folder_that_is_not_there_is_said(client: Client, tmp_path: Path) -> None:
    page = open_audit(client)
    page.export_to(tmp_path / "nowhere" / "audit.csv")
    client.until(lambda: not page.controller.is_exporting)
    assert page.banner.text() == "The file can't be written: the folder is not there"
    client.app.language.use(CHINESE)
    client.settle()
    assert page.banner.text() == "无法写入文件：该文件夹不存在"
    client.workspace.tabs.setCurrentIndex(0)
    client.workspace.tabs.setCurrentWidget(page)
    assert page.banner.text() == ""


def test_tickets_are_saved_while_an_export_runs(
    client: Client, tmp_path: Path, held: Callable[[int], Held], small_pages: None
) -> None:
    """An export asks page by page, and a save waits for none of them."""
    page = open_audit(client)
    pages = held(2)
    done: list[Any] = []
    saved: list[int] = []
    page.controller.exported.connect(lambda *given: done.append(given))
    page.export_to(tmp_path / "audit.csv")
    client.until(lambda: page._written == 200)  # and the third page is under way
    client.app.runner.run(lambda _work: pages.pages, on_done=saved.append, receiver=page, write=True)
    client.until(lambda: bool(saved))
    assert (saved, done) == ([2], [])
    pages.may_go_on.set()
    client.until(lambda: bool(done))
    assert pages.pages > 3
