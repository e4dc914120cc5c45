"""From the one field specification to editors: which widget a field gets, what it offers, what its value is called."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desk_client.reference_store import ReferenceStore
from desk_client.widgets.choice_combo import ChoiceCombo, ChoiceItem
from desk_client.widgets.text_fields import LineField, TextField, ValueText
from desk_client.widgets.time_field import SHOWN_FORMAT, TimeField
from desk_client.widgets.type_ahead import Suggestion, TypeAhead
from shared.domain.fields import TICKET_FIELDS, Field, FieldType
from shared.domain.status import Status, next_statuses

ENTITY = "ticket"
IN_MEMORY = ("product", "staff")  # type-ahead over what the client holds anyway
AT_SERVER = ("customer", "contact", "project", "ticket")
WIDE_FIELDS = ("subject",)
SUGGESTIONS = 20

BY_NAME: dict[str, Field] = {field.name: field for field in TICKET_FIELDS}
Values = Mapping[str, Any]


class Editor(Protocol):
    """What every field widget can do, beside being a QWidget with a signal ``edited``."""

    edited: Any

    def value(self) -> Any:
        """The value as it is stored; None where it is empty."""

    def set_value(self, value: Any, text: str = "") -> None:
        """Show a value; ``text`` is its name where the widget does not know it."""

    def set_locked(self, locked: bool) -> None:
        """Keep the value until unlocked."""


def ordered_fields(reference: ReferenceStore) -> list[Field]:
    """The built-in fields in the administrator's order."""

    def position(indexed: tuple[int, Field]) -> tuple[int, int]:
        index, field = indexed
        rule = reference.rule(ENTITY, field.name)
        return (rule.position if rule else 10_000, index)

    return [field for _, field in sorted(enumerate(TICKET_FIELDS), key=position)]


def is_wide(field: Field) -> bool:
    """Whether a field takes a row of its own."""
    return field.type is FieldType.TEXT or field.name in WIDE_FIELDS


def children_of(name: str) -> list[Field]:
    """The fields that this one narrows."""
    return [field for field in TICKET_FIELDS if field.depends_on == name]


def is_type_ahead(field: Field) -> bool:
    """Whether a field is found by typing."""
    return field.type is FieldType.REFERENCE and field.reference in (*IN_MEMORY, *AT_SERVER)


def make_editor(field: Field, now: Callable[[], datetime], *, read_only: bool) -> QWidget:
    """The widget of a field; where nothing may be entered there is no control at all, only text."""
    if read_only:
        return ValueText()
    if field.type is FieldType.TEXT:
        return TextField()
    if field.type is FieldType.TIME:
        return TimeField(now=now)
    if is_type_ahead(field):
        return TypeAhead(debounce_ms=0) if field.reference in IN_MEMORY else TypeAhead()
    if field.type in (FieldType.CHOICE, FieldType.REFERENCE):
        return ChoiceCombo()
    return LineField()


# -- what is offered -----------------------------------------------------------------------------------------------


def offered_items(field: Field, values: Values, reference: ReferenceStore) -> list[ChoiceItem]:
    """What the dropdown of a field offers, given the other values; nothing that is retired."""
    if field.name == "status":
        return _status_items(values.get("stored_status"), reference)
    if field.type is FieldType.CHOICE:
        parent = BY_NAME[field.depends_on] if field.depends_on else None
        narrowed = (parent.choice_list or "", values.get(parent.name)) if parent else None
        offered = reference.choices(field.choice_list or "", parent=narrowed)
        return [ChoiceItem(choice.code, choice.label(reference.language), choice.code) for choice in offered]
    if field.reference == "release":
        rows = reference.releases(values.get("product_id"))
    elif field.reference == "hardware_revision":
        rows = reference.hardware_revisions(values.get("product_id"), values.get("found_in_release_id"))
    else:
        departments = reference.departments()
        return [ChoiceItem(one.id, one.label(reference.language), one.code) for one in departments]
    return [ChoiceItem(row.id, row.name, row.code) for row in rows]


def _status_items(stored: str | None, reference: ReferenceStore) -> list[ChoiceItem]:
    codes = [*([Status(stored)] if stored else []), *next_statuses(stored)]
    return [ChoiceItem(code.value, reference.choice_label("status", code), code.value) for code in codes]


def is_possible(field: Field, values: Values, reference: ReferenceStore) -> bool:
    """Whether a field's value goes with its parents' values, retired or not. An empty one always does."""
    value = values.get(field.name)
    if value is None or not field.depends_on:
        return True
    if field.type is FieldType.CHOICE:
        parent = BY_NAME[field.depends_on]
        above = reference.choice(parent.choice_list or "", values.get(parent.name))
        own = reference.choice(field.choice_list or "", value)
        return above is not None and own is not None and (above.id, own.id) in reference.data.dependent_choices
    if field.reference == "release":
        release = reference.release(value)
        return release is not None and release.parent_id == values.get("product_id")
    if field.reference == "hardware_revision":
        return _is_possible_hardware(value, values, reference)
    return False  # contact and project of another customer: only the server knows the right ones


def _is_possible_hardware(value: int, values: Values, reference: ReferenceStore) -> bool:
    revision, release = reference.hardware_revision(value), values.get("found_in_release_id")
    if revision is None or revision.parent_id != values.get("product_id"):
        return False
    return release is None or (release, revision.id) in reference.data.release_hardware


def suggestions_in_memory(entity: str, text: str, reference: ReferenceStore) -> list[Suggestion]:
    """The best matches among products or people: beginnings first, then beginnings of words, then anything inside."""
    if entity == "product":
        rows = [Suggestion(p.id, p.code, p.name if p.name != p.code else "") for p in reference.products()]
    else:
        rows = [Suggestion(p.id, p.name, _person_detail(p, reference)) for p in reference.staff() if not p.is_retired]
    wanted = folded(text)
    ranked = [(rank, row) for row in rows if (rank := match_rank(wanted, (row.text, row.detail))) is not None]
    return [row for _, row in sorted(ranked, key=lambda pair: (pair[0], pair[1].text))[:SUGGESTIONS]]


def _person_detail(person: Any, reference: ReferenceStore) -> str:
    department = reference.department(person.department_id)
    return f"{person.code}, {department.label(reference.language)}" if department else str(person.code)


def folded(text: str) -> str:
    """The text without the differences of case and width: what comparing goes by."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def match_rank(wanted: str, texts: Iterable[str]) -> int | None:
    """0 for a beginning, 1 for the beginning of a word, 2 for anywhere inside, None for no match."""
    ranks = []
    for text in map(folded, texts):
        if text.startswith(wanted):
            ranks.append(0)
        elif any(word.startswith(wanted) for word in text.replace("-", " ").replace(",", " ").split()):
            ranks.append(1)
        elif wanted in text:
            ranks.append(2)
    return min(ranks, default=None)


# -- what a value is called ----------------------------------------------------------------------------------------


def value_text(field: Field, value: Any, reference: ReferenceStore) -> str:
    """What a stored value is called in the language of the window; '' where only the server knows, or none."""
    if value is None:
        return ""
    if field.type is FieldType.CHOICE:
        return reference.choice_label(field.choice_list or "", str(value))
    if field.type is FieldType.TIME:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return moment.astimezone().strftime(SHOWN_FORMAT)
    if field.type is not FieldType.REFERENCE:
        return str(value)
    return _reference_text(field.reference or "", value, reference)


def _reference_text(entity: str, value: int, reference: ReferenceStore) -> str:
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


def known_labels(field: Field, value: Any, reference: ReferenceStore) -> dict[Any, str]:
    """The label of a value that may be shown though it is not offered."""
    return {} if value is None else {value: value_text(field, value, reference) or str(value)}


def no_match_text(field: Field, text: str) -> str:
    """What is said under a type-ahead or a time whose text names nothing."""
    if field.type is FieldType.TIME:
        return QCoreApplication.translate("TicketForm", "A time like 2026-11-21 09:30, 9:30, today or +2d")
    return QCoreApplication.translate("TicketForm", "Nothing found for “{text}”").format(text=text)
