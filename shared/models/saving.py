"""Edit leases and the saves that were done."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base


class EditLease(Base):
    """Who edits what. ``token`` only ever rises (fencing); all times are the server's.

    Attributes:
        holder_pid: with ``holder_started``, the connection of the last sign of life.
        asked_at: since when somebody asks for it; ``told_at``, the holder's first sign of life since: he could know of
            it then; ``answered_at``, when he said that he goes on.
    """

    __tablename__ = "edit_lease"
    __table_args__ = (Index(None, "expires_at"), {"postgresql_with": {"fillfactor": 50}})

    entity: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(primary_key=True)
    machine: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    session: Mapped[uuid.UUID]
    token: Mapped[int]
    taken_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    holder_pid: Mapped[int | None] = mapped_column(Integer)
    holder_started: Mapped[datetime | None]
    asked_machine: Mapped[str | None]
    asked_person_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    asked_session: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class SaveDone(Base):
    """A save_id that was used, and the row it saved: the same save sent again is recognised. Kept 30 days.

    The trigger that turns a repeated save away raises DK001 with TABLE = ``entity`` and DATATYPE = ``entity_id``,
    so that a client whose answer got lost learns which row it had saved.
    """

    __tablename__ = "save_done"
    __table_args__ = (Index(None, "done_at"),)

    save_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity: Mapped[str]
    entity_id: Mapped[int]
    done_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
