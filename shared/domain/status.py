"""The status graph of a ticket. The database holds the same graph in ``desk.status_transition``; a test compares."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_INTERNAL = "waiting_internal"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"


S = Status
INITIAL = (S.NEW, S.OPEN, S.RESOLVED)
ENDED = (S.RESOLVED, S.CLOSED, S.CANCELLED, S.DUPLICATE)
ACTIVE = (S.NEW, S.OPEN, S.WAITING_CUSTOMER, S.WAITING_INTERNAL)
TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    S.NEW: (S.OPEN, S.CANCELLED, S.DUPLICATE),
    S.OPEN: (S.WAITING_CUSTOMER, S.WAITING_INTERNAL, S.RESOLVED, S.CANCELLED, S.DUPLICATE),
    S.WAITING_CUSTOMER: (S.OPEN, S.RESOLVED, S.CANCELLED, S.DUPLICATE),
    S.WAITING_INTERNAL: (S.OPEN, S.RESOLVED, S.CANCELLED, S.DUPLICATE),
    S.RESOLVED: (S.CLOSED, S.OPEN, S.CANCELLED, S.DUPLICATE),
    S.CLOSED: (S.OPEN,),
    S.CANCELLED: (),
    S.DUPLICATE: (),
}


def next_statuses(status: str | None) -> tuple[Status, ...]:
    """The statuses that a ticket in ``status`` may take next; None stands for a ticket not yet saved."""
    return INITIAL if status is None else TRANSITIONS[Status(status)]
