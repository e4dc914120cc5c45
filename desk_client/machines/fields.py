"""The form of a machine: its fields, what they are called, what they offer, what has to be filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desk_client.forms.entity_fields import EntityFields, Values
from desk_client.machine_words import level_meaning, level_text
from desk_client.reference_store import ReferenceStore
from desk_client.widgets.choice_combo import ChoiceItem
from desk_client.widgets.field_frame import Saying
from shared.domain.fields import Field, FieldType
from shared.domain.level import Level
from shared.schemas.machine import NAME_LENGTH, NOTE_LENGTH

ENTITY = "machine"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MACHINE_FIELDS: tuple[Field, ...] = (
    Field("name", FieldType.LINE, max_length=NAME_LENGTH),
    Field("level", FieldType.CHOICE),
    Field("people", FieldType.SEVERAL, reference="staff"),
    Field("note", FieldType.TEXT, max_length=NOTE_LENGTH),
)
_LABELS: dict[str, Any] = {
    "name": QT_TRANSLATE_NOOP("MachineForm", "Name"),
    "level": QT_TRANSLATE_NOOP("MachineForm", "Level"),
    "people": QT_TRANSLATE_NOOP("MachineForm", "People"),
    "note": QT_TRANSLATE_NOOP("MachineForm", "Note"),
}
_HELP: dict[str, Any] = {
    "name": QT_TRANSLATE_NOOP(
        "MachineForm",
        "Small letters, digits and hyphens; the computer's own name is a good one. It never changes: it stands in the"
        " audit of whatever is done there.",
    ),
    "people": QT_TRANSLATE_NOOP(
        "MachineForm",
        "Who works there. With several, the client asks who sits there; nobody proves it. Who is not among them yet is"
        " made on the server: desk-server machine set NAME --person PERSON.",
    ),
    "note": QT_TRANSLATE_NOOP("MachineForm", "Where it stands, whose it is. Every machine may read it."),
}


class MachineFields(EntityFields):
    """Machines have no field rules: what they need is laid down by the program."""

    def __init__(self) -> None:
        super().__init__(ENTITY, MACHINE_FIELDS, required=("name", "level", "people"), fixed=("name",))

    def label(self, name: str, reference: ReferenceStore) -> str:
        """What a field is called."""
        return QCoreApplication.translate("MachineForm", _LABELS[name])

    def help(self, name: str, reference: ReferenceStore) -> str:
        """Its help text."""
        if name == "level":
            return "\n".join(f"{level_text(level)}: {level_meaning(level)}" for level in Level)
        return QCoreApplication.translate("MachineForm", _HELP[name])

    def check(
        self, values: Values, base: Mapping[str, Any] | None, reference: ReferenceStore, now: datetime
    ) -> dict[str, Saying]:
        """As of any form, and: a name has to be one."""
        errors = super().check(values, base, reference, now)
        name = values.get("name")
        if base is None and name and not NAME.fullmatch(normal_name(name)):
            errors["name"] = _name_text
        return errors

    def offered_items(self, field: Field, values: Values, reference: ReferenceStore) -> list[ChoiceItem]:
        """The levels; the people who are with us."""
        if field.name == "level":
            return [ChoiceItem(level.value, level_text(level), level.value) for level in reversed(Level)]
        return [ChoiceItem(one.code, one.name, one.code) for one in reference.staff() if not one.is_retired]

    def value_text(self, field: Field, value: Any, reference: ReferenceStore) -> str:
        """What a stored value is called."""
        if field.name == "level" and value is not None:
            return level_text(Level(value))
        return super().value_text(field, value, reference)

    def one_of_several(self, field: Field, value: Any, reference: ReferenceStore) -> str:
        """A person's name."""
        return next((one.name for one in reference.staff() if one.code == value), str(value))


def normal_name(name: str) -> str:
    """The name as it is stored."""
    return name.strip().lower()


def _name_text() -> str:
    return QCoreApplication.translate(
        "MachineForm", "A letter or digit, then letters, digits or hyphens; no blank, no dot"
    )
