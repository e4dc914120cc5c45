"""What others changed goes on to the views: at once, and at a pace that no flood of notices can raise."""

from __future__ import annotations

import time
from collections import defaultdict

from PySide6.QtCore import QObject, QTimer

from desk_client.change_bus import ChangeBus
from desk_client.notice_pace import NoticePace
from shared.notify import ENTITIES, Notice


class LiveChanges(QObject):
    """Stands between the listener and the bus."""

    def __init__(self, bus: ChangeBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._paces = {entity: NoticePace(entity) for entity in ENTITIES}
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
