"""Removing what is over: leases that ended long ago, save ids that nobody will send again, enrolments of last year."""

from __future__ import annotations

from typing import Any

from desk_server.desk import Desk

# An expired lease that nobody took is still good for its holder's save, and a form may lie open over lunch or a
# meeting: nothing renews its lease meanwhile. Without its row that save would be refused as if it had been taken over.
KEEP_ENDED_LEASES_HOURS = 24
# As long as a certificate is good: by then nobody asks any more what became of his request. What happened stays told
# in the security events and the audit.
KEEP_ENROLMENTS_DAYS = 90
BATCH = 5_000

_ENDED_LEASES = """
DELETE FROM desk.edit_lease WHERE (entity, entity_id) IN (
    SELECT entity, entity_id FROM desk.edit_lease
    WHERE expires_at < clock_timestamp() - make_interval(hours => %s)
    LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_OLD_SAVES = """
DELETE FROM desk.save_done WHERE save_id IN (
    SELECT save_id FROM desk.save_done
    WHERE done_at < clock_timestamp() - make_interval(days => (
        SELECT value::int FROM desk.setting WHERE key = 'save_id_days'))
    LIMIT %s)
"""
_OLD_REQUESTS = """
DELETE FROM desk.signing_request WHERE id IN (
    SELECT id FROM desk.signing_request
    WHERE coalesce(signed_at, CASE WHEN refused IS NOT NULL THEN asked_at END)
        < clock_timestamp() - make_interval(days => %s)
    LIMIT %s)
"""
_OLD_CODES = """
DELETE FROM desk.enrolment_code WHERE id IN (
    SELECT c.id FROM desk.enrolment_code AS c
    WHERE coalesce(c.used_at, c.withdrawn_at, c.expires_at) < clock_timestamp() - make_interval(days => %s)
        AND NOT EXISTS (SELECT FROM desk.signing_request AS r WHERE r.code_id = c.id)
    LIMIT %s)
"""


def remove_ended_leases(connection: Any, desk: Desk) -> int:
    """Leases that ended more than a day ago; the number removed."""
    return _in_batches(connection, _ENDED_LEASES, (KEEP_ENDED_LEASES_HOURS, BATCH))


def remove_old_saves(connection: Any, desk: Desk) -> int:
    """Save ids older than the setting save_id_days; the number removed."""
    return _in_batches(connection, _OLD_SAVES, (BATCH,))


def remove_old_enrolments(connection: Any, desk: Desk) -> int:
    """Requests and codes that ended 90 days ago; the number removed."""
    arguments = (KEEP_ENROLMENTS_DAYS, BATCH)
    return sum(_in_batches(connection, statement, arguments) for statement in (_OLD_REQUESTS, _OLD_CODES))


def _in_batches(connection: Any, statement: str, arguments: tuple[int, ...]) -> int:
    removed = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement, arguments)
            count = int(cursor.rowcount)
            removed += count
            if count < BATCH:
                return removed
