"""What a change of many rows knows of their entity: its fields, what they offer, what it calls its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk_client.forms.entity_fields import EntityFields
from desk_client.reference_store import ReferenceStore
from shared.domain.fields import Field


class BulkEntity:
    """Of an entity whose fields are those of its form. One with words or rules of its own overrides those."""

    def __init__(self, spec: EntityFields) -> None:
        self.spec = spec
        self.entity = spec.entity

    def offered(self, reference: ReferenceStore) -> list[Field]:
        """The fields that can be changed, in the administrator's order."""
        return [field for field in self.spec.ordered(reference) if not field.read_only and self.may_change(field)]

    def may_change(self, field: Field) -> bool:
        """Whether a field may get one value in many rows; not one that is entered once."""
        return field.name not in self.spec.fixed

    def with_parents(self, name: str) -> list[str]:
        """A field behind those that narrow it: what it offers depends on them."""
        parent = self.spec.by_name[name].depends_on
        return [*(self.with_parents(parent) if parent in self.spec.by_name else ()), name] if parent else [name]

    def completed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values to write, with those that follow from them."""
        return dict(values)

    def as_json(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as they are sent. Raises ValueError where one is none of its field."""
        raise NotImplementedError

    def note(self, name: str, values: Mapping[str, Any], reference: ReferenceStore) -> str:
        """What to know of a field beforehand, '' for nothing."""
        return ""

    def count_text(self, count: int) -> str:
        """So many rows, in words."""
        raise NotImplementedError
