"""A moment as it is said in passing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from desk_client import clock_words
from desk_client.clock_words import clock_text

NOON = datetime(2026, 5, 4, 12, 0, 9).astimezone()


class Noon(datetime):
    """A clock that stands still: no day ends between two looks at it."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return NOON


def test_a_day_that_is_not_today_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_words, "datetime", Noon)
    now, before = NOON, (NOON - timedelta(days=2)).astimezone()
    assert clock_text(now) == now.strftime("%H:%M")
    assert clock_text(now, seconds=True) == now.strftime("%H:%M:%S")
    assert clock_text(before) == before.strftime("%Y-%m-%d %H:%M"), "a draft of the day before yesterday says so"
    assert clock_text(None) == ""
