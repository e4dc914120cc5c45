"""Machines, which are the logins: who sits there, certificates, enrolment, and what happened to their identity."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable, Identified

_IS_OPEN = "signed_at IS NULL AND refused IS NULL"


class Machine(Editable, Base):
    """A PC and what it may do. The truth about permission; its role ``m_<name>`` follows it.

    ``level_since`` is when the level last changed: sessions that are older than that are ended.
    """

    __tablename__ = "machine"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9-]{0,39}$'", name="name"),
        CheckConstraint("level IN ('none', 'query', 'full', 'admin')", name="level"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    note: Mapped[str | None]
    level_since: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class MachinePerson(Base):
    """Who may sit at a machine."""

    __tablename__ = "machine_person"
    __table_args__ = (Index(None, "staff_id"),)

    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)


class MachineCertificate(Identified, Base):
    """A certificate by its serial; good at login while ``replaced_at`` is null."""

    __tablename__ = "machine_certificate"
    __table_args__ = (Index(None, "machine_id"),)

    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    serial: Mapped[Decimal] = mapped_column(Numeric(), unique=True)
    not_after: Mapped[datetime]
    issued_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    first_used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]


class MachineSeen(Base):
    """When and from where a machine was last seen; derived, written by the worker."""

    __tablename__ = "machine_seen"

    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), primary_key=True)
    last_seen_at: Mapped[datetime]
    address: Mapped[str | None]


class EnrolmentCode(Identified, Base):
    """A one-time code, of which only the hash is kept."""

    __tablename__ = "enrolment_code"
    __table_args__ = (Index(None, "machine_id"), Index(None, "issuer_id"))

    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    issued_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    expires_at: Mapped[datetime]
    issued_by: Mapped[str]
    issuer_id: Mapped[int | None] = mapped_column(ForeignKey("machine.id"))
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class SigningRequest(Identified, Base):
    """A public key that the worker is to sign; without ``code_id`` it is a renewal."""

    __tablename__ = "signing_request"
    __table_args__ = (
        Index(None, "machine_id"),
        Index(None, "code_id"),
        Index("ix_signing_request_open", "id", postgresql_where=text(_IS_OPEN)),
        Index(
            "uq_signing_request_renewal",
            "machine_id",
            unique=True,
            postgresql_where=text(f"code_id IS NULL AND {_IS_OPEN}"),
        ),
    )

    request: Mapped[uuid.UUID] = mapped_column(unique=True)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment_code.id"))
    shown: Mapped[Decimal | None] = mapped_column(Numeric())
    csr: Mapped[str]
    address: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    certificate: Mapped[str | None]
    serial: Mapped[Decimal | None] = mapped_column(Numeric())
    signed_at: Mapped[datetime | None]
    first_used_at: Mapped[datetime | None]
    refused: Mapped[str | None]


class SecurityEvent(Identified, Base):
    """Something that happened to a machine's identity; an alarm waits until an administrator has seen it."""

    __tablename__ = "security_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('enrolment_started', 'enrolled', 'renewed', 'sessions_ended', 'old_certificate', 'login_refused',"
            " 'watchdog')",
            name="kind",
        ),
        CheckConstraint("jsonb_typeof(detail) = 'object'", name="detail"),
        Index(None, "at"),
    )

    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str]
    machine: Mapped[str | None]
    address: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_alarm: Mapped[bool] = mapped_column(server_default=text("false"))
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None]
