"""O1 to O6 of the common workload through the desk's own data layer, beside bare psycopg2 in the same run.

``python -m bench.data_layer --tickets 100000`` makes a desk in a folder of its own, fills it and the floor's tables
with the same tickets, and prints a table. The clock runs from the call that the window makes until the frozen
schemas are there; both go through one TLS connection of a full machine.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2

from bench.dataset import COMMON_WORD, PRODUCTS, RARE_WORDS, make_tickets
from bench.floor import Floor, fill_floor
from bench.loading import fill_desk
from shared.database import Database
from shared.domain.status import ACTIVE
from shared.queries.reference import get_reference
from shared.queries.session import get_session
from shared.queries.tickets import count_views, get_anchors, get_history, get_ticket, list_tickets
from shared.schemas.ticket import CommentText, TicketCreate, TicketUpdate, TicketValues
from shared.schemas.ticket_listing import SortKey, TicketFilter, TicketListing
from shared.services.tickets import create_ticket, update_ticket
from tests.desks import RunningDesk, copy_desk, make_test_root, remove_folder, template_desk

WARM_UP, MEASURED = 6, 50
COMMENT = (
    "The customer sent the log of the box and a video of the screen; the picture breaks up after a change of channel."
)
Timings = dict[str, list[float]]


class Ours:
    """The operations as a window calls them."""

    def __init__(self, database: Database, products: list[int]) -> None:
        self._database, self._products = database, products
        with database.reading() as conn:
            self._private = get_session(conn).readable_private

    def _list(self, wanted: TicketFilter, **more: Any) -> int:
        listing = TicketListing(filter=wanted, **more)
        with self._database.reading() as conn:
            return len(list_tickets(conn, listing, readable_private=self._private, limit=50).rows)

    def list_open(self) -> int:
        return self._list(TicketFilter(status=("open",)))

    def list_filtered(self, product: int, word: str) -> int:
        return self._list(TicketFilter(status=("open",), product_id=self._products[product - 1], text=word))

    def search(self, word: str) -> int:
        return self._list(TicketFilter(text=word))

    def list_sorted(self, sort: SortKey) -> int:
        return self._list(TicketFilter(), sort=sort)

    def open_ticket(self, ticket_id: int) -> int:
        with self._database.reading() as conn:
            get_ticket(conn, ticket_id)
            lines = get_history(conn, ticket_id, readable_private=self._private)
        return sum(line.line == "comment" for line in lines)

    def create(self, values: TicketValues) -> int:
        with self._database.unit_of_work() as session:
            create_ticket(session, TicketCreate(save_id=uuid.uuid4(), values=values))
        return 1

    def update(self, ticket_id: int, version: int, status: str, comment: str) -> int:
        change = TicketUpdate(
            id=ticket_id,
            row_version=version,
            save_id=uuid.uuid4(),
            values=TicketValues(status=status),
            comment=CommentText(body=comment),
            comment_save_id=uuid.uuid4(),
        )
        with self._database.unit_of_work() as session:
            update_ticket(session, change)
        return 1

    def anchors(self) -> int:
        with self._database.reading() as conn:
            return get_anchors(conn, TicketListing(filter=TicketFilter(status=tuple(ACTIVE)))).count

    def counts(self) -> int:
        views = [TicketFilter(), TicketFilter(status=tuple(ACTIVE), assignee_id=0), TicketFilter(due_within_days=3)]
        views += [TicketFilter(status=(status,)) for status in ACTIVE]
        with self._database.reading() as conn:
            return len(count_views(conn, views))

    def reference(self) -> int:
        with self._database.reading() as conn:
            return len(get_reference(conn).choices)


def measure(operation: Callable[[], int]) -> tuple[list[float], list[int]]:
    """Milliseconds of each measured call, and the rows that each saw."""
    times, rows = [], []
    for call in range(WARM_UP + MEASURED):
        began = time.perf_counter()
        seen = operation()
        if call >= WARM_UP:
            times.append((time.perf_counter() - began) * 1_000)
            rows.append(seen)
    return times, rows


def operations(ours: Ours, floor: Floor, tickets: int, owner: Any) -> dict[str, tuple[Callable[[], int], ...]]:
    """Name -> (the desk's call, the floor's call or none); each call takes another ticket, product or word."""
    chance = random.Random(7)
    products = itertools.cycle(range(1, PRODUCTS + 1))
    words = itertools.cycle(RARE_WORDS)
    ids = itertools.cycle(chance.sample(range(1, tickets + 1), 500))
    opened = _open_tickets(owner, 2 * (WARM_UP + MEASURED))
    values = _values(owner)
    plain = ("a new title", "a text", "new", "normal", "minor", 1, 1, 1, "SN-1", datetime.now(UTC))
    return {
        "O1 newest 50 open": (ours.list_open, floor.list_open),
        "O2 status, product and word": (
            lambda: ours.list_filtered(next(products), COMMON_WORD),
            lambda: floor.list_filtered(next(products), COMMON_WORD),
        ),
        "O3 a rare word": (lambda: ours.search(next(words)), lambda: floor.search(next(words))),
        "O4 open a ticket with its history": (
            lambda: ours.open_ticket(next(ids)),
            lambda: floor.open_ticket(next(ids)),
        ),
        "O5 create a ticket": (lambda: ours.create(values), lambda: floor.create(plain)),
        "O6 status and comment": (
            lambda: ours.update(*opened.pop(), "waiting_customer", COMMENT),
            lambda: floor.update(next(ids), 1, "waiting_customer", COMMENT),
        ),
        "common word, all tickets": (lambda: ours.search(COMMON_WORD),),
        "all counts of the sidebar": (ours.counts,),
        "anchors of all active tickets": (ours.anchors,),
        "reference data": (ours.reference,),
        **{f"50 of all by {sort.value}": (lambda sort=sort: ours.list_sorted(sort),) for sort in SortKey},
    }


def _open_tickets(owner: Any, count: int) -> list[tuple[int, int]]:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT id, row_version FROM desk.ticket WHERE status = 'open' AND assignee_id IS NOT NULL"
            " ORDER BY md5(id::text) LIMIT %s",
            [count],
        )
        return list(cursor.fetchall())


def _values(owner: Any) -> TicketValues:
    with owner.cursor() as cursor:
        cursor.execute("SELECT (SELECT min(id) FROM desk.customer), (SELECT min(id) FROM desk.product)")
        customer, product = cursor.fetchone()
    return TicketValues(
        kind="request",
        subject="The box restarts while a recording runs",
        description="Since the last release the box restarts as soon as a second recording begins.",
        customer_id=customer,
        product_id=product,
        category="hardware",
        priority="normal",
        source="customer",
        channel="mail",
        status="new",
        serial="SN-4711",
        due_at=datetime.now(UTC) + timedelta(days=14),
    )


def run(tickets: int) -> dict[str, Any]:
    """Make the desk, fill it, measure; returns all figures."""
    root = make_test_root()
    running = copy_desk(template_desk(), root / "desk", durable=True)
    try:
        _give_memory(running)
        owner = running.owner()
        fill_floor(owner, make_tickets(tickets))
        loaded = fill_desk(owner, make_tickets(tickets))
        connection = psycopg2.connect(**running.profile("full").connect_args())
        database = running.database("full")
        with owner.cursor() as cursor:
            cursor.execute("SELECT array_agg(id ORDER BY id) FROM desk.product")
            ours, floor = Ours(database, cursor.fetchone()[0]), Floor(connection)
        figures = {}
        for name, calls in operations(ours, floor, tickets, owner).items():
            figures[name] = [measure(call) for call in calls]
        database.close()
        connection.close()
        return {"tickets": tickets, "load_seconds": loaded, "figures": figures}
    finally:
        running.remove()
        remove_folder(root)


def _give_memory(running: RunningDesk) -> None:
    """The one setting of the common workload: everything else is as the desk is shipped."""
    running.stop()
    running.desk.cluster.write_file("postgresql.auto.conf", "shared_buffers = '1GB'\n")
    running.start()


def table(result: dict[str, Any]) -> str:
    """The figures as a Markdown table: median / p95 in milliseconds, rows seen, times the floor."""
    lines = ["| operation | desk | floor | times the floor | rows |", "|---|---|---|---|---|"]
    for name, measured in result["figures"].items():
        cells = [f"{statistics.median(times):.2f} / {_p95(times):.2f}" for times, _ in measured]
        ratio = "–"
        if len(measured) > 1:
            ratio = f"{statistics.median(measured[0][0]) / statistics.median(measured[1][0]):.1f}"
        rows = " · ".join(f"{min(seen)}–{max(seen)}" for _, seen in measured)
        lines.append(f"| {name} | {cells[0]} | {cells[1] if len(cells) > 1 else '–'} | {ratio} | {rows} |")
    return "\n".join(lines)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Measure and print; ``--json FILE`` keeps every single time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = run(arguments.tickets)
    sys.stdout.write(f"{arguments.tickets} tickets, loaded in {result['load_seconds']:.0f} s\n\n{table(result)}\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
