"""What a map may fill, derived from the one field specification (shared.domain.fields)."""

from __future__ import annotations

from dataclasses import dataclass

from desk_server.importing.times import TimeReader
from shared.domain.fields import TICKET_FIELDS, FieldType

LONGEST_NAME = 300  # of what is looked up by its name or code: an index takes no more than 2,700 bytes
NOT_IMPORTED = ("status", "reported_at", "duplicate_of_id")
ALIASES = {"waiting_for": "waiting_for_staff", "release": "found_in_release", "ticket_kind": "kind"}
PARENTS = {
    "contact": ("customer",),
    "project": ("customer", "product"),
    "release": ("product",),
    "hardware_revision": ("product",),
}


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field as a map calls it; ``column`` is the ticket's column."""

    name: str
    column: str
    type: FieldType
    choice_list: str | None
    entity: str | None
    max_length: int | None

    def fault(self, value: str, times: TimeReader) -> str | None:
        """What is wrong with a value of the log, in words; None where nothing is. Nothing is ever cut short."""
        if self.max_length is not None and len(value) > self.max_length:
            return f"{self.name} is longer than {self.max_length} characters"
        if self.type is FieldType.TIME:
            try:
                times.read(value)
            except ValueError as error:
                return f"{self.name}: {error}"
        return None


FIELDS: dict[str, ImportField] = {
    field.name.removesuffix("_id"): ImportField(
        name=field.name.removesuffix("_id"),
        column=field.name,
        type=field.type,
        choice_list=field.choice_list,
        entity=field.reference,
        max_length=LONGEST_NAME if field.type in (FieldType.CHOICE, FieldType.REFERENCE) else field.max_length,
    )
    for field in TICKET_FIELDS
    if not field.read_only and field.name not in NOT_IMPORTED
}


def public_name(name: str) -> str:
    """The name that a map's author reads in our pages."""
    return next((short for short, long in ALIASES.items() if long == name and short == "waiting_for"), name)


def field_name(name: str) -> str:
    """The name a field goes by: ``customer_id`` and ``waiting_for`` are understood."""
    plain = name.removesuffix("_id") if name.removesuffix("_id") in FIELDS else name
    return ALIASES.get(plain, plain)


def custom_name(name: str) -> str | None:
    """The key in ``ticket.custom`` of a field called ``custom.KEY``; None for any other."""
    head, dot, key = name.partition(".")
    return key if head == "custom" and dot and key else None
