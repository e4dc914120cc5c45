"""What runs, or has run lately: the worker, the sealing, the log that alarms are read from, room on the disks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

from desk_server.desk import Desk
from desk_server.doctor.finding import Finding
from desk_server.log_reader import problem

FULL_PERCENT = 80
WORKER_SECONDS = 30
SEAL_SECONDS = 60
_BEAT = "SELECT extract(epoch FROM clock_timestamp() - max(beat_at))::int FROM desk.worker_heartbeat"
# Of the last day only: what is older, `audit verify` looks at.
_UNSEALED = f"""
SELECT count(*) FROM desk.audit_entry AS e
WHERE e.at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - interval '{SEAL_SECONDS} s'
    AND NOT EXISTS (SELECT FROM desk.audit_seal AS s WHERE s.entry_id = e.id)
"""  # noqa: S608 - a number of ours


def running_findings(desk: Desk, connection: Any) -> Iterator[Finding]:
    """The state of what goes on by itself."""
    start = "run: desk-server start"
    with connection.cursor() as cursor:
        cursor.execute(_BEAT)
        (age,) = cursor.fetchone()
        said = "but it never gave a sign of life" if age is None else f"but its last sign of life is {age} s old"
        yield Finding("the worker is at work", age is not None and age <= WORKER_SECONDS, said, start)
        cursor.execute(_UNSEALED)
        (count,) = cursor.fetchone()
        yield Finding("the audit is sealed", count == 0, f"but {count} entries wait for more than a minute", start)
    yield _log(desk)
    yield from _disks(desk)


def _log(desk: Desk) -> Finding:
    reason = problem(desk)
    return Finding(
        "the server's log can be read",
        reason is None,
        f"but a copied certificate would raise no alarm: {reason}",
        "have PostgreSQL log into a file (logging_collector = on) that the desk's account may read",
    )


def _disks(desk: Desk) -> Iterator[Finding]:
    wal = (desk.cluster_folder / "pg_wal").resolve()
    for what, folder in (("data", desk.cluster_folder), ("pg_wal", wal)):
        usage = shutil.disk_usage(folder)
        percent = round(100 * (usage.total - usage.free) / usage.total)
        check = f"the disk of {what} is less than {FULL_PERCENT} % full"
        yield Finding(check, percent < FULL_PERCENT, f"but {percent} % of {folder} are in use", "make room there")
