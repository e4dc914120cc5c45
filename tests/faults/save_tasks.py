"""What workers send more than once: a change and a new row, each with the save ids that it keeps over its retries."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from shared.errors import AlreadySavedError, BusyError, ConflictError, DatabaseUnavailableError
from shared.schemas.machine import MachineSave, MachineValues
from shared.schemas.ticket import CommentText, TicketCreate, TicketUpdate, TicketValues
from shared.services.machines import set_machine
from shared.services.saving import EDITABLE, insert_row, update_row
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


def send_row(
    place: Workplace,
    entity: str,
    save_id: str,
    values: dict[str, Any],
    row: int | None = None,
    version: int = 0,
    at: float = 0,
) -> int:
    """A new row of any entity, or a change of ``row`` as it was read at ``version``; its id.

    Where a lock was not to be had it is sent again, as a client does.
    """
    wait_until(at)
    while True:
        try:
            with place.database.unit_of_work() as session:
                saved = _write_row(session, entity, uuid.UUID(save_id), values, row, version)
                place.reach("before commit")
        except BusyError:
            time.sleep(0.05)
            continue
        place.reach("after commit")
        return saved


def _write_row(
    session: Session, entity: str, save_id: uuid.UUID, values: dict[str, Any], row: int | None, version: int
) -> int:
    if entity == "machine":
        known = None if row is None else version
        return set_machine(session, MachineSave(values=MachineValues(**values), save_id=save_id, row_version=known)).id
    model = EDITABLE[entity]
    if row is None:
        return int(insert_row(session, model, values, save_id=save_id)["id"])
    return int(update_row(session, model, row, values, row_version=version, save_id=save_id)["id"])


def save_on_and_on(place: Workplace, ticket: int, bound: float | None = None, patience: float = 60) -> dict[str, Any]:
    """Count a ticket up until called off. What fails for want of a server is sent again until there is an answer.

    Returns how many saves were acknowledged, how often one was sent again, how many of those had been done already,
    the seconds of the longest try, what was said, and whether the server no longer knew what it had acknowledged.

    Args:
        bound: seconds after which a try without an answer is given up, as a client does whose listener hears nothing.
        patience: seconds without a save after which something is wrong.
    """
    told = {"acknowledged": 0, "sent again": 0, "had been done": 0, "longest try": 0.0, "lost": False}
    sentences = set[str]()
    order, since = _next_order(ticket, 1), time.monotonic()
    while not place.is_called_off():
        began = time.monotonic()
        try:
            with _given_up_after(place, bound):
                send_change(place, **order)
        except AlreadySavedError:
            told["had been done"] += 1
        except (DatabaseUnavailableError, BusyError) as error:
            told["sent again"] += 1
            sentences.add(str(error))
            place.tell("refused")
            told["longest try"] = max(told["longest try"], time.monotonic() - began)
            if time.monotonic() - since > patience:
                raise
            time.sleep(0.02)
            continue
        except ConflictError:
            return {**told, "lost": True}
        told["longest try"] = max(told["longest try"], time.monotonic() - began)
        told["acknowledged"] += 1
        order, since = _next_order(ticket, told["acknowledged"] + 1), time.monotonic()
    return {**told, "sentences": sorted(sentences)}


@contextmanager
def _given_up_after(place: Workplace, bound: float | None) -> Iterator[None]:
    if bound is None:
        yield
        return
    timer = threading.Timer(bound, place.database.abandon)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _next_order(ticket: int, version: int) -> dict[str, Any]:
    return {"ticket": ticket, "version": version, "save_id": str(uuid.uuid4()), "values": {"serial": str(version)}}


def second_id(save_id: str) -> uuid.UUID:
    """The comment's save id: the same at each retry."""
    return uuid.uuid5(uuid.UUID(save_id), "comment")


def wait_until(moment: float) -> None:
    """Until the monotonic clock, which all processes share, says so."""
    while (left := moment - time.monotonic()) > 0:
        time.sleep(left)


TASKS = (send_change, send_new, send_row, save_on_and_on)
