"""What another machine made of a row that is open here: which fields, from what to what, and who it was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.machine_words import who_text

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """A save of another: where and when; ``fields`` empty where it is not known which it changed."""

    machine: str | None
    person: str | None
    at: datetime
    fields: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that is another by now; ``origin`` is the newest save that changed it."""

    field: str
    before: Any
    now: Any
    origin: Origin | None


def changes_between(
    before: Values, now: Values, names: Collection[str], origins: Sequence[Origin]
) -> list[FieldChange]:
    """The fields among ``names`` that differ, in their order; ``origins`` newest first."""
    return [
        FieldChange(name, before.get(name), now.get(name), _origin_of(name, origins))
        for name in names
        if before.get(name) != now.get(name)
    ]


def _origin_of(name: str, origins: Sequence[Origin]) -> Origin | None:
    return next((one for one in origins if name in one.fields or not one.fields), None)


def origins_text(origins: Sequence[Origin]) -> str:
    """The machines with their people, each once, in the language of the window; '' where none is known."""
    said = dict.fromkeys(who_text(one.machine, one.person) for one in origins if one.machine or one.person)
    return QCoreApplication.translate("Changes", ", ").join(said)
