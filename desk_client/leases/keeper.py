"""Keeps the leases of this client alive: one timer, one statement for all of them; one for the whole client.

All times here are lengths on this computer's own clock, which nobody can set; when a lease ends, the server says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desk_client.change_bus import Change, ChangeBus
from desk_client.leases.watch import Key, LeaseWatch, is_about_leases
from desk_client.runner import DbRunner
from shared.domain.level import Level
from shared.errors import DeskError
from shared.notify import ChangeKind
from shared.schemas.lease import Lease, LeaseBeat
from shared.schemas.session import DeskSession
from shared.services.leases import beat_leases, release_all
from shared.steady_clock import seconds

UNSURE_PART = 0.75  # of a lease without an answer
SOON_SECONDS = 0.03  # several notices at once are one question


@dataclass(slots=True)
class _Held:
    """A lease of this client. ``sure_since``: when that was asked whose answer said that it is ours."""

    lease: Lease
    sure_since: float
    touched: float
    owners: WeakSet[QObject] = field(default_factory=WeakSet)
    question: LeaseBeat | None = None
    is_unsure: bool = False


class LeaseKeeper(QObject):
    """Made with the context; ``others`` looks after the leases of other clients.

    Signals, each with entity and id first:
        lost(LeaseBeat): it is another's, or nobody's.
        asked(LeaseBeat or None): somebody asks for ours, or does not any more.
        sureness_changed(): the desk has not confirmed ours for too long, or did again.
        rested(is_idle): nobody typed for long, or another owner has ended it: it is taken again at the next key.
    """

    lost = Signal(str, object, object)
    asked = Signal(str, object, object)
    sureness_changed = Signal(str, object)
    rested = Signal(str, object, bool)

    def __init__(
        self,
        runner: DbRunner,
        bus: ChangeBus,
        session: DeskSession,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = seconds,
    ) -> None:
        super().__init__(parent)
        self._runner, self._bus, self._clock = runner, bus, clock
        self.times, self.is_admin = session.editing, session.level is Level.ADMIN
        self.machine = session.machine
        self.others = LeaseWatch(runner, bus, session.editing.heartbeat_seconds, self)
        self._held: dict[Key, _Held] = {}
        self._taken_at: dict[Key, datetime] = {}
        self._next_beat = 0.0
        self._is_beating = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_time)
        bus.changed.connect(self._on_changed)
        runner.reachable_changed.connect(self._on_reachable)

    # -- what is held ----------------------------------------------------------------------------------------------

    def now(self) -> float:
        """The clock that leases go by."""
        return self._clock()

    def claim(self, lease: Lease, asked_at: float, owner: QObject) -> None:
        """The desk says that it is ours; ``asked_at``: this clock when it was asked."""
        key = (lease.entity, lease.entity_id)
        if not self._held:
            self._next_beat = asked_at + self.times.heartbeat_seconds
        held = self._held.setdefault(key, _Held(lease, asked_at, asked_at))
        held.lease, held.sure_since, held.touched = lease, asked_at, self.now()
        held.owners.add(owner)
        self._taken_at[key] = lease.taken_at
        self.others.forget(key)
        self._say_sureness(key, held)
        self._schedule()

    def holds(self, key: Key, owner: QObject) -> bool:
        """Whether this one holds it."""
        return key in self._held and owner in self._held[key].owners

    def token(self, key: Key) -> int | None:
        """Proves to the desk that it is ours."""
        return self._held[key].lease.token if key in self._held else None

    def is_unsure(self, key: Key) -> bool:
        """Whether the desk has not confirmed it for too long; known at once, also after a sleep."""
        held = self._held.get(key)
        if held is None:
            return False
        self._say_sureness(key, held)
        return held.is_unsure

    def question(self, key: Key) -> LeaseBeat | None:
        """Who asks for it and waits for an answer."""
        return self._held[key].question if key in self._held else None

    def is_own(self, key: Key, taken_at: datetime | None) -> bool:
        """Whether what was read of a lease is our own, held or just given back: reads and writes pass each other."""
        return taken_at is not None and self._taken_at.get(key) == taken_at

    def touch(self, key: Key) -> None:
        """Somebody types there."""
        if key in self._held:
            self._held[key].touched = self.now()

    def note_answered(self, key: Key) -> None:
        """The question was answered."""
        if key in self._held:
            self._note_question(key, self._held[key], None)

    def let_go(self, key: Key, owner: QObject) -> int | None:
        """It is not wanted any more; the token to give it back with, where nothing else here wants it."""
        if not self.holds(key, owner):
            return None
        held = self._held[key]
        held.owners.discard(owner)
        return None if held.owners else self._forget(key)

    def note_gone(self, key: Key, owner: QObject) -> None:
        """The desk has ended it: by a save, or since it is another's."""
        is_shared = key in self._held and set(self._held[key].owners) != {owner}
        self._forget(key)
        if is_shared:
            self.rested.emit(*key, False)

    def tell_changed(self, key: Key, _answer: object = None) -> None:
        """Whoever shows it: who edits this row is another now."""
        self._bus.publish(*key, kind=ChangeKind.LEASE, initiator=self)

    def _forget(self, key: Key) -> int | None:
        held = self._held.pop(key, None)
        self._schedule()
        return held.lease.token if held is not None else None

    def end(self) -> None:
        """The client ends: give everything back."""
        self.others.end()
        if self._held:
            self._held.clear()
            self._runner.run(release_all, on_done=_ignore, on_error=_ignore, receiver=self, call=True)
        self._timer.stop()

    # -- signs of life ---------------------------------------------------------------------------------------------

    def beat_soon(self) -> None:
        """Ask the desk how the leases that are held stand."""
        self._next_beat = min(self._next_beat, self.now() + SOON_SECONDS)
        self._schedule()

    def _beat(self) -> None:
        sent_at, sent = self.now(), {key: held.lease for key, held in self._held.items()}
        self._next_beat = sent_at + self.times.heartbeat_seconds
        self._is_beating = True
        self._runner.run(
            lambda conn: beat_leases(conn, list(sent.values())),
            on_done=partial(self._on_beats, sent_at, sent), on_error=self._on_beat_failed, receiver=self, call=True,
        )  # fmt: skip

    def _on_beats(self, sent_at: float, sent: dict[Key, Lease], answers: Iterable[LeaseBeat]) -> None:
        self._is_beating = False
        for answer in answers:
            key = (answer.entity, answer.entity_id)
            held = self._held.get(key)
            if held is None or held.lease.token != sent[key].token:
                continue  # given back or taken anew since it was asked
            if answer.is_mine:
                held.sure_since = max(held.sure_since, sent_at)
                self._say_sureness(key, held)
                self._note_question(key, held, answer if answer.asked_machine is not None else None)
            else:
                self._forget(key)
                self.lost.emit(*key, answer)
        self._schedule()

    def _on_beat_failed(self, _error: DeskError) -> None:
        """The next one is tried at its time, or as soon as the desk answers anything."""
        self._is_beating = False
        self._schedule()

    def _note_question(self, key: Key, held: _Held, question: LeaseBeat | None) -> None:
        """The first answer that tells of it stays: from that sign of life on the time to answer it counts."""
        if (held.question and held.question.asked_at) != (question and question.asked_at):
            held.question = question
            self.asked.emit(*key, question)

    def _say_sureness(self, key: Key, held: _Held) -> None:
        is_unsure = self.now() - held.sure_since >= UNSURE_PART * self.times.lease_seconds
        if is_unsure != held.is_unsure:
            held.is_unsure = is_unsure
            self.sureness_changed.emit(*key)

    # -- time ------------------------------------------------------------------------------------------------------

    def _on_changed(self, change: Change, initiator: object) -> None:
        """Another client asks for ours, or has taken it over; what was done here is known already."""
        if (
            initiator is None
            and is_about_leases(change)
            and any(key[0] == change.entity and change.entity_id in (None, key[1]) for key in self._held)
        ):
            self.beat_soon()

    def _on_reachable(self, is_reachable: bool) -> None:
        if is_reachable:
            self.beat_soon()
            self.others.look_soon()

    def _on_time(self) -> None:
        now = self.now()
        for key, held in list(self._held.items()):
            self._say_sureness(key, held)
            if now - held.touched >= self.times.idle_seconds:
                held.touched = now
                self.rested.emit(*key, True)
        if self._held and not self._is_beating and now >= self._next_beat:
            self._beat()
        self._schedule()

    def _schedule(self) -> None:
        unsure_after = UNSURE_PART * self.times.lease_seconds
        due = [held.touched + self.times.idle_seconds for held in self._held.values()]
        due += [held.sure_since + unsure_after for held in self._held.values() if not held.is_unsure]
        if self._held and not self._is_beating:
            due.append(self._next_beat)
        if due:
            self._timer.start(max(1, round((min(due) - self.now()) * 1000)))
        else:
            self._timer.stop()


def _ignore(_answer: object) -> None:
    """What is not given back ends by itself."""
