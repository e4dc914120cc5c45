"""The history of a ticket as one statement over events, comments, interactions and attachments."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, false, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from shared.models import Attachment, Comment, CommentPrivate, Department, Interaction, Staff, TicketEvent
from shared.queries.rows import AnySelect

_TICKET = bindparam("ticket_id", type_=BigInteger)
_EMPTY: dict[str, Any] = {
    "kind": cast(null(), Text),
    "what": cast(null(), Text),
    "status": cast(null(), Text),
    "changes": cast(null(), JSONB),
    "text": cast(null(), Text),
    "is_private": false(),
    "channel": cast(null(), Text),
    "minutes": cast(null(), BigInteger),
}


@cache
def select_history(*, with_private: bool) -> AnySelect:
    """The columns of HistoryLine for parameter ``ticket_id``, newest first.

    Without ``with_private`` the table of private texts is not named: a machine without a grant on it is refused.
    """
    history = union_all(_events(), _comments(with_private), _interactions(), _attachments()).subquery("history")
    return select(history).order_by(history.c.at.desc(), history.c.line, history.c.id.desc())


def _line(name: str, table: Any, *, at: Any, person_id: Any, department_id: Any, **columns: Any) -> AnySelect:
    """The select of one kind of line; ``columns`` are those of HistoryLine that it has."""
    filled = {**_EMPTY, **columns}
    return (
        select(
            literal(name, Text).label("line"),
            table.id.label("id"),
            at.label("at"),
            *(value.label(column) for column, value in filled.items()),
            table.machine.label("machine"),
            Staff.name.label("person"),
            Department.code.label("department"),
        )
        .select_from(table)
        .outerjoin(Staff, Staff.id == person_id)
        .outerjoin(Department, Department.id == department_id)
    )


def _events() -> AnySelect:
    return _line(
        "event",
        TicketEvent,
        at=TicketEvent.at,
        person_id=TicketEvent.person_id,
        department_id=TicketEvent.department_id,
        kind=TicketEvent.kind,
        what=TicketEvent.what,
        status=TicketEvent.status,
        changes=TicketEvent.changes,
    ).where(TicketEvent.ticket_id == _TICKET)


def _comments(with_private: bool) -> AnySelect:
    lines = _line(
        "comment",
        Comment,
        at=Comment.created_at,
        person_id=Comment.person_id,
        department_id=Comment.department_id,
        text=func.coalesce(Comment.body, CommentPrivate.body) if with_private else Comment.body,
        is_private=Comment.is_private,
    ).where(Comment.ticket_id == _TICKET)
    return lines.outerjoin(CommentPrivate, CommentPrivate.comment_id == Comment.id) if with_private else lines


def _interactions() -> AnySelect:
    return _line(
        "interaction",
        Interaction,
        at=Interaction.at,
        person_id=Interaction.staff_id,
        department_id=Interaction.department_id,
        kind=Interaction.direction,
        text=Interaction.summary,
        channel=Interaction.channel,
        minutes=Interaction.minutes,
    ).where(Interaction.ticket_id == _TICKET, Interaction.deleted_at.is_(None))


def _attachments() -> AnySelect:
    return _line(
        "attachment",
        Attachment,
        at=Attachment.created_at,
        person_id=Attachment.person_id,
        department_id=null(),  # a file is no contact: its department is not kept
        what=Attachment.name,
    ).where(Attachment.ticket_id == _TICKET)
