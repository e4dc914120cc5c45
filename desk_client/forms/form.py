"""The form of any entity: cards of fields made from its specification. Knows values, not the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Generic

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desk_client.forms.cards import Cards
from desk_client.forms.detail import Detail
from desk_client.forms.entity_fields import EntityFields
from desk_client.forms.field_set import FieldSet
from desk_client.reference_store import ReferenceStore
from desk_client.widgets.field_frame import Saying

Names = Collection[str]
TextsOf = Mapping[str, str]
NO_TEXTS: TextsOf = {}


class EntityForm(QScrollArea, Generic[Detail]):
    """Shows a row or a new one, and tells what was changed.

    An entity with cards of its own, or fields that come and go, says so by the methods "of the entity".
    Signals:
        edited(): the person changed something.
        lookup_requested(name, entity, text, parent), resolved(), unanswered(): see ``FieldSet``.
    """

    edited = Signal()
    lookup_requested = Signal(str, str, str, object)
    resolved = Signal()
    unanswered = Signal()

    cards: tuple[str, ...] = ("main",)
    refreshing: Names = ()  # fields whose value says which others are shown or have a star

    def __init__(
        self,
        spec: EntityFields,
        reference: ReferenceStore,
        now: Callable[[], datetime],
        *,
        read_only: bool,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.spec, self.reference, self._now, self._read_only = spec, reference, now, read_only
        self._base: dict[str, Any] | None = None
        self._row_id: int | None = None
        self._has_row = self._locked = False
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._cards = Cards(self.cards, read_only=read_only)
        left_out = self.left_out()
        self.fields = FieldSet(
            spec, [field for field in spec.ordered(reference) if field.name not in left_out],
            reference, now, read_only=read_only, parent=self._cards,
        )  # fmt: skip
        for field_name, frame in self.fields.frames.items():
            self._cards.add(frame, self.card_of(field_name), wide=spec.is_wide(spec.by_name[field_name]))
        self.setWidget(self._cards)
        if self.fields.frames and not read_only:  # where there is nothing to enter, the focus is for scrolling
            self.setFocusProxy(next(iter(self.fields.frames.values())).editor)
        self.fields.edited.connect(self._on_edited)
        self.fields.lookup_requested.connect(self.lookup_requested)
        self.fields.resolved.connect(self.resolved)
        self.fields.unanswered.connect(self.unanswered)
        self.fields.undo.went.connect(self._go_to)
        reference.changed.connect(self.retranslate)
        self.retranslate()

    # -- of the entity ---------------------------------------------------------------------------------------------

    def left_out(self) -> Names:
        """Fields that are not on the form."""
        return ()

    def card_of(self, name: str) -> str:
        """The card that a field stands on."""
        return self.cards[0]

    def card_title(self, card: str) -> str:
        """What stands above a card, '' for nothing."""
        return ""

    def is_shown(self, name: str, values: Mapping[str, Any]) -> bool:
        """Whether a field is on the form with these values."""
        return True

    def texts_of(self, detail: Detail) -> Mapping[str, str]:
        """The names of what a row points to and only the server knows."""
        return {}

    def check_values(self) -> dict[str, Saying]:
        """A message for each value that breaks a rule."""
        return self.spec.check(self.values(), self._base, self.reference, self._now())

    def take_context(self) -> None:
        """Tell the fields what of the row as it was read narrows them."""

    def new_values(self) -> Mapping[str, Any]:
        """What a new row always begins with."""
        return {}

    # -- showing ---------------------------------------------------------------------------------------------------

    @property
    def is_new(self) -> bool:
        """Whether the form is for a row that is not saved yet."""
        return self._base is None

    def show_row(self, detail: Detail) -> None:
        """Show a saved row; what was typed before is gone."""
        if self._row_id != detail.id or self.is_dirty():
            self.fields.undo.clear()  # else the same row is read again: what was saved here can still be undone
        self._row_id = detail.id
        self._base = detail.values.model_dump()
        self._load(self._base, self.texts_of(detail))

    def show_saved(self, detail: Detail) -> bool:
        """Show what a save made of the row and keep what was typed since it was sent; whether there is such."""
        base = detail.values.model_dump()
        touched = self.fields.touched & self.fields.frames.keys()
        newer = {name for name in touched if self.fields.value(name) != base.get(name)}
        newer |= touched & set(self.fields.unresolved())
        self._base, self._row_id = base, detail.id
        # not even set again: the cursor, and letters that an input method composes, stay where they are
        self._load(base, self.texts_of(detail), keep=touched, newer=newer)
        if not newer:
            self.fields.undo.set_clean()
        return bool(newer)

    def show_new(self, defaults: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        """Show an empty row with these values in it."""
        self._base = self._row_id = None
        self.fields.undo.clear()
        self._load({**self.new_values(), **defaults}, texts)

    def _load(
        self, values: Mapping[str, Any], texts: Mapping[str, str], *, keep: Names = (), newer: Names = ()
    ) -> None:
        self._has_row = True
        self.take_context()
        self.fields.set_values(values, texts, keep=keep)
        self.fields.touched.update(newer)
        self.fields.clear_messages()
        self._lock_fixed()
        self.refresh()
        if not newer:
            self.verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """Show the fields that belong to the values, with stars and labels as they are now."""
        values = self.values()
        self.fields.label_fields(self.spec.required_names(values, self.reference))
        frames = list(self.fields.frames.values())
        self._cards.arrange(frames, lambda frame: self.is_shown(frame.name, values) or frame.has_error())

    def retranslate(self) -> None:
        """Say everything in the language of the window; values and typed texts stay."""
        self._cards.set_titles(self.card_title)
        self.fields.refill()
        if self._has_row:
            self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # -- values ----------------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """The row's values as they would be saved: what was not touched is as it was read."""
        values = dict(self._base or {})
        for name in self.fields.frames:
            if self._base is None or name in self.fields.touched:
                values[name] = self.fields.value(name)
        return values

    def changed_values(self) -> dict[str, Any]:
        """What a save has to write."""
        if self._base is None:
            return {name: value for name, value in self.values().items() if value is not None}
        values = self.values()
        return {name: values[name] for name in self.fields.touched if values.get(name) != self._base.get(name)}

    def is_dirty(self) -> bool:
        """Whether something was typed or chosen that is not saved."""
        if self._base is None:
            return bool(self.fields.touched)
        is_open = not self.fields.touched.isdisjoint(self.fields.in_doubt)  # also where it was taken back since
        return is_open or bool(self.changed_values()) or bool(self.fields.unresolved())

    def put(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        """Set values as if the person had: what a dialog or a quick action asked for."""
        with self.fields.undo.together(next(iter(values), "")):
            for name, value in values.items():
                if name in self.fields.frames:
                    self.fields.put(name, value, texts.get(name, ""))
        self.refresh()
        self.edited.emit()

    def set_locked(self, locked: bool) -> None:
        """Go to reading and back; what is typed stays."""
        self._locked = locked
        self.fields.set_locked(locked)
        self._lock_fixed()

    def _lock_fixed(self) -> None:
        for name in self.spec.fixed & self.fields.frames.keys():
            self.fields.editor(name).set_locked(self._locked or self._base is not None)

    def label(self, name: str) -> str:
        """What a field is called."""
        return self.spec.label(name, self.reference)

    def text_of(self, name: str) -> str:
        """What the value of a field is called."""
        return self.fields.text_of(name, self.values().get(name)) if name in self.fields.fields else ""

    # -- errors ----------------------------------------------------------------------------------------------------

    def check(self) -> dict[str, Saying]:
        """A message for each field that is wrong."""
        errors = self.check_values()
        for name in self.fields.unresolved():
            errors[name] = self.fields.no_match(name)
        return errors

    def show_errors(self, errors: Mapping[str, Saying]) -> list[str]:
        """Put messages under their fields and go to the first; the names that have no field on the form."""
        elsewhere = self.fields.show_errors(errors)
        self.refresh()
        for frame in [frame for frame in self._cards.visible_frames() if frame.name in errors][:1]:
            frame.editor.setFocus()
            self.ensureWidgetVisible(frame, 0, 24)
        return elsewhere

    def _go_to(self, name: str) -> None:
        """A field shows something else by an undo: go there."""
        frame = self.fields.frames[name]
        if not frame.isHidden():
            frame.editor.setFocus()
            self.ensureWidgetVisible(frame, 0, 24)

    def focus_first(self) -> None:
        """Go to the first field that can be changed."""
        fixed = self.spec.fixed if self._base is not None else ()
        first = next((frame for frame in self._cards.visible_frames() if frame.name not in fixed), None)
        if first is not None:
            first.editor.setFocus()

    # -- another machine's changes ---------------------------------------------------------------------------------

    def take_base(self, detail: Detail) -> dict[str, Any]:
        """A newer version of the row is the base; the fields are as they were. What of them changed."""
        old, self._base = self._base or {}, (new := detail.values.model_dump())
        self.fields.context.update({name: value for name, value in new.items() if name not in self.fields.frames})
        self.take_context()
        return {name: new.get(name) for name in self.fields.frames if old.get(name) != new.get(name)}

    def _on_edited(self, name: str) -> None:
        if name in self.refreshing:
            self.refresh()
        self.edited.emit()
