"""What a form needs of the row that it shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, TypeVar


class Values(Protocol):
    """The values a person may enter, as a schema holds them."""

    def model_dump(self) -> dict[str, Any]:
        """Each value by the name of its field."""


class EditedRow(Protocol):
    """A row as it was read: its version, its values, and who else has it open to change."""

    @property
    def id(self) -> int:
        """Its id, as the ChangeBus and the lease know it."""

    @property
    def row_version(self) -> int:
        """The version that was read."""

    @property
    def updated_at(self) -> datetime:
        """When it was changed last."""

    @property
    def values(self) -> Values:
        """What may be entered."""

    @property
    def edited_by(self) -> str | None:
        """The machine that holds a live lease."""

    @property
    def edited_person(self) -> str | None:
        """The person there."""

    @property
    def edited_since(self) -> datetime | None:
        """Since when."""

    @property
    def edited_seen(self) -> datetime | None:
        """The last sign of life from there."""


Detail = TypeVar("Detail", bound=EditedRow)
