"""A desk with a thousand demo tickets for the tests of the list."""

from __future__ import annotations

import datetime as dt

import pytest

from desk_client.widgets import choice_combo
from desk_server.demo.loader import seed
from tests.desks import RunningDesk

TICKETS = 1_100


@pytest.fixture(autouse=True)
def letters_belong_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where this process is held up between two of them."""
    monkeypatch.setattr(choice_combo, "LETTERS_TOGETHER_MS", 600_000)


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    """Seeded once a file."""
    seed(desk.desk, TICKETS, 7, dt.date(2026, 1, 1))
    return desk
