"""What an administrator may change: choices, their dependence, field rules; and the status graph."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, Editable


class ChoiceList(Base):
    """A dropdown's list: ticket_kind, priority, category ... ``is_fixed`` lists belong to the program."""

    __tablename__ = "choice_list"

    code: Mapped[str] = mapped_column(primary_key=True)
    label_en: Mapped[str]
    label_zh: Mapped[str]
    is_fixed: Mapped[bool] = mapped_column(server_default=text("false"))


class Choice(Editable, Base):
    """One value of a list. Retired, never deleted."""

    __tablename__ = "choice"
    __table_args__ = (UniqueConstraint("list_code", "code"),)

    list_code: Mapped[str] = mapped_column(ForeignKey("choice_list.code"))
    code: Mapped[str]
    label_en: Mapped[str]
    label_zh: Mapped[str]
    position: Mapped[int] = mapped_column(server_default=text("0"))
    retired_at: Mapped[datetime | None]


class DependentChoice(Base):
    """The matrix: with ``parent`` chosen, ``child`` may be chosen (category > symptom > cause)."""

    __tablename__ = "dependent_choice"
    __table_args__ = (Index(None, "child_id"),)

    parent_id: Mapped[int] = mapped_column(ForeignKey("choice.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("choice.id"), primary_key=True)


class FieldRule(Editable, Base):
    """What a field is called and when it is required.

    ``field`` is the column's name, or a key of ``custom`` where ``is_custom``. ``choice_list`` names the list its
    values come from; ``depends_on`` the field that narrows it. Required: where ``is_required``, in the statuses of
    ``required_status`` (null: all), for the kinds of ``required_kind`` (null: all). ``may_be_private`` is the
    schema's word, ``is_private`` the administrator's.
    """

    __tablename__ = "field_rule"
    __table_args__ = (
        UniqueConstraint("entity", "field"),
        CheckConstraint("NOT is_private OR may_be_private", name="private_allowed"),
        CheckConstraint("NOT may_be_private OR entity = 'contact'", name="private_entity"),
    )

    entity: Mapped[str]
    field: Mapped[str]
    label_en: Mapped[str]
    label_zh: Mapped[str]
    help_en: Mapped[str | None]
    help_zh: Mapped[str | None]
    choice_list: Mapped[str | None] = mapped_column(ForeignKey("choice_list.code"))
    depends_on: Mapped[str | None]
    is_required: Mapped[bool] = mapped_column(server_default=text("false"))
    required_status: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    required_kind: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    is_custom: Mapped[bool] = mapped_column(server_default=text("false"))
    may_be_private: Mapped[bool] = mapped_column(server_default=text("false"))
    is_private: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(server_default=text("0"))


class StatusTransition(Base):
    """The status graph. ``from_status`` is '' for a new ticket."""

    __tablename__ = "status_transition"

    from_status: Mapped[str] = mapped_column(primary_key=True)
    to_status: Mapped[str] = mapped_column(primary_key=True)
