"""The window is closed with much that is typed: while the desk is away it is kept, and comes back to the letter."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desk_client.drafts.journal import DraftFault
from desk_client.messages import Answer, Messages
from desk_client.tickets import controller
from desk_client.widgets.question import Question
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.faults.proxy import Proxy
from tests.gui.conftest import StartClient, end_client
from tests.gui.drafts.conftest import ids, open_draft_of, type_into, wait_offered
from tests.gui.faults.far_window import FarWindow

StartFar = Callable[..., FarWindow]
FORMS = 4
pytestmark = pytest.mark.usefixtures("quick_return")


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 20, 3, dt.date(2026, 1, 1))
    return desk


def type_into_tabs(window: FarWindow, tickets: list[int]) -> None:
    for ticket in tickets:
        window.client.workspace.open_in_tab(ticket)
        pane: Any = window.client.workspace.tabs.currentWidget()
        window.until(lambda pane=pane: pane.editing.detail is not None)
        editor = pane.form.fields.frames["serial"].editor
        editor.setFocus()
        editor.clear()
        type_into(editor, f"typed {ticket}")
        editor.setCursorPosition(3)
    window.client.settle()


def question(window: FarWindow) -> Question | None:
    found = window.client.window.findChildren(Question, "keepQuestion")
    return found[0] if found else None


def press(window: FarWindow, name: str) -> None:
    shown = question(window)
    assert shown is not None
    button = shown.findChild(QPushButton, name)
    assert button is not None
    button.click()


def test_what_is_typed_is_kept_and_comes_back(
    start_far: StartFar, start_client: StartClient, proxy: Proxy, desk: RunningDesk, stored: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[object] = []
    monkeypatch.setattr(Messages, "ask_unsaved", lambda *about: asked.append(about) or Answer.CANCEL)
    window, tickets = start_far(), ids(desk, FORMS)
    versions = dict(stored("SELECT id, row_version FROM desk.ticket"))
    type_into_tabs(window, tickets)
    assert not window.client.window.close() and len(asked) == 1, "while the desk is there each form asks"

    proxy.refuse()
    window.until(lambda: not window.app.connection.is_listening and not window.app.runner.is_reachable)
    assert not window.client.window.close()
    assert not window.client.window.close()
    assert len(window.client.window.findChildren(Question, "keepQuestion")) == 1, "asked once"
    press(window, "questionBack")
    assert window.client.window.isVisible()
    window.app.drafts.fault = DraftFault.DISK
    assert not window.client.window.close() and len(asked) == 2, "where nothing can be kept, each form asks"
    window.app.drafts.fault = None
    window.until(lambda: question(window) is None)
    assert not window.client.window.close()
    press(window, "questionGoOn")
    window.until(lambda: not window.client.window.isVisible())
    assert len(asked) == 2
    end_client(window.app)

    proxy.heal()
    stored("DELETE FROM desk.edit_lease")
    client = start_client("full")
    wait_offered(client, FORMS)
    for ticket in tickets:
        pane = open_draft_of(client, ticket)
        editor = pane.form.fields.frames["serial"].editor
        assert (editor.text(), editor.cursorPosition()) == (f"typed {ticket}", 3)
        assert pane.editing.detail.row_version == versions[ticket]
        QTest.qWait(0)
    for pane in client.workspace.tabs.panes():
        pane.editing.discard()
    client.settle()


def test_what_is_kept_may_close_over_a_save_that_hangs(
    start_far: StartFar, start_client: StartClient, proxy: Proxy, desk: RunningDesk, stored: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Its draft has the save that is out: what comes of that counts once."""
    window, ticket = start_far(), ids(desk, 1, FORMS)[0]
    is_out, goes_on = threading.Event(), threading.Event()
    type_into_tabs(window, [ticket])
    pane: Any = window.client.workspace.tabs.currentWidget()
    window.until(lambda: pane.controller.lease.is_held)
    window.client.settle()
    honest = controller.update_ticket

    def hang(*how: Any) -> Any:
        is_out.set()
        goes_on.wait()
        return honest(*how)

    monkeypatch.setattr(controller, "update_ticket", hang)
    try:
        pane.save()
        window.until(is_out.is_set)
        proxy.refuse()
        window.until(lambda: not window.app.connection.is_listening)
        window.client.workspace.refresh()
        window.until(lambda: not window.app.runner.is_reachable)
        assert pane.editing.is_saving and not window.client.window.close()
        press(window, "questionGoOn")
        window.until(lambda: not window.client.window.isVisible())
        assert pane.editing.is_saving
    finally:
        goes_on.set()
    end_client(window.app)
    monkeypatch.undo()

    proxy.heal()
    stored("DELETE FROM desk.edit_lease")
    client = start_client("full")
    wait_offered(client, 1)
    pane = open_draft_of(client, ticket)
    pane.save()
    client.until(lambda: not pane.is_dirty() and not pane.editing.is_saving)
    assert stored("SELECT serial FROM desk.ticket WHERE id = %s", ticket)[0][0] == f"typed {ticket}"


def test_what_was_taken_from_the_disk_is_kept_anew_before_the_window_closes(
    start_far: StartFar, start_client: StartClient, proxy: Proxy, desk: RunningDesk, stored: Any
) -> None:
    """Nothing is typed after the folder went: what was kept once is not believed."""
    window, ticket = start_far(), ids(desk, 1, FORMS + 1)[0]
    type_into_tabs(window, [ticket])
    pane: Any = window.client.workspace.tabs.currentWidget()
    window.until(pane.drafting.is_kept)
    folder = window.app._profile.directory / "drafts"
    shutil.rmtree(folder)
    folder.write_text("in its place")
    proxy.refuse()
    window.until(lambda: not window.app.connection.is_listening and not window.app.runner.is_reachable)
    assert not window.client.window.close()
    press(window, "questionGoOn")
    window.until(lambda: window.app.drafts.fault is DraftFault.DISK)
    assert window.client.window.isVisible(), "it can't be kept, and stays where it is"
    folder.unlink()
    window.until(lambda: not window.client.window.isVisible())
    end_client(window.app)

    proxy.heal()
    stored("DELETE FROM desk.edit_lease")
    client = start_client("full")
    wait_offered(client, 1)
    pane = open_draft_of(client, ticket)
    assert pane.form.fields.frames["serial"].editor.text() == f"typed {ticket}"
    pane.editing.discard()
    client.settle()
