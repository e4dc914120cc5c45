"""Leaving a ticket with unsaved changes: for another one, for a new one, or with the whole window."""

from __future__ import annotations

import datetime as dt

import pytest

from desk_client.messages import Answer, Messages
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


class Asked:
    """Answers the question about unsaved changes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer = Answer.CANCEL
        self.times = 0
        monkeypatch.setattr(Messages, "ask_unsaved", self._ask)

    def _ask(self, *_arguments: object) -> Answer:
        self.times += 1
        return self.answer


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def open_dirty(client: Client, subject: str, row: int) -> int:
    """A ticket below with a subject that is typed and not saved; its id. A row a test: leases outlive clients."""
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(row, 0))
    client.until(client.page.has_ticket)
    client.settle()
    client.page.pane.setFocus()
    editor = client.page.pane.form.fields.frames["subject"].editor
    editor.setFocus()
    editor.selectAll()
    editor.insert(subject)
    editor.textEdited.emit(editor.text())
    client.settle()
    assert client.page.pane.is_dirty()
    shown = client.page.shown_id()
    assert shown is not None
    return shown


def other_id(client: Client) -> int:
    row = client.model.row(3)
    assert row is not None
    return row.id


def subject_of(desk: RunningDesk, ticket_id: int) -> str:
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT subject FROM desk.ticket WHERE id = %s", [ticket_id])
        return cursor.fetchone()[0]


def test_arrows_never_ask_and_never_lose(start_client: StartClient, asked: Asked) -> None:
    client = start_client()
    shown = open_dirty(client, "typed and kept", 11)
    client.list.setCurrentIndex(client.model.index(3, 0))
    client.settle()
    assert asked.times == 0
    assert client.page.shown_id() == shown
    assert client.page.pane.is_dirty()
    asked.answer = Answer.DISCARD


def test_going_on_editing_stays(start_client: StartClient, asked: Asked) -> None:
    client = start_client()
    shown = open_dirty(client, "going on", 12)
    client.page.open_ticket(other_id(client))
    client.settle()
    assert asked.times == 1
    assert client.page.shown_id() == shown
    assert client.list.current_id() == shown


def test_discarding_goes_there(start_client: StartClient, asked: Asked, desk: RunningDesk) -> None:
    client = start_client()
    asked.answer = Answer.DISCARD
    shown, other = open_dirty(client, "to be discarded", 13), other_id(client)
    client.page.open_ticket(other)
    client.settle()
    assert client.page.shown_id() == other
    assert subject_of(desk, shown) != "to be discarded"


def test_saving_goes_there_afterwards(start_client: StartClient, asked: Asked, desk: RunningDesk) -> None:
    client = start_client()
    asked.answer = Answer.SAVE
    shown, other = open_dirty(client, "saved on leaving", 14), other_id(client)
    client.page.open_ticket(other)
    client.until(lambda: client.page.shown_id() == other)
    client.settle()
    assert subject_of(desk, shown) == "saved on leaving"
    assert asked.times == 1


def test_the_window_stays_while_something_is_kept(start_client: StartClient, asked: Asked) -> None:
    client = start_client()
    open_dirty(client, "kept", 15)
    assert not client.window.close()
    assert client.window.isVisible()
    asked.answer = Answer.DISCARD
    assert client.window.close()


def test_the_window_closes_when_it_is_saved(start_client: StartClient, asked: Asked, desk: RunningDesk) -> None:
    client = start_client()
    asked.answer = Answer.SAVE
    shown = open_dirty(client, "saved on closing", 16)
    assert not client.window.close()
    client.until(lambda: not client.window.isVisible())
    client.until(client.app.runner.is_idle)
    assert subject_of(desk, shown) == "saved on closing"


def test_a_saved_ticket_is_in_the_list_at_once(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    shown = open_dirty(client, "seen in the list", 17)
    client.page.pane.save()
    client.until(lambda: not client.page.pane.is_dirty())
    client.settle()
    assert [row.subject for row in client.model.rows_in_memory() if row.id == shown] == ["seen in the list"]
