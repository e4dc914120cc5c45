"""What a client does from opening a ticket to its save being known, step by step, with its draft on the disk."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk_client.drafts.content import Draft, DraftContent, FieldText
from desk_client.drafts.store import DraftStore
from shared.queries.tickets import get_ticket
from shared.schemas.lease import Lease
from shared.schemas.ticket import CommentText, TicketUpdate, TicketValues
from shared.services.leases import beat_leases, take_lease
from shared.services.tickets import add_comment, update_ticket
from tests.faults.save_tasks import send_change
from tests.faults.workplace import Workplace

STEPS = ("ticket read", "lease taken", "draft written", "beaten", "before commit", "after commit", "draft removed")


def edit(place: Workplace, ticket: int, profile: str, edits: int = 1) -> int:
    """Count a ticket up ``edits`` times, as a form does; the number that it has then."""
    store, number = DraftStore(Path(profile), use_store=False), 0
    for _ in range(edits):
        with place.database.reading() as conn:
            seen = get_ticket(conn, ticket)
            place.reach("ticket read")
            lease = take_lease(conn, "ticket", ticket)
            place.reach("lease taken")
            number = int(seen.values.serial or 0) + 1
            draft = draft_of(ticket, seen.row_version, number)
            store.write({draft.id: draft})
            place.reach("draft written")
            beat_leases(conn, [lease])
            place.reach("beaten")
        send_change(place, **order_of(draft, lease))
        store.write({draft.id: None})
        place.reach("draft removed")
    store.end()
    return number


def edit_in_two_pieces(place: Workplace, ticket: int) -> None:
    """As no client may save: the ticket in one transaction, the comment beside it in another."""
    with place.database.reading() as conn:
        seen = get_ticket(conn, ticket)
    values, save_id = TicketValues(serial=str(int(seen.values.serial or 0) + 1)), uuid.uuid4()
    with place.database.unit_of_work() as session:
        update_ticket(session, TicketUpdate(id=ticket, row_version=seen.row_version, save_id=save_id, values=values))
    place.reach("half done")
    with place.database.unit_of_work() as session:
        add_comment(session, ticket, CommentText(body="of the same save"), uuid.uuid4())


def draft_of(ticket: int, version: int, number: int) -> Draft:
    """What is typed, and the save id that it is sent with."""
    text = str(number)
    content = DraftContent(
        entity="ticket",
        entity_id=ticket,
        title=f"Ticket {ticket}",
        base_version=version,
        typed={"serial": FieldText(text, text, len(text), 0)},
        focus="serial",
        save_ids={"row": uuid.uuid4()},
    )
    return Draft(uuid.uuid4(), "pc-full", "lin", "lin", datetime.now(UTC), content)


def order_of(draft: Draft, lease: Lease | None = None) -> dict[str, Any]:
    """The save of a draft, in the words of ``send_change``: the same however often it is sent."""
    content = draft.content
    return {
        "ticket": content.entity_id,
        "version": content.base_version,
        "save_id": str(content.save_ids["row"]),
        "values": {name: field.text for name, field in content.typed.items()},
        "token": lease.token if lease is not None else 0,
    }


TASKS = (edit, edit_in_two_pieces)
