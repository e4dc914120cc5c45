"""The fields of a form as widgets: each with its frame, its value, what it is called and what is said under it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desk_client.forms.editors import Editor, make_editor
from desk_client.forms.entity_fields import EntityFields, no_match_text
from desk_client.reference_store import ReferenceStore
from desk_client.widgets.field_frame import FieldFrame, Saying
from desk_client.widgets.time_field import TimeField
from desk_client.widgets.type_ahead import TypeAhead
from shared.domain.fields import Field


class FieldFrames(QObject):
    """Fields one by one; what one does to another is the set's (``FieldSet``)."""

    def __init__(
        self,
        spec: EntityFields,
        fields: Iterable[Field],
        reference: ReferenceStore,
        now: Callable[[], datetime],
        *,
        read_only: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._spec, self._reference = spec, reference
        self._read_only = read_only
        self._is_locked = False
        self.context: dict[str, Any] = {}
        self.fields = {field.name: field for field in fields}
        self.frames: dict[str, FieldFrame] = {}
        self.touched: set[str] = set()
        self._texts: dict[tuple[str, Any], str] = {}  # what a value of a field is called
        for field in self.fields.values():
            frame = FieldFrame(field.name, make_editor(field, now, read_only=read_only), parent)
            frame.reserve_message(not read_only)
            self.frames[field.name] = frame

    def editor(self, name: str) -> Editor:
        """The widget of a field."""
        return cast(Editor, self.frames[name].editor)

    def editors(self) -> dict[str, QWidget]:
        """The widget of each field."""
        return {name: frame.editor for name, frame in self.frames.items()}

    # -- values ----------------------------------------------------------------------------------------------------

    def value(self, name: str) -> Any:
        """A value of the set, or of its context."""
        return self.editor(name).value() if name in self.frames else self.context.get(name)

    def values(self) -> dict[str, Any]:
        """Context and own values together."""
        return {**self.context, **{name: self.editor(name).value() for name in self.frames}}

    def text_of(self, name: str, value: Any) -> str:
        """What a value is called."""
        if value is None:
            return ""
        known = self._spec.value_text(self.fields[name], value, self._reference) or self._texts.get((name, value))
        return known or self._picked_text(name, value) or str(value)

    def _picked_text(self, name: str, value: Any) -> str:
        """The name that a type-ahead shows for what was picked in it."""
        editor = self.frames[name].editor if name in self.frames else None
        return editor.text() if isinstance(editor, TypeAhead) and editor.value() == value else ""

    def unresolved(self) -> list[str]:
        """Fields with a text that stands for nothing (yet)."""
        return [
            name
            for name, frame in self.frames.items()
            if isinstance(frame.editor, TypeAhead | TimeField) and frame.editor.is_unresolved()
        ]

    def take_waiting(self) -> bool:
        """Let every type-ahead take its best match; whether one still waits for the server."""
        editors = [frame.editor for frame in self.frames.values() if isinstance(frame.editor, TypeAhead)]
        for editor in editors:
            if editor.is_unresolved():
                editor.take()
        return any(editor.is_waiting() for editor in editors)

    def set_locked(self, locked: bool) -> None:
        """Go to reading and back; what is typed stays."""
        self._is_locked = locked
        for name in self.frames:
            self.editor(name).set_locked(locked)

    # -- labels ----------------------------------------------------------------------------------------------------

    def label_fields(self, required: Collection[str]) -> None:
        """Labels and help in the language of the window, and a star on what is required."""
        for name, frame in self.frames.items():
            label = self._spec.label(name, self._reference)
            frame.set_label(label, required=name in required and not self._read_only)
            frame.set_help(self._spec.help(name, self._reference))
            frame.say_again()

    def show_errors(self, errors: Mapping[str, Saying]) -> list[str]:
        """Put each message under its field and take the others away; the names that have no field here."""
        for name, frame in self.frames.items():
            if name in errors:
                frame.show_message(errors[name])
            elif frame.has_error():
                frame.show_message(None)
        return [name for name in errors if name not in self.frames]

    def clear_messages(self) -> None:
        """Say nothing under any field."""
        for frame in self.frames.values():
            frame.show_message(None)

    def no_match(self, name: str) -> Saying:
        """What is said under a field whose text stands for nothing."""
        editor = self.frames[name].editor
        text = editor.text() if isinstance(editor, TypeAhead | TimeField) else ""
        return lambda: no_match_text(self.fields[name], text)
