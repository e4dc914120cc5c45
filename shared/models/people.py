"""Our own side: departments and staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable


class Department(Editable, Base):
    """A department. ``is_support`` marks those whose contacts count as support in the contact share."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    is_support: Mapped[bool] = mapped_column(server_default=text("false"))
    retired_at: Mapped[datetime | None]


class Staff(Editable, Base):
    """Our person."""

    __tablename__ = "staff"
    __table_args__ = (Index(None, "department_id"),)

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    mail: Mapped[str | None]
    retired_at: Mapped[datetime | None]
