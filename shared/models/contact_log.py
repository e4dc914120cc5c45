"""Exchanges with the outside: interactions (the contact log) and complaints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable


class Interaction(Editable, Base):
    """One logged exchange, with or without a ticket. ``minutes`` is the time it took us."""

    __tablename__ = "interaction"
    __table_args__ = (
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("minutes BETWEEN 0 AND 10000", name="minutes"),
        Index(None, "ticket_id", "at"),
        Index(None, "customer_id", "at"),
        Index(None, "at"),
    )

    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime]
    channel: Mapped[str | None]
    direction: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    minutes: Mapped[int | None]
    summary: Mapped[str | None]
    machine: Mapped[str | None]
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))


class Complaint(Editable, Base):
    """A complaint: an entity of its own, which may name a ticket."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index(None, "customer_id", "reported_at"),
        Index(None, "product_id"),
        Index(None, "ticket_id"),
    )

    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    reported_at: Mapped[datetime]
    channel: Mapped[str | None]
    severity: Mapped[str | None]
    subject: Mapped[str | None]
    description: Mapped[str | None]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    resolution: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
