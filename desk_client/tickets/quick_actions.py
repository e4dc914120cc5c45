"""Assign, take, change the status: what they need is asked for, then the ticket is saved at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desk_client.reference_store import ReferenceStore
from desk_client.tickets.controller import TicketController
from desk_client.tickets.editing import PaneParts, TicketEditing
from desk_client.tickets.pane_head import PaneHead
from desk_client.tickets.transition_dialog import TransitionDialog
from desk_client.tickets.transitions import ASSIGN_FIELDS, asked_fields, left_behind, needs_dialog
from desk_client.widgets.type_ahead import Suggestion
from shared.domain.status import Status, next_statuses
from shared.schemas.session import DeskSession

DIALOG = "dialog."  # marks the look-ups of the dialog among those of the form


class QuickActions(QObject):
    """Used by the head's buttons, the pane's keys and the window's menu alike."""

    def __init__(
        self,
        parts: PaneParts,
        head: PaneHead,
        editing: TicketEditing,
        controller: TicketController,
        reference: ReferenceStore,
        session: DeskSession,
        now: Callable[[], datetime],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._form, self._comment_box, self._head = parts.form, parts.comment_box, head
        self._editing, self._controller = editing, controller
        self._reference, self._session, self._now, self._window = reference, session, now, parent
        self.dialog: TransitionDialog | None = None
        editing.lease_refused.connect(self._on_lease_refused)
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

    def _status(self) -> str | None:
        return self._editing.detail.values.status if self._editing.detail else None

    def assign(self) -> None:
        """Ask to whom it is handed, and save."""
        self._ask(None, list(ASSIGN_FIELDS), {})

    def take(self) -> None:
        """Assign it to who sits here; a new ticket is opened by it. Saved at once."""
        person = self._session.person
        if not self._can_change() or person is None:
            return
        values: dict[str, Any] = {"assignee_id": person.id, "department_id": person.department_id}
        if self._status() == Status.NEW:
            values["status"] = Status.OPEN.value
        self._apply(values, {})

    def resolve(self) -> None:
        """The way to resolved, where the status allows it."""
        self.change_status(Status.RESOLVED.value)

    def change_status(self, code: str = "") -> None:
        """Take that status, asking for what it needs; without one, show what the status may become."""
        if not self._can_change():
            return
        if not code:
            self._head.open_status_menu()
            return
        target = Status(code)
        if target not in next_statuses(self._status()):
            return
        values = self._form.values()
        extra = {**left_behind(self._status(), target), "status": target.value}
        if needs_dialog(target, values, self._reference):
            self._ask(target, asked_fields(target, values, self._reference), extra)
        else:
            self._apply(extra, {})

    def _ask(self, target: Status | None, names: list[str], extra: Mapping[str, Any]) -> None:
        detail = self._editing.detail
        if not self._can_change() or detail is None or self.dialog is not None:
            return
        self._controller.lease.take()
        values = {**self._form.values(), "status": detail.values.status}
        texts = {name: self._form.text_of(name) for name in names}
        dialog = TransitionDialog(target, names, values, texts, self._reference, self._now, self._window, detail.number)
        self.dialog = dialog
        dialog.lookup_requested.connect(lambda name, *question: self._controller.look_up(DIALOG + name, *question))
        dialog.decided.connect(lambda answers, named: self._on_decided({**extra, **answers}, named))
        dialog.finished.connect(self._on_dialog_closed)
        dialog.open()

    def _on_decided(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        comment = self.dialog.comment() if self.dialog is not None else None
        if comment is not None and self._comment_box is not None:
            self._comment_box.append(comment.body)
        self._apply(values, texts)

    def _apply(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        self._form.put(values, texts)
        self._editing.save()

    def _on_lease_refused(self) -> None:
        """Another machine was first: what is typed in the dialog stays, in the form."""
        dialog = self.dialog
        if dialog is None:
            return
        typed = {name: dialog.fields.value(name) for name in dialog.fields.touched}
        self._form.put(typed, {name: dialog.fields.text_of(name, value) for name, value in typed.items()})
        comment = dialog.comment()
        if comment is not None and self._comment_box is not None:
            self._comment_box.append(comment.body)
        dialog.reject()

    def _on_dialog_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        if not self._editing.is_saving and not self._form.is_dirty():
            self._controller.lease.release()
            self._editing.changed.emit()

    def _on_suggestions(self, name: str, text: str, suggestions: list[Suggestion]) -> None:
        if not name.startswith(DIALOG):
            self._form.fields.show_suggestions(name, text, suggestions)
        elif self.dialog is not None:
            self.dialog.fields.show_suggestions(name.removeprefix(DIALOG), text, suggestions)
