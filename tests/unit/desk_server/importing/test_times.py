"""Times of logs: ISO 8601, strptime formats, offsets and zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_server.importing.times import TimeReader, check_format

NOON = datetime(2012, 10, 9, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2012-10-09T12:00:00Z", NOON),
        ("2012-10-09 12:00:00+00:00", NOON),
        ("2012-10-09 14:00:00+0200", NOON),
        ("2012-10-09 14:00:00 +02:00", NOON),
        ("2012-10-09T14:00+02", NOON),
        ("2012-10-09t12:00:00z", NOON),
        ("2012-10-09 12:00:00 UTC", NOON),
        ("20121009T120000Z", NOON),
        ("2012-W41-2T12:00:00Z", NOON),
        ("20121009", datetime(2012, 10, 9, tzinfo=UTC)),
        ("2012-10-09T06:30:00-05:30", NOON),
        ("2012-10-09T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2012-10-09T12:00:00,250Z", NOON + timedelta(milliseconds=250)),
        ("2012-10-09T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2012-10-09", datetime(2012, 10, 9, tzinfo=UTC)),
        ("2012-1-9 4:05:06", datetime(2012, 1, 9, 4, 5, 6, tzinfo=UTC)),
        ("2012/1/9 4:05", datetime(2012, 1, 9, 4, 5, tzinfo=UTC)),
    ],
)
def test_iso_times(text: str, instant: datetime) -> None:
    assert TimeReader().read(text) == instant


@pytest.mark.parametrize(
    ("time_format", "text", "instant"),
    [
        ("%Y/%m/%d %H:%M:%S.%f", "2012/10/09 12:00:00.000", NOON),
        ("%Y/%m/%d %H:%M:%S.%f", "2012/1/9 4:05:06.1", datetime(2012, 1, 9, 4, 5, 6, 100000, tzinfo=UTC)),
        ("%Y/%m/%d %H:%M:%S.%f", "2012/10/09 12:00:00.123456789", NOON + timedelta(microseconds=123456)),
        ("%Y/%m/%d %H:%M:%S.%f", "2012/10/09 12:00:00", NOON),
        ("%d.%m.%Y %H:%M:%S,%f", "9.10.2012 12:00:00,1234567", NOON + timedelta(microseconds=123456)),
        ("%m/%d/%Y %I:%M %p", "10/9/2012 12:00 PM", NOON),
        ("%d-%b-%y %H:%M", "09-Oct-12 12:00", NOON),
        ("%d-%m-%Y %H:%M:%S%z", "9-10-2012 14:00:00+0200", NOON),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2012-10-09T14:00:00.000000000+02:00", NOON),
        ("%a %b %d %H:%M:%S %Z %Y", "Tue Oct 09 12:00:00 UTC 2012", NOON),
        ("%F %T", "2012-10-09 12:00:00", NOON),
        ("%Y%m%d%H%M%S", "20121009120000", NOON),
        ("%d/%m/%Y", "9/10/2012", datetime(2012, 10, 9, tzinfo=UTC)),
        ("%Y年%m月%d日 %H时%M分", "2012年10月9日 12时00分", NOON),
    ],
)
def test_strptime_formats(time_format: str, text: str, instant: datetime) -> None:
    check_format(time_format)
    assert TimeReader(time_format).read(text) == instant


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        ("Europe/Rome", "2012-07-01 12:00:00", "2012-07-01T10:00:00+00:00"),
        ("Europe/Rome", "2012-01-01 12:00:00", "2012-01-01T11:00:00+00:00"),
        ("Europe/Rome", "2012-07-01 12:00:00+00:00", "2012-07-01T12:00:00+00:00"),  # an offset goes before the zone
        ("Europe/Rome", "2012-03-25 02:30:00", "2012-03-25T01:30:00+00:00"),  # skipped: the offset before the gap
        ("Europe/Rome", "2012-10-28 02:30:00", "2012-10-28T00:30:00+00:00"),  # twice there: the first
        ("Asia/Shanghai", "2019-02-28 11:25:05", "2019-02-28T03:25:05+00:00"),
    ],
)
def test_times_without_offset_are_local(zone: str, text: str, utc: str) -> None:
    assert TimeReader("", zone).read(text).isoformat() == utc


def test_zone_names_choose_between_the_two_equal_hours() -> None:
    reader = TimeReader("%Y-%m-%d %H:%M %Z", "Europe/Rome")
    assert reader.read("2012-10-28 02:30 CEST").isoformat() == "2012-10-28T00:30:00+00:00"
    assert reader.read("2012-10-28 02:30 CET").isoformat() == "2012-10-28T01:30:00+00:00"


@pytest.mark.parametrize(
    ("time_format", "text"),
    [
        ("", "31/12/2012 10:00"),
        ("", "2012-13-01"),
        ("", "2012-02-30 10:00:00"),
        ("", "2012-10-09 25:00:00"),
        ("", "yesterday"),
        ("", "1325419200"),
        ("", "201210091120000"),
        ("", "2012-10-09 10:00:00 +02:99"),
        ("", "0001-01-01T00:00:00+14:00"),
        ("", "0001-01-01T00:00:00Z"),
        ("", "9999-12-31 23:59:59"),
        ("%Y/%m/%d %H:%M:%S", "2012-10-09 12:00:00"),
        ("%Y/%m/%d %H:%M:%S", "2012/10/09 12:00:00.5"),
        ("%Y-%m-%d %H:%M %Z", "2012-07-01 10:00 CET"),  # Rome is at CEST then
    ],
)
def test_what_is_no_time_is_refused(time_format: str, text: str) -> None:
    with pytest.raises(ValueError, match="the time"):
        TimeReader(time_format, "Europe/Rome").read(text)


@pytest.mark.parametrize("time_format", ["%H:%M", "%d.%m. %H:%M", "%Y %Q", "%Y-%m-%d %"])
def test_a_useless_format_is_refused(time_format: str) -> None:
    with pytest.raises(ValueError, match=r"has no year|is no strptime format"):
        check_format(time_format)


instants = st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - naive on purpose
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(instants, offsets, st.sampled_from([" ", "T"]))
def test_every_iso_time_with_offset_is_read_exactly(naive: datetime, offset: timezone, separator: str) -> None:
    moment = naive.replace(tzinfo=offset)
    assert TimeReader("", "Asia/Tokyo").read(moment.isoformat(separator)) == moment


@settings(max_examples=200, deadline=None, derandomize=True)
@given(instants, st.sampled_from(["%d.%m.%Y %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S,%f", "%m-%d-%Y %I:%M:%S.%f %p"]))
def test_every_formatted_time_is_read_exactly(naive: datetime, time_format: str) -> None:
    assert TimeReader(time_format).read(naive.strftime(time_format)) == naive.replace(tzinfo=UTC)
