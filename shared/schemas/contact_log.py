"""Exchanges with the outside, going in."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.schemas.base import Frozen, Storable


class InteractionCreate(Frozen):
    """One logged exchange. Without ``staff_id`` it was the person at this machine; ``minutes`` is our time."""

    save_id: uuid.UUID
    ticket_id: int | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    at: AwareDatetime
    channel: str | None = None
    direction: Literal["in", "out"]
    staff_id: int | None = None
    department_id: int | None = None
    minutes: Annotated[int, Field(ge=0, le=10_000)] | None = None
    summary: Annotated[Storable, Field(max_length=100_000)] | None = None


class InteractionValues(Frozen):
    """What of a logged exchange may be corrected."""

    ticket_id: int | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    at: AwareDatetime | None = None
    channel: str | None = None
    direction: Literal["in", "out"] | None = None
    staff_id: int | None = None
    department_id: int | None = None
    minutes: Annotated[int, Field(ge=0, le=10_000)] | None = None
    summary: Annotated[Storable, Field(max_length=100_000)] | None = None
