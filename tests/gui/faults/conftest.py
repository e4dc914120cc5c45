"""A real desk behind a proxy: the runner alone, and the whole window."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import text

import desk_client.connection as connection_module
import desk_client.listener as listener_module
from desk_client import link_watch
from desk_client.listener import ListenerTimes
from desk_client.runner import DbRunner
from shared.config import Profile
from shared.database import Database
from shared.errors import DeskError
from tests.desks import RunningDesk
from tests.faults.proxy import Proxy
from tests.gui.conftest import StartClient
from tests.gui.faults.far_window import LATENCY, FarWindow

WAIT_MS = 30_000
MARK = "/* of the test */"
# counts for a minute, and ends at once when it is told to; sleeping is closed to machines
LONG = (
    f"SELECT count(*) FROM pg_catalog.generate_series(1, 4000000) AS a, pg_catalog.generate_series(1, 200) AS b {MARK}"
)


class Work:
    """A runner on a machine's connections, and what came of what it was asked."""

    def __init__(self, runner: DbRunner, database: Database, desk: RunningDesk, qtbot: QtBot) -> None:
        self.runner, self.database = runner, database
        self.receiver = QObject()
        self.done: list[Any] = []
        self.errors: list[DeskError] = []
        self._qtbot = qtbot
        self._pids: set[int] = set()
        self._owner = desk.owner().cursor()

    def ask(self, sql: str, receiver: QObject | None = None, **how: Any) -> None:
        """Run a statement; its value, or its error, is kept."""

        def op(work: Any) -> Any:
            return work.execute(text(sql)).scalar()

        self.runner.run(
            op, on_done=self.done.append, on_error=self.errors.append, receiver=receiver or self.receiver, **how
        )

    def until(self, condition: Callable[[], bool], seconds: float = WAIT_MS / 1000) -> float:
        """Wait for it; how long it took."""
        began = time.monotonic()
        self._qtbot.waitUntil(condition, timeout=int(seconds * 1000))
        return time.monotonic() - began

    def at_server(self) -> int:
        """How many statements of the test the server is at."""
        self._pids |= self.database.backend_pids()  # also of connections that have gone since
        self._owner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s AND pid = ANY(%s)",
            [f"%{MARK}%", list(self._pids)],
        )
        return int(self._owner.fetchone()[0])

    def is_running(self) -> bool:
        return self.at_server() > 0


@pytest.fixture
def stored(desk: RunningDesk) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the desk as its owner, on a connection of its own: the server may have been restarted."""

    def ask(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        connection = desk.desk.owner_connection("desk")
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    return ask


@pytest.fixture
def work(desk: RunningDesk, qtbot: QtBot) -> Iterator[Work]:
    """Straight to the server."""
    yield from working(desk.database("full"), desk, qtbot)


@pytest.fixture
def proxy(desk: RunningDesk) -> Iterator[Proxy]:
    with Proxy(desk.desk.settings.port) as made:
        yield made


@pytest.fixture
def far_work(desk: RunningDesk, proxy: Proxy, qtbot: QtBot) -> Iterator[Work]:
    """By the proxy."""
    arguments = {**desk.profile("full").connect_args(), "port": proxy.port}
    yield from working(Database(arguments), desk, qtbot)


def working(database: Database, desk: RunningDesk, qtbot: QtBot) -> Iterator[Work]:
    before = desk.open_connections
    runner = DbRunner(database)
    runner.start()
    work = Work(runner, database, desk, qtbot)
    yield work
    runner.abandon()
    runner.shutdown()
    desk.close_connections(before)


@pytest.fixture
def quick_return(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener that was cut off tries again and again; how long silence may last is as shipped."""
    monkeypatch.setattr(listener_module, "ListenerTimes", partial(ListenerTimes, retry=(0.2, 0.5)))


@pytest.fixture
def short_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is known after some five seconds, and not by a process that stands still for two."""
    monkeypatch.setattr(link_watch, "SILENCE_SECONDS", 1.2)
    monkeypatch.setattr(link_watch, "ANSWER_SECONDS", 4.0)
    monkeypatch.setattr(connection_module, "STALE_AFTER_MS", 3_000)
    times = partial(ListenerTimes, quiet=0.6, answer=4.0, retry=(0.2, 0.5))
    monkeypatch.setattr(listener_module, "ListenerTimes", times)


@pytest.fixture
def far_profile(desk: RunningDesk, proxy: Proxy, tmp_path: Path) -> Callable[..., Path]:
    """``far_profile("full")``: a copy of this machine's profile that goes by the proxy; ``slow``: by a far one."""

    def place(machine: str, *, slow: bool = False) -> Path:
        folder = tmp_path / machine
        if not folder.exists():
            shutil.copytree(desk.profile(machine).directory, folder)
            Profile.load(folder).model_copy(update={"port": proxy.port}).save()
        proxy.latency = LATENCY if slow else 0.0
        return folder

    return place


@pytest.fixture
def start_far(start_client: StartClient, far_profile: Callable[..., Path], proxy: Proxy) -> Callable[..., FarWindow]:
    """``start_far("full")``: a window whose desk answers after 200 ms, by the proxy; all tickets in its list."""

    def start(machine: str = "full", **how: Any) -> FarWindow:
        far_profile(machine)
        client = start_client(machine, **how)
        client.show_view("all")
        client.until(lambda: client.app.connection.is_live)
        proxy.latency = LATENCY
        return FarWindow(client)

    return start
