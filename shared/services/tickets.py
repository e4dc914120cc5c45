"""Writes of tickets. One statement a row; the caller's unit of work commits.

A create or update is at most four round trips: BEGIN, INSERT or UPDATE ... RETURNING, the comment's INSERT, COMMIT.
AlreadySavedError means that this very save was done before: a success, whose row is read again by its ``entity_id``.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from shared.errors import NotFoundError, SaveIdMissingError
from shared.models import Comment, Ticket
from shared.queries.ticket_columns import detail_columns, detail_of
from shared.schemas.ticket import CommentText, TicketCreate, TicketDetail, TicketUpdate


def create_ticket(session: Session, new: TicketCreate) -> TicketDetail:
    """Insert a ticket, and its first comment where there is one; returns it as the database holds it now."""
    values = {name: value for name, value in _given(new.values).items() if value is not None}
    statement = insert(Ticket).values(**values, save_id=new.save_id).returning(*detail_columns())
    saved = detail_of(session.execute(statement).mappings().one())
    _append(session, saved.id, new.comment, new.comment_save_id)
    return saved


def update_ticket(session: Session, change: TicketUpdate) -> TicketDetail:
    """Write the fields set in ``change.values``, append its comment; returns the ticket as it is now.

    Raises ConflictError (the row has moved on), LeaseLostError, AlreadySavedError, NotFoundError and FieldErrors.
    """
    statement = (
        update(Ticket)
        .where(Ticket.id == change.id)
        .values(
            **_given(change.values),
            row_version=change.row_version + 1,
            save_id=change.save_id,
            lease_token=change.lease_token,
        )
        .returning(*detail_columns())
        .execution_options(synchronize_session=False)
    )
    found = session.execute(statement).mappings().one_or_none()
    if found is None:
        raise NotFoundError("There is no such ticket, or it was deleted.")
    _append(session, change.id, change.comment, change.comment_save_id)
    return detail_of(found)


def add_comment(session: Session, ticket_id: int, comment: CommentText, save_id: uuid.UUID) -> None:
    """Append a comment to a ticket; needs neither lease nor version. AlreadySavedError: it is there already."""
    session.execute(
        insert(Comment).values(ticket_id=ticket_id, is_private=comment.is_private, body=comment.body, save_id=save_id)
    )


def _append(session: Session, ticket_id: int, comment: CommentText | None, save_id: uuid.UUID | None) -> None:
    if comment is None:
        return
    if save_id is None:
        raise SaveIdMissingError("The comment carries no save id.")
    add_comment(session, ticket_id, comment, save_id)


def _given(values: Any) -> dict[str, Any]:
    """What was set, None included: an emptied field is a change, a field never set is none."""
    given: dict[str, Any] = {name: getattr(values, name) for name in values.model_fields_set}
    if given.get("custom", {}) is None:
        given["custom"] = {}
    return given
