"""Another person at the same machine: a lease is of one window's session and names who sits before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from desk_client import link_watch
from desk_client.session import controller
from desk_client.widgets.question import Question
from shared.queries import session as queries
from shared.schemas.session import DeskSession
from tests.desks import RunningDesk
from tests.gui.conftest import StartClient
from tests.gui.drafts.conftest import enter_as, rows, wait_offered
from tests.gui.leases.conftest import Window

Stored = Callable[..., list[tuple[Any, ...]]]
SitDown = Callable[[str], Window]
PEOPLE = ("lin", "zhao")


@pytest.fixture
def sit_down(start_client: StartClient, lengths: Callable[..., None]) -> SitDown:
    """``sit_down("zhao")``: the window of the shared machine with this person before it."""

    def start(person: str) -> Window:
        client = start_client("shared", enter=False)
        enter_as(client, PEOPLE.index(person))
        client.until(lambda: client.app.connection.is_live)
        client.show_view("all")
        return Window(client)

    return start


def holders(stored: Stored) -> list[tuple[str, str]]:
    return stored(
        "SELECT held.machine, staff.code FROM desk.edit_lease AS held JOIN desk.staff ON staff.id = held.person_id"
        " WHERE held.expires_at > clock_timestamp()"
    )


def test_who_leaves_gives_the_row_back_and_leaves_his_text_to_himself_alone(
    sit_down: SitDown, ticket: int, stored: Stored
) -> None:
    lin = sit_down("lin")
    lin.open(ticket)
    was = lin.editor("serial").text()
    lin.take_lease("of lin")
    lin.until(lambda: lin.pane.drafting.kept_at is not None)
    assert holders(stored) == [("pc-shared", "lin")]
    lin.client.app.stop()  # logged out, with all this before him
    assert holders(stored) == []

    zhao = sit_down("zhao")
    assert rows(zhao.client) == []
    zhao.open(ticket)
    assert (zhao.editor("serial").text(), zhao.notice()) == (was, "")
    zhao.take_lease("of zhao")
    assert holders(stored) == [("pc-shared", "zhao")]
    zhao.pane.save()
    zhao.until(lambda: not zhao.pane.is_dirty())
    zhao.client.settle()
    assert holders(stored) == []
    zhao.client.app.stop()

    again = sit_down("lin")
    (offered,) = wait_offered(again.client, 1)
    offered.open_button.click()
    again.until(lambda: len(again.client.workspace.tabs.panes()) == 2)
    again.client.settle()
    pane = again.client.workspace.tabs.panes()[1]
    assert "of lin" in pane.form.fields.frames["serial"].editor.text()


def test_two_people_with_a_window_each_at_one_machine_are_two(sit_down: SitDown, ticket: int, stored: Stored) -> None:
    lin, zhao = sit_down("lin"), sit_down("zhao")
    lin.open(ticket)
    lin.take_lease("of lin")
    zhao.open(ticket)
    zhao.until(lambda: "pc-shared (lin) is editing this" in zhao.notice())
    zhao.type("of zhao")
    zhao.until(zhao.is_locked)
    assert holders(stored) == [("pc-shared", "lin")], "one machine, but another session: it is not shared"
    assert lin.holds() and not zhao.holds()
    lin.client.app.stop()
    zhao.push("goOnEditing")
    zhao.until(lambda: zhao.holds() and not zhao.is_locked())
    assert holders(stored) == [("pc-shared", "zhao")]
    assert "of zhao" in zhao.editor("serial").text()


def people_of(stored: Stored, person: str) -> None:
    stored("SELECT desk.machine_set('pc-full', 'full', %s)", [person])


@pytest.fixture
def lin_again(stored: Stored) -> Iterator[None]:
    yield
    people_of(stored, "lin")


@pytest.mark.usefixtures("lin_again")
@pytest.mark.parametrize("is_cut", [False, True])
def test_who_is_not_bound_any_more_saves_nothing_in_the_name_of_who_is(
    windows: Callable[[str], Window], ticket: int, stored: Stored, is_cut: bool
) -> None:
    """Neither by the connections that there are nor by new ones. What is typed is kept, and saved once they may."""
    window = windows("full")
    window.open(ticket)
    window.take_lease("of lin")
    rights, said = window.client.app.session, window.client.window.message_bar
    assert rights.may_save
    people_of(stored, "chen")
    if is_cut:
        stored("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'm_pc-full'")
    window.until(lambda: not rights.may_save)
    window.pane.save()
    window.until(lambda: not window.pane.editing.is_saving and "does not work on this machine" in said.text())
    assert window.pane.is_dirty()
    versions = "SELECT row_version FROM desk.ticket WHERE id = %s"
    assert stored(versions, ticket) == [(1,)]

    assert not window.client.window.close()
    (asked,) = window.client.window.findChildren(Question, "keepQuestion")
    assert asked.windowTitle() == "Nothing can be saved here any more"
    asked.findChild(QPushButton, "questionBack").click()

    people_of(stored, "lin")
    window.until(lambda: rights.may_save)
    window.pane.save()
    window.until(lambda: not window.pane.is_dirty())
    assert stored(versions, ticket) == [(2,)]
    event = (
        "SELECT s.code FROM desk.ticket_event AS e JOIN desk.staff AS s ON s.id = e.person_id WHERE e.ticket_id = %s"
    )
    assert stored(f"{event} ORDER BY e.id DESC LIMIT 1", ticket) == [("lin",)]


@pytest.mark.parametrize("is_slow", [False, True])
def test_no_connection_on_which_nobody_was_stated_outlives_the_start(
    start_client: StartClient, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch, is_slow: bool
) -> None:
    """A welcome that takes long is looked after by a second connection, made before it is known who sits here."""
    if is_slow:  # else a server that is held up for a moment would be looked after as well
        monkeypatch.setattr(link_watch, "SILENCE_SECONDS", 0.3)
    at_start: list[frozenset[int]] = []

    def get_session(conn: Any) -> DeskSession:
        session = queries.get_session(conn)
        at_start.append(client.app.runner.backend_pids())
        return session

    monkeypatch.setattr(controller, "get_session", get_session)
    owner = desk.owner().cursor()
    if is_slow:
        owner.execute("BEGIN; LOCK TABLE desk.machine_person IN ACCESS EXCLUSIVE MODE")
    client = start_client("full", enter=False)
    if is_slow:
        client.until(lambda: len(client.app.runner.backend_pids()) == 2)
        owner.execute("ROLLBACK")
    client.until(lambda: client.app.window.workspace is not None and client.app.connection.is_live)
    client.settle()
    if is_slow:
        assert len(at_start[0]) == 2
        client.until(lambda: not at_start[0] & client.app.runner.backend_pids())
    else:
        assert len(at_start[0]) == 1
        assert at_start[0] <= client.app.runner.backend_pids(), "it was stated on this one"
