"""Duration figures against figures computed here from the events, on tickets that hypothesis makes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.database import Database
from shared.domain.status import ENDED
from shared.errors import UserError
from shared.queries.reports import GROUPINGS, MEASURES, get_duration_report
from shared.schemas.reports import DurationRow
from tests.desks import RunningDesk
from tests.integration.shared.filling import Filling

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2024, 12, 30, 15, 0, tzinfo=UTC)  # an hour before midnight in ZONE, two days before a new year
STATED = {"resolution": "resolved", "closing": "closed"}
FIGURES = ("mean_days", "variance_days", "sd_days", "median_days", "p90_days", "min_days", "max_days")
NO_EVENT: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Case:
    """A ticket: status, hours after FIRST of report and of (stated status, hours after the report) events."""

    status: str
    reported: float
    events: tuple[tuple[str, float], ...]
    product: int
    priority: int
    customer: int
    assignee: int


HOURS = st.floats(0, 24 * 90, allow_nan=False).map(lambda hours: round(hours, 3))
CASES = st.builds(
    Case,
    status=st.sampled_from(["new", "open", "waiting_internal", "resolved", "closed", "cancelled"]),
    reported=st.one_of(HOURS, st.sampled_from([0.0, 0.999, 1.0, 1.001])),
    events=st.lists(st.tuples(st.sampled_from(["resolved", "closed", "open"]), HOURS), max_size=4).map(tuple),
    product=st.integers(0, 2),
    priority=st.integers(0, 2),
    customer=st.integers(0, 2),
    assignee=st.integers(0, 2),
)


class World:
    """The desk that each example fills anew."""

    def __init__(self, filling: Filling, database: Database) -> None:
        self.filling, self.database = filling, database
        customers = [filling.customer(name) for name in ("one", "two")]
        self.ids: dict[str, list[Any]] = {
            "product": [None, filling.product("P1"), filling.product("P2")],
            "priority": [None, "urgent", "low"],
            "customer": [None, *customers],
            "assignee": [None, filling.staff_id("lin"), filling.staff_id("sun")],
        }
        numbers = filling.ask("SELECT number FROM desk.customer WHERE id = ANY(%s) ORDER BY id", customers)
        self.codes = {
            "product": ["", "P1", "P2"],
            "priority": ["", "urgent", "low"],
            "customer": ["", *(row[0] for row in numbers)],
            "assignee": ["", "lin", "sun"],
        }
        filling.ask("UPDATE desk.setting SET value = %s WHERE key = 'time_zone'", ZONE.key)

    def fill(self, cases: list[Case]) -> None:
        self.filling.ask("UPDATE desk.ticket SET deleted_at = now() WHERE deleted_at IS NULL")
        for case in cases:
            reported_at = FIRST + timedelta(hours=case.reported)
            ticket = self.filling.ticket(
                status=case.status,
                reported_at=reported_at,
                product_id=self.ids["product"][case.product],
                priority=self.ids["priority"][case.priority],
                customer_id=self.ids["customer"][case.customer],
                assignee_id=self.ids["assignee"][case.assignee],
            )
            for status, hours in case.events:
                self.filling.event(ticket, reported_at + timedelta(hours=hours), status=status)

    def code(self, case: Case, by: str) -> str:
        return str(self.codes[by][getattr(case, by)])


@pytest.fixture(scope="module")
def world(desk: RunningDesk, query: Database) -> Iterator[World]:
    yield World(Filling(desk), query)


def expected_rows(world: World, cases: list[Case], measure: str, by: str | None, start: date | None, end: date | None):
    """Groups with their days and number of open tickets, by the words of the definition."""
    groups: dict[str | None, tuple[list[float], list[Case]]] = {}

    def add(case: Case, at: datetime, days: float | None) -> None:
        local = at.astimezone(ZONE)
        if (start and local.date() < start) or (end and local.date() > end):
            return
        group = None if by is None else f"{local:%Y-%m}" if by == "month" else world.code(case, by)
        found = groups.setdefault(group, ([], []))
        if days is None:
            found[1].append(case)
        else:
            found[0].append(days)

    for case in cases:
        reported_at = FIRST + timedelta(hours=case.reported)
        last = max((hours for status, hours in case.events if status == STATED[measure]), default=None)
        if last is not None:
            add(case, reported_at + timedelta(hours=last), last / 24)
        if case.status not in ENDED:
            add(case, reported_at, None)
    return {group: (days, len(opened)) for group, (days, opened) in groups.items()}


def assert_figures(row: DurationRow, days: list[float]) -> None:
    assert row.n == len(days)
    if not days:
        assert all(getattr(row, name) is None for name in FIGURES)
        return
    ordered = sorted(days)
    close = {"rel_tol": 1e-6, "abs_tol": 1e-6}
    assert math.isclose(row.mean_days or 0, statistics.fmean(days), **close)
    assert math.isclose(row.median_days or 0, statistics.median(days), **close)
    assert math.isclose(row.p90_days or 0, interpolated(ordered, 0.9), **close)
    assert math.isclose(row.min_days or 0, ordered[0], **close)
    assert math.isclose(row.max_days or 0, ordered[-1], **close)
    if len(days) == 1:
        assert row.variance_days is None
        assert row.sd_days is None
    else:
        assert math.isclose(row.variance_days or 0, statistics.variance(days), **close)
        assert math.isclose(row.sd_days or 0, statistics.stdev(days), **close)


def interpolated(ordered: list[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


PERIODS = st.one_of(st.none(), st.dates(date(2024, 12, 29), date(2025, 4, 1)))


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # shrinking against a real database outlasts the test's time
)
@given(cases=st.lists(CASES, max_size=14), start=PERIODS, end=PERIODS)
def test_figures_are_those_of_an_independent_computation(
    world: World, cases: list[Case], start: date | None, end: date | None
) -> None:
    world.fill(cases)
    for measure in MEASURES:
        for by in (None, *GROUPINGS):
            with world.database.reading() as conn:
                report = get_duration_report(conn, measure, by, start, end)
            expected = expected_rows(world, cases, measure, by, start, end)
            if by is None:
                expected.setdefault(None, ([], 0))
            assert [row.group for row in report.rows] == sorted(expected, key=str)
            for row in report.rows:
                days, opened = expected[row.group]
                assert_figures(row, days)
                assert row.open == opened


def test_a_reopened_ticket_counts_in_both(world: World) -> None:
    world.fill([Case("open", 0, (("resolved", 24.0),), 1, 1, 1, 1)])
    with world.database.reading() as conn:
        (row,) = get_duration_report(conn, "resolution", "product").rows
    assert (row.group, row.n, row.mean_days, row.open) == ("P1", 1, 1.0, 1)


def test_only_open_tickets_make_a_group(world: World) -> None:
    world.fill([Case("open", 0, NO_EVENT, 2, 0, 0, 0)])
    with world.database.reading() as conn:
        (row,) = get_duration_report(conn, "closing", "product").rows
    assert (row.group, row.n, row.mean_days, row.open) == ("P2", 0, None, 1)


def test_the_report_defines_itself_and_refuses_what_it_does_not_know(world: World) -> None:
    with world.database.reading() as conn:
        assert "reported at" in get_duration_report(conn, "resolution").definition
        with pytest.raises(UserError, match="no report"):
            get_duration_report(conn, "cooking")
        with pytest.raises(UserError, match="No grouping"):
            get_duration_report(conn, "closing", "colour")
