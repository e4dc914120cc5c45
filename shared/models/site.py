"""One-row and key-value tables of the whole desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base


class Setting(Base):
    """A setting that only the owner writes: time_zone, lease_seconds, heartbeat_seconds, save_id_days."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class VersionGate(Base):
    """The first thing a client reads. One row."""

    __tablename__ = "version_gate"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, server_default=text("1"), autoincrement=False)
    schema_revision: Mapped[str]
    min_client: Mapped[str]


class WorkerHeartbeat(Base):
    """The worker's sign of life. One row."""

    __tablename__ = "worker_heartbeat"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, server_default=text("1"), autoincrement=False)
    pid: Mapped[int]
    version: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
