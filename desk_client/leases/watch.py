"""Looks after the leases of others that this client shows: by notices, and from time to time should one be lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from desk_client.change_bus import Change, ChangeBus
from desk_client.pace import Pace
from desk_client.runner import DbRunner
from desk_client.turns import LOOKS, Chance
from shared.errors import DeskError
from shared.notify import ChangeKind
from shared.queries.leases import get_leases
from shared.schemas.lease import LeaseState

Key = tuple[str, int]
SOON_MS = 30  # several notices at once are one question
SOONER_BY = 0.2  # at most, by chance: all clients that show an edit heard of it at the same moment


class LeaseWatch(QObject):
    """One for the whole client: one statement for all rows that are watched.

    Signals, each with entity and id first:
        seen(LeaseState or None): whose the lease of a watched row is.
        freed(Callable): what somebody wanted to be told of; its title.
    """

    seen = Signal(str, object, object)
    freed = Signal(str, object, object)

    def __init__(
        self, runner: DbRunner, bus: ChangeBus, every_seconds: float, parent: QObject, chance: Chance = random.random
    ) -> None:
        super().__init__(parent)
        self._runner, self._every_ms, self._chance = runner, every_seconds * 1000, chance
        self._watched: dict[int, tuple[frozenset[Key], bool]] = {}
        self._told: dict[Key, Callable[[], str]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._pace = Pace(self, LOOKS, chance)
        self._pace.due.connect(self.look_soon)
        bus.changed.connect(self._on_changed)

    def watch(self, owner: QObject, keys: Iterable[Key], *, polls: bool) -> None:
        """Tell by ``seen`` when these leases change; ``polls``: and look from time to time.

        Replaces what this owner watched before.
        """
        if id(owner) not in self._watched:
            owner.destroyed.connect(partial(self._on_gone, id(owner)))
        self._watched[id(owner)] = (frozenset(keys), polls)
        self._go_on()

    def _on_gone(self, owner: int, *_: object) -> None:
        self._watched.pop(owner, None)

    def tell_when_free(self, key: Key, title: Callable[[], str]) -> None:
        """Say it once when nobody edits this row any more, whatever is shown by then."""
        self._told[key] = title
        self.look_soon()

    def is_told(self, key: Key) -> bool:
        """Whether somebody wants to be told when this one is free."""
        return key in self._told

    def forget(self, key: Key) -> None:
        """Nobody has to be told of this one any more."""
        self._told.pop(key, None)

    def end(self) -> None:
        """The client ends."""
        self._watched.clear()
        self._told.clear()
        self._timer.stop()
        self._pace.stop()

    def look_soon(self) -> None:
        """Read all that is watched; what others do waits for its pace."""
        if self._all() and not 0 <= self._timer.remainingTime() <= SOON_MS:
            self._timer.start(SOON_MS)

    # -- looking ---------------------------------------------------------------------------------------------------

    def _all(self) -> frozenset[Key]:
        return frozenset(self._told).union(*(keys for keys, _ in self._watched.values()))

    def _is_polling(self) -> bool:
        return bool(self._told) or any(keys and polls for keys, polls in self._watched.values())

    def _go_on(self) -> None:
        if self._is_polling() and not self._timer.isActive():
            self._timer.start(round(self._every_ms * (1 - SOONER_BY * self._chance())))

    def _look(self) -> None:
        keys = self._all()
        if keys:
            self._pace.begin()
            self._runner.run(
                lambda conn: get_leases(conn, sorted(keys)), on_done=partial(self._on_seen, keys),
                on_error=self._on_not_seen,
                receiver=self, purpose="look",
            )  # fmt: skip
        self._go_on()

    def _on_seen(self, keys: frozenset[Key], states: Iterable[LeaseState]) -> None:
        self._pace.end(is_cheap=True)
        found = {(state.entity, state.entity_id): state for state in states}
        for key in sorted(keys):
            self.seen.emit(*key, found.get(key))
            if key not in found and key in self._told:
                self.freed.emit(*key, self._told.pop(key))

    def _on_not_seen(self, _error: DeskError) -> None:
        self._pace.end(is_cheap=True)  # the next look says it

    def _on_changed(self, change: Change, initiator: object) -> None:
        """Another client has taken, given back ... a lease; what was done here is known already."""
        if (
            initiator is None
            and is_about_leases(change)
            and any(key[0] == change.entity and change.entity_id in (None, key[1]) for key in self._all())
        ):
            self._pace.want()


def is_about_leases(change: Change) -> bool:
    """Many changes at once are told as one of any row: leases may be among them."""
    return change.kind is ChangeKind.LEASE or change.entity_id is None
