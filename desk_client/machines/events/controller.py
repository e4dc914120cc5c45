"""The alarms that nobody has seen: asked for every minute, since the server ends sessions but calls nobody."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from desk_client.change_bus import Change, ChangeBus
from desk_client.machines.events.list_controller import ENTITY
from desk_client.runner import DbRunner
from shared.errors import DeskError
from shared.queries.security_events import open_alarms
from shared.services.machines import mark_event_seen

EVERY_MS = 60_000


class AlarmController(QObject):
    """For an administrator's machine alone: others may not read security events.

    Signals:
        alarmed(Alarms): what is open now.
        failed(DeskError): an alarm could not be marked.
    """

    alarmed = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: DbRunner, bus: ChangeBus, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._bus = runner, bus
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        bus.changed.connect(self._on_changed)

    def begin(self) -> None:
        """Look now and every minute."""
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Ask for what is open."""
        self._runner.run(open_alarms, on_done=self.alarmed.emit, on_error=_ignore, receiver=self, purpose="alarms")

    def mark_seen(self, event_id: int) -> None:
        """Say that somebody has taken note."""
        self._runner.run(
            lambda session: mark_event_seen(session, event_id),
            on_done=lambda _: self._bus.publish(ENTITY, event_id),
            on_error=self.failed.emit, receiver=self, write=True,
        )  # fmt: skip

    def _on_changed(self, change: Change, _initiator: QObject | None) -> None:
        if change.entity == ENTITY:
            self.look()


def _ignore(_error: DeskError) -> None:
    """That the desk is away, the badge says; the next look comes."""
