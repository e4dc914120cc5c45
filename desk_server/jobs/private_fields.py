"""Search entries that still follow a field's privacy: an administrator's client may have gone before the end."""

from __future__ import annotations

from typing import Any

from desk_server.desk import Desk

PORTION = 500
_PORTIONS_A_RUN = 10  # others' jobs wait meanwhile


def move_search_entries(connection: Any, desk: Desk) -> int:
    """Move some portions, a transaction each; the number of portions."""
    with connection.cursor() as cursor:
        for done in range(_PORTIONS_A_RUN):
            cursor.execute("SELECT EXISTS (SELECT FROM desk.search_move)")
            if not cursor.fetchone()[0]:
                return done
            cursor.execute("SELECT desk.field_private_move(%s)", (PORTION,))
    return _PORTIONS_A_RUN
