"""A client process that types and never saves, for tests that kill it: ``python -m ... PROFILE WORDS...``.

Says ``typed {json}`` once all is typed: what stands in the fields, and where the cursor is.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import traceback
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk_client.app import DeskApp
from desk_client.language import ENGLISH
from desk_client.messages import Answer, Messages
from desk_client.tickets.pane import TicketPane
from shared.config import Profile

LIMIT_S = 60
STEADY = "description"  # the field that is typed into steadily
BETWEEN_KEYS_MS = 100
PROMISE_S, TRIES = 2.0, 3  # more than one for a disk that stood still for a moment


def until(condition: Any, what: str) -> None:
    """Run the window until it holds."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"did not happen: {what}")
        loop = QEventLoop()
        QTimer.singleShot(10, loop.quit)
        loop.exec()


class Typist:
    """Types into the forms of one client."""

    def __init__(self, folder: Path, application: QApplication, person: int | None = None) -> None:
        Messages.ask_unsaved = lambda *_: Answer.CANCEL
        self.app = DeskApp(application, Profile.load(folder))
        self.app.language.use(ENGLISH)
        self.app.window.resize(1440, 900)
        self.app.start()
        self.app.window.activateWindow()
        until(lambda: self.app.window.workspace is not None or self._chose(person), "the desk lets us in")
        self.settle()

    def _chose(self, person: int | None) -> bool:
        from desk_client.session.person_dialog import PersonDialog

        dialog = self.app.window.findChild(PersonDialog)
        if dialog is not None and dialog.isVisible() and person is not None:
            dialog._people.setCurrentIndex(person)
            dialog.accept()
        return False

    @property
    def workspace(self) -> Any:
        return self.app.window.workspace

    def settle(self) -> None:
        QTest.qWait(50)
        until(self.app.runner.is_idle, "the desk answers")

    def open(self, ticket_id: int) -> TicketPane:
        self.workspace.open_in_tab(ticket_id)
        pane = self.workspace.pane()
        until(lambda: pane.editing.detail is not None and pane.editing.detail.id == ticket_id, "the ticket opens")
        self.settle()
        return pane

    def new(self) -> TicketPane:
        self.workspace.new_ticket()
        self.settle()
        return self.workspace.pane()

    def field(self, pane: TicketPane, name: str) -> Any:
        return pane.form.fields.frames[name].editor

    def type(self, widget: Any, text: str) -> None:
        """At the end of what is there."""
        self.app.window.activateWindow()
        widget.setFocus()
        until(widget.hasFocus, "the focus")
        (
            widget.end
            if hasattr(widget, "end")
            else lambda _mark: widget.moveCursor(widget.textCursor().MoveOperation.End)
        )(False)
        for letter in text:
            if letter.isascii() and letter.isprintable():
                QTest.keyClicks(widget, letter)
            else:
                widget.insert(letter) if hasattr(widget, "insert") else widget.insertPlainText(letter)
                if hasattr(widget, "textEdited"):
                    widget.textEdited.emit(widget.text())

    def resolve(self, ticket_id: int, resolution: str, comment: str) -> TicketPane:
        """Type into the dialog that asks what a resolved ticket needs, and leave it open."""
        pane = self.open(ticket_id)
        pane.resolve()
        until(lambda: pane.quick.dialog is not None, "the dialog opens")
        self.type_over(pane.quick.dialog.fields.editors()["resolution"], resolution)
        self.type_over(pane.quick.dialog._comment, comment)
        return pane

    def type_over(self, widget: Any, text: str) -> None:
        """Into a dialog, which has the keyboard."""
        widget.setFocus()
        for letter in text:
            is_key = letter.isascii() and letter.isprintable()
            QTest.keyClicks(widget, letter) if is_key else widget.insertPlainText(letter)

    def kept(self) -> bool:
        """Whether each form with something in it is on the disk, and not only what was typed there first."""
        dirty = [pane for pane in self.workspace.tabs.panes() if pane.is_dirty()]
        return all(pane.drafting.is_kept() for pane in dirty)


class ServedClock:
    """Seconds in which this process worked or waited: it stands still while the whole process is held up."""

    TICK_MS = 10
    WAITED_S = 0.05  # at most between two ticks, beside what was reckoned

    def __init__(self) -> None:
        self.seconds = 0.0
        self._at, self._reckoned = time.monotonic(), time.process_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(self.TICK_MS)

    def _tick(self) -> None:
        at, reckoned = time.monotonic(), time.process_time()
        self.seconds += min(at - self._at, reckoned - self._reckoned + self.WAITED_S)
        self._at, self._reckoned = at, reckoned


class CommitTimes:
    """When each key was pressed, and when the journal's file held what it made of the field."""

    def __init__(self, typist: Typist, clock: ServedClock) -> None:
        self._typist, self._clock = typist, clock
        self._committed: list[tuple[float, str]] = []
        store = typist.app.drafts._journal._store
        write = store.write

        def note(waiting: Any) -> None:
            write(waiting)
            at = clock.seconds
            typed = [draft.content.typed for draft in waiting.values() if draft is not None]
            self._committed += [(at, one[STEADY].text) for one in typed if STEADY in one]

        store.write = note

    def keep_promise(self, editor: Any, words: str) -> float:
        """The longest time from a key to the commit that has it; where that was long, of another try."""
        for _ in range(TRIES):
            longest = self._longest(editor, words)
            if longest < PROMISE_S:
                break
        return longest

    def _longest(self, editor: Any, words: str) -> float:
        """Typing on steadily for longer than a draft may be old."""
        pressed: list[tuple[float, str]] = []
        for letter in words:
            at = self._clock.seconds
            self._typist.type(editor, letter)
            pressed.append((at, editor.toPlainText()))
            QTest.qWait(BETWEEN_KEYS_MS)
        until(lambda: any(text == pressed[-1][1] for _, text in self._committed), "the last key is on the disk")
        return max(self._seconds_to_disk(at, text) for at, text in pressed)

    def _seconds_to_disk(self, at: float, text: str) -> float:
        return next(done for done, kept in self._committed if kept.startswith(text)) - at


def main(arguments: list[str]) -> None:
    """Open tickets, type, say so, and go on until killed."""
    folder, words = Path(arguments[0]), json.loads(arguments[1])
    application = QApplication([sys.argv[0]])
    typist, clock = Typist(folder, application, words.get("person")), ServedClock()
    typed: dict[str, Any] = {}
    steady: dict[str, Any] = {}
    for at, (ticket_id, subject) in enumerate(words.get("tickets", [])):
        pane = typist.open(ticket_id)
        typist.type(typist.field(pane, "description"), f"{subject}\n第{at}行  two blanks, a line end \n")
        typist.type(typist.field(pane, "customer_id"), " no such customer")
        typist.type(typist.field(pane, "subject"), f" {subject} ")
        field = typist.field(pane, "subject")
        field.setCursorPosition(3 + at)
        typed[str(ticket_id)] = {
            "subject": field.text(), "cursor": field.cursorPosition(), "version": pane.editing.detail.row_version,
            "customer": typist.field(pane, "customer_id").text(),
        }  # fmt: skip
    if "new" in words:
        pane = typist.new()
        typist.type(typist.field(pane, "description"), words["new"])
        typist.type(typist.field(pane, "subject"), words["new"])
        editor = typist.field(pane, STEADY)
        times = CommitTimes(typist, clock)
        steady = {"longest": times.keep_promise(editor, words["steadily"]), "text": editor.toPlainText()}
    if "comment" in words:
        ticket_id, text = words["comment"]
        typist.type(typist.open(ticket_id).comment_box.editor, text)
    if "resolve" in words:
        pane = typist.resolve(*words["resolve"])
        at = clock.seconds
        until(pane.drafting.is_kept, "what is typed in the dialog is on the disk")
        typed["seconds"] = clock.seconds - at
    until(typist.kept, "the drafts are on the disk")
    if "after_harm" in words:
        shutil.rmtree(folder / "drafts")
        typist.type(typist.field(pane, "next_step"), words["after_harm"])
        until(pane.drafting.is_kept, "what was typed on is on the disk")
    print("typed", json.dumps({"fields": typed, "steady": steady}), flush=True)
    application.exec()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)  # the client's threads would hold the process
