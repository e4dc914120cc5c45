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

__all__ = ["admin", "boss", "chain", "check", "full", "importer", "seal", "world"]


@pytest.fixture
def seal(desk: RunningDesk, world: World) -> Iterator[Callable[..., int]]:
    """``seal()``: one run of the job by the worker's own role."""
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield lambda **options: Sealer(connection, **options).run()


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
