"""Events a second of ``desk-server import log``: the whole command, into a filled desk, all triggers on.

``python -m bench.import_speed --seeded 5000 [--events 100000 | --log FILE --map MAP]`` makes a desk in a folder of its
own (durable, as in production), fills it with demo data, imports the log, then the same log again, and prints a table
with what audit, search and summaries gained. Without --log it imports a log that it generates itself.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desk_server import demo
from tests.desks import RunningDesk, copy_desk, make_test_root, remove_folder, template_desk

GOAL = 3_000
EVENTS = ("Register", "Take", "Wait", "Solve", "Close", "Call back")
MAP = """
[log]
ticket = "case"
event = "activity"
at = "time"
by = "person"
[ticket]
product = "product"
customer = "customer"
subject = "title"
priority = "priority"
[status]
"Take" = "open"
"Wait" = "waiting_customer"
"Solve" = "resolved"
"Close" = "closed"
"""
COUNTS = """
SELECT (SELECT count(*) FROM desk.ticket), (SELECT count(*) FROM desk.ticket_event),
    (SELECT count(*) FROM desk.audit_entry WHERE entity = 'ticket'),
    (SELECT count(*) FROM desk.audit_entry WHERE entity = 'ticket_event'),
    (SELECT count(*) FROM desk.search_public WHERE entity = 'ticket'),
    (SELECT count(*) FROM desk.ticket_summary)
"""
COUNTED = ("tickets", "events", "tickets audited", "events audited", "tickets searchable", "summaries")


def write_log(file: Path, events: int, seed: int = 7) -> None:
    """About five events a ticket, in the order of time."""
    dice = random.Random(seed)
    start, tickets = datetime(2015, 1, 1, tzinfo=UTC), max(1, events // 5)
    span = timedelta(days=3650).total_seconds()
    times = sorted(dice.random() * span for _ in range(events))
    with file.open("w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(["case", "activity", "time", "person", "product", "customer", "title", "priority"])
        for number, seconds in enumerate(times):
            # neighbours in time belong to few tickets, as in a real log
            case = min(tickets - 1, max(0, number // 5 + dice.randrange(-20, 21)))
            rows.writerow(
                [
                    f"B-{case}",
                    dice.choice(EVENTS),
                    (start + timedelta(seconds=seconds)).isoformat(),
                    f"person {dice.randrange(60)}",
                    f"BX-{case % 40}",
                    f"Customer {case % 300}",
                    f"Box {case} shows no picture after the update, customer asks for help",
                    dice.choice(["high", "normal", "low"]),
                ]
            )


def run_command(desk: RunningDesk, log: Path, log_map: Path) -> tuple[float, dict[str, Any]]:
    """Wall seconds of the whole command, start of Python included, and its result."""
    command = [sys.executable, "-m", "desk_server", "import", "log", str(log), "--map", str(log_map), "--json"]
    began = time.perf_counter()
    done = subprocess.run([*command, "--data", str(desk.desk.data)], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stderr)
    return seconds, json.loads(done.stdout)


def counts(desk: RunningDesk) -> tuple[int, ...]:
    with desk.owner().cursor() as cursor:
        cursor.execute(COUNTS)
        return tuple(cursor.fetchone())


def measure(desk: RunningDesk, log: Path, log_map: Path) -> bool:
    before = counts(desk)
    for title in ("first run", "same log again"):
        seconds, result = run_command(desk, log, log_map)
        rate = result["rows"] / seconds
        print(
            f"{title:<15} {result['rows']:>9,} rows  {result['tickets']:>8,} tickets  {result['events']:>9,} events"
            f"  {seconds:>7.2f} s  {rate:>8,.0f} rows/s"
        )
        if title == "first run":
            reached = rate >= GOAL
    for name, old, new in zip(COUNTED, before, counts(desk), strict=True):
        print(f"{name:<20} {old:>9,} -> {new:>9,}  (+{new - old:,})")
    return reached


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeded", type=int, default=5_000)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--log", type=Path)
    options.add_argument("--map", type=Path)
    chosen = options.parse_args()
    root = make_test_root()
    desk = copy_desk(template_desk(), root / "desk", durable=True)
    try:
        demo.seed(desk.desk, chosen.seeded, 1, None)
        with tempfile.TemporaryDirectory() as folder:
            log, log_map = chosen.log or Path(folder) / "log.csv", chosen.map or Path(folder) / "map.toml"
            if chosen.log is None:
                write_log(log, chosen.events)
                log_map.write_text(MAP, encoding="utf-8")
            reached = measure(desk, log, log_map)
    finally:
        desk.remove()
        remove_folder(root)
    print(f"goal: {GOAL:,} events/s: {'reached' if reached else 'MISSED'}")
    raise SystemExit(0 if reached else 1)


if __name__ == "__main__":
    main()
