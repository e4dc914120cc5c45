"""What we sell: products, their software releases and hardware revisions, and which go together."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable


class Product(Editable, Base):
    """A chip-and-software solution."""

    __tablename__ = "product"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    family: Mapped[str | None]
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
    retired_at: Mapped[datetime | None]


class Release(Editable, Base):
    """A software version of a product."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("product_id", "version"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    version: Mapped[str]
    released_on: Mapped[date | None]
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
    retired_at: Mapped[datetime | None]


class HardwareRevision(Editable, Base):
    """A hardware revision of a product."""

    __tablename__ = "hardware_revision"
    __table_args__ = (UniqueConstraint("product_id", "code"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    code: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default=text("'desk'"))
    retired_at: Mapped[datetime | None]


class ReleaseHardware(Base):
    """The matrix: this release runs on this hardware revision."""

    __tablename__ = "release_hardware"
    __table_args__ = (Index(None, "hardware_revision_id"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    hardware_revision_id: Mapped[int] = mapped_column(ForeignKey("hardware_revision.id"), primary_key=True)
