"""The watchdog: ends sessions of machines and of enrolment that hold up others or never come to an end.

The limits on a machine's role keep accidents short, but a machine may set them aside; these it can't. Sessions are
ended, not just their statement cancelled: the limits cancel first, so whoever is past them means it or is stuck where a
cancel has no effect (idle in a transaction, or sending to a client that reads no more). Never touched: the owner, the
import, the worker itself, and other databases of a site's cluster.
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg2

from desk_server.desk import Desk

WATCHDOG_SECONDS = 1.0
_SUSPECTS = (Path(__file__).resolve().parent.parent / "sql" / "watchdog.sql").read_text(encoding="utf-8")
# an administrator who marks a field and does not commit holds up neither the watchdog nor the other marks
_SEE_MARKS = """
UPDATE desk.privacy_mark SET seen_at = clock_timestamp() WHERE entity IN (
    SELECT entity FROM desk.privacy_mark WHERE seen_at IS NULL FOR UPDATE SKIP LOCKED)
"""
_DROP_MARKS = """
DELETE FROM desk.privacy_mark WHERE entity IN (
    SELECT entity FROM desk.privacy_mark WHERE seen_at < clock_timestamp() - interval '2 minutes'
    FOR UPDATE SKIP LOCKED)
"""
# Asked for what it does beside: it lets go of notices that all have read. PostgreSQL itself does so after a transaction
# that notified, and once the queue is full none of those succeeds: it would stay full for ever.
_EMPTY_QUEUE = "SELECT pg_notification_queue_usage()"
# Only the very session that was looked at: its number may be another's by now. Materialized, else the planner is free
# to ask for the end of every session and to compare the number afterwards.
_END = """
WITH target AS MATERIALIZED (
    SELECT pid FROM pg_stat_activity WHERE pid = %(pid)s AND backend_start = %(began)s
)
SELECT FROM target WHERE pg_terminate_backend(pid)
"""
# One alarm an hour of a machine: whose sessions are ended for ever shall not fill the table. The next one counts them.
_IS_TOLD = """
SELECT FROM desk.security_event
WHERE kind = 'watchdog' AND is_alarm AND machine IS NOT DISTINCT FROM %(machine)s
    AND at > clock_timestamp() - interval '1 hour' LIMIT 1
"""
_TELL = """
SELECT desk.security_event_add(
    'watchdog', %(machine)s, %(address)s,
    %(detail)s::jsonb || CASE WHEN %(sessions)s > 1 THEN jsonb_build_object('sessions', %(sessions)s) ELSE '{}' END,
    %(is_alarm)s
)
"""
_untold: Counter[str | None] = Counter()  # by machine, None is enrolment; log and sessions' end don't depend on it
_late: list[dict[str, Any]] = []  # ended and not told yet: it stays here until the desk has it

log = logging.getLogger(__name__)


def end_overdue_sessions(connection: Any, desk: Desk) -> int:
    """End what is over a limit of the table ``setting``, and say so in ``security_event``; the number ended."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY_QUEUE)
        cursor.execute(_SEE_MARKS)
        cursor.execute(_SUSPECTS)
        names = [column.name for column in cursor.description]
        suspects = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        ended = sum(_end(cursor, suspect) for suspect in suspects)
        cursor.execute(_DROP_MARKS)
        _tell(cursor)
    return ended


def _end(cursor: Any, suspect: dict[str, Any]) -> int:
    machine, is_alarm = suspect["machine"], suspect["is_alarm"]
    cursor.execute(_IS_TOLD, suspect)  # before: nothing that can break stands between an end and its place in the list
    is_told = cursor.rowcount or any(late["is_alarm"] and late["machine"] == machine for late in _late)
    cursor.execute(_END, suspect)
    if not cursor.rowcount:
        return 0
    log.warning("ended a session of %s: %s", machine or "enrolment", suspect["why"])
    if is_alarm and is_told:
        _untold[machine] += 1
    else:
        _late.append({**suspect, "sessions": 1 + (_untold.pop(machine, 0) if is_alarm else 0)})
    return 1


def _tell(cursor: Any) -> None:
    """The oldest first, and last of a look: what can't be told holds up no end."""
    while _late:
        try:
            cursor.execute(_TELL, _late[0])
        except psycopg2.errors.ProgramLimitExceeded:  # the queue of notices, which a security event needs, is full yet
            return
        except (psycopg2.DataError, psycopg2.IntegrityError):  # of no later look either: the next ones are told
            log.exception("the end of a session of %s is in no event", _late[0]["machine"] or "enrolment")
        del _late[0]
