"""Our own side: departments, staff, and the machines that are the logins."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable


class Department(Editable, Base):
    """A department. ``is_support`` marks those whose contacts count as support in the contact share."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    is_support: Mapped[bool] = mapped_column(server_default=text("false"))
    retired_at: Mapped[datetime | None]


class Staff(Editable, Base):
    """Our person."""

    __tablename__ = "staff"
    __table_args__ = (Index(None, "department_id"),)

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    mail: Mapped[str | None]
    retired_at: Mapped[datetime | None]


class Machine(Editable, Base):
    """A PC and what it may do. The truth about permission; its role ``m_<name>`` follows it."""

    __tablename__ = "machine"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9-]{0,39}$'", name="name"),
        CheckConstraint("level IN ('none', 'query', 'full', 'admin')", name="level"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    note: Mapped[str | None]


class MachineCertificate(Base):
    """The serial that a machine must show at login; apart from ``machine``, since enrolling is no edit."""

    __tablename__ = "machine_certificate"

    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), primary_key=True)
    serial: Mapped[Decimal] = mapped_column(Numeric(), unique=True)
    not_after: Mapped[datetime]
    issued_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class MachinePerson(Base):
    """Who may sit at a machine."""

    __tablename__ = "machine_person"
    __table_args__ = (Index(None, "staff_id"),)

    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
