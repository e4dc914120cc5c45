"""Demo data in a real desk: complete, once only, resumable, and within all the rules."""

from __future__ import annotations

import time
from datetime import date

import pytest

from desk_server.demo import seed
from tests.desks import RunningDesk

UNTIL = date(2026, 6, 1)


@pytest.fixture(scope="module")
def seeded(desk: RunningDesk) -> RunningDesk:
    started = time.perf_counter()
    result = seed(desk.desk, 300, 1, UNTIL)
    print(result, time.perf_counter() - started)
    assert result.added == 300
    return desk


def test_all_tickets_are_there_with_their_history(seeded: RunningDesk) -> None:
    with seeded.owner().cursor() as cursor:
        cursor.execute("SELECT count(*), min(number), max(number) FROM desk.ticket WHERE origin = 'seed'")
        assert cursor.fetchone() == (300, 10001, 10300)
