"""The lease of the row that a pane shows: ours from the first change on, or another's, who can be asked for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from desk_client.leases.keeper import LeaseKeeper
from desk_client.runner import DbRunner
from shared.errors import DatabaseUnavailableError, DeskError, TakeOverError
from shared.schemas.lease import Lease, LeaseAsk, LeaseBeat, LeaseState
from shared.services.leases import answer_lease, ask_for_lease, release_lease, take_lease, take_over_lease

Heard = Callable[[Any], None]
MARGIN_MS = 100  # the desk's clock counts its own time out


class LeaseController(QObject):
    """One for each pane. What it asks the desk goes out in its order, so no take overtakes a release.

    Signals:
        taken(Lease): it is ours now.
        refused(LeaseState): whose it is.
        failed(DeskError): the desk could not be asked.
        lost(LeaseBeat): it was ours.
        asked(LeaseBeat or None): somebody asks for ours, or does not any more.
        sureness_changed(): the desk has not confirmed for too long that it is ours, or did again.
        rested(is_idle): given back, since nothing was typed for long, or another pane of this client has ended it.
        seen(LeaseState or None): whose it is, where it is not ours.
        asking(LeaseAsk): how our question stands.
        may_take_over(): our question was not answered in time.
    """

    taken = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    lost = Signal(object)
    asked = Signal(object)
    sureness_changed = Signal()
    rested = Signal(bool)
    seen = Signal(object)
    asking = Signal(object)
    may_take_over = Signal()

    def __init__(self, entity: str, runner: DbRunner, leases: LeaseKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._entity, self._runner, self.keeper = entity, runner, leases
        self._row_id: int | None = None
        self._is_wanted = False
        self._is_asked_for = False
        self._is_in_doubt = False  # an answer got lost: it may be ours
        self._sent_token: int | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one may end too early
        self._patience.timeout.connect(self.may_take_over)
        leases.lost.connect(self._on_lost)
        leases.asked.connect(self._on_asked)
        leases.sureness_changed.connect(self._on_sureness)
        leases.rested.connect(self._on_rested)
        leases.others.seen.connect(self._on_seen)

    @property
    def key(self) -> tuple[str, int]:
        """The row as the keeper knows it."""
        return self._entity, -1 if self._row_id is None else self._row_id

    @property
    def is_held(self) -> bool:
        """Whether this pane holds the lease."""
        return self.keeper.holds(self.key, self)

    @property
    def is_unsure(self) -> bool:
        """Whether the desk has not confirmed for too long that it is ours."""
        return self.is_held and self.keeper.is_unsure(self.key)

    def follow(self, row_id: int | None) -> None:
        """From now on it is about this row; the lease of the one before is given back."""
        self.release()
        self._patience.stop()
        self._row_id = row_id
        self.watch(polls=False)

    def watch(self, *, polls: bool) -> None:
        """Hear whose the lease of the row is; ``polls``: and look from time to time."""
        self.keeper.others.watch(self, () if self._row_id is None else (self.key,), polls=polls)

    # -- ours ------------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Mark the row as edited here; asked once until it is ours or refused."""
        self._is_wanted = True
        if self.is_held:
            self.keeper.touch(self.key)
        elif self._row_id is not None and not self._is_asked_for:
            self._ask_for(take_lease, self.failed.emit)

    def take_over(self) -> None:
        """Take another's by the rules."""
        self._is_wanted = True
        if self._row_id is not None and not self._is_asked_for and not self.is_held:
            self._ask_for(take_over_lease, self._on_not_taken_over)

    def _ask_for(self, service: Callable[[Any, str, int], Lease], on_error: Callable[[DeskError], None]) -> None:
        key, sent_at = self.key, self.keeper.now()
        self._is_asked_for = True

        def fail(error: DeskError) -> None:
            self._is_asked_for = False
            if not isValid(self):
                return
            if key == self.key:
                self._is_in_doubt = self._is_wanted and isinstance(error, DatabaseUnavailableError)
                on_error(error)
            elif self._is_wanted:  # of the row that is shown now
                self.take()

        # heard also where this pane has been closed meanwhile: what it got is given back
        self._runner.run(
            lambda conn: service(conn, *key),
            on_done=partial(self._on_answer, sent_at), on_error=fail, receiver=self.keeper, call=True,
        )  # fmt: skip

    def _on_answer(self, sent_at: float, lease: Lease) -> None:
        self._is_asked_for = self._is_in_doubt = False
        self._is_wanted &= isValid(self)  # its window is gone: nobody wants it any more
        if lease.is_mine:
            self.keeper.claim(lease, sent_at, self)
        if lease.entity_id != self._row_id or not self._is_wanted:
            still_wanted = self._is_wanted  # of the row that is shown now
            self._give_back((lease.entity, lease.entity_id))
            if still_wanted:
                self.take()
        elif lease.is_mine:
            self._patience.stop()
            self.watch(polls=False)
            self.keeper.tell_changed(self.key)
            self.taken.emit(lease)
        else:
            self.watch(polls=True)
            self.refused.emit(LeaseState(**lease.model_dump(include=set(LeaseState.model_fields))))

    def release(self) -> None:
        """Give it back where we have it."""
        self._is_wanted = self._is_in_doubt = False
        self._give_back(self.key)

    def _give_back(self, key: tuple[str, int]) -> None:
        token = self.keeper.let_go(key, self)
        if token is not None:
            tell = partial(self.keeper.tell_changed, key)  # where it fails: it ends by itself
            self._call(lambda conn: release_lease(conn, *key, token), tell, tell, self.keeper)  # heard after closing

    def drop(self) -> None:
        """Forget a lease that the desk calls another's."""
        if self.is_held:
            self.keeper.note_gone(self.key, self)

    def token(self) -> int | None:
        """What a save has to state: proves that the row is ours. The save ends the lease."""
        self._sent_token = self.keeper.token(self.key) if self.is_held else None
        return self._sent_token

    def note_saved(self, row_id: int) -> None:
        """A save was done, and the desk has ended the lease that it stated. From now on it is about this row."""
        if self._sent_token is not None and self.is_held and self.keeper.token(self.key) == self._sent_token:
            self.drop()
        self.follow(row_id)

    def note_done_before(self) -> None:
        """An earlier try did the save: the lease that this one stated is not ended, but to be given back."""
        self._sent_token = None

    def answer(self, *, keeps: bool) -> None:
        """Answer whoever asks for it: go on with it, or hand it over, which saves nothing."""
        key, token = self.key, self.keeper.token(self.key)
        if token is None or not self.is_held:
            return
        self.keeper.note_answered(key)
        if not keeps:
            self._is_wanted = False
            self.keeper.note_gone(key, self)
            self.watch(polls=True)

        def done(_answer: object) -> None:
            if not keeps:
                self.keeper.tell_changed(key)

        self._call(lambda conn: answer_lease(conn, *key, token, keeps=keeps), done, self.failed.emit)

    # -- another's -------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask whoever has it to hand it over."""
        key = self.key
        self.watch(polls=True)
        if self._row_id is not None:
            self._call(lambda conn: ask_for_lease(conn, *key), self._on_asking, self.failed.emit)

    def _on_asking(self, ask: LeaseAsk) -> None:
        if (ask.entity, ask.entity_id) != self.key:
            return
        if ask.machine is None:
            self.take()
            return
        self.asking.emit(ask)
        self.keeper.others.look_soon()  # the holder may know of it by then

    def be_patient(self) -> None:
        """The holder knows of our question: from now on his time runs; said again, it runs on.

        Counted from here, at worst a little too long: this computer's clock may be wrong, its lengths are not.
        """
        if not self._patience.isActive() and not self.keeper.is_admin:
            self._patience.start(round(self.keeper.times.ask_seconds * 1000) + MARGIN_MS)

    def withdraw(self) -> None:
        """Our question was answered, or is not wanted any more."""
        self._patience.stop()

    def _on_not_taken_over(self, error: DeskError) -> None:
        self._is_wanted = False
        if isinstance(error, TakeOverError):
            self.keeper.others.look_soon()  # answered meanwhile, or another was quicker
        self.failed.emit(error)

    # -- what the keeper hears -------------------------------------------------------------------------------------

    def _on_lost(self, entity: str, row_id: object, beat: LeaseBeat) -> None:
        if (entity, row_id) != self.key or not self._is_wanted:
            return
        if beat.machine is None:  # nobody's: it ended unseen, and nobody came
            self.take()
            return
        self._is_wanted = False
        self.watch(polls=True)
        self.keeper.tell_changed(self.key)
        self.lost.emit(beat)

    def _on_asked(self, entity: str, row_id: object, question: LeaseBeat | None) -> None:
        if (entity, row_id) == self.key and self.is_held:
            self.asked.emit(question)

    def _on_sureness(self, entity: str, row_id: object) -> None:
        if (entity, row_id) == self.key and self.is_held:
            self.sureness_changed.emit()

    def _on_rested(self, entity: str, row_id: object, is_idle: bool) -> None:
        if (entity, row_id) == self.key and self._is_wanted and not self._is_asked_for:
            self.release()
            self.rested.emit(is_idle)

    def _on_seen(self, entity: str, row_id: object, state: LeaseState | None) -> None:
        is_own = state is not None and self.keeper.is_own(self.key, state.taken_at)
        if (entity, row_id) != self.key or self.is_held or self._is_asked_for or is_own:
            return
        if self._is_in_doubt and state is not None and state.machine == self.keeper.machine:
            self.take()  # ours, or of another window of this machine: the answer says it
        else:
            self.seen.emit(state)

    def _call(self, op: Callable[[Any], Any], on_done: Heard, on_error: Heard, receiver: QObject | None = None) -> None:
        self._runner.run(op, on_done=on_done, on_error=on_error, receiver=receiver or self, call=True)
