"""Ending the sessions of machines that lost what they came in by. Always after the transaction that took it.

Taken and ended in one transaction, a machine that reconnects in a loop slips in between: it logs in before the
commit and after the end. Hence twice, the second time a little later.
"""

from __future__ import annotations

import time
from itertools import groupby
from typing import Any

SWEEP_SECONDS = 1.0

# Sessions whose machine is shut out, or came in at a higher level or by a certificate that was replaced since. Within
# a quarter of a second of a change it may have logged in by what held before. A change in the future means that the
# clock was set back: until then every session would be ended, and those from before it were, by whoever made it.
_OUTDATED = """
SELECT s.machine, s.pid,
    m.id IS NULL OR m.level = 'none' OR (
        s.since < m.level_since + interval '0.25 s' AND m.level_since <= clock_timestamp()
    ) OR NOT EXISTS (
        SELECT FROM desk.machine_certificate AS c
        WHERE c.machine_id = m.id AND c.serial = s.serial AND c.replaced_at IS NULL
    )
FROM desk.machine_sessions() AS s LEFT JOIN desk.machine AS m ON m.name = s.machine AND m.deleted_at IS NULL
WHERE %(name)s IS NULL OR s.machine = %(name)s
ORDER BY s.machine
"""


def end_sessions(connection: Any, name: str) -> int:
    """End all of a machine's sessions; their number."""
    return _end(connection, name, None)


def end_outdated(connection: Any, name: str | None = None) -> int:
    """End the sessions that could not be begun any more, of one machine or of all; their number."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, {"name": name})
        rows = cursor.fetchall()
    ended = 0
    for machine, group in groupby(rows, key=lambda row: row[0]):
        sessions = list(group)
        if all(is_outdated for _, _, is_outdated in sessions):
            ended += _end(connection, machine, None)  # also those that came since
            continue
        ended += sum(_end(connection, machine, pid) for _, pid, is_outdated in sessions if is_outdated)
    return ended


def sweep(connection: Any, name: str | None = None) -> int:
    """A second look a little later: whoever was logging in meanwhile is in by now."""
    time.sleep(SWEEP_SECONDS)
    return end_outdated(connection, name)


def _end(connection: Any, machine: str, pid: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk.machine_sessions_end(%s, %s)", (machine, pid))
        return int(cursor.fetchone()[0])
