"""Metadata, naming convention and the columns that every editable table has."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables lie in PostgreSQL schema ``desk``; names are singular."""

    metadata = MetaData(schema="desk", naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid(),
        dict[str, Any]: JSONB(),
    }


class Identified:
    """A row with a number of its own, given by the database."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)


class Saved(Identified):
    """A row that a machine inserts: ``save_id`` makes the insert happen once; the trigger clears it."""

    save_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Editable(Saved):
    """A row that machines edit under the guard trigger (save_id, then lease, then version).

    ``lease_token`` and ``save_id`` travel in the statement and are cleared by the trigger;
    ``row_version`` rises by one with each save. Deleting is setting ``deleted_at``.
    """

    lease_token: Mapped[int | None]
    row_version: Mapped[int] = mapped_column(server_default=text("1"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    deleted_at: Mapped[datetime | None]
