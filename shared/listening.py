"""A connection that hears notices and never waits: its socket is watched by whoever has it, with timeouts of his own.

libpq's own timeouts do not hold here: ``connect_timeout`` counts for blocking connects alone, and a server that is gone
behind a router keeps a quiet connection open for as long as the kernel likes. So whoever listens asks for a sign of
life now and then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any

import psycopg2
from psycopg2 import extensions

from shared.database import translate_error
from shared.notify import CHANNEL

_LISTEN, _ASK = f"LISTEN {CHANNEL}", "SELECT 1"


class Wait(Enum):
    """What a connection waits for at its socket."""

    READ = "read"
    WRITE = "write"
    NOTHING = "nothing"  # but for notices


class Step(Enum):
    """What is under way."""

    CONNECT = "connect"
    LISTEN = "listen"
    ASK = "ask"
    NOTHING = "nothing"


_WAITS = {extensions.POLL_READ: Wait.READ, extensions.POLL_WRITE: Wait.WRITE, extensions.POLL_OK: Wait.NOTHING}


class ListeningConnection:
    """Connects and listens by calls of ``go_on``, each when its socket can be read or written. Raises DeskErrors."""

    def __init__(self, connect_args: Mapping[str, Any], on_connected: Callable[[], None] = lambda: None) -> None:
        """Begin to connect; a name may be looked up, nothing else is waited for.

        Args:
            on_connected: called once the server has let us in.
        """
        self._on_connected = on_connected
        self._step = Step.CONNECT
        self._listens = False
        self._cursor: Any = None  # kept: psycopg2 knows it by a weak reference
        with _translated():
            self._connection = psycopg2.connect(**connect_args, async_=True)
        self._waits = Wait.WRITE

    def fileno(self) -> int:
        """Its socket, for ``select``; it may be another one while it connects."""
        with _translated():
            return int(self._connection.fileno())

    @property
    def waits_for(self) -> Wait:
        """What to watch the socket for; notices come by reading at any time."""
        return self._waits

    @property
    def is_listening(self) -> bool:
        """Whether the server has confirmed that notices come from now on."""
        return self._listens

    @property
    def is_asked(self) -> bool:
        """Whether a sign of life was asked for and has not come."""
        return self._step is Step.ASK

    def ask(self) -> None:
        """Ask for a sign of life, unless something is under way."""
        if self._step is Step.NOTHING:
            self._send(Step.ASK, _ASK)

    def go_on(self) -> None:
        """Take what is there and begin what follows. Raises DeskError where the connection is no more."""
        with _translated():
            self._waits = _WAITS[self._connection.poll()]
        if self._waits is not Wait.NOTHING:
            return
        done, self._step = self._step, Step.NOTHING
        if done is Step.CONNECT:
            self._on_connected()
            self._send(Step.LISTEN, _LISTEN)
        elif done is Step.LISTEN:
            self._listens = True

    def take(self) -> list[tuple[int, str]]:
        """Backend and text of each notice that came since."""
        taken = [(notice.pid, notice.payload) for notice in self._connection.notifies]
        self._connection.notifies.clear()
        return taken

    def close(self) -> None:
        """End it; nothing is waited for."""
        with contextlib.suppress(psycopg2.Error):
            self._connection.close()

    def _send(self, step: Step, statement: str) -> None:
        with _translated():
            self._cursor = self._connection.cursor()
            self._cursor.execute(statement)
        self._step, self._waits = step, Wait.WRITE  # until the next ``go_on`` says what it is


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        raise translate_error(error) from None  # the cause may quote what nobody shall read
