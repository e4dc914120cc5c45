"""The walk of an edit: open, first change, lease, save, and what may come between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject

from desk_client.forms.away import Away
from desk_client.forms.change_notices import ChangeNotices
from desk_client.forms.controller import EntityController
from desk_client.forms.detail import Detail
from desk_client.forms.form import EntityForm
from desk_client.forms.leasing import Leasing
from desk_client.forms.live_row import LiveRow
from desk_client.forms.merging import Merging
from desk_client.forms.notices import Notices
from desk_client.forms.shown_edit import ShownEdit
from desk_client.messages import Messages, describe
from desk_client.widgets.field_frame import Saying
from shared.errors import DatabaseUnavailableError, DeskError, FieldError, LeaseLostError, NotFoundError

MOST_LOSSES = 3  # of the lease, by one save: whoever saves once does not fight for a row for ever


class EntityEditing(ShownEdit[Detail]):
    """One for each pane; holds what is open and whether a save is under way.

    An entity adds what it has beside its form: see ``EditHooks``.
    """

    def __init__(
        self,
        form: EntityForm[Detail],
        notices: Notices,
        changes: ChangeNotices,
        controller: EntityController[Detail],
        messages: Messages,
        *,
        can_write: bool,
        parent: QObject,
    ) -> None:
        super().__init__(form, changes, controller, can_write=can_write, parent=parent)
        self._notices, self._messages = notices, messages
        self._save_waits = self._save_waits_for_lease = False
        self._new_after_save = self._saves_on = False
        self._lease_losses = 0  # of one save
        self.after_save: Callable[[], object] | None = None
        self.is_saving = False
        self.leasing = Leasing(
            form, notices, controller.lease, messages,
            is_dirty=self.is_dirty, discard=self.discard, parent=self,
        )  # fmt: skip
        self.merging = Merging(self, form, changes)
        self.live = LiveRow(self, form, controller, changes)
        self.away = Away(changes, self.save, self.is_dirty, self)
        self._connect()

    def _connect(self) -> None:
        form, controller = self._form, self._controller
        form.edited.connect(self._on_edited)
        form.resolved.connect(self._on_resolved)
        form.unanswered.connect(self._on_unanswered)
        controller.opened.connect(self._on_opened)
        controller.open_failed.connect(self.opening.stay)
        controller.open_failed.connect(self._messages.error)
        self.leasing.refused.connect(self.lease_refused)
        self.leasing.changed.connect(self.changed)
        controller.lease.taken.connect(self._on_lease_taken)
        controller.lease.sureness_changed.connect(self._on_lease_taken)
        controller.lease.failed.connect(self._on_lease_failed)
        self.leasing.refused.connect(self._on_no_lease)
        controller.lease.rested.connect(self._on_no_lease)
        controller.saved.connect(self._on_saved)
        controller.appended.connect(self._on_appended)
        controller.beside_used.connect(self._on_beside_used)
        controller.save_failed.connect(self._on_save_failed)
        controller.conflicted.connect(self.merging.meet)

    # -- saving ----------------------------------------------------------------------------------------------------

    @property
    def is_asked(self) -> bool:
        """Whether a question is open that a save hangs on: its answer saves, nothing else."""
        return self.merging.dialog is not None

    def save(self, *, then_new: bool = False) -> None:
        """Check and save what is typed."""
        if self.is_saving or self.is_asked or not self.can_write or not (self.is_dirty() or self._form.is_new):
            return
        self._new_after_save, self._lease_losses = then_new, 0
        self._save_waits = self._save_waits_for_lease = False
        self.merging.begin()
        if self.live.is_gone:
            self.stay_here()
            self.live.say_gone()
        elif self.away.holds_up_save():
            self.stay_here()
        elif self._is_alone():
            self.append_notes()
        elif self.leasing.holds_up_save():
            self._save_waits_for_lease = True  # the answer saves, or says who has it
        else:
            self._check_and_send()

    def _is_alone(self) -> bool:
        """Whether only what is beside the form is to be saved: it needs neither lease nor version."""
        return self.detail is not None and not self._form.is_dirty() and self.beside() is not None

    def save_again(self) -> None:
        """Go on with a save that was held up: on what the row is by now."""
        if self._is_alone():
            self.append_notes()
        elif self.is_dirty():
            self._check_and_send()
        elif self.detail is not None:
            self.leasing.give_back()
            self._on_saved(self.detail)  # both did the same: there is nothing left to write
        else:
            self.forget_save()

    def append_notes(self) -> None:
        """Save what is typed beside the form, without the form."""
        if self.detail is not None and self.beside() is not None:
            self.set_saving(True)
            self._saves_on = not self._controller.save(self.detail, {}, self.beside())

    def _check_and_send(self) -> None:
        self._save_waits = self._form.fields.take_waiting()
        if self._save_waits:
            return
        errors = self._form.check()
        self.show_errors(errors)
        if errors:
            self.set_saving(False)
            self.stay_here()
            return
        self.set_saving(True)
        self.send()

    def send(self) -> None:
        """Hand what is typed to the controller; an entity may have something to ask first."""
        self._saves_on = not self._controller.save(self.detail, self._form.changed_values(), self.beside())

    def forget_save(self) -> None:
        """No save is under way any more, and none waits."""
        self.set_saving(False)
        self._save_waits = self._save_waits_for_lease = self._saves_on = False
        self.stay_here()

    def stay_here(self) -> None:
        """No save goes on to anything else any more: whoever wanted to leave was told something first."""
        self.after_save, self._new_after_save = None, False

    def _on_resolved(self) -> None:
        if self._save_waits:
            self._check_and_send()

    def _on_unanswered(self) -> None:
        """What a text stands for could not be asked: it is saved when that is wanted again."""
        if self._save_waits:
            self.forget_save()

    def _on_lease_taken(self) -> None:
        if self._save_waits_for_lease and not self.leasing.is_unsure:
            self._save_waits_for_lease = False
            self._check_and_send()

    def _on_no_lease(self) -> None:
        if self._save_waits_for_lease:
            self._save_waits_for_lease = False
            self.stay_here()

    def _on_lease_failed(self, error: DeskError) -> None:
        """The save that waits for it does not go out by itself once somebody types again."""
        if self._save_waits_for_lease:
            self._save_waits_for_lease = False
            self.stay_here()
            if isinstance(error, DatabaseUnavailableError):
                self.away.wait(error)

    def set_saving(self, saving: bool) -> None:
        """A save is under way, or is not any more."""
        self.is_saving = self._form.fields.is_sent = saving
        under_way = self._controller.ids.under_way
        self._form.fields.in_doubt = () if saving or under_way is None else tuple(under_way.changed)
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
        wants_new, afterwards, saves_on = self._new_after_save, self.after_save, self._saves_on
        self.note_saved(detail)
        self.detail = detail
        goes_on = self._form.show_saved(detail)
        self._reset(keeps_beside=True)
        self.merging.say_merged()
        self._messages.info(lambda: self.saved_text(detail))
        self.saved.emit(detail.id)
        if goes_on or self.is_dirty():
            self._on_edited()
            if saves_on:  # an earlier save went out first; this is the one that was asked for
                self.after_save = afterwards
                self.save(then_new=wants_new)
        elif wants_new:
            self._go_on_to_new()
        elif afterwards is not None:
            afterwards()
        self.live.catch_up()

    def _on_beside_used(self, beside: Any) -> None:
        """A save was refused since what is typed beside the form is in already: the form goes without it."""
        sent = self._controller.sent
        self.show_beside(beside)
        if sent is not None and sent.beside is not None:
            self.note_appended()
        self.save_again()

    def _on_appended(self) -> None:
        """What was typed beside the form is saved."""
        wants_new, afterwards, saves_on = self._new_after_save, self.after_save, self._saves_on
        self.note_appended()
        self.away.forget()
        self.set_saving(False)
        self.stay_here()
        if self.detail is not None:
            self.saved.emit(self.detail.id)
        if self.is_dirty():
            if saves_on:
                self.after_save = afterwards
                self.save(then_new=wants_new)
        elif wants_new:
            self._go_on_to_new()
        elif afterwards is not None:
            afterwards()
        self.live.catch_up()

    def _go_on_to_new(self) -> None:
        if self.detail is not None:
            self.go_on_from(self.detail)
        self.show_new()

    def _on_save_failed(self, error: DeskError) -> None:
        self.set_saving(False)
        self._lease_losses += isinstance(error, LeaseLostError)
        if isinstance(error, LeaseLostError) and self._lease_losses <= MOST_LOSSES:
            self._save_waits_for_lease = True  # free again, it is ours and the save goes on; else its answer says whose
            self.leasing.note_lost()
            return
        self.stay_here()
        if isinstance(error, FieldError) and error.field:
            self.show_errors({error.field: lambda: describe(error)})
        elif isinstance(error, DatabaseUnavailableError):
            self.away.wait(error)
        elif isinstance(error, NotFoundError) and self.detail is not None:
            self.live.say_gone()
        else:
            self._messages.error(error)
        self.live.catch_up()
