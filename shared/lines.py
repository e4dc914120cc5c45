"""The connections of one engine as another thread sees them: who is at the other end, and how to cut them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError


@dataclass(slots=True)
class _Line:
    """A socket of our own for the connection's: libpq may close its number and the system give it away again."""

    pid: int
    socket: socket.socket
    is_cut: bool = False
    asked_at: float | None = None  # while an answer of the server is waited for


class Lines:
    """Follows an engine's pool. A thread that waits in libpq is woken by the end of its socket; nothing else does."""

    def __init__(self, engine: Engine) -> None:
        self._lines: dict[int, _Line] = {}
        self._lock = threading.Lock()
        self.losses = 0  # connections that had ended while they lay idle
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "close", self._on_close)
        event.listen(engine, "checkout", self._on_checkout)
        event.listen(engine, "before_cursor_execute", self._on_execute)
        event.listen(engine, "after_cursor_execute", self._on_executed)
        event.listen(engine, "commit", self._on_commit)
        event.listen(engine, "checkin", self._on_checkin)

    def pids(self) -> frozenset[int]:
        """The server's processes behind the connections."""
        with self._lock:
            return frozenset(line.pid for line in self._lines.values())

    def waiting_since(self, pid: int) -> float | None:
        """Since when (monotonic) the connection to this process waits for an answer."""
        with self._lock:
            return next((line.asked_at for line in self._lines.values() if line.pid == pid), None)

    def cut(self, pid: int | None = None) -> None:
        """End the connection to this process, or all, whoever waits for them. Returns at once.

        What broke one has mostly broken those that lie idle beside it: they are replaced before they are used again.
        """
        with self._lock:
            for line in self._lines.values():
                is_meant = pid in (None, line.pid)
                line.is_cut = line.is_cut or is_meant or line.asked_at is None
                if is_meant:
                    with contextlib.suppress(OSError):  # it has ended by itself
                        line.socket.shutdown(socket.SHUT_RDWR)

    def _on_connect(self, connection: Any, _record: object) -> None:
        own = socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM)
        with self._lock:
            self._lines[id(connection)] = _Line(connection.info.backend_pid, own)

    def _on_close(self, connection: Any, _record: object) -> None:
        with self._lock:
            line = self._lines.pop(id(connection), None)
        if line is not None:
            line.socket.close()

    def _on_checkout(self, connection: Any, _record: object, _proxy: object) -> None:
        """A connection that ended while it lay idle is replaced; looking takes no round trip."""
        line = self._lines.get(id(connection))
        if line is not None and (line.is_cut or _has_ended(connection)):
            self.losses += 1
            raise DisconnectionError

    def _on_execute(self, _connection: object, cursor: Any, *_: object) -> None:
        self._set_asked(cursor.connection, time.monotonic())

    def _on_executed(self, _connection: object, cursor: Any, *_: object) -> None:
        self._set_asked(cursor.connection, None)

    def _on_commit(self, connection: Connection) -> None:
        self._set_asked(connection.connection.dbapi_connection, time.monotonic())

    def _on_checkin(self, connection: Any, _record: object) -> None:
        self._set_asked(connection, None)

    def _set_asked(self, connection: object, at: float | None) -> None:
        line = self._lines.get(id(connection))
        if line is not None:
            line.asked_at = at


def _has_ended(connection: Any) -> bool:
    try:
        connection.poll()  # takes in what has come
        connection.poll()  # the server's last words come before the end
    except psycopg2.Error:
        return True
    return bool(connection.closed)
