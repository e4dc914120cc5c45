"""What runs and where it lies, as ``desk-server status`` tells it."""

from __future__ import annotations

import datetime as dt
import shlex
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2.extensions import make_dsn

from desk_server.desk import Desk
from shared.errors import DatabaseUnavailableError

STALE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """The worker's row: ``age_seconds`` is the server's time since the last sign of life."""

    pid: int
    version: str
    started_at: dt.datetime
    age_seconds: float
    is_connected: bool

    @property
    def is_running(self) -> bool:
        """Connected, and heard of lately."""
        return self.is_connected and self.age_seconds < STALE_SECONDS


_BEAT = """
SELECT h.pid, h.version, h.started_at, extract(epoch FROM clock_timestamp() - h.beat_at)::float,
       EXISTS (SELECT FROM pg_stat_activity a WHERE a.usename = 'desk_worker' AND a.datname = 'desk')
FROM desk.worker_heartbeat h
"""


def worker_beat(desk: Desk) -> WorkerBeat | None:
    """The worker's last sign of life; None where there was none or the database does not answer."""
    try:
        with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
            cursor.execute(_BEAT)
            row = cursor.fetchone()
    except (DatabaseUnavailableError, psycopg2.errors.UndefinedTable):
        return None
    return WorkerBeat(*row) if row else None


def status(desk: Desk) -> dict[str, Any]:
    """All of it, ready for JSON."""
    from desk_server.supervisor import supervisor_pid

    settings = desk.settings
    answer: dict[str, Any] = {
        "data": str(desk.data),
        "kind": settings.kind,
        "is_initialised": settings.is_initialised,
        "cluster": str(desk.cluster_folder),
        "home": str(desk.home),
        "account": settings.account,
        "binaries": settings.pg_bin,
        "host": desk.host,
        "port": settings.port,
        "owner_login": settings.owner_login,
        "socket": str(desk.socket_dir) if settings.owner_login == "socket" else None,
        "owner_psql": _owner_psql(desk),
        "machine": settings.machine,
        "profile": str(desk.profiles / settings.machine) if settings.machine else None,
        "supervisor": {"pid": supervisor_pid(desk)},
        "postgres": _postgres(desk),
        "worker": {"is_running": False, "pid": None, "age_seconds": None},
        "schema_revision": None,
        "machines": None,
    }
    if answer["postgres"]["is_running"]:
        answer.update(_database(desk))
    return answer


def _owner_psql(desk: Desk) -> str:
    """How the owner's psql comes in, for a shell."""
    known = desk.owner_connect_args()
    words = ("host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
    return f"psql {shlex.quote(make_dsn(**{word: known[word] for word in words if word in known}))}"


def _postgres(desk: Desk) -> dict[str, Any]:
    running = desk.cluster.postmaster() if desk.cluster_folder.exists() else None
    return {
        "is_running": running is not None and running.is_ready,
        "pid": running.pid if running else None,
        "version": desk.binaries.version,
        "log": str(desk.cluster_folder / "log"),
    }


def _database(desk: Desk) -> dict[str, Any]:
    from desk_server.migrate import current_revision

    beat = worker_beat(desk)
    try:
        with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('desk.machine') IS NOT NULL")
            count = None
            if cursor.fetchone()[0]:
                cursor.execute("SELECT count(*) FROM desk.machine WHERE deleted_at IS NULL")
                count = cursor.fetchone()[0]
        revision = current_revision(desk)
    except DatabaseUnavailableError as error:
        return {"error": str(error)}
    worker: dict[str, Any] = {"is_running": False, "pid": None, "age_seconds": None}
    if beat:
        worker = {"is_running": beat.is_running, "pid": beat.pid, "age_seconds": round(beat.age_seconds, 1)}
    return {"worker": worker, "schema_revision": revision, "machines": count}


def as_text(answer: dict[str, Any]) -> str:
    """The same for a person."""
    postgres, worker = answer["postgres"], answer["worker"]
    yes = {True: "runs", False: "does not run"}
    rows = [
        ("Desk", answer["data"] + ("" if answer["is_initialised"] else " (not finished: run init again)")),
        ("PostgreSQL", f"{postgres['version']}, {yes[postgres['is_running']]}, port {answer['port']}"),
        ("Cluster", f"{answer['cluster']} (runs as {answer['account']})"),
        ("Programs", answer["binaries"]),
        ("Log", postgres["log"]),
        ("Owner's psql", answer["owner_psql"]),
        ("Worker", yes[worker["is_running"]] + _heard(worker)),
        ("Schema", answer["schema_revision"] or "unknown while the database does not run"),
        ("Machines", "unknown" if answer["machines"] is None else str(answer["machines"])),
        ("This machine", f"{answer['machine']}, profile {answer['profile']}" if answer["machine"] else "not enrolled"),
    ]
    if "error" in answer:
        rows.append(("Trouble", answer["error"]))
    return "\n".join(f"{name + ':':<14}{value}" for name, value in rows)


def _heard(worker: dict[str, Any]) -> str:
    if worker["pid"] is None:
        return ""
    return f" (process {worker['pid']}, last sign of life {worker['age_seconds']:.0f} s ago)"
