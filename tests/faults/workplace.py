"""What a task of a worker process has at hand: its desk, its session, and the channel to whoever sent it to work."""

from __future__ import annotations

import json
import select
import socket
import uuid
from pathlib import Path
from typing import Any

from shared.config import Profile
from shared.database import Database
from shared.schemas.lease import Lease
from shared.schemas.ticket import TicketDetail


class Workplace:
    """One worker's. Tasks call ``reach`` between their steps: at each the parent may hold the process, or kill it."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._orders = channel.makefile("r", encoding="utf-8")
        self._database: Database | None = None
        self._arguments: dict[str, Any] = {}
        self.session = uuid.uuid4()
        self._to_tell = ""
        self.stops: frozenset[str] = frozenset()
        self.leases: dict[int, Lease] = {}
        self.seen: dict[int, TicketDetail] = {}

    @property
    def database(self) -> Database:
        assert self._database is not None, "open_desk first"
        return self._database

    @property
    def connect_args(self) -> dict[str, Any]:
        """The libpq keywords of this worker's own connections."""
        return self._arguments

    def open(self, profile: str, person: str | None, session: str | None, overrides: dict[str, Any]) -> None:
        """Go to work at a desk; ``overrides`` are libpq keywords."""
        self.close()
        self.session = uuid.UUID(session) if session else uuid.uuid4()
        arguments = Profile.load(Path(profile)).connect_args(person=person, session=self.session)
        self._arguments = {**arguments, **overrides}
        self._database = Database(self._arguments)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def next_order(self) -> dict[str, Any] | None:
        """What the parent sends; None when it is gone."""
        line = self._orders.readline()
        return json.loads(line) if line else None

    def is_called_off(self) -> bool:
        """Whether the parent has said that it is enough, or is gone. It may ask first to be told of a step."""
        if not select.select([self._channel], [], [], 0)[0]:
            return False
        order = self.next_order() or {}
        if "tell" not in order:
            return True
        self._to_tell = order["tell"]
        self.say(step=f"will tell: {self._to_tell}")
        return False

    def say(self, **message: Any) -> None:
        self._channel.sendall((json.dumps(message) + "\n").encode())

    def tell(self, step: str) -> None:
        """Say so, once, where the parent asked for it; and go on."""
        if step == self._to_tell:
            self._to_tell = ""
            self.say(step=step)

    def reach(self, step: str) -> None:
        """Say so and wait for the parent's word, where it asked for that."""
        if step in self.stops:
            self.say(step=step)
            if self.next_order() is None:
                raise SystemExit(1)
