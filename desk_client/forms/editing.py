"""The walk of an edit: open, first change, lease, save, and what may come between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic

from PySide6.QtCore import QCoreApplication, QObject, Signal

from desk_client.forms.controller import EntityController
from desk_client.forms.detail import Detail
from desk_client.forms.form import EntityForm
from desk_client.forms.leasing import Leasing
from desk_client.forms.notices import Notices
from desk_client.forms.opening import Opening
from desk_client.messages import Messages, describe
from desk_client.widgets.field_frame import Saying
from shared.errors import DeskError, FieldError, LeaseLostError


class EntityEditing(QObject, Generic[Detail]):
    """One for each pane; holds what is open and whether a save is under way.

    An entity adds what it has beside its form by overriding the methods "of the entity".

    Signals:
        reset(): another row (or none) is shown.
        changed(): title, dirtiness or the state of a save may be another.
        lease_refused(): another machine edits the row.
        saved(int): a row was saved.
    """

    reset = Signal()
    changed = Signal()
    lease_refused = Signal()
    saved = Signal(int)

    def __init__(
        self,
        form: EntityForm[Detail],
        notices: Notices,
        controller: EntityController[Detail],
        messages: Messages,
        machine: str,
        *,
        can_write: bool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._form, self._notices, self._controller = form, notices, controller
        self._messages = messages
        self.can_write = can_write
        self._save_waits = False
        self._new_after_save = False
        self.after_save: Callable[[], object] | None = None
        self.opening = Opening(controller, lambda: self.detail.id if self.detail else None, self)
        self.detail: Detail | None = None
        self.is_saving = False
        self.leasing: Leasing[Detail] = Leasing(
            form, notices, controller.lease, messages, machine,
            is_dirty=self.is_dirty, discard=self.discard, parent=self,
        )  # fmt: skip
        self._connect()

    def _connect(self) -> None:
        form, controller = self._form, self._controller
        form.edited.connect(self._on_edited)
        form.resolved.connect(self._on_resolved)
        controller.opened.connect(self._on_opened)
        controller.open_failed.connect(self.opening.stay)
        controller.open_failed.connect(self._messages.error)
        self.leasing.refused.connect(self.lease_refused)
        self.leasing.changed.connect(self.changed)
        controller.saved.connect(self._on_saved)
        controller.save_failed.connect(self._on_save_failed)
        controller.conflicted.connect(self._on_conflict)

    # -- of the entity ---------------------------------------------------------------------------------------------

    def new_row(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """What is usual in a new row: values, and the names of what they point to."""
        return {}, {}

    def saved_text(self, detail: Detail) -> str:
        """What is said once a row is saved."""
        return QCoreApplication.translate("EntityForm", "Saved")

    def is_beside_typed(self) -> bool:
        """Whether something is typed beside the form."""
        return False

    def clear_beside(self) -> None:
        """Another row is shown: what is beside the form goes."""

    def send(self) -> None:
        """Hand what is typed to the controller."""
        if self.detail is None:
            self._controller.create(self._form.changed_values())
        else:
            self._controller.update(self.detail, self._form.changed_values())

    def sent_alone(self) -> bool:
        """Save what is typed beside the form where nothing in it changed; whether that was so."""
        return False

    def note_saved(self, detail: Detail) -> None:
        """A save was done; the form still shows what was sent."""

    def go_on_from(self, detail: Detail) -> None:
        """The next row is about to be shown, made behind this one."""

    def say_conflict(self, detail: Detail, beside: Any) -> None:
        """Somebody saved in between."""
        self._notices.changed_elsewhere(detail.updated_at, show_theirs=self.discard)

    # -- what is shown ---------------------------------------------------------------------------------------------

    def is_dirty(self) -> bool:
        """Whether something is typed that is not saved."""
        return self.can_write and (self._form.is_dirty() or self.is_beside_typed())

    def show_new(self) -> None:
        """Show an empty row with what is usual in it."""
        self.opening.give_up()
        self._controller.start_new()
        self.detail = None
        self._form.show_new(*self.new_row())
        self._reset()
        self._form.focus_first()

    def discard(self) -> None:
        """Throw away what was typed and show the row as it is stored."""
        self.leasing.give_back()
        if self.detail is None:
            self.show_new()
        else:
            self._form.show_row(self.detail)
            self._reset()

    def _on_opened(self, detail: Detail) -> None:
        if (
            self.is_dirty() and not self.opening.is_under_way
        ):  # read again because of another view, and typing began meanwhile
            self.detail = detail
            self._form.rebase(detail)
            self.changed.emit()
            return
        self.detail = detail
        self._form.show_row(detail)
        self._reset()
        self.opening.finish()
        self.leasing.show_holder(detail)

    def _reset(self, *, keeps_beside: bool = False) -> None:
        """Forget everything of the row before."""
        self.is_saving = self._save_waits = self._new_after_save = False
        self.after_save = None
        self.leasing.reset()
        if not keeps_beside:
            self.clear_beside()
        self.reset.emit()
        self.changed.emit()

    # -- typing ----------------------------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self.stay_if_typed()
        if self.detail is not None and self._form.is_dirty():
            self.leasing.begin()
        self.changed.emit()

    def stay_if_typed(self) -> None:
        """Typing while another row is on its way: what is typed here is worth more than going there."""
        if self.is_dirty():
            self.opening.stay()

    # -- saving ----------------------------------------------------------------------------------------------------

    def save(self, *, then_new: bool = False) -> None:
        """Check and save what is typed."""
        if self.is_saving or not self.can_write or not (self.is_dirty() or self._form.is_new):
            return
        if self.leasing.holds_up_save():
            self.stay_here()
            return
        self._new_after_save = then_new
        self._save_waits = self._form.fields.take_waiting()
        if self._save_waits or self.sent_alone():
            return
        errors = self._form.check()
        self.show_errors(errors)
        if errors:
            self.stay_here()
            return
        self.set_saving(True)
        self.send()

    def stay_here(self) -> None:
        """No save goes on to anything else any more: whoever wanted to leave was told something first."""
        self.after_save, self._new_after_save = None, False

    def _on_resolved(self) -> None:
        if self._save_waits:
            self.save(then_new=self._new_after_save)

    def set_saving(self, saving: bool) -> None:
        """A save is under way, or is not any more."""
        self.is_saving = saving
        self.changed.emit()

    def show_errors(self, errors: Mapping[str, Saying]) -> None:
        """Each at its field; what has no field on the form stands above it."""
        elsewhere = self._form.show_errors(errors)
        if elsewhere:
            label = self._form.label
            self._notices.problem(lambda: "   ".join(f"{label(name)}: {errors[name]()}" for name in elsewhere))
        else:
            self._notices.clear_problem()

    def _on_saved(self, detail: Detail) -> None:
        wants_new, afterwards = self._new_after_save, self.after_save
        self.note_saved(detail)
        self.detail = detail
        goes_on = self._form.show_saved(detail)
        self._reset(keeps_beside=True)
        self._messages.info(lambda: self.saved_text(detail))
        self.saved.emit(detail.id)
        if goes_on or self.is_dirty():
            self._on_edited()
        elif wants_new:
            self.go_on_from(detail)
            self.show_new()
        elif afterwards is not None:
            afterwards()

    def _on_save_failed(self, error: DeskError) -> None:
        self.set_saving(False)
        self.stay_here()
        if isinstance(error, FieldError) and error.field:
            self.show_errors({error.field: lambda: describe(error)})
        elif isinstance(error, LeaseLostError):
            self.leasing.note_lost()
        else:
            self._messages.error(error)

    def _on_conflict(self, detail: Detail, beside: Any) -> None:
        """Somebody saved in between: theirs is the base now, mine is still in the fields."""
        self.set_saving(False)
        self.stay_here()
        self.detail = detail
        self._form.rebase(detail)
        self.say_conflict(detail, beside)
        self.changed.emit()
