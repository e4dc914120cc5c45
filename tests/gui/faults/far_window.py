"""A real window on a desk that is far away, as the person before it sees and uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from tests.gui.conftest import Client

CONTROL = Qt.KeyboardModifier.ControlModifier
LATENCY = 0.2  # seconds a round trip


class StallProbe:
    """The longest time for which the window served nothing.

    Counted by the steps of a thread beside it: where the whole process, or the computer, stands still, it does not
    step either.
    """

    STEP_SECONDS = 0.02

    def __init__(self) -> None:
        self.longest = 0.0
        self._served = 0
        self._is_looking = True
        self._ends = threading.Event()
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_served)
        self._timer.start(5)
        self._thread = threading.Thread(target=self._count, name="stall-probe")
        self._thread.start()

    def _on_served(self) -> None:
        self._served += 1

    def _count(self) -> None:
        served = steps = 0
        while not self._ends.wait(self.STEP_SECONDS):
            now = self._served
            steps = steps + 1 if now == served and self._is_looking else 0
            served = now
            self.longest = max(self.longest, steps * self.STEP_SECONDS)

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """Within the block the test itself holds the window up."""
        self._is_looking = False
        yield
        self._served += 1
        self._is_looking = True

    def stop(self) -> float:
        self._timer.stop()
        self._ends.set()
        self._thread.join()
        return self.longest


class FarWindow:
    """What tests of faults do in a window."""

    def __init__(self, client: Client) -> None:
        self.client, self.app = client, client.app
        self.until = client.until

    @property
    def pane(self) -> Any:
        return self.client.page.pane

    def open(self, ticket_id: int) -> None:
        self.client.page.open_ticket(ticket_id)
        self.until(lambda: self.pane.editing.detail is not None and self.pane.editing.detail.id == ticket_id)
        self.client.settle()

    def editor(self, name: str) -> Any:
        return self.pane.form.fields.frames[name].editor

    def type(self, text: str, field: str = "serial") -> None:
        QTest.keyClicks(self.editor(field), text)

    def comment(self, text: str) -> None:
        QTest.keyClicks(self.pane.comment_box._text, text)

    def save(self) -> None:
        QTest.keyClick(self.editor("serial"), Qt.Key.Key_Return, CONTROL)

    def said(self) -> str:
        """What stands above the form of changes and of the desk."""
        return str(self.pane.change_banner.text())

    def buttons(self) -> set[str]:
        return {one.objectName() for one in self.pane.change_banner._buttons}

    def is_offered(self) -> bool:
        """Whether what is typed can be saved by one key, since the desk is back."""
        return "saveNow" in self.buttons()

    def push(self, name: str) -> None:
        self.until(lambda: name in self.buttons())
        next(one for one in self.pane.change_banner._buttons if one.objectName() == name).click()

    def badge(self) -> str:
        return str(self.client.window.top_bar.badge.accessibleDescription()).split(",")[0]

    def subject_in_list(self, ticket_id: int) -> str | None:
        at = self.client.model.find(ticket_id)
        row = None if at is None else self.client.model.row(at)
        return None if row is None else str(row.subject)
