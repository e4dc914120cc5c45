"""Freeing what a client that is gone had in hand."""

from __future__ import annotations

from typing import Any

from desk_server.desk import Desk


def free_leases(connection: Any, desk: Desk) -> int:
    """End the edit leases whose session the server no longer sees; their number.

    The row and its token stay: who comes back before anybody takes the lease goes on where he was.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk.leases_end_gone()")
        return int(cursor.fetchone()[0])
