"""A desk with a thousand demo tickets for the tests of the list."""

from __future__ import annotations

import datetime as dt

import pytest

from desk_server.demo.loader import seed
from tests.desks import RunningDesk

TICKETS = 1_100


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    """Seeded once a file."""
    seed(desk.desk, TICKETS, 7, dt.date(2026, 1, 1))
    return desk
