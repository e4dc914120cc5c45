"""Whether what is shown is live: from what the listener hears and what the runner reaches."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from desk_client.listener import Listener, Loss
from desk_client.runner import DbRunner

STALE_AFTER_MS = 10_000


class ConnectionState(StrEnum):
    """What the badge says."""

    CONNECTING = "connecting"  # for the first time
    LIVE = "live"  # every change is heard
    RECONNECTING = "reconnecting"
    STALE = "stale"  # it takes long: what is shown is as of ``since``


class Connection(QObject):
    """The state of the line. It acts in one case: a silent line is given up, so that nobody waits at it.

    Signals:
        changed(): ``state`` or ``since`` is another.
        heard(): changes are heard from now on; what was read before may be old.
        broken(): changes are not heard any more; whether the desk answers has to be asked.
    """

    changed = Signal()
    heard = Signal()
    broken = Signal()

    def __init__(self, runner: DbRunner, listener: Listener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._listener = runner, listener
        self._listens = False
        self._state, self._since = ConnectionState.CONNECTING, dt.datetime.now(dt.UTC)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(STALE_AFTER_MS)
        self._patience.timeout.connect(self._on_patience_over)
        listener.connected.connect(self._on_listening)
        listener.lost.connect(self._on_lost)
        runner.reachable_changed.connect(self._on_reachable)

    @property
    def state(self) -> ConnectionState:
        """As the badge says it."""
        return self._state

    @property
    def is_live(self) -> bool:
        """Whether the desk answers and every change is heard."""
        return self._state is ConnectionState.LIVE

    @property
    def is_listening(self) -> bool:
        """Whether changes are heard: then the desk is there, though an operation of ours may just have failed."""
        return self._listens

    @property
    def since(self) -> dt.datetime:
        """While it is not live: until when what is shown was sure to be current."""
        return self._since

    def stop(self) -> None:
        """Nothing is said any more."""
        self._patience.stop()

    def _on_listening(self) -> None:
        self._listens = True
        self._judge()
        self.heard.emit()

    def _on_lost(self, loss: Loss) -> None:
        if self._listens and loss.heard_at is not None:
            self._since = loss.heard_at
        was_listening, self._listens = self._listens, False
        if loss.is_silent:
            self._runner.abandon()
        self._judge()
        if was_listening:
            self.broken.emit()

    def _on_reachable(self, is_reachable: bool) -> None:
        if not is_reachable and self.is_live:
            self._since = dt.datetime.now(dt.UTC)
        if is_reachable and not self._listens:
            self._listener.try_now()
        self._judge()

    def _judge(self) -> None:
        if self._listens and self._runner.is_reachable:
            self._patience.stop()
            self._become(ConnectionState.LIVE)
        elif self._state in (ConnectionState.CONNECTING, ConnectionState.LIVE):
            self._patience.start()
            self._become(ConnectionState.RECONNECTING)

    def _on_patience_over(self) -> None:
        if self._state is ConnectionState.RECONNECTING:
            self._become(ConnectionState.STALE)

    def _become(self, state: ConnectionState) -> None:
        if state is not self._state:
            self._state = state
            self.changed.emit()
