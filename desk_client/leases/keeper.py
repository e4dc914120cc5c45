"""Keeps the leases of this client alive; one for the whole client."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desk_client.change_bus import ChangeBus
from desk_client.runner import DbRunner


class LeaseKeeper(QObject):
    """Made with the context, when the desk has said how long a lease lasts."""

    def __init__(self, runner: DbRunner, bus: ChangeBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._bus = runner, bus
