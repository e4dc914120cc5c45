"""The walk of a ticket's edit: what the general one does not know. Comments, history, what is usual in a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from desk_client.drafts.content import FieldText
from desk_client.forms.change_notices import ChangeNotices
from desk_client.forms.changes import Origin
from desk_client.forms.editing import EntityEditing
from desk_client.forms.look_dialog import LookDialog
from desk_client.forms.notices import Notices
from desk_client.messages import Messages
from desk_client.reference_store import ReferenceStore
from desk_client.tickets.arrivals import ASKED_BEFORE, Arrivals, arrival_words
from desk_client.tickets.comment_box import CommentBox
from desk_client.tickets.controller import TicketController
from desk_client.tickets.defaults import StickyDefaults
from desk_client.tickets.form import TicketForm
from desk_client.tickets.history import HistoryView
from desk_client.tickets.transition_dialog import TransitionDialog
from shared.errors import DeskError
from shared.schemas.session import DeskSession
from shared.schemas.ticket import CommentText, HistoryLine, TicketDetail


@dataclass(frozen=True, slots=True)
class PaneParts:
    """The widgets that an edit speaks to. ``comment_box`` is None where nothing may be written."""

    form: TicketForm
    history: HistoryView
    notices: Notices
    changes: ChangeNotices
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
            parts.form, parts.notices, parts.changes, controller, messages,
            can_write=session.level.can_write, parent=parent,
        )  # fmt: skip
        self._history, self._comment_box = parts.history, parts.comment_box
        self._tickets, self._now = controller, now
        self._sticky = StickyDefaults(reference)
        self._reference = reference
        self._arrivals = Arrivals(session.machine)
        self.dialog: TransitionDialog | None = None  # what is typed there is not in the form yet
        self._is_asking = False  # the desk, what came in
        self._look: LookDialog | None = None  # at it
        controller.history_failed.connect(messages.error)
        controller.lookup_failed.connect(messages.error)
        controller.history_loaded.connect(self.show_beside)
        controller.arrivals_found.connect(self._on_arrivals)
        controller.arrivals_failed.connect(self._on_arrivals_failed)
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
        self._arrivals.begin(is_new=True)

    def _on_opened(self, detail: TicketDetail) -> None:
        self._begin_history(detail)
        super()._on_opened(detail)

    def take_theirs(self, detail: TicketDetail) -> None:
        """It may be another ticket: a deleted one, of which a draft is left."""
        if self._is_another(detail):
            self._begin_history(detail)
        super().take_theirs(detail)

    def _begin_history(self, detail: TicketDetail) -> None:
        """Its own will come; that of another ticket is not left beside it till then."""
        if self._is_another(detail):
            self._history.clear()
        self._arrivals.begin()

    def _is_another(self, detail: TicketDetail) -> bool:
        return self.detail is None or self.detail.id != detail.id

    def clear_beside(self) -> None:
        """The comment was of the ticket before."""
        if self._comment_box is not None:
            self._comment_box.clear()

    def _on_commenting(self) -> None:
        self.stay_if_typed()
        self.changed.emit()

    # -- a dialog over the form ------------------------------------------------------------------------------------

    def follow_dialog(self, dialog: TransitionDialog | None) -> None:
        """What is typed there is kept like what is typed here; None: it is in the form by now, or thrown away."""
        self.dialog = dialog
        if dialog is not None:
            dialog.edited.connect(self._on_dialog_edited)
        self.changed.emit()

    def _on_dialog_edited(self) -> None:
        if not self.live.is_gone:
            self.leasing.begin()
        self.changed.emit()

    def is_dialog_typed(self) -> bool:
        """Whether something is typed there."""
        return self.dialog is not None and self.dialog.is_touched()

    def dialog_draft(self) -> Mapping[str, FieldText]:
        """The fields of the dialog."""
        return {} if self.dialog is None else self.dialog.draft()

    def dialog_editors(self) -> Mapping[str, QWidget]:
        """With its comment."""
        return {} if self.dialog is None else self.dialog.editors()

    # -- saving ----------------------------------------------------------------------------------------------------

    def beside(self) -> CommentText | None:
        """The comment."""
        return None if self._comment_box is None else self._comment_box.comment()

    def beside_editors(self) -> Mapping[str, QWidget]:
        """The text of the comment."""
        return {} if self._comment_box is None else {"comment": self._comment_box.editor}

    def beside_draft(self) -> Mapping[str, Any]:
        """The comment as it is written, with what a dialog adds to it."""
        more = "" if self.dialog is None else self.dialog.comment_text()
        return {} if self._comment_box is None else self._comment_box.draft(more)

    def restore_beside(self, kept: Mapping[str, Any]) -> None:
        """Write it there again."""
        if self._comment_box is not None:
            self._comment_box.restore(kept)

    def pack_beside(self, beside: CommentText | None) -> Mapping[str, Any] | None:
        """A comment as plain values."""
        return None if beside is None else beside.model_dump()

    def unpack_beside(self, packed: Mapping[str, Any] | None) -> CommentText | None:
        """And back."""
        return None if packed is None else CommentText.model_validate(packed)

    def show_beside(self, beside: Sequence[HistoryLine]) -> None:
        """The history as it is by now."""
        self._arrivals.note(beside)
        self._history.show_lines(beside)

    def origins(self, detail: TicketDetail, beside: Sequence[HistoryLine]) -> Sequence[Origin]:
        """The newest events, one at most for each version since."""
        since = detail.row_version - (self.detail.row_version if self.detail else 0)
        events = [line for line in beside if line.line == "event"][:since]
        made = tuple(Origin(line.machine, line.person, line.at, frozenset(line.changes or ())) for line in events)
        return made or super().origins(detail, beside)

    def note_saved(self, detail: TicketDetail) -> None:
        """What a new ticket was given is usual from now on."""
        if self.detail is None:
            self._sticky.remember(self._form.values())
        self._take_comment_away()

    def go_on_from(self, detail: TicketDetail) -> None:
        """The next ticket is of the same customer."""
        self._sticky.keep_customer(detail)

    def note_appended(self) -> None:
        """The comment alone."""
        self._take_comment_away()
        self._messages.info(lambda: QCoreApplication.translate("TicketPane", "Comment added"))

    def _take_comment_away(self) -> None:
        """The comment that was sent is in the history now; what was written since stays in its box."""
        sent = self._tickets.sent
        if self._comment_box is not None and sent is not None and sent.beside is not None:
            self._comment_box.take_away(sent.beside)

    def forget_save(self) -> None:
        """No save is under way any more; the answer to what came in lets none go out."""
        self._is_asking = False
        super().forget_save()

    # -- before it is resolved -------------------------------------------------------------------------------------

    def send(self) -> None:
        """Before it is resolved or closed the desk is asked what came in meanwhile."""
        status = self._form.changed_values().get("status")
        if self.detail is not None and status in ASKED_BEFORE:
            self._is_asking = True
            self._tickets.ask_for_arrivals()
        else:
            super().send()

    def _on_arrivals(self, lines: Sequence[HistoryLine]) -> None:
        if not self._is_asking:
            return
        self._is_asking = False
        self.show_beside(lines)
        arrived = self._arrivals.among(lines)
        if not arrived:
            super().send()
            return
        self.set_saving(False)
        self._arrivals.know(arrived)  # whatever is decided: they have been read
        status = str(self._form.changed_values().get("status"))
        self._look = dialog = LookDialog(
            "arrivalsLook", lambda: arrival_words(arrived, status, self._reference), self._form.window()
        )
        dialog.finished.connect(self._on_looked)
        dialog.go_on_wanted.connect(self.save_again)
        dialog.rejected.connect(self.stay_here)
        dialog.open()

    def _on_looked(self) -> None:
        self._look = None

    @property
    def is_asked(self) -> bool:
        """Also while it is being read what came in."""
        return super().is_asked or self._look is not None

    def _on_arrivals_failed(self, error: DeskError) -> None:
        if self._is_asking:
            self._is_asking = False
            self._on_save_failed(error)
