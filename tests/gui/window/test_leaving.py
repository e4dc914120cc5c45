"""Leaving a ticket, with unsaved changes or not; and a desk that goes away and comes back."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desk_client.messages import Answer, Messages
from desk_client.session import controller as session_controller
from desk_client.tickets import controller
from desk_server.demo.loader import seed
from shared.errors import DatabaseUnavailableError, VersionGateError
from shared.queries import tickets
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
    client.until(lambda: not client.list._choose_timer.isActive())
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


def test_a_close_that_could_not_save_is_forgotten(
    start_client: StartClient, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start_client()
    open_dirty(client, "not saved on closing", 18)

    def break_off(*_args: object) -> object:
        raise DatabaseUnavailableError("the line broke")

    honest = controller.update_ticket
    monkeypatch.setattr(controller, "update_ticket", break_off)
    asked.answer = Answer.SAVE
    assert not client.window.close()
    client.settle()
    assert client.page.pane.is_dirty()
    monkeypatch.setattr(controller, "update_ticket", honest)
    client.page.pane.save()
    client.until(lambda: not client.page.pane.is_dirty())
    client.settle()
    client.page.pane._leave()
    client.settle()
    assert client.window.isVisible(), "leaving a ticket closes no window"


def test_an_action_on_the_way_through_the_list_is_for_the_row_one_has_come_to(
    start_client: StartClient, desk: RunningDesk
) -> None:
    client = start_client()
    client.show_view("nobodys")
    if client.model.rowCount() < 2:
        client.show_view("all")
    client.list.setFocus()
    client.list.setCurrentIndex(client.model.index(20, 0))
    client.until(client.page.has_ticket)
    client.settle()
    before = client.page.shown_id()
    client.list.step(1)
    meant = client.list.current_id()
    assert meant != before
    assert client.page.shown_id() == before, "it is asked for a moment later"
    client.window.actions_here["assign"].trigger()
    client.until(lambda: client.page.pane.quick.dialog is not None)
    assert client.page.pane.editing.detail.id == meant
    client.page.pane.quick.dialog.reject()
    client.settle()


def test_a_row_whose_ticket_is_gone_after_a_refresh_opens_what_it_shows(
    start_client: StartClient, desk: RunningDesk
) -> None:
    client = start_client()
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(0, 0))
    client.until(client.page.has_ticket)
    client.settle()
    gone = client.list.current_id()
    with desk.owner().cursor() as cursor:
        cursor.execute("UPDATE desk.ticket SET deleted_at = now() WHERE id = %s", [gone])
    client.workspace.refresh()
    client.settle()
    row = client.model.row(client.list.currentIndex().row())
    assert row is not None
    assert row.id != gone
    assert client.list.current_id() == row.id


def test_rows_of_an_older_question_stay_dim_while_the_desk_is_away(
    start_client: StartClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start_client()
    client.show_view("all")

    def break_off(*_args: object, **_named: object) -> object:
        raise DatabaseUnavailableError("the line broke")

    said: list[str] = []
    client.page.status_changed.connect(said.append)
    monkeypatch.setattr(session_controller, "RETRY_MS", 600_000)  # that it comes back is told below
    monkeypatch.setattr(tickets, "list_tickets", break_off)
    client.page.filters.set_text("standby")
    client.until(lambda: client.model.is_dimmed)
    client.until(client.app.runner.is_idle)
    assert client.model.is_dimmed
    assert said == ["Loading", "Not loaded: F5 tries again"], "nothing is under way"
    monkeypatch.undo()
    client.app.session.returned.emit()
    client.settle()
    assert not client.model.is_dimmed
    assert said[2] == "Loading"
    assert "ticket" in said[-1]
    assert 0 < client.model.rowCount() < 60


def test_a_desk_that_was_updated_meanwhile_is_said(start_client: StartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = start_client()

    def refuse(*_args: object) -> None:
        raise VersionGateError("too old", client_too_old=True)

    monkeypatch.setattr(session_controller, "check_gate", refuse)
    client.app.runner.reachable_changed.emit(False)
    client.app.runner.reachable_changed.emit(True)
    client.until(lambda: client.window.message_bar.text() != "")
    told = "This client is too old for the desk. Please update it."
    assert client.window.message_bar.text() == told
    assert client.window.workspace.isVisible(), "what is typed stays in reach"
    assert not client.app.session.may_save
    client.app.messages.info(lambda: "Saved")
    assert client.window.message_bar.text() == told, "it is as true after the next success"


def test_alt_down_in_a_dropdown_opens_it_and_goes_nowhere(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(21, 0))
    client.until(client.page.has_ticket)
    client.settle()
    shown = client.list.current_id()
    combo = client.page.pane.form.fields.frames["priority"].editor
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert combo.view().isVisible()
    combo.hidePopup()
    assert client.list.current_id() == shown
    client.list.setFocus()
    QTest.keyClick(client.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert client.list.current_id() != shown
    client.settle()
