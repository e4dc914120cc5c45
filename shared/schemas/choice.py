"""Choices and field rules, going in: what an administrator may change."""

from __future__ import annotations

import uuid
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.schemas.base import Frozen, Storable

Label = Annotated[Storable, Field(min_length=1, max_length=200)]


class ChoiceValues(Frozen):
    """What of a choice may be changed. ``retired_at`` None: it is offered."""

    label_en: Label | None = None
    label_zh: Label | None = None
    position: int | None = None
    retired_at: AwareDatetime | None = None


class ChoiceCreate(Frozen):
    """A new value of a list; its code never changes."""

    save_id: uuid.UUID
    list_code: str
    code: Annotated[Storable, Field(min_length=1, max_length=100)]
    values: ChoiceValues


class FieldRuleValues(Frozen):
    """What of a field's rule may be changed here; what is private has a way of its own (``services.privacy``)."""

    label_en: Label | None = None
    label_zh: Label | None = None
    help_en: Annotated[Storable, Field(max_length=2_000)] | None = None
    help_zh: Annotated[Storable, Field(max_length=2_000)] | None = None
    is_required: bool | None = None
    required_status: tuple[str, ...] | None = None
    required_kind: tuple[str, ...] | None = None
    position: int | None = None
