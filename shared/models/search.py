"""Search entries, one for each searchable row; derived by triggers, and moved when a field's privacy changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
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


class SearchMove(Base):
    """An entity whose entries still have to follow its privacy: those of rows up to ``after_id`` have."""

    __tablename__ = "search_move"

    entity: Mapped[str] = mapped_column(primary_key=True)
    after_id: Mapped[int] = mapped_column(server_default=text("0"))


class PrivacyMark(Base):
    """An entity of which a field was made private; the worker ends what query-only machines had open then."""

    __tablename__ = "privacy_mark"

    entity: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime | None]
