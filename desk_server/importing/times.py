"""Times of a log: ISO 8601 or a strptime format, with or without offset.

A time without offset is local time of the map's ``time_zone``. Where clocks go back, the first of the two equal
local hours is meant; a local time that clocks skip is read with the offset that held before the gap (PEP 495).
Fractions of a second may have any number of digits; PostgreSQL keeps six, so the rest is cut off.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

ISO = re.compile(
    r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})"
    r"(?:[Tt\s]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?\s*([Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?"
)
ISO_BASIC = re.compile(r"\d{8}(?:[Tt ]\S+)?|\d{4}-?W\d\d.*")
YEAR_DIRECTIVES = ("%Y", "%y", "%G", "%c", "%x", "%D", "%F")
SHORTHANDS = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%D": "%m/%d/%y", "%R": "%H:%M", "%e": "%d"}
YEARS = range(1900, 2200)  # as the database has it for machines; 0001 and 9999 stand for "none" in many a system
UTC_NAMES = frozenset({"UTC", "GMT", "Z"})


class TimeReader:
    """Reads the times of one log. ``read`` gives the instant in UTC or raises ValueError with a sentence."""

    def __init__(self, time_format: str = "", time_zone: str = "UTC") -> None:
        self.zone = ZoneInfo(time_zone)
        self.format = _expand(time_format)
        self._names = _zone_names(self.zone) if "%Z" in self.format else None
        fraction = re.search(r"([^%\s])%f", self.format)
        self._fraction = re.compile(re.escape(fraction[1]) + r"(\d{6})\d+") if fraction else None
        self._separator = fraction[1] if fraction else ""
        self._whole_seconds = self.format.replace(f"{self._separator}%f", "") if fraction else ""

    def read(self, text: str) -> datetime:
        """The instant that ``text`` names."""
        try:
            moment = self._instant(self._parse(text) if self.format else _parse_iso(text))
        except (ValueError, OverflowError):
            wanted = f"written as {self.format}" if self.format else "in ISO 8601"
            raise ValueError(f"the time {text[:60]!r} is not one {wanted}") from None
        if moment.year not in YEARS:
            raise ValueError(f"the time {text[:60]!r} lies outside of the years {YEARS[0]} to {YEARS[-1]}")
        return moment

    def _instant(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)

    def _parse(self, text: str) -> datetime:
        pattern, zone_name = self.format, None
        if self._names and (named := self._names.search(text)):
            zone_name = named[0]
            text = text[: named.start()] + text[named.end() :]
        pattern = pattern.replace("%Z", "")
        if self._fraction:
            text = self._fraction.sub(rf"{self._separator}\1", text)
        try:
            moment = datetime.strptime(text.strip(), pattern.strip())  # noqa: DTZ007 - the map's zone comes next
        except ValueError:
            if not self._whole_seconds:
                raise
            whole = self._whole_seconds.replace("%Z", "").strip()  # writers leave out a fraction of zero
            moment = datetime.strptime(text.strip(), whole)  # noqa: DTZ007 - as above
        return _in_named_zone(moment, zone_name, self.zone)


def check_format(time_format: str) -> None:
    """ValueError with a sentence where ``time_format`` cannot name a day of a year."""
    expanded = _expand(time_format)
    if not time_format:
        return
    if not any(directive in expanded for directive in YEAR_DIRECTIVES):
        raise ValueError("has no year (%Y): without one the time is not known")
    sample = datetime(2012, 10, 9, 14, 50, 17, tzinfo=UTC)
    try:
        datetime.strptime(sample.strftime(expanded.replace("%f", "000000")), expanded.replace("%f", "000000"))  # noqa: DTZ007 - tried alone
    except (ValueError, re.error) as error:
        raise ValueError(f"is no strptime format: {error}") from None


def _expand(time_format: str) -> str:
    for short, long in SHORTHANDS.items():
        time_format = time_format.replace(short, long)
    return time_format


def _parse_iso(text: str) -> datetime:
    parts = ISO.fullmatch(text)
    if parts is None:
        if not ISO_BASIC.fullmatch(text):  # Python would take any character for the separator
            raise ValueError(text)
        return datetime.fromisoformat(text)
    year, _, month, day, hour, minute, second, fraction, offset = parts.groups()
    return datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0")[:6].ljust(6, "0")),
        tzinfo=_offset(offset) if offset else None,
    )


def _offset(text: str) -> tzinfo:
    if text.upper() in UTC_NAMES:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError(text)
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if text[0] == "-" else distance)


def _zone_names(zone: ZoneInfo) -> re.Pattern[str]:
    names = set(UTC_NAMES)
    for year in range(1971, 2038):
        names |= {datetime(year, month, 1, tzinfo=zone).tzname() or "" for month in (1, 7)}
    words = sorted((re.escape(name) for name in names if name), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(words)})(?![A-Za-z])")


def _in_named_zone(moment: datetime, name: str | None, zone: ZoneInfo) -> datetime:
    """``%Z``: UTC and GMT are what they say; the zone's own names choose between the two equal hours."""
    if name is None or moment.tzinfo:
        return moment
    if name in UTC_NAMES:
        return moment.replace(tzinfo=UTC)
    for fold in (0, 1):
        local = moment.replace(tzinfo=zone, fold=fold)
        if local.tzname() == name:
            return local
    raise ValueError(name)
