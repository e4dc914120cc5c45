"""What workers send more than once: a save and a new ticket, each with the save ids that it keeps over its retries."""

from __future__ import annotations

import time
import uuid
from typing import Any

from shared.errors import AlreadySavedError, ConflictError, DatabaseUnavailableError
from shared.schemas.ticket import CommentText, TicketCreate, TicketUpdate, TicketValues
from shared.services.tickets import create_ticket, update_ticket
from tests.faults.workplace import Workplace


def send_change(
    place: Workplace, ticket: int, version: int, save_id: str, values: dict[str, Any], at: float = 0, token: int = 0
) -> int:
    """A change with a comment beside it, as a form saves it; the ticket's id."""
    change = TicketUpdate(
        id=ticket,
        row_version=version,
        save_id=uuid.UUID(save_id),
        lease_token=token or None,
        values=TicketValues(**values),
        comment=CommentText(body=f"of save {save_id}"),
        comment_save_id=second_id(save_id),
    )
    wait_until(at)
    with place.database.unit_of_work() as session:
        saved = update_ticket(session, change)
        place.reach("before commit")
    place.reach("after commit")
    return saved.id


def send_new(place: Workplace, save_id: str, values: dict[str, Any], at: float = 0) -> int:
    """A new ticket with its first comment; its id."""
    new = TicketCreate(
        save_id=uuid.UUID(save_id),
        values=TicketValues(**values),
        comment=CommentText(body=f"of save {save_id}"),
        comment_save_id=second_id(save_id),
    )
    wait_until(at)
    with place.database.unit_of_work() as session:
        saved = create_ticket(session, new)
        place.reach("before commit")
    place.reach("after commit")
    return saved.id


def save_on_and_on(place: Workplace, ticket: int, patience: float = 30) -> dict[str, Any]:
    """Count a ticket up until called off. What fails for want of a server is sent again until there is an answer.

    Returns how many saves were acknowledged, how many were sent again, and how many of those had been done already.
    ``lost``: the server no longer knew what it had acknowledged.
    """
    told = {"acknowledged": 0, "sent again": 0, "had been done": 0, "lost": False}
    order, since = _next_order(ticket, 1), time.monotonic()
    longest = 0.0
    while not place.is_called_off():
        try:
            send_change(place, **order)
        except AlreadySavedError:
            told["had been done"] += 1
        except DatabaseUnavailableError:
            told["sent again"] += 1
            if time.monotonic() - since > patience:
                raise
            time.sleep(0.02)
            continue
        except ConflictError:
            return {**told, "lost": True}
        told["acknowledged"] += 1
        longest = max(longest, time.monotonic() - since)
        order, since = _next_order(ticket, told["acknowledged"] + 1), time.monotonic()
    return {**told, "longest": longest, "in doubt": order["save_id"]}


def _next_order(ticket: int, version: int) -> dict[str, Any]:
    return {"ticket": ticket, "version": version, "save_id": str(uuid.uuid4()), "values": {"serial": str(version)}}


def second_id(save_id: str) -> uuid.UUID:
    """The comment's save id: the same at each retry."""
    return uuid.uuid5(uuid.UUID(save_id), "comment")


def wait_until(moment: float) -> None:
    """Until the monotonic clock, which all processes share, says so."""
    while (left := moment - time.monotonic()) > 0:
        time.sleep(left)


TASKS = (send_change, send_new, save_on_and_on)
