"""Room for the machines of an embedded desk: how many connections PostgreSQL takes."""

from __future__ import annotations

import logging
from contextlib import closing

from desk_server.account_files import read_file
from desk_server.desk import Desk
from shared.errors import DeskError

_ALTERED = "postgresql.auto.conf"
# a client has three (reads, saves, and one that hears of others' changes); some are for those who look after the desk
NEEDED = "SELECT 3 * count(*) + 50 FROM desk.machine WHERE level <> 'none' AND deleted_at IS NULL"

log = logging.getLogger(__name__)


def with_headroom(needed: int) -> int:
    """For half as many machines again, so that not every start finds it too small."""
    return -(-needed * 3 // 200) * 100


def make_room(desk: Desk) -> None:
    """Where the machines have become too many for the running cluster, start it again with more connections."""
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('max_connections')::int, ({NEEDED})")
        there, needed = cursor.fetchone()
        if there >= needed:
            return
        before = read_file(desk.account, desk.cluster_folder / _ALTERED)
        cursor.execute(f"ALTER SYSTEM SET max_connections = {with_headroom(needed):d}")
    desk.cluster.stop()
    try:
        desk.cluster.start(desk.settings.port)
    except DeskError as error:
        log.warning("this computer has no room for %s connections: %s", with_headroom(needed), error)
        desk.cluster.write_file(_ALTERED, before)
        desk.cluster.start(desk.settings.port)
