"""The ticket, its history, its comments and files, and what is derived from them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, FetchedValue, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable, Identified, Saved


class Ticket(Editable, Base):
    """A customer's problem, request or question. Choice fields hold the choice's code.

    ``origin`` is 'desk', 'import' or 'seed'; ``touched`` turns true with the first edit by a machine and ends
    the import's exemption from the rules. ``(import_source, external_id)`` is the ticket's name in another system.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("origin IN ('desk', 'import', 'seed')", name="origin"),
        CheckConstraint("length(subject) <= 300", name="subject_length"),
        CheckConstraint("duplicate_of_id <> id", name="duplicate_of_other"),
        CheckConstraint("jsonb_typeof(custom) = 'object'", name="custom_object"),
        CheckConstraint("waiting_for_staff_id IS NULL OR waiting_for_department_id IS NULL", name="waiting_for_one"),
        Index("uq_ticket_import_source_external_id", "import_source", "external_id", unique=True),
        Index("ix_ticket_reported_at_id", text("reported_at DESC"), text("id DESC")),
        Index("ix_ticket_status_reported_at_id", "status", text("reported_at DESC"), text("id DESC")),
        Index("ix_ticket_assignee_id_reported_at", "assignee_id", text("reported_at DESC"), text("id DESC")),
        Index("ix_ticket_customer_id_reported_at", "customer_id", text("reported_at DESC"), text("id DESC")),
        Index("ix_ticket_product_id_reported_at", "product_id", text("reported_at DESC"), text("id DESC")),
        Index(None, "due_at", "id"),
        Index(None, "contact_id"),
        Index(None, "project_id"),
        Index(None, "duplicate_of_id"),
        Index("ix_ticket_external_id", "external_id", postgresql_where=text("external_id IS NOT NULL")),
        Index("ix_ticket_serial_lower", text("lower(serial)"), postgresql_where=text("serial IS NOT NULL")),
    )

    number: Mapped[int] = mapped_column(server_default=FetchedValue(), unique=True)
    kind: Mapped[str | None]
    subject: Mapped[str | None]
    description: Mapped[str | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    found_in_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    fixed_in_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    hardware_revision_id: Mapped[int | None] = mapped_column(ForeignKey("hardware_revision.id"))
    serial: Mapped[str | None]
    category: Mapped[str | None]
    symptom: Mapped[str | None]
    cause: Mapped[str | None]
    resolution: Mapped[str | None]
    priority: Mapped[str | None]
    severity: Mapped[str | None]
    status: Mapped[str]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    waiting_for_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    waiting_for_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    source: Mapped[str | None]
    channel: Mapped[str | None]
    reported_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    next_step: Mapped[str | None]
    next_step_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
    touched: Mapped[bool] = mapped_column(server_default=text("false"))
    import_source: Mapped[str | None]
    external_id: Mapped[str | None]
    custom: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class TicketEvent(Identified, Base):
    """One line of a ticket's history, written by triggers (by the import for imported ones), never changed.

    ``status`` is the status that the event states, null where it states none. ``changes`` is
    ``{field: [old, new]}``. ``import_key`` is the identity of a row of an imported log.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (
        CheckConstraint("kind IN ('created', 'status', 'assigned', 'handed_over', 'changed', 'imported')", name="kind"),
        Index(None, "ticket_id", "at", "id"),
        Index("ix_ticket_event_stated", "ticket_id", "status", "at", postgresql_where=text("status IS NOT NULL")),
        Index(
            "uq_ticket_event_import_key",
            "import_key",
            unique=True,
            postgresql_where=text("import_key IS NOT NULL"),
        ),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    what: Mapped[str | None]
    status: Mapped[str | None]
    changes: Mapped[dict[str, Any] | None]
    machine: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    import_key: Mapped[uuid.UUID | None]


class TicketSummary(Base):
    """Derived from events, comments and interactions by triggers; rebuilt by ``desk.rebuild_ticket_summary()``."""

    __tablename__ = "ticket_summary"
    __table_args__ = (
        Index("ix_ticket_summary_last_activity_at", text("last_activity_at DESC"), text("ticket_id DESC")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    last_activity_at: Mapped[datetime]
    first_response_at: Mapped[datetime | None]
    last_resolved_at: Mapped[datetime | None]
    last_closed_at: Mapped[datetime | None]
    events: Mapped[int] = mapped_column(server_default=text("0"))
    comments: Mapped[int] = mapped_column(server_default=text("0"))
    interactions: Mapped[int] = mapped_column(server_default=text("0"))
    reopenings: Mapped[int] = mapped_column(server_default=text("0"))


class Comment(Saved, Base):
    """A note on a ticket. A private one keeps its text in ``comment_private`` and ``body`` null."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("is_private = (body IS NULL)", name="private_body"),
        Index(None, "ticket_id", "created_at"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    is_private: Mapped[bool] = mapped_column(server_default=text("false"))
    body: Mapped[str | None]
    machine: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))


class CommentPrivate(Base):
    """The text of a private comment: no grant for query-only machines."""

    __tablename__ = "comment_private"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    body: Mapped[str]


class Attachment(Saved, Base):
    """A file of a ticket; ``sha256`` is computed by the database from the bytes."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("length(content) <= 52428800", name="size"),
        Index(None, "ticket_id"),
        Index(None, "sha256"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, Computed("sha256(content)", persisted=True))
    size: Mapped[int] = mapped_column(Computed("length(content)", persisted=True))
    machine: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
