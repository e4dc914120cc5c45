"""A set of fields that belong together: what depends on what, what is offered, and undo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from desk_client.drafts.content import FieldText
from desk_client.forms.editor_text import write_text
from desk_client.forms.editors import AT_SERVER, IN_MEMORY
from desk_client.forms.entity_fields import EntityFields
from desk_client.forms.field_frames import FieldFrames
from desk_client.forms.suggestions import suggestions_in_memory
from desk_client.forms.undo import FieldUndo
from desk_client.reference_store import ReferenceStore
from desk_client.widgets.choice_combo import ChoiceCombo
from desk_client.widgets.field_frame import MessageKind
from desk_client.widgets.multi_field import MultiField
from desk_client.widgets.text_fields import COMPOSING, ValueText
from desk_client.widgets.type_ahead import Suggestion, TypeAhead
from shared.domain.fields import Field

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class FieldSet(FieldFrames):
    """Used by the form and by the dialog of a transition alike.

    ``context`` holds the values of fields that are not in the set but narrow those that are.

    Signals:
        edited(name): the person changed a field (its dependents are narrowed already).
        lookup_requested(name, entity, text, parent): suggestions of the server are wanted.
        resolved(): a type-ahead that waited for its answer has it.
        unanswered(): it will not get one: what waits for it waits no more.
        moved(): the cursor is elsewhere.
    """

    edited = Signal(str)
    lookup_requested = Signal(str, str, str, object)
    resolved = Signal()
    unanswered = Signal()
    moved = Signal()

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
        super().__init__(spec, fields, reference, now, read_only=read_only, parent=parent)
        self._parent_of_value: dict[str, Any] = {}
        self._read: dict[str, Any] = {}  # the values that were shown last
        self.is_sent = False  # a save is under way
        self.in_doubt: Collection[str] = ()  # what a save wrote whose outcome nobody knows
        self._emptied: set[str] = set()  # by the change that is being worked through
        self.undo = FieldUndo(self, self)
        for name in self.frames:
            self._listen(name)

    def _listen(self, name: str) -> None:
        editor = self.frames[name].editor
        editor.installEventFilter(self)
        if isinstance(editor, QLineEdit | QPlainTextEdit):
            editor.cursorPositionChanged.connect(self.moved)
        self.editor(name).edited.connect(lambda: self._on_edited(name))
        if isinstance(editor, TypeAhead):
            editor.search_requested.connect(lambda text: self._on_search(name, text))
            editor.resolved.connect(lambda: self._on_resolved(name))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo is the form's, not the single text's; while an input method composes there is none."""
        if event.type() == QEvent.Type.FocusOut:
            self.undo.end_run()
        elif event.type() == QEvent.Type.FocusIn:
            self.moved.emit()
        elif isinstance(event, QKeyEvent) and is_undo_key(event):
            if event.type() == QEvent.Type.KeyPress and not watched.property(COMPOSING):
                self.step_back(again=is_redo_key(event))
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def step_back(self, *, again: bool = False) -> None:
        """Take the last change back, or do the one that was taken back ``again``; not while all is locked."""
        if not self._is_locked and not self._read_only:
            (self.undo.redo if again else self.undo.undo)(sent=self.is_sent or bool(self.in_doubt))

    # -- values ----------------------------------------------------------------------------------------------------

    def set_values(self, values: Mapping[str, Any], texts: Mapping[str, str], *, keep: Collection[str] = ()) -> None:
        """Show a row's values; ``texts`` are the names of customers and the like. All is untouched then.

        What is in the fields of ``keep`` stays there.
        """
        self._texts = {(name, values.get(name)): text for name, text in texts.items()}
        self.touched.clear()
        self.is_sent, self.in_doubt = False, ()
        self.context.update({name: value for name, value in values.items() if name not in self.frames})
        for name in self.frames:
            if name not in keep:
                self._show(name, values.get(name))
        self._remember_parents(self.frames)
        self.refill()
        self._read = {name: values.get(name) for name in self.frames}
        self.undo.take_read(name for name in self.frames if name not in keep)

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
        self._emptied.clear()
        self._narrow_children(name)
        self.undo.note(name, self._emptied)

    def show_texts(self, texts: Mapping[str, FieldText], *, sent: bool = False) -> None:
        """Put what stood in these fields back into them, to the letter: an undo, or a draft. Nothing is narrowed.

        Args:
            sent: a save is under way, or nobody knows its outcome: what was read is no measure of what is changed.
        """
        known = {name: text for name, text in texts.items() if name in self.frames}
        for name, text in known.items():
            self._show_text(name, text)
            if sent or text.value != self._read.get(name) or name in self.unresolved():
                self.touched.add(name)
            else:
                self.touched.discard(name)
        self._remember_parents(known)
        self.refill()
        for name in known:
            self.edited.emit(name)

    def restore(self, texts: Mapping[str, FieldText]) -> None:
        """Put what was typed elsewhere, in a draft or a dialog, into its fields: each a step that can be taken back."""
        for name, text in texts.items():
            if name in self.frames:
                self.undo.end_run()
                self.show_texts({name: text}, sent=bool(self.in_doubt))
                self.undo.note(name)

    def _show_text(self, name: str, text: FieldText) -> None:
        editor = self.frames[name].editor
        if isinstance(editor, TypeAhead) and text.value is not None:
            self._texts[name, text.value] = text.text
        write_text(editor, text)
        self.frames[name].show_message(None)

    def _show(self, name: str, value: Any) -> None:
        self.editor(name).set_value(value, self.text_of(name, value))

    # -- dependents ------------------------------------------------------------------------------------------------

    def _on_edited(self, name: str) -> None:
        self.touched.add(name)
        self.frames[name].show_message(None)
        self._emptied.clear()
        if name not in self.unresolved():
            self._remember_parents([name])
            self._exclude(name)
            self._narrow_children(name)
        self.undo.note(name, self._emptied)
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
        self._emptied.add(name)

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
        self._read.update({name: value for name, value in values.items() if name in self.frames})
        self.undo.take_read(name for name in values if name in self.frames and name not in self.touched)

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

    def show_suggestions(self, name: str, text: str, suggestions: list[Suggestion] | None) -> None:
        """Hand the server's answer to the field that asked; None where it gave none."""
        editor = self.frames[name].editor
        if not isinstance(editor, TypeAhead):
            return
        if suggestions is None:
            editor.note_no_answer(text)
            self.unanswered.emit()
        else:
            editor.show_suggestions(text, suggestions)


def is_undo_key(event: QKeyEvent) -> bool:
    """Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, pressed or about to be."""
    if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        return False
    pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() == Qt.Key.Key_Z:
        return pressed in (CONTROL, CONTROL | SHIFT)
    return event.key() == Qt.Key.Key_Y and pressed == CONTROL


def is_redo_key(event: QKeyEvent) -> bool:
    """Whether it is one of those that do again."""
    return event.key() == Qt.Key.Key_Y or bool(event.modifiers() & SHIFT)
