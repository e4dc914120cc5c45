"""PostgreSQL is killed (kill -9, the whole of it) while workers save, and started again: nothing acknowledged is lost.

This shows that the server comes back by its log; the system's cache outlives a killed process, so it shows nothing
about a power cut. For that the doctor looks at fsync, full_page_writes, synchronous_commit and checksums.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from desk_server.desk import Desk
from desk_server.running import start_cluster
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage
from tests.faults.writers import Writers

WRITING_SECONDS = 0.25  # from when all of them save
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Crashes(Rounds):
    """And how long each start took."""

    starts: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        starts = {"median start, s": statistics.median(self.starts), "longest start, s": max(self.starts)}
        return {**super().figures(), **{name: round(value, 2) for name, value in starts.items()}}


def kill_server(desk: Desk) -> None:
    """kill -9 of the postmaster and all its children."""
    running = desk.cluster.postmaster()
    assert running is not None
    os.kill(running.pid, signal.SIGSTOP)  # from here on it has no more children than are found
    family = [running.pid, *_children(running.pid)]
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in family:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    while desk.cluster.postmaster() is not None:
        time.sleep(0.005)


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid, rest = status.read_text().split(" ", 1)
            if int(rest.rpartition(")")[2].split()[1]) == parent:
                found.append(int(pid))
    return found


@contextmanager
def taking_in_orphans() -> Iterator[None]:
    """A server that is started within the block becomes our child, so that it can be waited for once it is killed.

    Else it stays a zombie until the system's first process sees to it, for a second or two, and PostgreSQL does not
    start while there is a process of that number. No effect but on Linux.
    """
    system = ctypes.CDLL(None) if sys.platform == "linux" else None
    if system is not None:
        system.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        if system is not None:
            system.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def restart(desk: Desk) -> None:
    """Stop as is proper and start again."""
    running = desk.cluster.postmaster()
    desk.cluster.stop()
    with contextlib.suppress(ChildProcessError):
        os.waitpid(running.pid if running else -1, 0)
    start_cluster(desk)


def crash_under_writers(stage: Stage, *, rounds: int, writers: int = 4) -> Crashes:
    """Each writer counts its own ticket up through all crashes."""
    crashes = Crashes()
    began = time.monotonic()
    with taking_in_orphans():
        restart(stage.running.desk)
        at_work = Writers(stage, writers)
        while crashes.rounds < rounds:
            crashes.rounds += 1
            at_work.wait_for_saves()
            time.sleep(WRITING_SECONDS)
            kill_server(stage.running.desk)
            at = time.monotonic()
            start_cluster(stage.running.desk)
            stage.ask("SELECT 1")
            crashes.starts.append(time.monotonic() - at)
        at_work.wait_for_saves()
        at_work.compare(crashes)
    crashes.seconds = time.monotonic() - began
    restart(stage.running.desk)  # no child of ours any more
    return crashes


def check_storage(stage: Stage) -> list[str] | None:
    """What amcheck finds in the desk's tables and their B-tree indexes; None where this server does not have it."""
    if not stage.ask("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'"):
        return None
    stage.ask("CREATE EXTENSION IF NOT EXISTS amcheck")
    found = stage.ask(
        "SELECT c.oid::regclass || ': ' || v.msg FROM pg_class AS c, LATERAL verify_heapam(c.oid) AS v"
        " WHERE c.relkind IN ('r', 'm', 't')"
    )
    with closing(stage.running.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
            " JOIN pg_am AS a ON a.oid = c.relam WHERE a.amname = 'btree' AND i.indisvalid"
        )
        for (index,) in cursor.fetchall():
            try:
                cursor.execute("SELECT bt_index_check(%s::regclass, true)", [index])
            except psycopg2.Error as error:
                found.append((f"{index}: {error}",))
    return [line for (line,) in found]
