"""What workers do to tickets: count a field of theirs up, by the desk's own services or without any care."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from contextlib import closing
from typing import Any

import psycopg2

from shared.errors import AlreadySavedError, BusyError, ConflictError, DatabaseUnavailableError, LeaseLostError
from shared.queries.tickets import get_ticket
from shared.schemas.ticket import TicketUpdate, TicketValues
from shared.services.leases import take_lease
from shared.services.tickets import update_ticket
from tests.faults.workplace import Workplace


def open_desk(
    place: Workplace,
    profile: str,
    person: str | None = None,
    session: str | None = None,
    overrides: dict[str, Any] | None = None,
) -> str:
    """Log in; the session's uuid."""
    place.open(profile, person, session, overrides or {})
    with place.database.reading():
        return str(place.session)


def count_up(place: Workplace, tickets: list[int], edits: int, seed: int) -> dict[str, Any]:
    """Add one to the number in a ticket's field ``serial``, ``edits`` times; half of them under a lease.

    Returns the versions that were acknowledged, ticket by ticket, and how often which refusal was met.
    """
    chance, met = random.Random(seed), Counter[str]()
    done: dict[int, list[int]] = {ticket: [] for ticket in tickets}
    while sum(map(len, done.values())) < edits:
        ticket = chance.choice(tickets)
        try:
            token = _take(place, ticket) if chance.random() < 0.5 else None
            version = _count_one(place, ticket, token, met)
        except HeldByAnotherError:
            met["held by another"] += 1
            time.sleep(chance.random() * 0.02)
        except (LeaseLostError, BusyError, DatabaseUnavailableError) as error:
            met[type(error).__name__] += 1
            time.sleep(chance.random() * 0.02)
        else:
            done[ticket].append(version)
    return {"done": done, "met": met}


class HeldByAnotherError(Exception):
    """The lease is another's."""


def _take(place: Workplace, ticket: int) -> int | None:
    with place.database.reading() as conn:
        lease = take_lease(conn, "ticket", ticket)
    if not lease.is_mine:
        raise HeldByAnotherError
    return lease.token


def _count_one(place: Workplace, ticket: int, token: int | None, met: Counter[str]) -> int:
    """The version that the save made. Who meets a newer version reads again and counts on from there.

    That happens under a lease too: to a save that had begun without one before the lease was taken.
    """
    while True:
        with place.database.reading() as conn:
            seen = get_ticket(conn, ticket)
        change = TicketUpdate(
            id=ticket,
            row_version=seen.row_version,
            save_id=uuid.uuid4(),
            lease_token=token,
            values=TicketValues(serial=str(int(seen.values.serial or 0) + 1)),
        )
        try:
            return _send(place, change, met)
        except ConflictError:
            met["conflict under a lease" if token else "conflict"] += 1


def _send(place: Workplace, change: TicketUpdate, met: Counter[str]) -> int:
    """The new version. Where no answer came, or it was too busy, the same save is sent again."""
    for _ in range(100):
        try:
            with place.database.unit_of_work() as session:
                return update_ticket(session, change).row_version
        except AlreadySavedError:
            met["sent again, had been done"] += 1
            return change.row_version + 1
        except (BusyError, DatabaseUnavailableError) as error:
            met[f"sent again: {type(error).__name__}"] += 1
            time.sleep(0.05)
    raise AssertionError("a save was sent a hundred times")


def count_up_blindly(place: Workplace, tickets: list[int], edits: int, seed: int) -> dict[str, Any]:
    """As ``count_up``, and wrong: it reads, adds, and writes over whatever version is there by now."""
    chance = random.Random(seed)
    done: dict[int, list[int]] = {ticket: [] for ticket in tickets}
    with closing(psycopg2.connect(**place.connect_args)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for _ in range(edits):
            ticket = chance.choice(tickets)
            cursor.execute("SELECT serial::bigint FROM desk.ticket WHERE id = %s", (ticket,))
            (number,) = cursor.fetchone()
            cursor.execute(
                "UPDATE desk.ticket SET serial = %s, row_version = row_version + 1, save_id = gen_random_uuid()"
                " WHERE id = %s RETURNING row_version",
                (str(number + 1), ticket),
            )
            done[ticket].append(cursor.fetchone()[0])
    return {"done": done, "met": {}}


TASKS = (open_desk, count_up, count_up_blindly)
