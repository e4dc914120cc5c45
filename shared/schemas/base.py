"""What all schemas share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value that may cross threads."""

    model_config = ConfigDict(frozen=True, extra="forbid")
