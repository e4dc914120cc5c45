"""What a draft holds, and how it is written down: values keep their types."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import Enum
from typing import Any

FORMAT = 1
_KIND = "$"  # marks what JSON has no word for


@dataclass(frozen=True, slots=True)
class FieldText:
    """What stands in one field: its value, the text as it was typed, and where the cursor and the selection are.

    Positions count as the widget counts them. A text beside a value of None is one that stands for nothing (yet).
    """

    value: Any
    text: str = ""
    cursor: int = 0
    anchor: int = 0


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What is typed in one form and not saved.

    Attributes:
        entity_id: None for a row that is not there yet.
        base_version: the version that was read, None for a new row.
        base: the values that were read; ``base_texts`` the names of what they point to.
        typed: each field that was changed.
        beside: what is typed beside the form, as its entity knows it: a comment.
        focus: the name of the field with the cursor; ``focus_text`` says where in it.
        save_ids: what a save of this form was or will be sent with: sent once more it counts once.
    """

    entity: str
    entity_id: int | None
    title: str
    base_version: int | None
    base: Mapping[str, Any] = field(default_factory=dict)
    base_texts: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, FieldText] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    focus: str = ""
    focus_text: FieldText | None = None
    save_ids: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft with whose it is and when it was written. ``person`` is a staff code, '' where nobody is stated."""

    id: uuid.UUID
    machine: str
    person: str
    person_name: str
    written_at: datetime
    content: DraftContent


def encode(draft: Draft) -> bytes:
    """A draft as bytes."""
    known = {one.name: getattr(draft.content, one.name) for one in fields(DraftContent)}
    whole = {
        "format": FORMAT, "machine": draft.machine, "person": draft.person, "person_name": draft.person_name,
        "written_at": draft.written_at, "content": known,
    }  # fmt: skip
    return json.dumps(_plain(whole), ensure_ascii=True, separators=(",", ":")).encode("ascii")


def decode(draft_id: uuid.UUID, data: bytes) -> Draft:
    """The draft that ``encode`` wrote; ValueError where it is none, or one of a later client."""
    try:
        whole = _typed(json.loads(data))
        if whole["format"] != FORMAT:
            raise ValueError("a draft of another client")
        content = DraftContent(**whole["content"])
        return Draft(draft_id, whole["machine"], whole["person"], whole["person_name"], whole["written_at"], content)
    except (KeyError, TypeError) as error:
        raise ValueError("no draft") from error


def _plain(value: Any) -> Any:
    """With a mark on each value that JSON would change."""
    if isinstance(value, Mapping):
        plain = {str(key): _plain(one) for key, one in value.items()}
        return {_KIND: "map", "of": plain} if _KIND in plain else plain
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, tuple | set | frozenset):
        return {_KIND: "tuple", "of": [_plain(one) for one in value]}
    if isinstance(value, Enum):
        return _plain(value.value)
    return _marked(value)


def _marked(value: Any) -> Any:
    if isinstance(value, FieldText):
        return {_KIND: "field", "of": [_plain(value.value), value.text, value.cursor, value.anchor]}
    if isinstance(value, datetime | date):
        return {_KIND: "time" if isinstance(value, datetime) else "date", "of": value.isoformat()}
    if isinstance(value, uuid.UUID):
        return {_KIND: "uuid", "of": str(value)}
    return value


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        return [_typed(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _KIND not in value:
        return {key: _typed(one) for key, one in value.items()}
    return _READERS[value[_KIND]](value["of"])


_READERS: dict[str, Callable[[Any], Any]] = {
    "map": lambda of: {key: _typed(one) for key, one in of.items()},
    "tuple": lambda of: tuple(_typed(one) for one in of),
    "field": lambda of: FieldText(_typed(of[0]), *of[1:]),
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "uuid": uuid.UUID,
}
