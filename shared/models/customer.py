"""The outside: customers, their contacts, and projects with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import FetchedValue, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable


class Customer(Editable, Base):
    """An organisation: device maker, agent, ... ``number`` is given by the database (``C00001``)."""

    __tablename__ = "customer"
    __table_args__ = (Index(None, "served_by_id"), Index("ix_customer_name_lower", text("lower(name)")))

    number: Mapped[str] = mapped_column(server_default=FetchedValue(), unique=True)
    name: Mapped[str]
    short_name: Mapped[str | None]
    kind: Mapped[str | None]
    tier: Mapped[str | None]
    country: Mapped[str | None]
    time_zone: Mapped[str | None]
    served_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
    retired_at: Mapped[datetime | None]


class Contact(Editable, Base):
    """A person at a customer. ``phone`` and ``mail`` are private by default (column grants)."""

    __tablename__ = "contact"
    __table_args__ = (Index(None, "customer_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str]
    title: Mapped[str | None]
    phone: Mapped[str | None]
    mail: Mapped[str | None]
    note: Mapped[str | None]
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
    retired_at: Mapped[datetime | None]


class Project(Editable, Base):
    """A customer's engagement with a product."""

    __tablename__ = "project"
    __table_args__ = (Index(None, "customer_id"), Index(None, "product_id"), Index(None, "manager_id"))

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    stage: Mapped[str | None]
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
    retired_at: Mapped[datetime | None]
