"""A save of a row that is there: what every editable entity's save carries, and what it gives back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Generic, TypeVar

from shared.schemas.base import Frozen

V = TypeVar("V", bound=Frozen)


class SavedRow(Frozen):
    """A row after it was saved: what the next save of it has to state."""

    id: int
    row_version: int
    updated_at: datetime


class RowUpdate(Frozen, Generic[V]):
    """Only the fields set in ``values`` (``model_fields_set``) are written. ``row_version`` is the one that was read.

    The same save keeps its ``save_id`` over retries: it is done once.
    """

    id: int
    row_version: int
    save_id: uuid.UUID
    lease_token: int | None = None
    values: V
