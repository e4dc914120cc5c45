"""A moment as it is said in passing."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk_client.clock_words import clock_text


def test_a_day_that_is_not_today_is_said() -> None:
    now = datetime.now().astimezone()
    before = now - timedelta(days=2)
    assert clock_text(now) == now.strftime("%H:%M")
    assert clock_text(now, seconds=True) == now.strftime("%H:%M:%S")
    assert clock_text(before) == before.strftime("%Y-%m-%d %H:%M"), "a draft of the day before yesterday says so"
    assert clock_text(None) == ""
