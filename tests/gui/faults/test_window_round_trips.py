"""Round trips of the real window, counted where they arrive: each statement is a line of the server's log."""

from __future__ import annotations

import datetime as dt
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest

from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient
from tests.gui.faults.far_window import FarWindow


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 40, 3, dt.date(2026, 1, 1))
    with desk.owner().cursor() as owner:
        owner.execute("ALTER DATABASE desk SET log_statement = 'all'")
        # what a window does from time to time comes in between only where it is asked for
        for key, seconds in (("heartbeat_seconds", 600), ("lease_seconds", 3600), ("lease_idle_seconds", 3600)):
            owner.execute("UPDATE desk.setting SET value = %s WHERE key = %s", (str(seconds), key))
        owner.execute("ALTER ROLE \"m_pc-full\" SET log_min_messages = 'log'")  # a machine's session logs nothing else
    return desk


class Sent:
    """What the window sends, between two marks of the owner's."""

    def __init__(self, desk: RunningDesk, client: Client) -> None:
        self._folder: Path = desk.desk.cluster.log_folder
        self._owner = desk.owner().cursor()
        self._client = client

    def during(self, act: Callable[[], object]) -> list[str]:
        self._client.settle()
        begin = self._mark()
        act()
        self._client.settle()
        pids = self._client.app.runner.backend_pids()
        log = self._log_until(self._mark())
        line = r"^.*\[(\d+)\].* LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)$"
        found = re.findall(line, log[log.index(begin) :], re.MULTILINE)
        return [" ".join(statement.split()) for pid, statement in found if int(pid) in pids]

    def _mark(self) -> str:
        mark = uuid.uuid4().hex
        self._owner.execute(f"SELECT '{mark}'")
        return mark

    def _log_until(self, mark: str) -> str:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            text = "".join(file.read_text("utf-8", "replace") for file in sorted(self._folder.glob("*.log")))
            if mark in text:
                return text
            time.sleep(0.02)
        raise AssertionError("the server's log does not show the mark")


@pytest.fixture
def window(start_client: StartClient) -> FarWindow:
    client = start_client("full")
    client.show_view("all")
    client.until(lambda: client.app.connection.is_live)
    return FarWindow(client)


@pytest.fixture
def sent(desk: RunningDesk, window: FarWindow) -> Sent:
    return Sent(desk, window.client)


def verbs(statements: list[str]) -> list[str]:
    """What a statement does; of a call, what is called."""
    calls = [re.search(r"desk\.(lease_\w+)\(", one) for one in statements]
    return [call.group(1) if call else one.split()[0] for call, one in zip(calls, statements, strict=True)]


def is_refresh(statement: str) -> bool:
    """Reads that follow a change, beside whatever the person does next: the row in the list, counts, history."""
    return statement.startswith(("SELECT page.", "SELECT count(", "SELECT history."))


def own(statements: list[str]) -> list[str]:
    return verbs([one for one in statements if not is_refresh(one)])


def type_and_hold(window: FarWindow) -> None:
    window.type("SN")
    window.until(lambda: window.pane.controller.lease.is_held)


def save(window: FarWindow) -> None:
    window.comment("seen")
    window.save()
    window.until(lambda: not window.pane.is_dirty() and not window.pane.editing.is_saving)


def test_a_list_is_one(window: FarWindow, sent: Sent) -> None:
    statements = sent.during(lambda: window.client.show_view("nobodys"))
    assert len(statements) == 1, statements


def test_opening_is_two(window: FarWindow, sent: Sent) -> None:
    ticket = list(window.client.model.rows_in_memory())[1].id
    statements = sent.during(lambda: window.open(ticket))
    assert verbs(statements) == ["SELECT"] * 2, statements


def test_the_first_change_takes_the_lease_in_one_and_a_save_is_four(window: FarWindow, sent: Sent) -> None:
    window.open(list(window.client.model.rows_in_memory())[2].id)
    assert own(sent.during(lambda: type_and_hold(window))) == ["lease_take"]
    statements = sent.during(lambda: save(window))
    assert own(statements) == ["BEGIN", "UPDATE", "INSERT", "COMMIT"], "the lease goes with the save"
    assert len(statements) <= 7, statements


def test_a_beat_is_one_for_all_leases(window: FarWindow, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = window.app.leases
    assert keeper is not None
    tabs = window.client.workspace.tabs
    for row in list(window.client.model.rows_in_memory())[3:5]:
        window.client.workspace.open_in_tab(row.id)
        pane: Any = tabs.currentWidget()
        window.until(lambda pane=pane: pane.editing.detail is not None)
        QTest.keyClicks(pane.form.fields.frames["serial"].editor, "SN")
        window.until(lambda pane=pane: pane.controller.lease.is_held)

    begun: list[str] = []
    honest = keeper._beat
    monkeypatch.setattr(keeper, "_beat", lambda: begun.append("a beat") or honest())

    def beat() -> None:
        keeper.beat_soon()
        window.until(lambda: bool(begun))

    assert own(sent.during(beat)) == ["lease_beat"]
