"""The audit: rows written by triggers alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Identified


class AuditEntry(Identified, Base):
    """One changed row: ``changes`` is {field: [old, new]} without private values, whose salted hash is here."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("action IN ('insert', 'update', 'delete')", name="action"),
        Index(None, "entity", "row_key"),
        Index(None, "at"),
    )

    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    machine: Mapped[str]
    person_id: Mapped[int | None]
    version: Mapped[str | None]
    action: Mapped[str]
    entity: Mapped[str]
    row_key: Mapped[str]
    changes: Mapped[dict[str, Any]]
    private_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class AuditPrivate(Base):
    """The private old and new values of an entry; removable, since the entry keeps only their salted hash."""

    __tablename__ = "audit_private"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    values: Mapped[dict[str, Any]]
