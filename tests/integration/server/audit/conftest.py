"""A desk whose audit is sealed: who does what in it, and a chain of some blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from desk_server.audit.sealing import Sealer
from desk_server.audit.verify import Verified, verify
from tests.desks import RunningDesk
from tests.integration.database.conftest import admin, boss, full, importer, world
from tests.integration.database.world import World, insert, one

__all__ = ["admin", "boss", "chain", "check", "full", "importer", "no_transactions_but_ours", "seal", "world"]


@pytest.fixture(scope="module", autouse=True)
def no_transactions_but_ours(desk: RunningDesk) -> None:
    """Sealing waits for whatever transaction is open, autovacuum's too."""
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("SELECT pg_reload_conf()")


@pytest.fixture
def seal(desk: RunningDesk, world: World) -> Iterator[Callable[..., int]]:
    """``seal()``: one run of the job by the worker's own role, with time enough unless it says how much."""
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield lambda **options: Sealer(connection, **{"run_seconds": 60.0, **options}).run()


@pytest.fixture
def check(desk: RunningDesk) -> Iterator[Callable[..., Verified]]:
    """``check()``: verify everything through a connection of the owner."""
    with closing(desk.desk.owner_connection()) as connection:
        yield lambda expected=None: verify(connection, expected)


@pytest.fixture
def chain(seal: Any, raw: Any, boss: Any, world: World) -> None:
    """At least four blocks, and private values in them."""
    full = raw("full").cursor()
    for number in range(4):
        insert(full, "contact", customer_id=world.customer, name=f"Contact {number}", phone="555-0100")
        seal()
    assert one(boss, "SELECT count(*) FROM desk.audit_block") >= 4
