"""Search entries, one for each searchable row; derived by triggers."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base


class SearchPublic(Base):
    """Words of what every machine may read."""

    __tablename__ = "search_public"
    __table_args__ = (
        Index(None, "ticket_id"),
        Index("ix_search_public_words", "words", postgresql_using="gin"),
    )

    entity: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    words: Mapped[str] = mapped_column(TSVECTOR)


class SearchPrivate(Base):
    """Words of private values: no grant for query-only machines."""

    __tablename__ = "search_private"
    __table_args__ = (
        Index(None, "ticket_id"),
        Index("ix_search_private_words", "words", postgresql_using="gin"),
    )

    entity: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    words: Mapped[str] = mapped_column(TSVECTOR)
