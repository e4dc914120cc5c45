"""When tickets are logged: week, hours, holidays and growth of an office in Asia/Shanghai."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk_server.demo.dice import Dice, Weighted
from desk_server.demo.rhythm import (
    HOUR,
    at_work,
    beginning_of,
    first_day,
    holiday_weight,
    is_workday,
    logged_times,
    to_datetime,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNTIL = date(2026, 6, 1)


@pytest.fixture(scope="module")
def logged() -> list[datetime]:
    return [to_datetime(second).astimezone(SHANGHAI) for second in logged_times(20_000, 1, UNTIL)]


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert to_datetime(beginning_of(UNTIL)).astimezone(SHANGHAI) == datetime(2026, 6, 1, tzinfo=SHANGHAI)


def test_three_years_in_order_up_to_the_end(logged: list[datetime]) -> None:
    assert logged == sorted(logged)
    assert logged[0].date() == date(2023, 6, 1)
    assert logged[-1].date() in (date(2026, 5, 29), date(2026, 5, 30), date(2026, 5, 31))


def test_the_end_on_a_leap_day() -> None:
    assert first_day(date(2028, 2, 29)) == date(2025, 2, 28)


def test_most_is_logged_in_office_hours_with_a_dip_at_lunch(logged: list[datetime]) -> None:
    hours = Counter(moment.hour for moment in logged)
    assert sum(hours[hour] for hour in range(9, 18)) > 0.82 * len(logged)
    assert hours[12] < 0.5 * min(hours[11], hours[14])
    assert hours[3] < 0.01 * len(logged)


def test_few_are_logged_on_weekends(logged: list[datetime]) -> None:
    weekdays = Counter(moment.weekday() for moment in logged)
    assert 0 < weekdays[5] + weekdays[6] < 0.04 * len(logged)
    assert weekdays[0] > weekdays[4]


def test_the_new_year_holidays_are_quiet(logged: list[datetime]) -> None:
    days = Counter(moment.date() for moment in logged)
    new_year = date(2025, 1, 29)
    quiet = sum(days[new_year + timedelta(days=offset)] for offset in range(-1, 7))
    before = sum(days[new_year + timedelta(days=offset)] for offset in range(-36, -28))
    assert quiet < 0.2 * before
    assert holiday_weight(new_year) < 0.1 < holiday_weight(date(2025, 3, 12))


def test_the_third_year_is_busier_than_the_first(logged: list[datetime]) -> None:
    first = sum(moment.date() < date(2024, 6, 1) for moment in logged)
    third = sum(moment.date() >= date(2025, 6, 1) for moment in logged)
    assert 1.2 * first < third < 2 * first


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-27T10:15", "2026-05-27T10:15"),
        ("2026-05-27T12:20", "2026-05-27T13:20"),
        ("2026-05-27T05:00", "2026-05-27"),
        ("2026-05-27T19:00", "2026-05-28"),
        ("2026-05-29T20:00", "2026-06-01"),  # Friday evening: Monday
        ("2026-02-14T10:00", "2026-02-24"),  # Saturday before the New Year: after the holidays
    ],
)
def test_work_is_done_when_somebody_is_there(moment: str, expected: str) -> None:
    second = int(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI).timestamp())
    done = to_datetime(at_work(second, Dice(moment), overtime=0)).astimezone(SHANGHAI)
    assert done.isoformat().startswith(expected)
    assert 9 <= done.hour < 18


def test_weekends_and_holidays_are_no_workdays() -> None:
    def number(day: date) -> int:
        return (beginning_of(day) + 8 * HOUR) // 86_400

    assert is_workday(number(date(2026, 5, 27)))
    assert not is_workday(number(date(2026, 5, 30)))
    assert not is_workday(number(date(2026, 10, 2)))


def test_draws_depend_on_their_key_alone() -> None:
    assert [Dice("a", 1).share() for _ in range(2)] == [Dice("a", 1).share()] * 2
    assert Dice("a", 1).share() != Dice("a", 2).share()


def test_draws_keep_to_their_weights_and_limits() -> None:
    dice, values = Dice("weights"), Weighted("abc", (8, 2, 0))
    drawn = Counter(dice.weighted(values) for _ in range(5000))
    assert 0.77 < drawn["a"] / 5000 < 0.83
    assert drawn["c"] == 0
    assert {dice.whole(1, 3) for _ in range(200)} == {1, 2, 3}
    assert abs(sum(dice.count(1.5) for _ in range(5000)) / 5000 - 1.5) < 0.1
    many = sorted(dice.lognormal(10, 1) for _ in range(5001))
    assert 9 < many[2500] < 11
