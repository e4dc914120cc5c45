"""Two real logs, imported by the maps in examples/: the figures that are known of them, to 1e-6.

Computed three times: known figures, the report's SQL, and Python from the rows of the file.
"""

from __future__ import annotations

import csv
import statistics
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"
HELPDESK, VOLVO = DATA / "helpdesk_log.csv", DATA / "volvo_closed_problems.csv"
EXACT = 1e-6

pytestmark = pytest.mark.skipif(
    not (HELPDESK.exists() and VOLVO.exists()), reason=f"the real logs are not in {DATA}: their figures are not checked"
)


@pytest.fixture
def imported(command: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """The command line of a desk that has both logs."""
    for log in (HELPDESK, VOLVO):
        result = command("import", "log", log, "--map", ROOT / "examples" / f"{log.stem}.toml", "--json").json
        assert result["rejects"] == []
    yield command


def days(log: Path, case: str, event: str, at: str, stated: set[str]) -> list[float]:
    """Days from a case's first event to its last one of ``stated``: straight from the file."""
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    with log.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            moment = datetime.fromisoformat(row[at])
            first[row[case]] = min(first.get(row[case], moment), moment)
            if row[event] in stated:
                last[row[case]] = max(last.get(row[case], moment), moment)
    return [(end - first[name]).total_seconds() / 86_400 for name, end in last.items()]


def only_row(report: dict[str, Any], group: str | None = None) -> dict[str, Any]:
    [row] = [row for row in report["rows"] if row["group"] == group]
    return dict(row)


def test_helpdesk_log(command: Callable[..., Any], imported: Callable[..., Any], ask: Callable[..., Any]) -> None:
    # by product keeps the logs apart: all of the helpdesk's tickets have the default product
    resolution = only_row(command("report", "resolution", "--by", "product", "--json").json, "Imported")
    closing = only_row(command("report", "closing", "--json").json)
    assert (resolution["n"], closing["n"]) == (4569, 4559)
    assert resolution["mean_days"] == pytest.approx(11.538018, abs=EXACT)
    assert resolution["variance_days"] == pytest.approx(150.841881, abs=EXACT)
    assert resolution["variance_days"] * 4568 / 4569 == pytest.approx(150.808866, abs=EXACT)
    assert resolution["median_days"] == pytest.approx(6.657928, abs=EXACT)
    assert closing["mean_days"] == pytest.approx(40.840929, abs=EXACT)
    for row, event in ((resolution, "Resolve ticket"), (closing, "Closed")):
        check(row, days(HELPDESK, "case:concept:name", "Activity", "time:timestamp", {event}))
    assert ask(
        "SELECT count(*), count(DISTINCT ticket_id), count(DISTINCT what), count(DISTINCT person_id), min(e.at)::text,"
        " max(e.at)::text FROM desk.ticket_event e JOIN desk.ticket t ON t.id = e.ticket_id"
        " WHERE t.import_source = 'helpdesk'"
    )[0][:4] == (21348, 4580, 14, 22)
    assert ask(
        "SELECT what, count(*) FROM desk.ticket_event e JOIN desk.ticket t ON t.id = e.ticket_id"
        " WHERE t.import_source = 'helpdesk' GROUP BY 1 ORDER BY 2 DESC LIMIT 4"
    ) == [("Take in charge ticket", 5060), ("Resolve ticket", 4983), ("Assign seriousness", 4938), ("Closed", 4574)]
    assert ask(
        "SELECT extract(year FROM reported_at)::int, count(*) FROM desk.ticket WHERE import_source = 'helpdesk'"
        " GROUP BY 1 ORDER BY 1"
    ) == [(2010, 977), (2011, 1518), (2012, 1412), (2013, 673)]


def test_volvo_closed_problems(
    command: Callable[..., Any], imported: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    # helpdesk tickets have no priority, so the groups with one are Volvo's
    report = command("report", "resolution", "--by", "priority", "--json").json
    figures = {
        "Major": (135, 102.897725, 33795.028),
        "High": (306, 136.618800, 50442.751),  # beside the desk's own high: the log's scale stays whole
        "Medium": (811, 209.068230, 59969.042),
        "Low": (235, 173.388183, 56860.457),
    }
    for group, (n, mean, variance) in figures.items():
        row = only_row(report, group)
        assert row["n"] == n
        assert row["mean_days"] == pytest.approx(mean, abs=EXACT)
        assert row["variance_days"] * (n - 1) / n == pytest.approx(variance, abs=5e-4)  # known to three places
    by_product = command("report", "resolution", "--by", "product", "--json").json["rows"]
    volvo = [row for row in by_product if row["group"] != "Imported"]
    assert (len(volvo), sum(row["n"] for row in volvo)) == (337, 1487)
    by_customer = command("report", "resolution", "--by", "customer", "--json").json
    [(number,)] = ask("SELECT number FROM desk.customer WHERE name = 'Volvo IT'")
    row = only_row(by_customer, number)
    assert (row["n"], row["min_days"]) == (1487, 0)
    assert row["mean_days"] == pytest.approx(178.881710, abs=EXACT)
    assert row["variance_days"] == pytest.approx(56572.679705, abs=EXACT)
    assert row["variance_days"] * 1486 / 1487 == pytest.approx(56534.634863, abs=EXACT)
    assert row["median_days"] == pytest.approx(81.980532, abs=EXACT)
    assert row["p90_days"] == pytest.approx(527.541377, abs=EXACT)
    assert row["max_days"] == pytest.approx(2254.848507, abs=EXACT)
    check(row, days(VOLVO, "case:concept:name", "concept:name", "time:timestamp", {"Completed"}))
    assert ask(
        "SELECT count(*), count(DISTINCT e.person_id), count(DISTINCT t.product_id) FROM desk.ticket_event e"
        " JOIN desk.ticket t ON t.id = e.ticket_id WHERE t.import_source = 'volvo-problems'"
    ) == [(6660, 585, 337)]


def check(row: dict[str, Any], computed: list[float]) -> None:
    """A row of a report against figures computed here."""
    computed.sort()
    place = 0.9 * (len(computed) - 1)
    below = computed[int(place)]
    p90 = below + (place - int(place)) * (computed[min(int(place) + 1, len(computed) - 1)] - below)
    expected = {
        "n": len(computed),
        "mean_days": statistics.fmean(computed),
        "variance_days": statistics.variance(computed),
        "sd_days": statistics.stdev(computed),
        "median_days": statistics.median(computed),
        "p90_days": p90,
        "min_days": computed[0],
        "max_days": computed[-1],
    }
    assert {key: row[key] for key in expected} == pytest.approx(expected, abs=EXACT)


def test_importing_the_logs_again_brings_nothing(command: Callable[..., Any], imported: Callable[..., Any]) -> None:
    result = command("import", "log", HELPDESK, "--map", ROOT / "examples" / "helpdesk_log.toml", "--json").json
    assert (result["rows"], result["tickets"], result["events"], result["updated"]) == (21348, 0, 0, 0)


def test_audit_and_search_have_an_entry_for_each(imported: Callable[..., Any], ask: Callable[..., Any]) -> None:
    audited = "SELECT entity, count(*) FROM desk.audit_entry WHERE entity IN ('ticket', 'ticket_event') GROUP BY 1"
    assert dict(ask(audited)) == {"ticket": 4580 + 1487, "ticket_event": 21348 + 6660}
    assert ask("SELECT count(*) FROM desk.search_public WHERE entity = 'ticket'") == [(4580 + 1487,)]
    assert ask("SELECT count(*), sum(events) FROM desk.ticket_summary") == [(6067, 28008)]
