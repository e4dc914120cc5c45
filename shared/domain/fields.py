"""The one field specification: what feeds form, help, import mapping, heading and (by ``field_rule``) the database.

What is fixed stands here (type, length, reference); what an administrator may change (label, help, required,
order, choices) comes from the database as ``schemas.reference.FieldRule`` and is looked up by the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SUBJECT_LENGTH = 300


class FieldType(StrEnum):
    """How a value is entered and shown."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    REFERENCE = "reference"
    TIME = "time"
    NUMBER = "number"
    SEVERAL = "several"  # of a few values
    SWITCH = "switch"  # yes or no


@dataclass(frozen=True, slots=True)
class Field:
    """A built-in field. ``name`` is the column's name everywhere, from the table to the widget.

    ``reference`` names the entity that a REFERENCE points to; ``depends_on`` the field that narrows the values.
    """

    name: str
    type: FieldType
    choice_list: str | None = None
    reference: str | None = None
    depends_on: str | None = None
    max_length: int | None = None
    read_only: bool = False


def _choice(name: str, choice_list: str | None = None, depends_on: str | None = None) -> Field:
    return Field(name, FieldType.CHOICE, choice_list=choice_list or name, depends_on=depends_on)


def _reference(name: str, entity: str, depends_on: str | None = None) -> Field:
    return Field(name, FieldType.REFERENCE, reference=entity, depends_on=depends_on)


TICKET_FIELDS: tuple[Field, ...] = (
    # In the order of a form: in three columns who, what and which fault each go down a column.
    Field("number", FieldType.NUMBER, read_only=True),
    Field("subject", FieldType.LINE, max_length=SUBJECT_LENGTH),
    _reference("customer_id", "customer"),
    _reference("product_id", "product"),
    _choice("category"),
    _reference("contact_id", "contact", depends_on="customer_id"),
    _reference("found_in_release_id", "release", depends_on="product_id"),
    _choice("symptom", depends_on="category"),
    _reference("project_id", "project", depends_on="customer_id"),
    _reference("hardware_revision_id", "hardware_revision", depends_on="found_in_release_id"),
    _choice("cause", depends_on="symptom"),
    Field("description", FieldType.TEXT, max_length=100_000),
    _choice("kind", "ticket_kind"),
    _choice("priority"),
    _choice("severity"),
    _choice("source"),
    _choice("channel"),
    Field("reported_at", FieldType.TIME),
    Field("serial", FieldType.LINE, max_length=100),
    _reference("assignee_id", "staff"),
    _reference("department_id", "department"),
    _choice("status"),
    Field("next_step", FieldType.LINE, max_length=1_000),
    Field("next_step_at", FieldType.TIME),
    Field("due_at", FieldType.TIME),
    _reference("waiting_for_staff_id", "staff"),
    _reference("waiting_for_department_id", "department"),
    Field("resolution", FieldType.TEXT, max_length=100_000),
    _reference("fixed_in_release_id", "release", depends_on="product_id"),
    _reference("duplicate_of_id", "ticket"),
)

FIELDS: dict[str, tuple[Field, ...]] = {"ticket": TICKET_FIELDS}


def field(entity: str, name: str) -> Field:
    """The built-in field of that name; KeyError where there is none."""
    for candidate in FIELDS[entity]:
        if candidate.name == name:
            return candidate
    raise KeyError(f"{entity} has no field {name}")
