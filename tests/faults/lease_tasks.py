"""What workers do with edit leases: take, beat, save and give back, at a moment that the parent names."""

from __future__ import annotations

import datetime as real
import sys
import time
import uuid
from typing import Any

from shared.queries.tickets import get_ticket
from shared.schemas.lease import Lease, LeaseBeat
from shared.schemas.ticket import TicketUpdate, TicketValues
from shared.services.leases import beat_leases, release_lease, take_lease
from shared.services.tickets import update_ticket
from tests.faults.save_tasks import wait_until
from tests.faults.workplace import Workplace


def take(place: Workplace, ticket: int, at: float = 0) -> dict[str, Any]:
    """Take the lease at ``at`` (the monotonic clock, which all processes share)."""
    wait_until(at)
    with place.database.reading() as conn:
        lease = take_lease(conn, "ticket", ticket)
    if lease.is_mine:
        place.leases[ticket] = lease
    return _told(lease)


def beat(place: Workplace, ticket: int, at: float = 0) -> dict[str, Any]:
    """A sign of life for the lease that was taken last."""
    wait_until(at)
    with place.database.reading() as conn:
        return _told(beat_leases(conn, [place.leases[ticket]])[0])


def release(place: Workplace, ticket: int) -> bool:
    """Give back the lease that was taken last."""
    lease = place.leases.pop(ticket)
    with place.database.reading() as conn:
        return release_lease(conn, "ticket", ticket, lease.token or 0)


def read(place: Workplace, ticket: int) -> int:
    """Open the ticket; its version."""
    with place.database.reading() as conn:
        place.seen[ticket] = get_ticket(conn, ticket)
    return place.seen[ticket].row_version


def save(place: Workplace, ticket: int, at: float = 0, **values: Any) -> int:
    """Save what was read last, changed, under the lease that was taken last; the new version."""
    lease = place.leases.get(ticket)
    change = TicketUpdate(
        id=ticket,
        row_version=place.seen[ticket].row_version,
        save_id=uuid.uuid4(),
        lease_token=lease.token if lease else None,
        values=TicketValues(**values),
    )
    wait_until(at)
    with place.database.unit_of_work() as session:
        place.seen[ticket] = update_ticket(session, change)
        place.reach("before commit")
    return place.seen[ticket].row_version


def shift_clock(place: Workplace, days: float) -> str:
    """From now on this process's own clock is wrong by so much; the monotonic one goes on. The wrong time."""
    shift, true_time = days * 86_400, time.time

    class Shifted(real.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.datetime.fromtimestamp(true_time() + shift, tz)

    time.time = lambda: true_time() + shift
    time.time_ns = lambda: int((true_time() + shift) * 1e9)
    for module in [module for name, module in sys.modules.items() if name.startswith("shared")]:
        if getattr(module, "datetime", None) is real.datetime:
            module.datetime = Shifted
    return Shifted.now(real.UTC).isoformat()


def _told(answer: Lease | LeaseBeat) -> dict[str, Any]:
    """What the server said, times in seconds, and when that was heard."""
    heard, ends = time.time(), answer.expires_at
    return {
        "heard": heard,
        "is_mine": answer.is_mine,
        "machine": answer.machine,
        "ends": ends.timestamp() if ends else None,
        "token": getattr(answer, "token", None),
    }


TASKS = (take, beat, release, read, save, shift_clock)
