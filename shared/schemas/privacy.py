"""Fields that may be private: kept from machines that only read, search and reports included."""

from __future__ import annotations

import uuid

from shared.schemas.base import Frozen


class PrivateField(Frozen):
    """A field that the schema allows to be private, and whether it is."""

    id: int
    entity: str
    field: str
    label_en: str
    label_zh: str
    is_private: bool
    row_version: int

    def label(self, language: str) -> str:
        """What the field is called."""
        return self.label_zh if language == "zh_CN" else self.label_en


class PrivacyState(Frozen):
    """All of them, and how many search entries still have to move after a change that was made."""

    fields: tuple[PrivateField, ...]
    left: int


class PrivacyChange(Frozen):
    """Make a field private, or open again. ``row_version`` is the version that was read."""

    entity: str
    field: str
    is_private: bool
    save_id: uuid.UUID
    row_version: int
    lease_token: int | None = None
