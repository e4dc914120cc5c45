"""The desk under attack: filled with a small world, secrets in it, and a cursor for each kind of machine."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from tests.desks import RunningDesk
from tests.integration.database.world import World, fill


@pytest.fixture(scope="module")
def world(desk: RunningDesk) -> World:
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        return fill(cursor)


@pytest.fixture
def query(world: World, raw: Any) -> Any:
    """A cursor of the query-only machine: the attacker, unless a test says otherwise."""
    return raw("query").cursor()


@pytest.fixture
def full(world: World, raw: Any) -> Any:
    """A cursor of the full machine pc-full, at which lin sits."""
    return raw("full").cursor()


@pytest.fixture
def admin(world: World, raw: Any) -> Any:
    """A cursor of the administrator's machine."""
    return raw("admin").cursor()


@pytest.fixture
def boss(world: World, owner: Any) -> Any:
    """A cursor of the superuser: the positive control."""
    return owner.cursor()
