"""The walk of an edit: open, first change, lease, save, and what may come between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QObject, Signal

from desk_client.messages import Messages, describe
from desk_client.reference_store import ReferenceStore
from desk_client.tickets.comment_box import CommentBox
from desk_client.tickets.controller import TicketController
from desk_client.tickets.defaults import StickyDefaults
from desk_client.tickets.fields import ENTITY
from desk_client.tickets.form import TicketForm
from desk_client.tickets.history import HistoryView
from desk_client.tickets.notices import Notices
from desk_client.tickets.opening import TicketOpening
from desk_client.widgets.field_frame import Saying
from shared.errors import DeskError, FieldError, LeaseLostError
from shared.schemas.session import DeskSession
from shared.schemas.ticket import CommentText, HistoryLine, Lease, TicketDetail


@dataclass(frozen=True, slots=True)
class PaneParts:
    """The widgets that an edit speaks to. ``comment_box`` is None where nothing may be written."""

    form: TicketForm
    history: HistoryView
    notices: Notices
    comment_box: CommentBox | None


class TicketEditing(QObject):
    """One for each pane; holds what is open and whether a save is under way.

    Signals:
        reset(): another ticket (or none) is shown.
        changed(): title, status, dirtiness or the state of a save may be another.
        lease_refused(): another machine edits the ticket.
        saved(int): a ticket was saved.
    """

    reset = Signal()
    changed = Signal()
    lease_refused = Signal()
    saved = Signal(int)

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
        super().__init__(parent)
        self._form, self._history, self._notices = parts.form, parts.history, parts.notices
        self._comment_box = parts.comment_box
        self._controller, self._reference, self._session = controller, reference, session
        self._messages, self._now = messages, now
        self._sticky = StickyDefaults(reference)
        self._save_waits = False
        self._new_after_save = False
        self._sent: CommentText | None = None  # goes with the save under way
        self.after_save: Callable[[], object] | None = None
        self.opening = TicketOpening(controller, lambda: self.detail.id if self.detail else None, self)
        self.detail: TicketDetail | None = None
        self.is_saving = False
        self._connect()

    def _connect(self) -> None:
        form, controller = self._form, self._controller
        form.edited.connect(self._on_edited)
        form.resolved.connect(self._on_resolved)
        controller.opened.connect(self._on_opened)
        controller.open_failed.connect(self.opening.stay)
        controller.open_failed.connect(self._messages.error)
        controller.history_failed.connect(self._messages.error)
        controller.history_loaded.connect(self._history.show_lines)
        controller.lease.taken.connect(self._on_lease_taken)
        controller.lease.refused.connect(self._on_lease_refused)
        controller.lease.failed.connect(self._messages.error)
        controller.saved.connect(self._on_saved)
        controller.save_failed.connect(self._on_save_failed)
        controller.conflicted.connect(self._on_conflict)
        controller.commented.connect(self._on_commented)
        if self._comment_box is not None:
            self._comment_box.edited.connect(self._on_commenting)

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def can_write(self) -> bool:
        """Whether this machine may change tickets."""
        return self._session.level.can_write

    def is_dirty(self) -> bool:
        """Whether something is typed that is not saved."""
        commented = self._comment_box is not None and self._comment_box.comment() is not None
        return self.can_write and (self._form.is_dirty() or commented)

    def show_new(self) -> None:
        """Show an empty ticket with what is usual in it."""
        self.opening.give_up()
        self._controller.start_new()
        self.detail = None
        values, texts = self._sticky.for_new(self._now())
        self._form.show_new(values, texts)
        self._history.clear()
        self._reset()
        self._form.focus_first()

    def discard(self) -> None:
        """Throw away what was typed and show the ticket as it is stored."""
        self._controller.lease.release()
        if self.detail is None:
            self.show_new()
        else:
            self._form.show_ticket(self.detail)
            self._reset()

    def _on_opened(self, detail: TicketDetail) -> None:
        if (
            self.is_dirty() and not self.opening.is_under_way
        ):  # read again because of another view, and typing began meanwhile
            self.detail = detail
            self._form.rebase(detail)
            self.changed.emit()
            return
        self.detail = detail
        self._form.show_ticket(detail)
        self._reset()
        self.opening.finish()
        if detail.edited_by and detail.edited_by != self._session.machine:
            self._notices.edited_elsewhere(detail.edited_by, detail.edited_person, detail.edited_since)

    def _reset(self, *, keeps_comment: bool = False) -> None:
        """Forget everything of the ticket before."""
        self.is_saving = self._save_waits = self._new_after_save = False
        self.after_save = self._sent = None
        self._form.set_locked(False)
        self._notices.clear()
        if self._comment_box is not None and not keeps_comment:
            self._comment_box.clear()
        self.reset.emit()
        self.changed.emit()

    # -- lease -----------------------------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self._stay_if_typed()
        if self.detail is not None and self._form.is_dirty():
            self._controller.lease.take()
        self.changed.emit()

    def _on_commenting(self) -> None:
        self._stay_if_typed()
        self.changed.emit()

    def _stay_if_typed(self) -> None:
        """Typing while another ticket is on its way: what is typed here is worth more than going there."""
        if self.is_dirty():
            self.opening.stay()

    def _on_lease_taken(self, _lease: Lease) -> None:
        self._form.set_locked(False)
        self._notices.clear()
        self.changed.emit()

    def _on_lease_refused(self, lease: Lease) -> None:
        """Another machine was first: back to reading, and what is typed stays."""
        if self.is_dirty():
            self._form.set_locked(True)
            self._notices.refused(lease, retry=self._controller.lease.take, discard=self.discard)
        else:
            self._notices.held_elsewhere(lease)
        self.lease_refused.emit()
        self.changed.emit()

    # -- saving ----------------------------------------------------------------------------------------------------

    def save(self, *, then_new: bool = False) -> None:
        """Check and save what is typed; a comment goes along, or alone where nothing else changed."""
        if self.is_saving or not self.can_write or not (self.is_dirty() or self._form.is_new):
            return
        if self._notices.is_refused:
            self._controller.lease.take()  # its answer unlocks the form, or says again who has it
            return
        self._new_after_save = then_new
        self._save_waits = self._form.fields.take_waiting()
        if self._save_waits:
            return
        self._sent = comment = self._comment_box.comment() if self._comment_box is not None else None
        if self.detail is not None and comment is not None and not self._form.is_dirty():
            self._set_saving(True)
            self._controller.comment(self.detail.id, comment)
            return
        errors = self._form.check()
        self._show_errors(errors)
        if errors:
            self.after_save = None
            return
        self._set_saving(True)
        if self.detail is None:
            self._controller.create(self._form.changed_values(), comment)
        else:
            self._controller.update(self.detail, self._form.changed_values(), comment)

    def _on_resolved(self) -> None:
        if self._save_waits:
            self.save(then_new=self._new_after_save)

    def _set_saving(self, saving: bool) -> None:
        self.is_saving = saving
        self.changed.emit()

    def _show_errors(self, errors: Mapping[str, Saying]) -> None:
        """Each at its field; what has no field on the form stands above it."""
        elsewhere = self._form.show_errors(errors)
        if elsewhere:
            label = self._reference.field_label
            self._notices.problem(lambda: "   ".join(f"{label(ENTITY, name)}: {errors[name]()}" for name in elsewhere))
        else:
            self._notices.clear_problem()

    def _on_saved(self, detail: TicketDetail) -> None:
        wants_new, afterwards = self._new_after_save, self.after_save
        if self.detail is None:
            self._sticky.remember(self._form.values())
        self.detail = detail
        goes_on = self._form.show_saved(detail)
        self._take_comment_away()
        self._reset(keeps_comment=True)
        self._messages.info(lambda: _saved_text(detail.number))
        self.saved.emit(detail.id)
        if goes_on or self.is_dirty():
            self._on_edited()
        elif wants_new:
            self._sticky.keep_customer(detail)
            self.show_new()
        elif afterwards is not None:
            afterwards()

    def _take_comment_away(self) -> None:
        """The comment that was sent is in the history now; what was written since stays in its box."""
        if self._comment_box is not None and self._sent is not None:
            self._comment_box.take_away(self._sent)
        self._sent = None

    def _on_commented(self) -> None:
        self._take_comment_away()
        self._set_saving(False)
        self._messages.info(lambda: QCoreApplication.translate("TicketPane", "Comment added"))
        afterwards, self.after_save = self.after_save, None
        if self.detail is not None:
            self.saved.emit(self.detail.id)
        if afterwards is not None and not self.is_dirty():
            afterwards()

    def _on_save_failed(self, error: DeskError) -> None:
        self._set_saving(False)
        self.after_save = None
        if isinstance(error, FieldError) and error.field:
            self._show_errors({error.field: lambda: describe(error)})
        elif isinstance(error, LeaseLostError):
            self._controller.lease.drop()
            self._controller.lease.take()  # its answer says who has it
        else:
            self._messages.error(error)

    def _on_conflict(self, detail: TicketDetail, history: tuple[HistoryLine, ...]) -> None:
        """Somebody saved in between: theirs is the base now, mine is still in the fields."""
        self._set_saving(False)
        self.after_save = None
        self.detail = detail
        self._form.rebase(detail)
        self._history.show_lines(history)
        event = next((line for line in history if line.line == "event"), None)
        self._notices.changed_elsewhere(event, detail.updated_at, show_theirs=self.discard)
        self.changed.emit()


def _saved_text(number: int) -> str:
    return QCoreApplication.translate("TicketPane", "Saved: ticket {number}").format(number=number)
