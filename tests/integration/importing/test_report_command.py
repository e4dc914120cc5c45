"""desk-server report: JSON, table, groups, periods, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ROWS = (
    "A,Take,2020-01-01 00:00,ann,P1,high\nA,Solve,2020-01-02 00:00,ann,,\n"
    "B,Take,2020-02-01 00:00,ann,P1,low\nB,Solve,2020-02-04 00:00,ann,,\nB,Close,2020-02-05 00:00,ann,,\n"
    "C,Take,2020-02-10 00:00,ann,?,low\nD,Solve,2020-01-20 00:00,ann,?,?\n"
)


@pytest.fixture
def report(command: Callable[..., Any], import_text: Callable[..., Any]) -> Callable[..., Any]:
    import_text(ROWS, "--source", "report")
    return lambda *options: command("report", *options, "--json").json


def test_one_row_over_all(report: Callable[..., Any]) -> None:
    answer = report("resolution")
    assert set(answer) == {"definition", "rows"}
    assert answer["rows"] == [
        {
            "group": None,
            "n": 3,
            "mean_days": pytest.approx(4 / 3),
            "variance_days": pytest.approx(7 / 3),
            "sd_days": pytest.approx((7 / 3) ** 0.5),
            "median_days": 1.0,
            "p90_days": pytest.approx(2.6),
            "min_days": 0.0,
            "max_days": 3.0,
            "open": 1,
        }
    ]
    assert [row["n"] for row in report("closing")["rows"]] == [1]
    assert report("closing")["rows"][0]["variance_days"] is None


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("product", {"P1": (2, 0), "": (1, 1)}),
        ("priority", {"high": (1, 0), "low": (1, 1), "": (1, 0)}),
        ("assignee", {"": (3, 1)}),
        ("month", {"2020-01": (2, 0), "2020-02": (1, 1)}),
    ],
)
def test_groups(report: Callable[..., Any], by: str, groups: dict[str, tuple[int, int]]) -> None:
    assert {row["group"]: (row["n"], row["open"]) for row in report("resolution", "--by", by)["rows"]} == groups


def test_periods_take_both_days_in(report: Callable[..., Any]) -> None:
    assert report("resolution", "--from", "2020-01-02", "--to", "2020-01-20")["rows"][0]["n"] == 2
    assert report("resolution", "--from", "2020-02-04")["rows"][0]["n"] == 1
    assert report("resolution", "--to", "2020-01-01")["rows"][0]["n"] == 0


def test_table_for_people(report: Callable[..., Any], command: Callable[..., Any]) -> None:
    lines = command("report", "resolution", "--by", "priority").out.splitlines()
    assert lines[0].startswith("Resolution days")
    assert lines[2].split() == ["n", "mean", "variance", "sd", "median", "p90", "min", "max", "open"]
    assert [line.split()[0] for line in lines[3:]] == ["(none)", "high", "low"]
    assert lines[4].split() == ["high", "1", "1.00", "-", "-", "1.00", "1.00", "1.00", "1.00", "0"]


@pytest.mark.parametrize(
    "options",
    [
        ("resolution", "--by", "colour"),
        ("resolution", "--from", "yesterday"),
        ("resolution", "--from", "2020-02-01", "--to", "2020-01-01"),
        ("speed",),
    ],
)
def test_wrong_usage(command: Callable[..., Any], options: tuple[str, ...]) -> None:
    outcome = command("report", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Traceback" not in outcome.err


def test_a_day_that_is_none_is_said_with_an_example(command: Callable[..., Any]) -> None:
    err = command("report", "resolution", "--from", "2026-13-01").err
    assert "--from" in err
    assert "2026-13-01 is no date like 2026-11-21" in err
