"""Assign, take, change the status: what they need is asked for, then the ticket is saved at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from desk_client.reference_store import ReferenceStore
from desk_client.tickets.controller import TicketController
from desk_client.tickets.editing import PaneParts, TicketEditing
from desk_client.tickets.pane_head import PaneHead
from desk_client.tickets.transition_dialog import AskUnsaved, TransitionDialog
from desk_client.tickets.transitions import ASSIGN_FIELDS, asked_fields, brought_along, impossible_text, needs_dialog
from desk_client.widgets.type_ahead import Suggestion
from shared.domain.status import Status, next_statuses
from shared.schemas.session import DeskSession

DIALOG = "dialog."  # marks the look-ups of the dialog among those of the form


class QuickActions(QObject):
    """Used by the head's buttons, the pane's keys and the window's menu alike.

    Signals:
        impossible(Saying): why an action can't be done to this ticket.
    """

    impossible = Signal(object)

    def __init__(
        self,
        parts: PaneParts,
        head: PaneHead,
        editing: TicketEditing,
        controller: TicketController,
        reference: ReferenceStore,
        session: DeskSession,
        now: Callable[[], datetime],
        ask_unsaved: AskUnsaved,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._form, self._comment_box, self._head = parts.form, parts.comment_box, head
        self._editing, self._controller = editing, controller
        self._reference, self._session, self._now, self._window = reference, session, now, parent
        self._ask_unsaved = ask_unsaved
        self.dialog: TransitionDialog | None = None
        self._ask_waits: Callable[[], object] | None = None  # for the lease
        editing.lease_refused.connect(self._on_lease_refused)
        editing.reset.connect(self._forget_waiting)
        controller.lease.taken.connect(self._on_lease_taken)
        controller.lease.failed.connect(self._forget_waiting)
        controller.suggestions_found.connect(self._on_suggestions)
        if editing.can_write:
            head.status_requested.connect(self.change_status)
            head.assign_requested.connect(self.assign)
            head.take_requested.connect(self.take)

    def _can_change(self) -> bool:
        editing = self._editing
        return (
            editing.can_write and editing.detail is not None and not (editing.is_saving or editing.opening.is_under_way)
        )

    def _may_act(self) -> bool:
        """Like ``_can_change``, and says what a ticket needs that was never saved."""
        if self._editing.can_write and self._form.is_new:
            self.impossible.emit(_save_first_text)
        return self._can_change()

    def _status(self) -> str | None:
        return self._editing.detail.values.status if self._editing.detail else None

    def assign(self) -> None:
        """Ask to whom it is handed, and save."""
        if self._may_act():
            self._ask(None, list(ASSIGN_FIELDS))

    def take(self) -> None:
        """Assign it to who sits here; a new ticket is opened by it. Saved at once."""
        person = self._session.person
        if not self._may_act() or person is None:
            return
        values: dict[str, Any] = {"assignee_id": person.id, "department_id": person.department_id}
        if self._status() != Status.NEW and self._form.values().get("assignee_id") == person.id:
            self.impossible.emit(_yours_text)
            return
        if self._status() == Status.NEW:
            values["status"] = Status.OPEN.value
        self._apply(values, {})

    def resolve(self) -> None:
        """The way to resolved, where the status allows it."""
        self.change_status(Status.RESOLVED.value)

    def change_status(self, code: str = "") -> None:
        """Take that status, asking for what it needs; without one, show what the status may become."""
        if not self._may_act():
            return
        current = self._status()
        target = Status(code) if code else None
        possible = next_statuses(current)
        if not possible or (target is not None and target not in possible):
            self.impossible.emit(lambda: impossible_text(current, target, self._reference))
        elif target is None:
            self._head.open_status_menu()
        else:
            self._change_to(target)

    def _change_to(self, target: Status) -> None:
        values = self._form.values()
        if needs_dialog(target, values, self._reference):
            self._ask(target, asked_fields(target, values, self._reference))
        else:
            self._apply(brought_along(self._status(), target), {})

    def _ask(self, target: Status | None, names: list[str]) -> None:
        detail = self._editing.detail
        if not self._can_change() or detail is None or self.dialog is not None:
            return
        if not self._controller.lease.is_held:
            self._ask_waits = lambda: self._ask(target, names)  # what can't be saved is not asked for
            self._controller.lease.take()
            return
        values = {**self._form.values(), "status": detail.values.status}
        texts = {name: self._form.text_of(name) for name in names}
        dialog = TransitionDialog(
            target, names, values, texts, self._reference, self._now, self._ask_unsaved, self._window, detail.number
        )
        self.dialog = dialog
        self._editing.follow_dialog(dialog)
        dialog.lookup_requested.connect(lambda name, *question: self._controller.look_up(DIALOG + name, *question))
        dialog.decided.connect(self._on_decided)
        dialog.finished.connect(self._on_dialog_closed)
        dialog.open()

    def _on_decided(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        if self._editing.dialog is None:
            return  # its content was put into the form meanwhile
        self._append_comment()
        self._apply(values, texts)

    def _append_comment(self) -> None:
        comment = self.dialog.comment() if self.dialog is not None else None
        if comment is not None and self._comment_box is not None:
            self._comment_box.append(comment.body)

    def _apply(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        self._form.put(values, texts)
        self._editing.save()

    def _on_lease_taken(self) -> None:
        ask = self._ask_waits
        self._forget_waiting()
        if ask is not None:
            ask()

    def _forget_waiting(self) -> None:
        self._ask_waits = None

    def _on_lease_refused(self) -> None:
        """Another machine was first: what is typed in the dialog stays, in the form."""
        self._forget_waiting()
        dialog = self._editing.dialog
        if dialog is None:
            return  # or put there at an earlier refusal
        self._form.fields.restore(dialog.typed())
        self._form.refresh()
        self._append_comment()
        self._editing.follow_dialog(None)  # it may stay for a while, under a question: what it has is put here once
        dialog.leave()

    def _on_dialog_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        if not self._editing.is_saving and not self._form.is_dirty():
            self._controller.lease.release()
        self._editing.follow_dialog(None)

    def _on_suggestions(self, name: str, text: str, suggestions: list[Suggestion] | None) -> None:
        if not name.startswith(DIALOG):
            self._form.fields.show_suggestions(name, text, suggestions)
        elif self.dialog is not None:
            self.dialog.fields.show_suggestions(name.removeprefix(DIALOG), text, suggestions)


def _yours_text() -> str:
    return QCoreApplication.translate("Transition", "This ticket is yours already")


def _save_first_text() -> str:
    return QCoreApplication.translate("Transition", "Save the new ticket first")
