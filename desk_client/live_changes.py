"""What others changed goes on to the views: at once, and at a pace that no flood of notices can raise.

Anybody who is let in can send notices. So each row is told of once a second at most, and of many rows of an entity it
is only told that some changed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from desk_client.change_bus import ChangeBus
from shared.notify import ENTITIES, ChangeKind, Notice

EVERY_SECONDS = 1.0
MANY = 10  # rows of an entity in a second: then it is said that any may have changed

_Key = tuple[int | None, ChangeKind]


class _EntityPace:
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


_ANY: _Key = (None, ChangeKind.ROW)


def _newest(before: Notice | None, now: Notice) -> Notice:
    """An old version, true or forged, does not hide a new one; where one tells none, neither counts."""
    if before is None:
        return now
    versions = [version for version in (before.version, now.version) if version is not None]
    return replace(now, version=max(versions) if len(versions) == 2 else None)


class LiveChanges(QObject):
    """Stands between the listener and the bus."""

    def __init__(self, bus: ChangeBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._paces = {entity: _EntityPace(entity) for entity in ENTITIES}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell_waiting)

    def take(self, notices: tuple[Notice, ...]) -> None:
        """Tell the views, now or soon."""
        by_entity: dict[str, list[Notice]] = defaultdict(list)
        for notice in notices:
            by_entity[notice.entity].append(notice)
        for entity, ones in by_entity.items():  # the listener lets no other through
            self._tell(self._paces[entity].take(ones, time.monotonic()))
        self._wait()

    def stop(self) -> None:
        """Tell nothing more."""
        self._timer.stop()

    def _tell_waiting(self) -> None:
        now = time.monotonic()
        for pace in self._paces.values():
            self._tell(pace.take((), now))
        self._wait()

    def _tell(self, notices: list[Notice]) -> None:
        for notice in notices:
            self._bus.publish(notice.entity, notice.entity_id, kind=notice.kind, version=notice.version, is_remote=True)

    def _wait(self) -> None:
        dues = [due for pace in self._paces.values() if (due := pace.due()) is not None]
        if not dues:
            self._timer.stop()
        else:
            self._timer.start(max(1, round((min(dues) - time.monotonic()) * 1000)))
