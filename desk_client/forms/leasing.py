"""The lease side of an edit: taken at the first change, refused, lost, given back; what the form says and does then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Generic

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication

from desk_client.forms.detail import Detail
from desk_client.forms.form import EntityForm
from desk_client.forms.lease_controller import LeaseController
from desk_client.forms.lease_notices import AWAY, Holder, LeaseView, Question, Standing
from desk_client.forms.lease_question import LeaseQuestion
from desk_client.forms.notices import Notices
from desk_client.machine_words import who_text
from desk_client.messages import Messages
from shared.schemas.lease import Lease, LeaseAsk, LeaseBeat, LeaseState

_PARTED = (Standing.LOST, Standing.HANDED_OVER)


class Leasing(QObject, Generic[Detail]):
    """One for each edit. Locks the form and says why; knows of saving only what it is told.

    Signals:
        changed(): what can be done with the form may be another.
        refused(): another machine edits the row.
    """

    changed = Signal()
    refused = Signal()

    def __init__(
        self,
        form: EntityForm[Detail],
        notices: Notices,
        lease: LeaseController,
        messages: Messages,
        *,
        is_dirty: Callable[[], bool],
        discard: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._form: EntityForm[Any] = form
        self._notices, self._lease, self._messages = notices, lease, messages
        self._is_dirty, self._discard = is_dirty, discard
        self.title: Callable[[], str] = str  # of the row, for what is said elsewhere
        self.can_write = True
        self._question = LeaseQuestion()
        self._forget()
        self._connect()

    def _connect(self) -> None:
        lease = self._lease
        lease.taken.connect(self._on_taken)
        lease.refused.connect(self._on_refused)
        lease.failed.connect(self._messages.error)
        lease.lost.connect(self._on_lost)
        lease.asked.connect(self._on_asked)
        lease.sureness_changed.connect(self._show)
        lease.rested.connect(self._on_rested)
        lease.seen.connect(self._on_seen)
        lease.asking.connect(self._on_asking)
        lease.may_take_over.connect(self._on_may_take_over)
        self._notices.lease.actions.update(
            tellWhenFree=self.tell_when_free,
            askForIt=lease.ask,
            takeOver=lease.take_over,
            goOnEditing=lease.take,
            discardMine=self._discard,
            handOver=self.hand_over,
            keepWorking=self.keep_working,
        )

    def _forget(self) -> None:
        self._standing = Standing.OURS
        self._holder: Holder | None = None
        self._is_locked = self._was_idle = False
        self._question.forget()

    @property
    def is_unsure(self) -> bool:
        """Whether it is not certain that the row is still ours."""
        return self._lease.is_unsure

    @property
    def is_locked(self) -> bool:
        """Whether the row is another's and something is typed here."""
        return self._is_locked

    # -- what the edit tells ---------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Another row, or this one as it is stored, is shown: nothing is locked and nothing said."""
        self._forget()
        self._form.set_locked(False)
        self._notices.clear()
        self._show()

    def show_holder(self, detail: Detail) -> None:
        """A row was opened: say who edits it, where that is another client."""
        if detail.edited_by and not self._lease.keeper.is_own(self._lease.key, detail.edited_since):
            self._standing = Standing.ELSEWHERE
            self._holder = Holder(detail.edited_by, detail.edited_person, detail.edited_since, detail.edited_seen)
            self._lease.watch(polls=True)
            self._show()

    def begin(self) -> None:
        """Something was typed into a row that is there: it is to be ours."""
        if self._standing in _PARTED:
            self._lock()  # what a dialog had typed is put into the form
        else:
            self._lease.take()

    def give_back(self) -> None:
        """Nothing is typed any more."""
        self._lease.release()

    def holds_up_save(self) -> bool:
        """Whether a save has to wait for the lease, which is asked for again then.

        Its answer unlocks the form, or says again who has it.
        """
        if self._is_locked:
            self._lease.take()
        elif self.is_unsure:
            self._lease.keeper.beat_soon()
        else:
            return False
        return True

    def note_lost(self) -> None:
        """A save was refused since the lease is another's: the answer to the next question says whose."""
        self._lease.drop()
        self._lease.take()

    # -- what the person does --------------------------------------------------------------------------------------

    def tell_when_free(self) -> None:
        """Say it when nobody edits the row any more, whatever is shown by then."""
        title = self.title()
        self._lease.keeper.others.tell_when_free(self._lease.key, lambda: title)
        self._show()

    def hand_over(self) -> None:
        """Give it to whoever asks; nothing is saved, what is typed is kept."""
        question = self._lease.keeper.question(self._lease.key)
        if question is not None and question.asked_machine is not None:
            self._holder = Holder(question.asked_machine, question.asked_person)
        self._lease.answer(keeps=False)
        self._part(Standing.HANDED_OVER)

    def keep_working(self) -> None:
        """Whoever asks has to wait."""
        self._lease.answer(keeps=True)
        self._show()

    # -- answers ---------------------------------------------------------------------------------------------------

    def _on_taken(self, _lease: Lease) -> None:
        self._forget()
        self._form.set_locked(False)
        self._show()

    def _on_refused(self, state: LeaseState) -> None:
        """Another machine was first: back to reading, and what is typed stays."""
        if self._standing not in _PARTED:
            self._standing = Standing.ELSEWHERE
        self._note_holder(state)
        if self._is_dirty():
            self._lock()
        self.refused.emit()
        self._show()

    def _on_lost(self, beat: LeaseBeat) -> None:
        self._holder = Holder(beat.machine or "", beat.person, beat.taken_at)
        self._part(Standing.LOST)

    def _part(self, standing: Standing) -> None:
        self._standing = standing
        self.refused.emit()  # what a dialog had typed comes into the form
        if self._is_dirty():
            self._lock()
        self._show()

    def _lock(self) -> None:
        self._is_locked = True
        self._form.set_locked(True)
        self._show()

    def _on_rested(self, is_idle: bool) -> None:
        self._standing, self._was_idle = Standing.RESTING if self._is_dirty() else Standing.OURS, is_idle
        self._show()

    def _on_asked(self, question: LeaseBeat | None) -> None:
        if question is not None:
            if not self._form.isVisible():
                who, title = who_text(question.asked_machine, question.asked_person), self.title()
                self._messages.warning(lambda: _asks_text(who, title))
            QApplication.alert(self._form.window())
        self._show()

    def _on_seen(self, state: LeaseState | None) -> None:
        if state is None:
            self._on_free()
        else:
            if self._standing not in AWAY:
                self._standing = Standing.ELSEWHERE
                self._lease.watch(polls=True)
                if self._is_dirty():  # left alone for long: another has it by now
                    self._lock()
            self._note_holder(state)
            if self._question.note_seen(state):
                self._lease.withdraw()
            elif self._question.note_told(state, self._lease.keeper.times.ask_seconds):
                self._lease.be_patient()
        self._show()

    def _on_free(self) -> None:
        """Nobody's: whoever asked for it gets it, whoever has typed may go on."""
        if self._standing not in AWAY:
            return
        if self._question.stands is not Question.NONE:
            self._question.forget()
            self._lease.keeper.others.forget(self._lease.key)  # ours at once: "Free now" would be wrong
            self._lease.take()
        elif self._is_locked:
            self._holder = None
        else:
            self._forget()
            self._lease.watch(polls=False)

    def _note_holder(self, state: LeaseState) -> None:
        holder = Holder(state.machine, state.person, state.taken_at, state.beat_at)
        if self._standing in _PARTED and self._holder is not None and self._holder.machine != holder.machine:
            self._standing = Standing.ELSEWHERE  # not the one it went to
        self._holder = holder

    def _on_asking(self, ask: LeaseAsk) -> None:
        self._question.note_asking(ask)
        if ask.machine is not None:
            self._holder = Holder(ask.machine, ask.person, ask.taken_at, ask.beat_at)
        self._show()

    def _on_may_take_over(self) -> None:
        self._question.note_overdue()
        self._show()

    # -- saying ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._notices.lease.show(self._view())
        self.changed.emit()

    def _view(self) -> LeaseView:
        lease = self._lease
        if lease.is_held:
            return _view_of_ours(lease)
        if self._standing is Standing.RESTING:
            return _view_of_a_rest(lease, was_idle=self._was_idle)
        return LeaseView(
            self._standing,
            self._holder,
            is_locked=self._is_locked,
            is_told=lease.keeper.others.is_told(lease.key),
            can_write=self.can_write,
            may_take_over=lease.keeper.is_admin,
            question=self._question.stands,
            at=self._question.at,
        )


def _view_of_a_rest(lease: LeaseController, *, was_idle: bool) -> LeaseView:
    minutes = round(lease.keeper.times.idle_seconds / 60) if was_idle else None
    return LeaseView(Standing.RESTING, minutes=minutes)


def _view_of_ours(lease: LeaseController) -> LeaseView:
    """What is to be said of a lease that is held: whether it is certain, and who asks for it."""
    question = lease.keeper.question(lease.key)
    if lease.is_unsure:
        return LeaseView(Standing.UNSURE)
    if question is None or question.asked_machine is None or question.expires_at is None:
        return LeaseView()
    times = lease.keeper.times
    until = question.expires_at - timedelta(seconds=times.lease_seconds - times.ask_seconds)  # counts from its beat
    return LeaseView(Standing.ASKED, Holder(question.asked_machine, question.asked_person), at=until)


def _asks_text(who: str, title: str) -> str:
    text = QCoreApplication.translate("LeaseNotices", "{who} asks for what you are editing: {title}")
    return text.format(who=who, title=title)
