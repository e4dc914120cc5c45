"""Writes of tickets. One statement a row; the caller's unit of work commits.

A create or update is at most four round trips: BEGIN, INSERT or UPDATE ... RETURNING, the comment's INSERT, COMMIT.
AlreadySavedError means that this very save was done before: a success, whose row is read again by its ``entity_id``.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.errors import SaveIdMissingError
from shared.models import Comment, Ticket
from shared.queries.ticket_columns import detail_columns, detail_of
from shared.schemas.ticket import CommentText, TicketCreate, TicketDetail, TicketUpdate
from shared.services.saving import given, insert_row, update_row

# RETURNING looks as the statement began: it still sees the lease that went with the save
_NOBODY = dict.fromkeys(("edited_by", "edited_person", "edited_since", "edited_seen"))


def create_ticket(session: Session, new: TicketCreate) -> TicketDetail:
    """Insert a ticket, and its first comment where there is one; returns it as the database holds it now."""
    values = _columns(given(new.values, filled_only=True))
    saved = detail_of(insert_row(session, Ticket, values, save_id=new.save_id, returning=detail_columns()))
    _append(session, saved.id, new.comment, new.comment_save_id)
    return saved


def update_ticket(session: Session, change: TicketUpdate) -> TicketDetail:
    """Write the fields set in ``change.values``, append its comment; returns the ticket as it is now.

    Raises ConflictError (the row has moved on), LeaseLostError, AlreadySavedError, NotFoundError and FieldErrors.
    """
    found = update_row(
        session, Ticket, change.id, _columns(given(change.values)),
        row_version=change.row_version, save_id=change.save_id, lease_token=change.lease_token,
        returning=detail_columns(),
    )  # fmt: skip
    _append(session, change.id, change.comment, change.comment_save_id)
    saved = detail_of(found)
    return saved if change.lease_token is None else saved.model_copy(update=_NOBODY)


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


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """The column of custom fields is never null: emptied, it has none."""
    return {**values, "custom": values["custom"] or {}} if "custom" in values else values
