"""The summaries that triggers keep, against a recomputation written here in plain Python, and under concurrency."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.desks import RunningDesk
from tests.integration.database.races import at_once, make_patient
from tests.integration.database.world import World, insert, insert_plain, one, rows, update

START = datetime(2026, 1, 1, tzinfo=UTC)


def recomputed(cursor: Any) -> dict[int, dict[str, Any]]:
    """What the summaries must be, from the rows that they stand for."""
    answer: dict[int, dict[str, Any]] = {}
    for ticket in rows(cursor, "SELECT id, reported_at FROM desk.ticket"):
        events = rows(
            cursor, "SELECT at, status FROM desk.ticket_event WHERE ticket_id = %s ORDER BY at, id", ticket["id"]
        )
        comments = rows(cursor, "SELECT created_at AS at FROM desk.comment WHERE ticket_id = %s", ticket["id"])
        exchanges = rows(
            cursor,
            "SELECT at, direction FROM desk.interaction WHERE ticket_id = %s AND deleted_at IS NULL",
            ticket["id"],
        )
        stated = [event for event in events if event["status"]]
        answer[ticket["id"]] = {
            "ticket_id": ticket["id"],
            "last_activity_at": max(
                [row["at"] for row in events + comments + exchanges], default=ticket["reported_at"]
            ),
            "first_response_at": min((row["at"] for row in exchanges if row["direction"] == "out"), default=None),
            "last_resolved_at": max((e["at"] for e in stated if e["status"] == "resolved"), default=None),
            "last_closed_at": max((e["at"] for e in stated if e["status"] == "closed"), default=None),
            "events": len(events),
            "comments": len(comments),
            "interactions": len(exchanges),
            "reopenings": sum(
                new["status"] == "open" and old["status"] in ("resolved", "closed")
                for old, new in itertools.pairwise(stated)
            ),
        }
    return answer


def stored(cursor: Any) -> dict[int, dict[str, Any]]:
    return {row["ticket_id"]: row for row in rows(cursor, "SELECT * FROM desk.ticket_summary")}


def test_summaries_follow_every_kind_of_line(full: Any, boss: Any, importer: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(kind="question", status="resolved", resolution="Told"))
    assert stored(boss) == recomputed(boss)
    for _ in range(2):
        update(full, "ticket", ticket, status="open", assignee_id=world.staff["lin"])
        update(full, "ticket", ticket, status="resolved")
    update(full, "ticket", ticket, status="closed")
    update(full, "ticket", ticket, status="open")
    insert(full, "comment", ticket_id=ticket, body="One")
    insert(full, "comment", ticket_id=ticket, body="Two", is_private=True)
    summary = stored(boss)[ticket]
    assert (summary["reopenings"], summary["comments"]) == (3, 2)
    assert stored(boss) == recomputed(boss)


def test_an_interaction_that_moves_or_goes_away_is_counted_anew(full: Any, boss: Any, world: World) -> None:
    first, second = (insert(full, "ticket", **world.ticket()) for _ in range(2))
    exchange = insert(full, "interaction", ticket_id=first, channel="mail", direction="out", at="2026-02-01")
    assert stored(boss)[first]["first_response_at"] == datetime(2026, 2, 1, tzinfo=UTC)
    update(full, "interaction", exchange, ticket_id=second)
    assert (stored(boss)[first]["interactions"], stored(boss)[second]["interactions"]) == (0, 1)
    update(full, "interaction", exchange, deleted_at="now")
    assert stored(boss)[second]["first_response_at"] is None
    update(full, "interaction", exchange, deleted_at=None, at="2026-01-31")
    assert stored(boss) == recomputed(boss)


def test_an_import_in_bulk_and_in_any_order(importer: Any, boss: Any, world: World) -> None:
    chance = random.Random(7)
    tickets = [
        insert_plain(importer, "ticket", origin="import", status="closed", reported_at=START, created_at=START)
        for _ in range(20)
    ]
    lines = [
        (
            chance.choice(tickets),
            START + timedelta(hours=chance.randrange(500)),
            chance.choice([None, "open", "resolved", "closed"]),
        )
        for _ in range(400)
    ]
    for part in (lines[:150], lines[150:]):
        values = ", ".join(["(%s, %s, 'imported', %s)"] * len(part))
        importer.execute(
            f"INSERT INTO desk.ticket_event (ticket_id, at, kind, status) VALUES {values}",
            [v for line in part for v in line],
        )
        assert stored(boss) == recomputed(boss)


def test_comments_at_once_are_all_counted(desk: RunningDesk, full: Any, boss: Any, world: World, ticket: int) -> None:
    connections = [desk.connect(machine) for machine in ("full2", "full2", "admin", "admin")]
    make_patient(*connections)

    def comment(cursor: Any) -> str:
        for number in range(10):
            insert(cursor, "comment", ticket_id=ticket, body=f"Comment {number}")
        return "ok"

    assert at_once(connections, comment) == ["ok"] * len(connections)
    assert stored(boss)[ticket]["comments"] == 40
    assert stored(boss) == recomputed(boss)


def test_a_rebuild_changes_nothing(boss: Any, full: Any, world: World, ticket: int) -> None:
    before = stored(boss)
    assert one(boss, "SELECT desk.rebuild_ticket_summary()") == len(before)
    assert stored(boss) == before == recomputed(boss)
