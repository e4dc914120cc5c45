"""What holds for the whole GUI suite: a GUI thread without database and disk, nothing left running, a real desk."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from sqlalchemy import event
from sqlalchemy.engine import Engine

os.environ.setdefault("QT_FONT_DPI", "96")

from desk_client.app import DeskApp
from desk_client.language import CHINESE, ENGLISH
from desk_client.theme import Scheme
from desk_client.widgets import choice_combo
from desk_server.jobs import JOBS
from desk_server.worker import Worker
from shared.config import Profile
from tests.desks import RunningDesk

ROOT = Path(__file__).resolve().parents[2]
WAIT_MS = 30_000


def pytest_configure(config: pytest.Config) -> None:
    """The Chinese of the suite is that of the source."""
    subprocess.run([sys.executable, "-m", "scripts.translations", "compile"], cwd=ROOT, check=True)


def _is_from_client(frame: FrameType | None) -> bool:
    while frame is not None:
        if f"{os.sep}desk_client{os.sep}" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


@pytest.fixture(autouse=True)
def no_cursor_on_the_gui_thread() -> Iterator[None]:
    """A statement that the client executes on the GUI thread fails the test; tests themselves may ask there."""
    caught: list[str] = []

    def watch(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if threading.current_thread() is threading.main_thread() and _is_from_client(sys._getframe()):
            caught.append(statement)

    event.listen(Engine, "before_cursor_execute", watch)
    yield
    event.remove(Engine, "before_cursor_execute", watch)
    assert caught == [], "executed on the GUI thread"


class _WatchedFile(sqlite3.Connection):
    """A file of SQLite that tells of each statement."""

    told: ClassVar[Callable[[str], None]]

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        type(self).told(sql)
        return super().execute(sql, *parameters)


@pytest.fixture(autouse=True)
def no_disk_on_the_gui_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A file that the client syncs, renames or touches by SQLite on the GUI thread fails the test."""
    caught: list[str] = []

    def look(what: str) -> None:
        if threading.current_thread() is threading.main_thread() and _is_from_client(sys._getframe()):
            caught.append(what)

    def watched(what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **named: Any) -> Any:
            look(what)
            return call(*arguments, **named)

        return act

    monkeypatch.setattr(_WatchedFile, "told", look, raising=False)
    monkeypatch.setattr(sqlite3, "connect", watched("sqlite3.connect", partial(sqlite3.connect, factory=_WatchedFile)))
    for name in ("fsync", "replace", "rename"):
        monkeypatch.setattr(os, name, watched(f"os.{name}", getattr(os, name)))
    for name in ("setValue", "sync"):  # Qt syncs soon after the first of them
        monkeypatch.setattr(QSettings, name, watched(f"QSettings.{name}", getattr(QSettings, name)))
    yield caught
    assert caught == [], "a disk was waited for on the GUI thread"


@pytest.fixture(autouse=True)
def letters_belong_together() -> Iterator[None]:
    """They are one word also where this process is held up between two keys."""
    with pytest.MonkeyPatch.context() as patience:
        patience.setattr(choice_combo, "LETTERS_TOGETHER_MS", 600_000)
        yield


@pytest.fixture(autouse=True)
def nothing_left_running(qapp: QApplication) -> Iterator[None]:
    """Threads and timers end with the test that started them."""
    threads = set(threading.enumerate())
    timers = {id(timer) for timer in _active_timers()}
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    until = time.monotonic() + 10
    while (left := _running_besides(threads)) and time.monotonic() < until:
        time.sleep(0.01)  # some are told to end, and not waited for
    assert left == [], "threads left behind"
    ticking = [timer for timer in _active_timers() if id(timer) not in timers]
    names = [f"{timer.parent()!r} every {timer.interval()} ms" for timer in ticking]
    assert names == [], "timers left behind"


def _running_besides(threads: set[threading.Thread]) -> list[str]:
    return [thread.name for thread in set(threading.enumerate()) - threads if thread.is_alive()]


def _active_timers() -> list[QTimer]:
    return [one for one in gc.get_objects() if isinstance(one, QTimer) and isValid(one) and one.isActive()]


class Client:
    """A whole client on a machine's profile, as a person starts it."""

    def __init__(self, app: DeskApp, qtbot: QtBot) -> None:
        self.app = app
        self.window = app.window
        self._qtbot = qtbot

    @property
    def workspace(self):
        assert self.window.workspace is not None, self.window.start_page.text()
        return self.window.workspace

    @property
    def page(self):
        return self.workspace.page

    @property
    def list(self):
        return self.page.list

    @property
    def model(self):
        return self.page.model

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT_MS)

    def settle(self) -> None:
        """Wait until nothing is asked, delivered or about to be asked."""
        self._qtbot.wait(60)
        self.until(lambda: self.app.runner.is_idle() and not self.model.is_dimmed)
        self._qtbot.wait(60)
        self.until(self.app.runner.is_idle)

    def show_view(self, view_id: str) -> None:
        view = self.workspace.views.view(view_id)
        assert view is not None
        self.page.show_view(view)
        self.settle()

    def numbers(self, count: int = 10) -> list[int]:
        """The numbers of the first rows."""
        rows = [self.model.row(at) for at in range(min(count, self.model.rowCount()))]
        return [row.number for row in rows if row is not None]


StartClient = Callable[..., Client]


@pytest.fixture
def start_client(desk: RunningDesk, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[StartClient]:
    """``start_client("full")``: the client on a copy of that profile; the same name again is a restart."""
    running: list[DeskApp] = []

    def start(machine: str = "full", *, language: str = ENGLISH, scheme: Scheme = Scheme.LIGHT, enter: bool = True,
              remembered: bool = False) -> Client:  # fmt: skip
        folder = tmp_path / machine
        if not folder.exists():
            shutil.copytree(desk.profile(machine).directory, folder)
        app = DeskApp(qapp, Profile.load(folder))
        running.append(app)
        if not remembered:
            app.language.use(language)
            app.theme.apply(scheme)
            app.window.resize(1440, 900)
        app.start()
        app.window.activateWindow()
        client = Client(app, qtbot)
        if enter:
            client.until(lambda: app.window.workspace is not None or app.failed is not None)
            client.until(lambda: app.connection.is_live)  # then all is read that was to be
            client.settle()
        return client

    yield start
    for app in running:
        end_client(app)


@pytest.fixture
def worker(desk: RunningDesk) -> Iterator[None]:
    """The worker's job that frees leases, at work."""
    working = Worker(desk.desk, tuple(job for job in JOBS if "lease" in job.name))
    thread = threading.Thread(target=working.run)
    thread.start()
    yield
    working.stop.set()
    thread.join()


def end_client(app: DeskApp) -> None:
    """Close a client for good; the suite goes on in English and light."""
    if isValid(app):
        app.language.use(ENGLISH)
        if app.theme.scheme is not Scheme.LIGHT:  # a whole window is not styled anew for nothing
            app.theme.apply(Scheme.LIGHT)
        app.stop()
        app.window.deleteLater()
        app.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


__all__ = ["CHINESE", "Client", "StartClient", "end_client"]
