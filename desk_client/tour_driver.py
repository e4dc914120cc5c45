"""A person's hands and eyes for the tour: keys go in, what the window shows comes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desk_client.app import DeskApp, OpenDatabase, open_database
from desk_client.theme import Scheme
from desk_client.tickets.pane import TicketPane
from desk_client.workspace import Workspace
from shared.config import Profile
from shared.errors import DeskError
from shared.schemas.ticket import CommentText, TicketDetail

PATIENCE_SECONDS = 60.0
MOST_TABS = 80
SIZE = (1440, 900)


class TourError(Exception):
    """A step that did not do what it should, in a sentence."""


class Driver:
    """One client, from its first paint to its end."""

    def __init__(
        self,
        application: QApplication,
        profile: Path,
        folder: Path,
        language: str,
        scheme: Scheme,
        open_database: OpenDatabase = open_database,
    ) -> None:
        self._folder = folder
        self._desk = DeskApp(application, Profile.load(profile), open_database=open_database)
        self._desk.language.use(language)
        self._desk.theme.apply(scheme)
        self._window = self._desk.window

    def __enter__(self) -> Driver:
        self._window.resize(*SIZE)
        self._desk.start()
        self._window.activateWindow()
        try:
            self.wait(self._is_let_in, "the desk does not answer")
            self.wait(lambda: not self._workspace.page.model.is_dimmed, "the list does not come")
        except (TourError, DeskError):
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self._window.grab().save(str(self._folder / "where-it-ended.png"))
        self.close()

    def close(self) -> None:
        """End the client without a question."""
        self._desk.stop()
        self._window.deleteLater()
        self._desk.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # -- hands ---------------------------------------------------------------------------------------------------------

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        """One key press where the focus is."""
        QTest.keyClick(self._focus(), key, modifiers or Qt.KeyboardModifier.NoModifier)
        self._settle()

    def type(self, text: str) -> None:
        """A text, letter by letter; Enter within it is Enter."""
        for letter in text:
            if letter == "\n":
                self.press(Qt.Key.Key_Return)
                continue
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(self._focus(), event)
        self._settle()

    def fill(self, values: Mapping[str, str]) -> None:
        """Type a value into each of these fields of the form, going from one to the next by Tab."""
        missing = dict(values)
        for _ in range(MOST_TABS):
            name = self._focus().objectName().removeprefix("edit_")
            if name in missing:
                self.type(missing.pop(name))
            if not missing:
                self.press(Qt.Key.Key_Tab)
                return
            self.press(Qt.Key.Key_Tab)
        raise TourError(f"Tab does not come to {', '.join(missing)}")

    def come_to_front(self) -> None:
        """Go on in this window, where the focus was."""
        self._window.activateWindow()
        self.wait(self._window.isActiveWindow, "the window does not come to the front")

    def push(self, name: str) -> None:
        """Go to a button of the line over the form, and press it."""
        self._button(name).setFocus()
        self.press(Qt.Key.Key_Space)

    def force_comment(self, comment: CommentText) -> None:
        """Do what no control of this window does: send a write."""
        self._pane.controller.save(self._detail(), {}, comment)

    # -- eyes ----------------------------------------------------------------------------------------------------------

    def wait_for_ticket(self, number: str = "", subject: str = "") -> str:
        """Wait until a ticket with its history is shown, this one where it is named; its number."""
        self.wait(lambda: self._shows(number, subject), f"ticket {number or subject} is not shown")
        return str(self._detail().number)

    def errors(self) -> list[str]:
        """The fields that have a message under them."""
        return [name for name, frame in self._pane.form.fields.frames.items() if frame.has_error()]

    def listed(self) -> list[str]:
        """The numbers of the first tickets that the list shows."""
        model = self._workspace.page.model
        if model.is_dimmed:
            return []
        return [str(row.number) for row in map(model.row, range(min(model.rowCount(), 20))) if row is not None]

    def rows(self) -> int:
        """How many rows the list has, as far as it knows."""
        return self._workspace.page.model.rowCount()

    def version(self) -> int:
        """How often the ticket shown was saved."""
        detail = self._pane.editing.detail
        return 0 if detail is None else detail.row_version

    def history(self) -> str:
        """The history as it is read on the screen."""
        return self._pane.history.browser.toPlainText()

    def can_edit(self) -> bool:
        """Whether this window has any control that writes."""
        actions = self._window.actions_here
        has_action = actions is not None and any(spec.needs_write for spec in actions.specs)
        return has_action or self._pane.comment_box is not None or self._pane.foot is not None

    def holds(self) -> bool:
        """Whether the ticket shown is being edited here."""
        return self._pane.controller.lease.is_held

    def offered(self) -> list[str]:
        """The buttons of the line that says who edits the ticket, by their names."""
        return [button.objectName() for button in self._lease_buttons()]

    def dialog(self) -> str:
        """The name of the dialog that is open over this window, '' for none."""
        dialog = QApplication.activeModalWidget()
        return "" if dialog is None else dialog.objectName()

    def message(self) -> str:
        """What the message bar says."""
        return self._window.message_bar.text()

    def keep(self, name: str) -> None:
        """A picture of the window, with the dialog that is open over it."""
        self._settle()
        file = self._folder / f"{name}.png"
        picture, dialog = self._window.grab(), QApplication.activeModalWidget()
        if dialog is not None:
            with QPainter(picture) as painter:
                at = picture.rect().center() - dialog.rect().center()
                painter.drawPixmap(at, dialog.grab())
                painter.drawRect(dialog.rect().translated(at))
        if not picture.save(str(file)):
            raise OSError(0, "The picture could not be written", str(file))

    def expect(self, holds: bool, otherwise: str) -> None:
        """TourError with this sentence, unless it holds."""
        if not holds:
            raise TourError(otherwise)

    def wait(self, holds: Callable[[], Any], otherwise: str) -> None:
        """Let the window work until it holds; TourError with this sentence where it never does."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > end:
                shown = f" (the window says: {self.message()})" if self.message() else ""
                raise TourError(otherwise + shown)
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    # -- inside --------------------------------------------------------------------------------------------------------

    @property
    def _workspace(self) -> Workspace:
        if self._window.workspace is None:
            raise TourError("the desk did not let this machine in")
        return self._window.workspace

    @property
    def _pane(self) -> TicketPane:
        return self._workspace.pane()

    def _lease_buttons(self) -> list[QPushButton]:
        return [button for button in self._pane.lease_banner.findChildren(QPushButton) if button.isVisible()]

    def _button(self, name: str) -> QPushButton:
        for button in self._lease_buttons():
            if button.objectName() == name:
                return button
        raise TourError(f"there is no button {name}")

    def _detail(self) -> TicketDetail:
        if self._pane.editing.detail is None:
            raise TourError("no ticket is shown")
        return self._pane.editing.detail

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _is_let_in(self) -> bool:
        if self._desk.failed is not None:
            raise self._desk.failed
        return self._window.workspace is not None

    def _shows(self, number: str, subject: str) -> bool:
        detail = self._pane.editing.detail
        if detail is None or (number and str(detail.number) != number):
            return False
        return (
            (not subject or detail.values.subject == subject)
            and self._pane.history.isVisible()
            and self.history() != ""
        )

    def _settle(self) -> None:
        """Let what the last key started come to its end on the GUI thread."""
        QTest.qWait(60)
