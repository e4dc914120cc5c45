"""Tickets, in and out. Field names are the columns' names."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from shared.domain.fields import SUBJECT_LENGTH
from shared.schemas.base import Frozen, Storable

Text = Annotated[Storable, Field(max_length=100_000)]


class TicketValues(Frozen):
    """The values a person may enter; None is 'empty'."""

    kind: str | None = None
    subject: Annotated[Storable, Field(max_length=SUBJECT_LENGTH)] | None = None
    description: Text | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    project_id: int | None = None
    product_id: int | None = None
    found_in_release_id: int | None = None
    fixed_in_release_id: int | None = None
    hardware_revision_id: int | None = None
    serial: Annotated[Storable, Field(max_length=100)] | None = None
    category: str | None = None
    symptom: str | None = None
    cause: str | None = None
    resolution: Text | None = None
    priority: str | None = None
    severity: str | None = None
    status: str | None = None
    assignee_id: int | None = None
    department_id: int | None = None
    waiting_for_staff_id: int | None = None
    waiting_for_department_id: int | None = None
    source: str | None = None
    channel: str | None = None
    reported_at: AwareDatetime | None = None
    next_step: Annotated[Storable, Field(max_length=1_000)] | None = None
    next_step_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    duplicate_of_id: int | None = None
    custom: dict[str, Any] | None = None


class CommentText(Frozen):
    """A comment to append."""

    body: Annotated[Storable, Field(min_length=1, max_length=100_000)]
    is_private: bool = False


class TicketCreate(Frozen):
    """A new ticket. ``save_id`` is made once, when the form is opened for it, and kept over retries."""

    save_id: uuid.UUID
    values: TicketValues
    comment: CommentText | None = None
    comment_save_id: uuid.UUID | None = None


class TicketUpdate(Frozen):
    """A save of an existing ticket: only the fields set in ``values`` (``model_fields_set``) are written."""

    id: int
    row_version: int
    save_id: uuid.UUID
    lease_token: int | None = None
    values: TicketValues
    comment: CommentText | None = None
    comment_save_id: uuid.UUID | None = None


class TicketRow(Frozen):
    """A line of the list: names where the table holds ids, codes where it holds codes."""

    id: int
    number: int
    priority: str | None
    kind: str | None
    subject: str | None
    customer: str | None
    product: str | None
    release: str | None
    status: str
    assignee: str | None
    waiting_for: str | None  # the name of one of our people
    waiting_for_department: str | None  # a department's code
    reported_at: datetime
    due_at: datetime | None
    last_activity_at: datetime
    edited_by: str | None  # the machine that holds a live lease, else None
    edited_person: str | None
    edited_since: datetime | None
    edited_seen: datetime | None = None  # the last sign of life


class TicketDetail(Frozen):
    """A ticket as the form shows it: its values, and the names of what it points to outside ReferenceData."""

    id: int
    number: int
    row_version: int
    origin: str
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    values: TicketValues
    customer: str | None
    contact: str | None
    project: str | None
    duplicate_of: int | None  # its number
    edited_by: str | None
    edited_person: str | None
    edited_since: datetime | None
    edited_seen: datetime | None = None


class HistoryLine(Frozen):
    """One line of a ticket's history: an event, a comment, an interaction or an attachment, newest first in a list.

    ``line`` says which; ``machine`` is proved, ``person`` stated. ``text`` is None for a private comment that
    this machine may not read. ``changes`` is {field: [old, new]} with the stored values of an event. ``department``
    is a department's code (its label is in ReferenceData); ``what`` is an attachment's file name.
    """

    line: str  # event | comment | interaction | attachment
    id: int
    at: datetime
    kind: str | None  # of an event; direction of an interaction
    what: str | None
    status: str | None
    changes: dict[str, tuple[Any, Any]] | None
    text: str | None
    is_private: bool
    channel: str | None
    minutes: int | None
    machine: str | None
    person: str | None
    department: str | None
