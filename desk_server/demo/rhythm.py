"""When people work: days, hours and holidays of an office in Asia/Shanghai (UTC+8 all year round).

Times are whole seconds since 1970-01-01 UTC; a day is a number of days since then, counted at the office.
"""

from __future__ import annotations

from array import array
from datetime import UTC, date, datetime, timedelta
from functools import cache

from desk_server.demo.dice import Dice, Weighted

OFFICE_OFFSET = 8 * 3600
DAY = 86_400
HOUR = 3_600
YEARS = 3
_EPOCH = date(1970, 1, 1)

# Weights of Monday to Sunday, and of the hours of a day at the office.
_WEEKDAYS = (1.15, 1.08, 1.02, 0.98, 0.90, 0.07, 0.04)
_HOURS = Weighted(
    range(24),
    (3, 2, 1, 1, 1, 2, 4, 10, 45, 125, 150, 125, 35, 75, 140, 140, 130, 95, 32, 14, 14, 10, 6, 4),
)
_NEW_YEAR = (
    "2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 "
    "2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 "
    "2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 "
    "2040-02-12 2041-02-01 2042-01-22 2043-02-10 2044-01-30"
)
_NEW_YEAR_DAYS = {day.year: day for day in (date.fromisoformat(text) for text in _NEW_YEAR.split())}


def beginning_of(day: date) -> int:
    """The first second of that day at the office."""
    return (day - _EPOCH).days * DAY - OFFICE_OFFSET


def to_datetime(second: int) -> datetime:
    """The same instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(second, UTC)


def first_day(until: date) -> date:
    """Where the history begins that ends with the day before ``until``."""
    leap = until.month == 2 and until.day == 29
    return until.replace(year=until.year - YEARS, day=28 if leap else until.day)


def holiday_weight(day: date) -> float:
    """1 on an ordinary day, nearly 0 in the holidays, more just after the Chinese New Year."""
    new_year = _NEW_YEAR_DAYS.get(day.year)
    distance = (day - new_year).days if new_year else 99
    if -1 <= distance <= 6 or (day.month == 10 and day.day <= 7):
        return 0.06
    if day.month == 5 and day.day <= 3:
        return 0.2
    if -7 <= distance < -1:
        return 0.75
    return 1.2 if 6 < distance <= 13 else 1.0


def _day_weights(start: date, days: int) -> list[float]:
    """How busy each day is: moderate growth, week, holidays, and weeks that differ by themselves."""
    noise = Dice("weeks", start.isoformat())
    weeks = [noise.between(0.88, 1.12) for _ in range(days // 7 + 2)]
    weights = []
    for offset in range(days):
        day = start + timedelta(days=offset)
        growth = 0.75 + 0.5 * offset / days
        weights.append(growth * weeks[offset // 7] * _WEEKDAYS[day.weekday()] * holiday_weight(day))
    return weights


def logged_times(tickets: int, seed: int, until: date) -> array[int]:
    """When each of the tickets was logged, ascending: eight bytes a ticket, so that any number fits."""
    start = first_day(until)
    days = (until - start).days
    day_numbers = Weighted(range(days), _day_weights(start, days))
    dice, origin = Dice("logged", seed, tickets, until.isoformat()), beginning_of(start)
    return array(
        "q",
        sorted(
            origin + dice.weighted(day_numbers) * DAY + dice.weighted(_HOURS) * HOUR + dice.whole(0, HOUR - 1)
            for _ in range(tickets)
        ),
    )


@cache
def is_workday(day: int) -> bool:
    """Whether the office works on that day."""
    when = _EPOCH + timedelta(days=day)
    return when.weekday() < 5 and holiday_weight(when) > 0.5


def at_work(second: int, dice: Dice, overtime: float = 0.04) -> int:
    """That instant, or the next moment at which somebody is at work; some work late, whatever the hour."""
    if dice.chance(overtime):
        return second
    day, clock = divmod(second + OFFICE_OFFSET, DAY)
    if is_workday(day) and clock < 18 * HOUR:
        if clock < 9 * HOUR:
            clock = 9 * HOUR + dice.whole(0, 2 * HOUR)
        elif 12 * HOUR <= clock < 13 * HOUR:
            clock += HOUR
        return day * DAY + clock - OFFICE_OFFSET
    day += 1
    while not is_workday(day):
        day += 1
    return day * DAY + 9 * HOUR + dice.whole(0, 3 * HOUR) - OFFICE_OFFSET
