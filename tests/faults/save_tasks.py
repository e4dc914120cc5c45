"""What workers send more than once: a save and a new ticket, each with the save ids that it keeps over its retries."""

from __future__ import annotations

import time
import uuid
from typing import Any

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


def second_id(save_id: str) -> uuid.UUID:
    """The comment's save id: the same at each retry."""
    return uuid.uuid5(uuid.UUID(save_id), "comment")


def wait_until(moment: float) -> None:
    """Until the monotonic clock, which all processes share, says so."""
    while (left := moment - time.monotonic()) > 0:
        time.sleep(left)


TASKS = (send_change, send_new)
