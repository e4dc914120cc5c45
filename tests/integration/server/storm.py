"""A machine that reconnects in a loop, from several threads, and works as soon as it is in."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from desk_server.desk import Desk
from desk_server.machines import set_machine


@dataclass
class Storm:
    """Counters of all its threads, and when a session was last cut (monotonic)."""

    logins: int = 0
    refusals: int = 0
    cuts: list[float] = field(default_factory=list)


@contextmanager
def reconnect_storm(arguments: dict[str, Any], threads: int = 4) -> Iterator[Storm]:
    """The storm rages within the block."""
    storm, is_over = Storm(), threading.Event()
    running = [threading.Thread(target=_rage, args=(arguments, storm, is_over)) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield storm
    finally:
        is_over.set()
        for thread in running:
            thread.join(20)


def _rage(arguments: dict[str, Any], storm: Storm, is_over: threading.Event) -> None:
    while not is_over.is_set():
        try:
            connection = psycopg2.connect(**arguments)
        except psycopg2.OperationalError:
            storm.refusals += 1
            continue
        storm.logins += 1
        with closing(connection), contextlib.suppress(psycopg2.Error):
            connection.autocommit = True
            _work(connection, storm, is_over)


def _work(connection: Any, storm: Storm, is_over: threading.Event) -> None:
    with connection.cursor() as cursor:
        while not is_over.is_set():
            try:
                cursor.execute("SELECT 1")
            except psycopg2.errors.InsufficientPrivilege:
                pass  # let in, without any right
            except psycopg2.Error:
                storm.cuts.append(time.monotonic())
                raise
            time.sleep(0.002)


def let_in_again(desk: Desk, name: str, level: str = "full") -> None:
    """A machine that was shut out, with the certificate that it had: for tests alone, the desk wants a new one."""
    set_machine(desk, name, level)
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE desk.machine_certificate SET replaced_at = NULL"
            " WHERE machine_id = (SELECT id FROM desk.machine WHERE name = %s)",
            (name,),
        )


def live_sessions(owner: Any, name: str) -> int:
    """How many sessions a machine has."""
    with owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", (f"m_{name}",))
        return int(cursor.fetchone()[0])
