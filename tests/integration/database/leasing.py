"""Raw calls of the lease functions, and the lengths of leases shortened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.integration.database.world import one, rows

DEFAULTS = {"lease_seconds": "60", "lease_ask_seconds": "30"}


def take(cursor: Any, ticket: int, entity: str = "ticket") -> dict[str, Any]:
    return rows(cursor, "SELECT * FROM desk.lease_take(%s, %s)", entity, ticket)[0]


def beat(cursor: Any, *leases: tuple[int, int | None], entity: str = "ticket") -> list[dict[str, Any]]:
    """A sign of life for (id, token) each."""
    ids, tokens = [row for row, _ in leases], [token for _, token in leases]
    statement = "SELECT * FROM desk.lease_beat(%s::text[], %s::bigint[], %s::bigint[])"
    return rows(cursor, statement, [entity] * len(leases), ids, tokens)


def ask(cursor: Any, ticket: int) -> dict[str, Any]:
    return rows(cursor, "SELECT * FROM desk.lease_ask('ticket', %s)", ticket)[0]


def ask_and_tell(asker: Any, holder: Any, ticket: int, token: int | None) -> Any:
    """A question that its holder has heard of; from when the asker may take the lease over."""
    ask(asker, ticket)
    assert beat(holder, (ticket, token))[0]["is_mine"]
    return ask(asker, ticket)["take_over_at"]


def answer(cursor: Any, ticket: int, token: int, *, keeps: bool) -> bool:
    return bool(one(cursor, "SELECT desk.lease_answer('ticket', %s, %s, %s)", ticket, token, keeps))


def take_over(cursor: Any, ticket: int) -> dict[str, Any]:
    return rows(cursor, "SELECT * FROM desk.lease_take_over('ticket', %s)", ticket)[0]


def release(cursor: Any, ticket: int, token: int) -> bool:
    return bool(one(cursor, "SELECT desk.lease_release('ticket', %s, %s)", ticket, token))


@contextmanager
def lengths(boss: Any, **settings: str) -> Iterator[None]:
    """The settings for the length of the block: ``lease_seconds="0.05"``."""
    change = "UPDATE desk.setting SET value = %s WHERE key = %s"
    for name, value in settings.items():
        boss.execute(change, (value, name))
    try:
        yield
    finally:
        for name in settings:
            boss.execute(change, (DEFAULTS[name], name))


def wait_until(cursor: Any, moment: Any) -> None:
    """Until it is later than ``moment`` on the server."""
    while not one(cursor, "SELECT clock_timestamp() > %s", moment):
        time.sleep(0.005)


def is_waiting(boss: Any, pid: int) -> bool:
    """Whether that session waits for a lock just now."""
    return bool(one(boss, "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", pid))
