"""Imports: what came in, and what could not be read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Identified


class ImportBatch(Identified, Base):
    """One run of an import."""

    __tablename__ = "import_batch"

    source: Mapped[str]
    file: Mapped[str]
    encoding: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    finished_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(server_default=text("0"))
    tickets: Mapped[int] = mapped_column(server_default=text("0"))
    events: Mapped[int] = mapped_column(server_default=text("0"))


class ImportReject(Identified, Base):
    """A row that could not be read, kept whole with its reason. ``line`` counts from 1, the heading included."""

    __tablename__ = "import_reject"
    __table_args__ = (Index(None, "batch_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    file: Mapped[str]
    line: Mapped[int]
    reason: Mapped[str]
    content: Mapped[str]
