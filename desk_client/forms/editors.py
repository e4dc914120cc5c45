"""From a field of the specification to its widget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from desk_client.widgets.choice_combo import ChoiceCombo
from desk_client.widgets.multi_field import MultiField
from desk_client.widgets.switch_field import SwitchField
from desk_client.widgets.text_fields import LineField, TextField, ValueText
from desk_client.widgets.time_field import TimeField
from desk_client.widgets.type_ahead import TypeAhead
from shared.domain.fields import Field, FieldType

IN_MEMORY = ("product", "staff")  # type-ahead over what the client holds anyway
AT_SERVER = ("customer", "contact", "project", "ticket")


class Editor(Protocol):
    """What every field widget can do, beside being a QWidget with a signal ``edited``."""

    edited: Any

    def value(self) -> Any:
        """The value as it is stored; None where it is empty."""

    def set_value(self, value: Any, text: str = "") -> None:
        """Show a value; ``text`` is its name where the widget does not know it."""

    def set_locked(self, locked: bool) -> None:
        """Keep the value until unlocked."""


_MADE_BY_TYPE: dict[FieldType, Callable[[], QWidget]] = {
    FieldType.LINE: LineField,
    FieldType.NUMBER: LineField,
    FieldType.TEXT: TextField,
    FieldType.CHOICE: ChoiceCombo,
    FieldType.REFERENCE: ChoiceCombo,
    FieldType.SEVERAL: MultiField,
    FieldType.SWITCH: SwitchField,
}


def is_type_ahead(field: Field) -> bool:
    """Whether a field is found by typing."""
    return field.type is FieldType.REFERENCE and field.reference in (*IN_MEMORY, *AT_SERVER)


def make_editor(field: Field, now: Callable[[], datetime], *, read_only: bool) -> QWidget:
    """The widget of a field; where nothing may be entered there is no control at all, only text."""
    if read_only:
        return ValueText()
    if field.type is FieldType.TIME:
        return TimeField(now=now)
    if is_type_ahead(field):
        return TypeAhead(debounce_ms=0) if field.reference in IN_MEMORY else TypeAhead()
    return _MADE_BY_TYPE[field.type]()
