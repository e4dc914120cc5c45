"""What a form knows of an entity: its fields, what they are called, what they offer, what has to be filled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.reference_store import ReferenceStore
from desk_client.widgets.choice_combo import ChoiceItem
from desk_client.widgets.field_frame import Saying
from desk_client.widgets.time_field import SHOWN_FORMAT
from shared.domain.fields import Field, FieldType

Values = Mapping[str, Any]
LAST = 10_000


class EntityFields:
    """The specification of one entity's form. An entity with words or offers of its own overrides those.

    ``wide`` fields take a row of their own; of two ``exclusive`` fields at most one has a value; ``required`` ones
    must be filled; ``fixed`` ones are entered once, for a new row.
    """

    def __init__(
        self,
        entity: str,
        fields: tuple[Field, ...],
        *,
        wide: Collection[str] = (),
        exclusive: Mapping[str, str] | None = None,
        required: Collection[str] = (),
        fixed: Collection[str] = (),
    ) -> None:
        self.entity = entity
        self.fields = fields
        self.by_name = {field.name: field for field in fields}
        self.exclusive = exclusive or {}
        self.fixed = frozenset(fixed)
        self._wide = frozenset(wide)
        self._required = frozenset(required)

    # -- the fields ------------------------------------------------------------------------------------------------

    def ordered(self, reference: ReferenceStore) -> list[Field]:
        """The fields in the administrator's order, where there is one."""

        def position(indexed: tuple[int, Field]) -> tuple[int, int]:
            index, field = indexed
            rule = reference.rule(self.entity, field.name)
            return (rule.position if rule else LAST, index)

        return [field for _, field in sorted(enumerate(self.fields), key=position)]

    def is_wide(self, field: Field) -> bool:
        """Whether a field takes a row of its own."""
        return field.type is FieldType.TEXT or field.name in self._wide

    def children_of(self, name: str) -> list[Field]:
        """The fields that this one narrows."""
        return [field for field in self.fields if field.depends_on == name]

    def sets(self) -> frozenset[str]:
        """The fields with several values: of two that change one, what either adds or takes away counts."""
        return frozenset(field.name for field in self.fields if field.type is FieldType.SEVERAL)

    def linked(self) -> dict[str, frozenset[str]]:
        """For a field those on which its meaning rests: what narrows it, and what shuts it out."""
        links = {name: {other} for name, other in self.exclusive.items()}
        for field in self.fields:
            parent = field.depends_on
            while parent is not None:
                links.setdefault(field.name, set()).add(parent)
                parent = self.by_name[parent].depends_on
        return {name: frozenset(others) for name, others in links.items()}

    def label(self, name: str, reference: ReferenceStore) -> str:
        """What a field is called."""
        return reference.field_label(self.entity, name)

    def help(self, name: str, reference: ReferenceStore) -> str:
        """Its help text, '' where there is none."""
        return reference.field_help(self.entity, name)

    # -- rules -----------------------------------------------------------------------------------------------------

    def required_names(self, values: Values, reference: ReferenceStore) -> Collection[str]:
        """The fields that have a star, given the values."""
        return self._required

    def check(self, values: Values, base: Values | None, reference: ReferenceStore, now: datetime) -> dict[str, Saying]:
        """A message for each field that breaks a rule; of a row that is there, only for fields that changed."""
        errors: dict[str, Saying] = {}
        for name in self.required_names(values, reference):
            if is_empty(values.get(name)) and (base is None or not is_empty(base.get(name))):
                errors[name] = needed_text
        for name, value in values.items():
            if name in self.by_name and (base is None or value != base.get(name)) and self.length_text(name, value):
                errors[name] = partial(self.length_text, name, value)
        return errors

    def length_text(self, name: str, value: Any) -> str:
        """What is said of a text that is too long, '' where it is not."""
        limit = self.by_name[name].max_length
        if not limit or not isinstance(value, str) or len(value) <= limit:
            return ""
        text = QCoreApplication.translate("EntityForm", "At most {limit} characters; these are {count}")
        return text.format(limit=limit, count=len(value))

    # -- what is offered -------------------------------------------------------------------------------------------

    def offered_items(self, field: Field, values: Values, reference: ReferenceStore) -> list[ChoiceItem]:
        """What the dropdown of a field offers, given the other values; nothing that is retired."""
        if field.type is FieldType.CHOICE:
            parent = self.by_name[field.depends_on] if field.depends_on else None
            narrowed = (parent.choice_list or "", values.get(parent.name)) if parent else None
            offered = reference.choices(field.choice_list or "", parent=narrowed)
            return [ChoiceItem(choice.code, choice.label(reference.language), choice.code) for choice in offered]
        departments = reference.departments()
        return [ChoiceItem(one.id, one.label(reference.language), one.code) for one in departments]

    def is_possible(self, field: Field, values: Values, reference: ReferenceStore) -> bool:
        """Whether a field's value goes with its parents' values, retired or not. An empty one always does."""
        value = values.get(field.name)
        if value is None or not field.depends_on:
            return True
        if field.type is not FieldType.CHOICE:
            return False  # contact and project of another customer: only the server knows the right ones
        parent = self.by_name[field.depends_on]
        above = reference.choice(parent.choice_list or "", values.get(parent.name))
        own = reference.choice(field.choice_list or "", value)
        return above is not None and own is not None and (above.id, own.id) in reference.data.dependent_choices

    # -- what a value is called ------------------------------------------------------------------------------------

    def value_text(self, field: Field, value: Any, reference: ReferenceStore) -> str:
        """What a stored value is called in the language of the window; '' where only the server knows, or none."""
        if value is None:
            return ""
        if field.type is FieldType.SEVERAL:
            names = [self.one_of_several(field, one, reference) for one in value]
            return QCoreApplication.translate("EntityForm", ", ").join(names)
        if field.type is FieldType.CHOICE:
            return reference.choice_label(field.choice_list or "", str(value))
        if field.type is FieldType.TIME:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            return moment.astimezone().strftime(SHOWN_FORMAT)
        if field.type is not FieldType.REFERENCE:
            return str(value)
        return reference_text(field.reference or "", value, reference)

    def one_of_several(self, field: Field, value: Any, reference: ReferenceStore) -> str:
        """What one value of a field that has several is called."""
        return str(value)

    def known_labels(self, field: Field, value: Any, reference: ReferenceStore) -> dict[Any, str]:
        """The labels of values that may be shown though they are not offered."""
        if field.type is FieldType.SEVERAL:
            return {one: self.one_of_several(field, one, reference) for one in value or ()}
        return {} if value is None else {value: self.value_text(field, value, reference) or str(value)}


def is_empty(value: Any) -> bool:
    """Whether nothing was entered."""
    return value is None or value == ()


def needed_text() -> str:
    """What is said under a field that has to be filled."""
    return QCoreApplication.translate("EntityForm", "This is needed")


def no_match_text(field: Field, text: str) -> str:
    """What is said under a type-ahead or a time whose text names nothing."""
    if field.type is FieldType.TIME:
        return QCoreApplication.translate("EntityForm", "A time like 2026-11-21 09:30, 9:30, today or +2d")
    return QCoreApplication.translate("EntityForm", "Nothing found for “{text}”").format(text=text)


def reference_text(entity: str, value: int, reference: ReferenceStore) -> str:
    """What a row of the reference data is called."""
    if entity == "department":
        department = reference.department(value)
        return department.label(reference.language) if department else ""
    if entity == "staff":
        person = reference.person(value)
        return person.name if person else ""
    if entity == "product":
        product = reference.product(value)
        return product.code if product else ""
    if entity == "release":
        release = reference.release(value)
        return release.name if release else ""
    if entity == "hardware_revision":
        revision = reference.hardware_revision(value)
        return revision.name if revision else ""
    return ""
