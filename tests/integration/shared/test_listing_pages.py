"""Pages by key: in every order, both directions, under every filter, each row comes once and in its place."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.database import Database
from shared.queries.tickets import count_views, get_anchors, get_rows, list_tickets
from shared.schemas.listing import PageKey
from shared.schemas.ticket_listing import SortKey, TicketFilter, TicketListing
from tests.desks import RunningDesk
from tests.integration.shared.filling import Filling

TICKETS = 75
NOW = datetime.now(UTC)
DIRECTIONS = (True, False)


@dataclass(frozen=True)
class Facts:
    """What the superuser sees, for a sort in Python."""

    rows: tuple[dict[str, Any], ...]

    def ids(self, listing: TicketListing) -> list[int]:
        chosen = [row for row in self.rows if _matches(row, listing.filter)]
        with_value = [row for row in chosen if row[listing.sort] is not None]
        without = [row for row in chosen if row[listing.sort] is None]
        with_value.sort(key=lambda row: (row[listing.sort], row["id"]), reverse=listing.descending)
        without.sort(key=lambda row: row["id"], reverse=listing.descending)
        return [row["id"] for row in with_value + without]


def _matches(row: dict[str, Any], wanted: TicketFilter) -> bool:
    return (
        (not wanted.status or row["status_code"] in wanted.status)
        and wanted.product_id in (None, row["product_id"])
        and wanted.customer_id in (None, row["customer_id"])
        and (wanted.assignee_id is None or row["assignee_id"] == (wanted.assignee_id or None))
        and (not wanted.text or wanted.text in row["subject"])
        and (wanted.due_within_days is None or _is_due(row, wanted.due_within_days))
    )


def _is_due(row: dict[str, Any], days: int) -> bool:
    due_at = row["due_at"]
    return row["status_code"] != "closed" and due_at is not None and due_at <= NOW + timedelta(days=days)


@pytest.fixture(scope="module")
def filling(desk: RunningDesk) -> Filling:
    return Filling(desk)


@pytest.fixture(scope="module")
def facts(filling: Filling) -> Facts:
    """Tickets with few values, so that ties abound, and many gaps; two of them deleted."""
    chance = random.Random(4711)
    customers = [None, *(filling.customer(name) for name in ("Zeta", "alpha", "华星", "alpha"))]
    products = [None, *(filling.product(code) for code in ("STB-300", "rt-9", "STB-100"))]
    assignees = [None, filling.staff_id("lin"), filling.staff_id("sun")]
    times = [NOW - timedelta(days=day) for day in (1, 1, 30, 400)]
    for number in range(TICKETS):
        filling.ticket(
            status=chance.choice(["new", "open", "waiting_customer", "closed"]),
            priority=chance.choice([None, "urgent", "high", "normal", "never heard of"]),
            customer_id=chance.choice(customers),
            product_id=chance.choice(products),
            assignee_id=chance.choice(assignees),
            reported_at=chance.choice(times),
            due_at=chance.choice([None, None, *(NOW + timedelta(days=day) for day in (-3, 1, 1, 20))]),
            subject=chance.choice(["花屏", "zebra stripes", "reboot"]) + f" case{number}",
        )
    filling.ask(
        "UPDATE desk.ticket SET deleted_at = now() WHERE id IN (SELECT id FROM desk.ticket ORDER BY id LIMIT 2)"
    )
    return Facts(tuple(_facts(filling)))


def _facts(filling: Filling) -> Iterator[dict[str, Any]]:
    names = ("id", "number", "reported_at", "due_at", "customer_id", "product_id", "assignee_id", "subject",
             "status_code", "priority", "status", "customer", "product", "assignee", "last_activity_at")  # fmt: skip
    for row in filling.ask("""
        SELECT t.id, t.number, t.reported_at, t.due_at, t.customer_id, t.product_id, t.assignee_id, t.subject, t.status,
            (SELECT position FROM desk.choice WHERE list_code = 'priority' AND code = t.priority),
            (SELECT position FROM desk.choice WHERE list_code = 'status' AND code = t.status),
            (SELECT name FROM desk.customer WHERE id = t.customer_id),
            (SELECT code FROM desk.product WHERE id = t.product_id),
            (SELECT name FROM desk.staff WHERE id = t.assignee_id),
            (SELECT last_activity_at FROM desk.ticket_summary WHERE ticket_id = t.id)
        FROM desk.ticket t WHERE deleted_at IS NULL"""):
        fact = dict(zip(names, row, strict=True))
        yield {**fact, **{name: fact[name] and fact[name].lower() for name in ("customer", "product", "assignee")}}


def _filters(facts: Facts) -> list[TicketFilter]:
    row = next(row for row in facts.rows if None not in (row["customer_id"], row["product_id"], row["assignee_id"]))
    return [
        TicketFilter(),
        TicketFilter(status=("open",)),
        TicketFilter(status=("new", "open", "waiting_customer"), assignee_id=0),
        TicketFilter(assignee_id=row["assignee_id"]),
        TicketFilter(customer_id=row["customer_id"]),
        TicketFilter(product_id=row["product_id"], status=("open", "closed")),
        TicketFilter(due_within_days=3),
        TicketFilter(text="花屏"),
        TicketFilter(text="zebra", status=("new", "open")),
        TicketFilter(due_within_days=3, status=("closed",)),  # what has ended is not due
        TicketFilter(customer_id=0),
    ]


def _all_pages(database: Database, listing: TicketListing, limit: int) -> tuple[list[int], list[PageKey | None]]:
    ids: list[int] = []
    keys: list[PageKey | None] = [None]
    while True:
        with database.reading() as conn:
            page = list_tickets(conn, listing, keys[-1], limit=limit)
        ids += [row.id for row in page.rows]
        if page.next_key is None:
            return ids, keys
        assert len(page.rows) == limit
        keys.append(page.next_key)


@pytest.mark.parametrize(("sort", "descending"), list(itertools.product(SortKey, DIRECTIONS)))
def test_every_row_once_and_in_order(query: Database, facts: Facts, sort: SortKey, descending: bool) -> None:
    for wanted in _filters(facts):
        listing = TicketListing(filter=wanted, sort=sort, descending=descending)
        expected = facts.ids(listing)
        for limit in (1, 7, 200):
            found, keys = _all_pages(query, listing, limit)
            assert found == expected, (wanted, limit)
            with query.reading() as conn:
                anchors = get_anchors(conn, listing, limit=limit)
            assert anchors.count == len(expected)
            assert list(anchors.keys) == keys


def test_the_filters_find_something(facts: Facts) -> None:
    sizes = [len(facts.ids(TicketListing(filter=wanted))) for wanted in _filters(facts)]
    assert sizes[0] == TICKETS - 2
    assert all(0 < size < TICKETS - 2 for size in sizes[1:-2])
    assert sizes[-1] == 0


def test_the_counts_of_the_sidebar_are_those_of_the_lists(query: Database, facts: Facts) -> None:
    views = _filters(facts)
    with query.reading() as conn:
        counts = count_views(conn, views)
        assert count_views(conn, []) == ()
    assert list(counts) == [len(facts.ids(TicketListing(filter=view))) for view in views]


def test_a_row_that_comes_meanwhile_moves_no_other(full: Database, facts: Facts, filling: Filling) -> None:
    listing = TicketListing(sort=SortKey.REPORTED, descending=True)
    expected = facts.ids(listing)
    with full.reading() as conn:
        first = list_tickets(conn, listing, limit=10)
        new = filling.ticket(reported_at=NOW, subject="came in between")
        second = list_tickets(conn, listing, first.next_key, limit=10)
        again = list_tickets(conn, listing, limit=1)
    filling.ask("UPDATE desk.ticket SET deleted_at = now() WHERE id = %s", new)
    assert [row.id for row in first.rows + second.rows] == expected[:20]
    assert again.rows[0].id == new


def test_rows_are_refreshed_by_id(query: Database, facts: Facts) -> None:
    listing = TicketListing()
    with query.reading() as conn:
        page = list_tickets(conn, listing, limit=3)
        rows = get_rows(conn, [row.id for row in page.rows] + [-1])
        assert get_rows(conn, []) == ()
    assert sorted(rows, key=lambda row: row.id) == sorted(page.rows, key=lambda row: row.id)


def test_a_line_shows_names(full: Database, filling: Filling) -> None:
    product = filling.product("STB-777")
    department = filling.ask("SELECT id FROM desk.department WHERE code = 'rd'")[0][0]
    ticket = filling.ticket(
        subject="named",
        customer_id=filling.customer("Named Ltd."),
        product_id=product,
        found_in_release_id=filling.release(product, "9.1"),
        assignee_id=filling.staff_id("lin"),
        waiting_for_department_id=department,
        reported_at=NOW,
    )
    with full.reading() as conn:
        (row,) = get_rows(conn, [ticket])
    filling.ask("UPDATE desk.ticket SET deleted_at = now() WHERE id = %s", ticket)
    assert (row.customer, row.product, row.release, row.waiting_for_department) == (
        "Named Ltd.",
        "STB-777",
        "9.1",
        "rd",
    )
    assert (row.assignee, row.waiting_for, row.waiting_for_department, row.edited_by) == ("lin", None, "rd", None)
    assert row.reported_at == NOW
