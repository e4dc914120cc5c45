"""Signing: what machines ask for by a one-time code, or by their own session when it is time to renew."""

from __future__ import annotations

import logging
from typing import Any

import psycopg2.errors

from desk_server.desk import Desk
from desk_server.sessions import end_sessions
from shared.errors import RequestRefusedError

# code_id is null for a renewal: there the machine's sessions go on
_OPEN = """
SELECT r.request, m.name, r.csr, r.code_id IS NOT NULL
FROM desk.signing_request AS r JOIN desk.machine AS m ON m.id = r.machine_id
WHERE r.signed_at IS NULL AND r.refused IS NULL
ORDER BY r.id LIMIT 100
"""

log = logging.getLogger(__name__)


def sign_requests(connection: Any, desk: Desk) -> int:
    """Answer every open request with a certificate or a reason; the number of certificates."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        return sum(_answer_or_leave(connection, desk, *row) for row in cursor.fetchall())


def _answer_or_leave(connection: Any, desk: Desk, request: str, machine: str, csr: str, is_enrolment: bool) -> bool:
    """A request that somebody holds waits for the next run, and no other waits for it."""
    try:
        return _answer(connection, desk, request, machine, csr, is_enrolment)
    except psycopg2.errors.LockNotAvailable:
        log.warning("the request of machine %s is held by a session; it is answered later", machine)
        return False


def _answer(connection: Any, desk: Desk, request: str, machine: str, csr: str, is_enrolment: bool) -> bool:
    """The name is the table's; of what was sent the public key alone is taken."""
    try:
        made = desk.authority.sign_request(machine, csr)
    except RequestRefusedError as error:
        log.warning("the request of machine %s was refused: %s", machine, error)
        _call(connection, "SELECT desk.certificate_refuse(%s, %s)", request, str(error))
        return False
    is_issued = bool(
        _call(
            connection,
            "SELECT desk.certificate_issue(%s, %s, %s, %s)",
            *(request, made.serial, made.not_after, made.pem.decode("ascii")),
        )
    )
    if not is_issued:  # without an answer it would be tried for ever
        _call(connection, "SELECT desk.certificate_refuse(%s, %s)", request, "The machine is shut out.")
        return False
    log.info("machine %s has a new certificate until %s", machine, made.not_after.date())
    if is_enrolment:
        end_sessions(connection, machine)  # they came in by what was just replaced; the sessions job looks again
    return True


def _call(connection: Any, statement: str, *arguments: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchone()[0]
