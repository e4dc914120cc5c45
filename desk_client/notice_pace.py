"""How fast notices go on: gathered for a moment, then each row at once and not again within a second.

Anybody who is let in can send notices. So of many rows of an entity it is only told that some changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared.notify import ChangeKind, Notice

GATHER_SECONDS = 0.03  # notices of one save come together
GATHER_SPREAD = 0.17  # so much longer at most, by chance: not all clients ask the desk at the same moment
EVERY_SECONDS = 1.0
MANY = 50  # rows of an entity in a second: then it is said that any may have changed, and all in sight is read again

_Key = tuple[int | None, ChangeKind]
_ANY: _Key = (None, ChangeKind.ROW)


class NoticePace:
    """The notices of one entity."""

    def __init__(self, entity: str) -> None:
        self._any = Notice(entity, None, None, ChangeKind.ROW)
        self._until = 0.0
        self._told: set[_Key] = set()
        self._waiting: dict[_Key, Notice] = {}

    def take(self, notices: Iterable[Notice], now: float) -> list[Notice]:
        """Keep these; what of all that is kept may be told now."""
        for notice in notices:
            key = notice.entity_id, notice.kind
            self._waiting[key] = _newest(self._waiting.get(key), notice)
        if now >= self._until:
            self._told = set()
        if len(self._waiting.keys() - self._told) + len(self._told) > MANY:
            self._waiting[_ANY] = self._any
        if _ANY in self._waiting:
            self._waiting = {_ANY: self._any}  # any row: the single ones are among them
        # once it was said that any may have changed, all else waits for the next second
        telling = [] if _ANY in self._told else [key for key in self._waiting if key not in self._told]
        if telling and not self._told:
            self._until = now + EVERY_SECONDS
        self._told.update(telling)
        return [self._waiting.pop(key) for key in telling]

    def due(self) -> float | None:
        """When there is something to tell; None: nothing waits."""
        return self._until if self._waiting else None


def _newest(before: Notice | None, now: Notice) -> Notice:
    """An old version, true or forged, does not hide a new one; where one tells none, neither counts."""
    if before is None:
        return now
    versions = [version for version in (before.version, now.version) if version is not None]
    return replace(now, version=max(versions) if len(versions) == 2 else None)
