"""Live sessions: those that may not be any more are ended, and of the others it is noted who was there."""

from __future__ import annotations

from typing import Any

from desk_server.desk import Desk
from desk_server.sessions import end_outdated


def end_outdated_sessions(connection: Any, desk: Desk) -> int:
    """Sessions of machines whose level fell or was taken, and of replaced certificates; their number.

    Whoever changes a level ends the sessions himself. This is for him who did not, and for who slipped in.
    """
    return end_outdated(connection)


def note_sessions(connection: Any, desk: Desk) -> int:
    """When and from where machines were seen, and which certificates came into use; nothing to tell of in a log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk.certificates_seen()")
    return 0
