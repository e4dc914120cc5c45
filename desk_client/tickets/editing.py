"""The walk of a ticket's edit: what the general one does not know. Comments, history, what is usual in a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from desk_client.forms.editing import EntityEditing
from desk_client.forms.notices import Notices
from desk_client.messages import Messages
from desk_client.reference_store import ReferenceStore
from desk_client.tickets.comment_box import CommentBox
from desk_client.tickets.controller import TicketController
from desk_client.tickets.defaults import StickyDefaults
from desk_client.tickets.form import TicketForm
from desk_client.tickets.history import HistoryView
from shared.schemas.session import DeskSession
from shared.schemas.ticket import CommentText, HistoryLine, TicketDetail


@dataclass(frozen=True, slots=True)
class PaneParts:
    """The widgets that an edit speaks to. ``comment_box`` is None where nothing may be written."""

    form: TicketForm
    history: HistoryView
    notices: Notices
    comment_box: CommentBox | None


class TicketEditing(EntityEditing[TicketDetail]):
    """A comment goes along with a save, or alone where nothing else changed."""

    def __init__(
        self,
        parts: PaneParts,
        controller: TicketController,
        reference: ReferenceStore,
        session: DeskSession,
        messages: Messages,
        now: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(
            parts.form, parts.notices, controller, messages, session.machine,
            can_write=session.level.can_write, parent=parent,
        )  # fmt: skip
        self._history, self._comment_box = parts.history, parts.comment_box
        self._tickets, self._now = controller, now
        self._sticky = StickyDefaults(reference)
        self._sent: CommentText | None = None  # goes with the save under way
        controller.history_failed.connect(messages.error)
        controller.history_loaded.connect(self._history.show_lines)
        controller.commented.connect(self._on_commented)
        if self._comment_box is not None:
            self._comment_box.edited.connect(self._on_commenting)

    def new_row(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """What stays from one ticket to the next."""
        return self._sticky.for_new(self._now())

    def saved_text(self, detail: TicketDetail) -> str:
        """With its number: a new one has it only now."""
        return QCoreApplication.translate("TicketPane", "Saved: ticket {number}").format(number=detail.number)

    def is_beside_typed(self) -> bool:
        """Whether there is a comment."""
        return self._comment_box is not None and self._comment_box.comment() is not None

    def show_new(self) -> None:
        """An empty ticket has no history."""
        self._history.clear()
        super().show_new()

    def clear_beside(self) -> None:
        """The comment was of the ticket before."""
        self._sent = None
        if self._comment_box is not None:
            self._comment_box.clear()

    def _on_commenting(self) -> None:
        self.stay_if_typed()
        self.changed.emit()

    # -- saving ----------------------------------------------------------------------------------------------------

    def sent_alone(self) -> bool:
        """A comment needs neither lease nor version where nothing in the form changed."""
        self._sent = comment = self._comment_box.comment() if self._comment_box is not None else None
        if self.detail is None or comment is None or self._form.is_dirty():
            return False
        self.set_saving(True)
        self._tickets.comment(self.detail.id, comment)
        return True

    def send(self) -> None:
        """With the comment."""
        if self.detail is None:
            self._tickets.create(self._form.changed_values(), self._sent)
        else:
            self._tickets.update(self.detail, self._form.changed_values(), self._sent)

    def note_saved(self, detail: TicketDetail) -> None:
        """What a new ticket was given is usual from now on."""
        if self.detail is None:
            self._sticky.remember(self._form.values())
        self._take_comment_away()

    def go_on_from(self, detail: TicketDetail) -> None:
        """The next ticket is of the same customer."""
        self._sticky.keep_customer(detail)

    def _take_comment_away(self) -> None:
        """The comment that was sent is in the history now; what was written since stays in its box."""
        if self._comment_box is not None and self._sent is not None:
            self._comment_box.take_away(self._sent)
        self._sent = None

    def _on_commented(self) -> None:
        self._take_comment_away()
        self.set_saving(False)
        self._messages.info(lambda: QCoreApplication.translate("TicketPane", "Comment added"))
        afterwards, self.after_save = self.after_save, None
        if self.detail is not None:
            self.saved.emit(self.detail.id)
        if afterwards is not None and not self.is_dirty():
            afterwards()

    def say_conflict(self, detail: TicketDetail, beside: tuple[HistoryLine, ...]) -> None:
        """The newest event says who it was."""
        self._history.show_lines(beside)
        event = next((line for line in beside if line.line == "event"), None)
        self._notices.changed_elsewhere(
            event.at if event else detail.updated_at,
            machine=event.machine if event else None,
            person=event.person if event else None,
            show_theirs=self.discard,
        )
