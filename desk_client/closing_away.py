"""The window is closed while nothing can be saved: the desk is away, or takes no changes of who sits here any more.

Nothing has to be given up then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QWidget

from desk_client.context import ClientContext
from desk_client.forms.pane import EntityPane
from desk_client.widgets.question import Question

NAME = "keepQuestion"
PATIENCE_SECONDS = 5.0  # a disk that takes longer does not close a window that somebody works in again


class ClosingAway(QObject):
    """Of one window. Offers to keep what is typed in all its forms as drafts; closes once they are on the disk."""

    def __init__(self, context: ClientContext, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._drafts = window, context.drafts
        self._connection, self._runner, self._may_save = context.connection, context.runner, context.may_save
        self._close: Callable[[], object] | None = None  # waits for the disk
        self._until = 0.0
        if self._drafts is not None:
            # behind the forms, which hear the same
            self._drafts.written.connect(self._on_written, Qt.ConnectionType.QueuedConnection)

    def holds(self, close: Callable[[], object]) -> bool:
        """Whether it is asked about first; ``close`` is done again afterwards."""
        is_away = not (self._connection.is_listening or self._runner.is_reachable)
        if (self._may_save() and not is_away) or not self._can_keep():
            return False
        if any(one.isVisible() for one in self._window.findChildren(Question, NAME)):
            return True  # asked already
        title, text = _away_words() if is_away else _refused_words()
        keep = QCoreApplication.translate("Workspace", "Keep and close")
        Question(NAME, title, text, keep, lambda: self._keep(close), self._window).open()
        return True

    def _typed(self) -> list[EntityPane[Any]]:
        return [pane for pane in self._window.findChildren(EntityPane) if pane.is_dirty() and not pane.is_put_by]

    def _can_keep(self) -> bool:
        typed = self._typed()
        is_kept = self._drafts is not None and self._drafts.fault is None
        return is_kept and bool(typed) and all(pane.drafting is not None for pane in typed)

    def _keep(self, close: Callable[[], object]) -> None:
        self._close, self._until = close, time.monotonic() + PATIENCE_SECONDS
        for pane in self._typed():
            if pane.drafting is not None:
                pane.drafting.write()
        self._on_written()

    def _on_written(self, *_: object) -> None:
        typed = self._typed()
        if self._close is None or not all(pane.drafting and pane.drafting.is_kept() for pane in typed):
            return
        close, self._close = self._close, None
        if time.monotonic() > self._until:
            return
        for pane in typed:
            pane.is_put_by = True
        close()
        for pane in typed:
            pane.is_put_by = False


def _away_words() -> tuple[str, str]:
    return (
        QCoreApplication.translate("Workspace", "The server can't be reached"),
        QCoreApplication.translate(
            "Workspace",
            "What you have typed can't be saved now. It can be kept on this computer as drafts; they are offered"
            " when SupportDesk is started again.",
        ),
    )


def _refused_words() -> tuple[str, str]:
    return (
        QCoreApplication.translate("Workspace", "Nothing can be saved here any more"),
        QCoreApplication.translate(
            "Workspace",
            "What you, this machine or this client may do was changed. What you have typed can be kept on this computer"
            " as drafts; they are offered once you may save here again.",
        ),
    )
