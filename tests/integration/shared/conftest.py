"""The data layer on machines' own certificates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.database import Database
from tests.desks import RunningDesk


@pytest.fixture(scope="module")
def full(desk: RunningDesk) -> Iterator[Database]:
    """The database as a full machine with one person has it."""
    database = desk.database("full")
    yield database
    database.close()


@pytest.fixture(scope="module")
def query(desk: RunningDesk) -> Iterator[Database]:
    """The database as a query-only machine has it."""
    database = desk.database("query")
    yield database
    database.close()
