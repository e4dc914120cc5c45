"""The audit: rows written by triggers alone, and the worker's sealed blocks over them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Identified


class AuditEntry(Identified, Base):
    """One changed row: ``changes`` is {field: [old, new]} without private values, whose salted hash is here."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("action IN ('insert', 'update', 'delete')", name="action"),
        CheckConstraint("length(version) <= 40", name="version"),
        Index(None, "entity", "row_key"),
        Index(None, "at"),
        Index(None, "machine", "at"),
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


class AuditBlock(Base):
    """A link of the chain: ``hash`` covers all other columns, and with ``previous`` every block before.

    Ids above ``horizon_id`` were given out after ``sealed_at``; up to ``closed_id`` no entry will come any more.
    """

    __tablename__ = "audit_block"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    entries: Mapped[int]
    horizon_id: Mapped[int]
    closed_id: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditSeal(Base):
    """Which block holds an entry, at which place, and the entry's hash. By entry, never by range of ids.

    No foreign keys: they would lock every entry to be sealed, and whoever alters the audit does not ask them.
    """

    __tablename__ = "audit_seal"
    __table_args__ = (Index(None, "block_id", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block_id: Mapped[int]
    position: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditOpen(Base):
    """A range of entry ids in which transactions that still run may yet show entries. The sealing job's notes."""

    __tablename__ = "audit_open"

    first_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int]
    running: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class Forgetting(Base):
    """What a running transaction may remove from tables that are only ever added to; empty outside of one."""

    __tablename__ = "forgetting"

    relation: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
