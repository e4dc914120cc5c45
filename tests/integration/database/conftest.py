"""The filled desk of a test file, and a cursor for each kind of machine."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from tests.desks import RunningDesk
from tests.integration.database.world import World, fill, insert


@pytest.fixture(scope="module")
def world(desk: RunningDesk) -> World:
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        return fill(cursor)


@pytest.fixture
def full(world: World, raw: Any) -> Any:
    """A cursor of the full machine pc-full, at which lin sits."""
    return raw("full").cursor()


@pytest.fixture
def full2(world: World, raw: Any) -> Any:
    """A cursor of a second full machine."""
    return raw("full2").cursor()


@pytest.fixture
def query(world: World, raw: Any) -> Any:
    """A cursor of the query-only machine."""
    return raw("query").cursor()


@pytest.fixture
def admin(world: World, raw: Any) -> Any:
    """A cursor of the administrator's machine."""
    return raw("admin").cursor()


@pytest.fixture
def boss(world: World, owner: Any) -> Any:
    """A cursor of the superuser."""
    return owner.cursor()


@pytest.fixture
def importer(world: World, desk: RunningDesk, owner: Any) -> Any:
    """A cursor under SET ROLE desk_import."""
    return desk.owner(role="desk_import").cursor()


@pytest.fixture
def ticket(world: World, full: Any) -> int:
    """A new ticket made by pc-full."""
    return insert(full, "ticket", **world.ticket())
