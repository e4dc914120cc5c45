"""Several at the database at the same moment, each on a connection and a thread of its own."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg2

_FULL = re.compile("too many connections|too many clients|slots are reserved")


def make_patient(*connections: Any) -> None:
    """They give up waiting for no lock: whoever has it may stand still for longer than a machine waits by itself."""
    for connection in connections:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
        if not connection.autocommit:
            connection.commit()


def admitted(connect: Callable[[], Any], seconds: float = 30) -> Any:
    """``connect()``, once there is room: a session that was closed leaves its place a moment after its client."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return connect()
        except psycopg2.OperationalError as error:
            if not _FULL.search(str(error)) or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def at_once(connections: Sequence[Any], job: Callable[[Any], Any]) -> list[Any]:
    """``job(cursor)`` on each connection, started at a barrier; their answers, an SQLSTATE for a refusal."""
    start = threading.Barrier(len(connections))

    def run(connection: Any) -> Any:
        with connection.cursor() as cursor:
            start.wait(30)
            try:
                return job(cursor)
            except psycopg2.Error as error:
                return str(error.pgcode)

    with ThreadPoolExecutor(len(connections)) as pool:
        return list(pool.map(run, connections, timeout=60))


def begun(job: Callable[[], Any]) -> Future[Any]:
    """``job()`` on a thread of its own; its result, an SQLSTATE where it was refused."""
    result: Future[Any] = Future()

    def run() -> None:
        try:
            result.set_result(job())
        except psycopg2.Error as error:
            result.set_result(str(error.pgcode))
        except BaseException as error:
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result
