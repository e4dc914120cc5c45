"""What all schemas share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value that may cross threads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def storable(text: str) -> str:
    """``text`` without what PostgreSQL can't hold: NUL is dropped, half a surrogate pair becomes U+FFFD."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Storable = Annotated[str, AfterValidator(storable)]
