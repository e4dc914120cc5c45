"""The longest time for which the window did not move, while each round trip to the database takes 300 ms longer.

``python -m bench.stalls [--latency 0.3] [--tickets 20000] [--runs 3]`` makes a desk in a folder of its own, fills it,
starts the real client on it offscreen with a driver that sleeps before each statement and each commit, and works by
key presses: lists, scrolling, search, opening tickets, a new ticket, saving. A timer of 0 ms notes when it was served;
the largest gap between two servings is the stall. Exit code 1 where one is above 50 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_FONT_DPI", "96")

import psycopg2.extensions
from PySide6.QtCore import Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desk_client.garbage import spare_what_is_loaded
from desk_client.theme import Scheme
from desk_client.tour import say_warning
from desk_client.tour_driver import Driver
from desk_server.demo import seed
from shared.config import Profile
from shared.database import Database
from tests.desks import copy_desk, make_test_root, remove_folder, template_desk

GOAL_MS = 50.0
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key
LATENCY = {"seconds": 0.3}  # one cell, since psycopg2 makes the cursors


class SlowCursor(psycopg2.extensions.cursor):
    """Waits before each statement, as a far server would make it wait."""

    def execute(self, query: Any, vars: Any = None) -> None:
        time.sleep(LATENCY["seconds"])
        super().execute(query, vars)


class SlowConnection(psycopg2.extensions.connection):
    """Waits before each commit and rollback."""

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("cursor_factory", SlowCursor)
        return super().cursor(*args, **kwargs)

    def commit(self) -> None:
        time.sleep(LATENCY["seconds"])
        super().commit()

    def rollback(self) -> None:
        time.sleep(LATENCY["seconds"])
        super().rollback()


def open_slow_database(profile: Profile, person: str | None, session: uuid.UUID) -> Database:
    arguments = profile.connect_args(person=person, session=session)
    return Database({**arguments, "connection_factory": SlowConnection})


class StallProbe:
    """The gaps between the servings of a 0 ms timer."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_served)
        self._last = 0.0
        self.longest = 0.0

    def start(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer.start()

    def stop(self) -> float:
        """The longest gap in ms."""
        self._on_served()
        self._timer.stop()
        return self.longest * 1000

    def _on_served(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def open_lists(desk: Driver) -> None:
    for _ in range(3):
        desk.press(KEY.Key_1, CONTROL)
        desk.press(KEY.Key_Down)
        desk.wait(lambda: desk.listed() != [], "the list does not come")
    desk.press(KEY.Key_F, CONTROL | SHIFT)
    desk.wait(lambda: len(desk.listed()) >= 20, "the list of all does not come")


def scroll(desk: Driver) -> None:
    desk.press(KEY.Key_2, CONTROL)
    for key in [KEY.Key_PageDown] * 20 + [KEY.Key_End, KEY.Key_Home]:
        desk.press(key)
    desk.wait(lambda: len(desk.listed()) >= 20, "the list does not come back")


def open_tickets(desk: Driver) -> None:
    desk.press(KEY.Key_2, CONTROL)
    for _ in range(4):
        desk.press(KEY.Key_Down)
        desk.wait_for_ticket()


def search(desk: Driver) -> None:
    desk.press(KEY.Key_F, CONTROL)
    desk.type("STB-300")
    desk.wait(lambda: desk.listed() != [], "the search does not answer")
    desk.press(KEY.Key_F, CONTROL | SHIFT)


def save_new_ticket(desk: Driver) -> None:
    subject = f"Measured {uuid.uuid4().hex[:8]}"
    desk.press(KEY.Key_N, CONTROL)
    desk.fill({"subject": subject, "customer_id": "Cor", "product_id": "STB-300", "category": "video"})
    desk.press(KEY.Key_Return, CONTROL)
    desk.wait_for_ticket(subject=subject)


def save_change(desk: Driver) -> None:
    before = desk.version()
    desk.press(KEY.Key_3, CONTROL)
    desk.press(KEY.Key_T, CONTROL | SHIFT)
    desk.wait(lambda: desk.version() > before, "the change is not saved")


STEPS: dict[str, Callable[[Driver], None]] = {
    "open lists": open_lists,
    "scroll 20 pages, end, home": scroll,
    "open tickets": open_tickets,
    "search": search,
    "new ticket, save": save_new_ticket,
    "take it, save": save_change,
}


def measure(desk: Driver, runs: int) -> dict[str, list[float]]:
    """The stall of each step in ms, run by run."""
    probe, stalls = StallProbe(), {name: [] for name in STEPS}
    for _ in range(runs):
        for name, step in STEPS.items():
            probe.start()
            step(desk)
            stalls[name].append(probe.stop())
    return stalls


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=0.3, help="seconds a round trip (default 0.3)")
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    LATENCY["seconds"] = options.latency
    qInstallMessageHandler(say_warning)
    application = QApplication([])
    root = make_test_root()
    try:
        running = copy_desk(template_desk(), root / "stalls")
        seed(running.desk, tickets=options.tickets, seed=1)
        profile = running.desk.profiles / "full"
        with Driver(application, profile, Path(root), "en", Scheme.LIGHT, open_slow_database) as desk:
            spare_what_is_loaded()
            stalls = measure(desk, options.runs)
        running.remove()
    finally:
        remove_folder(root)
    print(f"{options.tickets} tickets, {options.latency * 1000:.0f} ms a round trip; longest gap of a 0 ms timer, ms")
    for name, gaps in stalls.items():
        print(f"  {name:28} {'  '.join(f'{gap:5.1f}' for gap in gaps)}")
    worst = max(gap for gaps in stalls.values() for gap in gaps)
    print(f"  worst {worst:.1f} ms, goal below {GOAL_MS:.0f} ms: {'kept' if worst < GOAL_MS else 'NOT kept'}")
    return 0 if worst < GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
