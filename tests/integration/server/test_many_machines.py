"""An office of five hundred machines: each finds room, without anybody's editing a file."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg2
import pytest

from desk_server.connections import with_headroom
from desk_server.desk import Desk
from desk_server.doctor import examine
from desk_server.postgres import Cluster
from desk_server.running import start_cluster
from shared.errors import DeskError
from tests.desks import RunningDesk

CHECK = "max_connections is enough for all machines"


def _add_machines(desk: RunningDesk, prefix: str, number: int) -> None:
    """Without roles and certificates: for the number alone."""
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO desk.machine (name, level) SELECT %s || n, 'query' FROM generate_series(1, %s) AS n",
            (prefix, number),
        )


def _connections(desk: Desk) -> int:
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        return int(cursor.fetchone()[0])


def _line(desk: Desk) -> Any:
    (line,) = (found for found in examine(desk) if found.check == CHECK)
    return line


def test_five_hundred_machines_fit_after_doctors_advice(fresh_desk: RunningDesk) -> None:
    desk = fresh_desk.desk
    few = _connections(desk)
    _add_machines(fresh_desk, "few-", 10)
    assert _line(desk).is_ok
    desk.cluster.stop()
    start_cluster(desk)
    assert _connections(desk) == few  # enough for those: as it was
    _add_machines(fresh_desk, "many-", 490)
    line = _line(desk)
    assert not line.is_ok
    assert "desk-server stop, desk-server start" in line.advice
    desk.cluster.stop()
    start_cluster(desk)
    assert _connections(desk) >= 3 * 500 + 50
    assert _line(desk).is_ok
    psycopg2.connect(**fresh_desk.profile("full").connect_args()).close()


def test_a_computer_without_so_much_room_starts_as_before(
    fresh_desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = fresh_desk.desk
    few = _connections(desk)
    _add_machines(fresh_desk, "many-", 500)
    desk.cluster.stop()
    start, starts = Cluster.start, []

    def second_fails(self: Cluster, port: int) -> None:
        starts.append(port)
        if len(starts) == 2:
            raise DeskError("could not create semaphores: no room")
        start(self, port)

    monkeypatch.setattr(Cluster, "start", second_fails)
    start_cluster(desk)
    assert len(starts) == 3
    assert _connections(desk) == few


def test_headroom() -> None:
    assert [with_headroom(needed) for needed in (202, 1050)] == [400, 1600]
