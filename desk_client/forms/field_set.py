"""A set of fields that belong together: their editors, what depends on what, stars, labels and messages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from desk_client.forms.editors import AT_SERVER, IN_MEMORY, Editor, make_editor
from desk_client.forms.entity_fields import EntityFields, no_match_text
from desk_client.forms.suggestions import suggestions_in_memory
from desk_client.reference_store import ReferenceStore
from desk_client.widgets.choice_combo import ChoiceCombo
from desk_client.widgets.field_frame import FieldFrame, MessageKind, Saying
from desk_client.widgets.multi_field import MultiField
from desk_client.widgets.text_fields import ValueText
from desk_client.widgets.time_field import TimeField
from desk_client.widgets.type_ahead import Suggestion, TypeAhead
from shared.domain.fields import Field


class FieldSet(QObject):
    """Used by the form and by the dialog of a transition alike.

    ``context`` holds the values of fields that are not in the set but narrow those that are.

    Signals:
        edited(name): the person changed a field (its dependents are narrowed already).
        lookup_requested(name, entity, text, parent): suggestions of the server are wanted.
        resolved(): a type-ahead that waited for its answer has it.
    """

    edited = Signal(str)
    lookup_requested = Signal(str, str, str, object)
    resolved = Signal()

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
        self.context: dict[str, Any] = {}
        self.fields = {field.name: field for field in fields}
        self.frames: dict[str, FieldFrame] = {}
        self.touched: set[str] = set()
        self._texts: dict[tuple[str, Any], str] = {}  # what a value of a field is called
        self._parent_of_value: dict[str, Any] = {}
        for field in self.fields.values():
            self._add(field, now, parent)

    def _add(self, field: Field, now: Callable[[], datetime], parent: QWidget) -> None:
        editor = make_editor(field, now, read_only=self._read_only)
        frame = FieldFrame(field.name, editor, parent)
        frame.reserve_message(not self._read_only)
        self.frames[field.name] = frame
        self.editor(field.name).edited.connect(lambda name=field.name: self._on_edited(name))
        if isinstance(editor, TypeAhead):
            editor.search_requested.connect(lambda text, name=field.name: self._on_search(name, text))
            editor.resolved.connect(lambda name=field.name: self._on_resolved(name))

    def editor(self, name: str) -> Editor:
        """The widget of a field."""
        return cast(Editor, self.frames[name].editor)

    # -- values ----------------------------------------------------------------------------------------------------

    def value(self, name: str) -> Any:
        """A value of the set, or of its context."""
        return self.editor(name).value() if name in self.frames else self.context.get(name)

    def values(self) -> dict[str, Any]:
        """Context and own values together."""
        return {**self.context, **{name: self.editor(name).value() for name in self.frames}}

    def set_values(self, values: Mapping[str, Any], texts: Mapping[str, str], *, keep: Collection[str] = ()) -> None:
        """Show a row's values; ``texts`` are the names of customers and the like. All is untouched then.

        What is in the fields of ``keep`` stays there.
        """
        self._texts = {(name, values.get(name)): text for name, text in texts.items()}
        self.touched.clear()
        self.context.update({name: value for name, value in values.items() if name not in self.frames})
        for name in self.frames:
            if name not in keep:
                self._show(name, values.get(name))
        self._remember_parents(self.frames)
        self.refill()

    def put(self, name: str, value: Any, text: str = "") -> None:
        """Set one value as if the person had."""
        if name not in self.frames:
            self.context[name] = value
            return
        if text:
            self._texts[name, value] = text
        self._show(name, value)
        self.touched.add(name)
        self._remember_parents([name])
        self._narrow_children(name)

    def _show(self, name: str, value: Any) -> None:
        self.editor(name).set_value(value, self.text_of(name, value))

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
        for name in self.frames:
            self.editor(name).set_locked(locked)

    # -- dependents ------------------------------------------------------------------------------------------------

    def _on_edited(self, name: str) -> None:
        self.touched.add(name)
        self.frames[name].show_message(None)
        if name not in self.unresolved():
            self._remember_parents([name])
            self._exclude(name)
            self._narrow_children(name)
        self.edited.emit(name)

    def _on_resolved(self, name: str) -> None:
        editor = self.frames[name].editor
        if isinstance(editor, TypeAhead) and editor.is_unresolved():
            self.frames[name].show_message(self.no_match(name))
        self.resolved.emit()

    def _exclude(self, name: str) -> None:
        other = self._spec.exclusive.get(name)
        if other in self.frames and self.value(name) is not None and self.value(other) is not None:
            self._clear(other, name)

    def _narrow_children(self, name: str) -> None:
        for child in self._spec.children_of(name):
            if child.name not in self.frames:
                continue
            if self._has_impossible_value(child, name):
                self._clear(child.name, name)
            self._fill(child.name)
            self._narrow_children(child.name)

    def _has_impossible_value(self, child: Field, parent: str) -> bool:
        if self.value(child.name) is None:
            return False
        if child.reference in AT_SERVER:
            return bool(self._parent_of_value.get(child.name) != self.value(parent))
        return not self._spec.is_possible(child, self.values(), self._reference)

    def _clear(self, name: str, because: str) -> None:
        self.editor(name).set_value(None)
        self.touched.add(name)

        def say() -> str:
            text = QCoreApplication.translate("EntityForm", "Emptied: it did not go with “{field}”")
            return text.format(field=self._spec.label(because, self._reference))

        self.frames[name].show_message(say, MessageKind.NOTE)

    def _remember_parents(self, names: Iterable[str]) -> None:
        for name in names:
            parent = self.fields[name].depends_on
            if parent:
                self._parent_of_value[name] = self.value(parent)

    def take_newer(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        """Show values that changed elsewhere, except where the person has typed."""
        self._texts.update({(name, values.get(name)): text for name, text in texts.items()})
        for name, value in values.items():
            if name not in self.touched:
                self._show(name, value)
        self._remember_parents(name for name in values if name not in self.touched)
        self.refill()

    def no_match(self, name: str) -> Saying:
        """What is said under a field whose text stands for nothing."""
        editor = self.frames[name].editor
        text = editor.text() if isinstance(editor, TypeAhead | TimeField) else ""
        return lambda: no_match_text(self.fields[name], text)

    # -- offers ----------------------------------------------------------------------------------------------------

    def refill(self) -> None:
        """Fill every dropdown again, after other reference data, another language or another row."""
        for name in self.frames:
            self._fill(name)

    def _fill(self, name: str) -> None:
        editor, field = self.frames[name].editor, self.fields[name]
        if isinstance(editor, ChoiceCombo | MultiField):
            known = self._spec.known_labels(field, editor.value(), self._reference)
            offered = self._spec.offered_items(field, self.values(), self._reference)
            if isinstance(editor, MultiField):
                editor.set_choices(offered, known)
            else:
                editor.set_items(offered, known)
        elif isinstance(editor, ValueText):
            self._show(name, editor.value())

    def _on_search(self, name: str, text: str) -> None:
        field = self.fields[name]
        entity = field.reference or ""
        if entity in IN_MEMORY:
            self.show_suggestions(name, text, suggestions_in_memory(entity, text, self._reference))
        else:
            parent = self.value(field.depends_on) if field.depends_on else None
            self.lookup_requested.emit(name, entity, text, parent)

    def show_suggestions(self, name: str, text: str, suggestions: list[Suggestion]) -> None:
        """Hand the server's answer to the field that asked."""
        editor = self.frames[name].editor
        if isinstance(editor, TypeAhead):
            editor.show_suggestions(text, suggestions)

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
