"""Which fields of the selected rows get which value: a field is added by its name and entered as in the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desk_client.bulk.entity import BulkEntity
from desk_client.bulk.field_picker import FieldPicker
from desk_client.forms.field_set import FieldSet
from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, set_role
from desk_client.widgets.choice_combo import ChoiceItem
from desk_client.widgets.field_frame import MessageKind, Saying
from desk_client.widgets.type_ahead import Suggestion


class FieldsPage(QWidget):
    """Offers the fields of the entity; what was added is written, also where it is left empty.

    Signals:
        changed(): a field was added, taken away or edited.
        lookup_requested(name, entity, text, parent): see ``FieldSet``.
        resolved(), unanswered(): see ``FieldSet``.
    """

    changed = Signal()
    lookup_requested = Signal(str, str, str, object)
    resolved = Signal()
    unanswered = Signal()

    def __init__(
        self, entity: BulkEntity, reference: ReferenceStore, now: Callable[[], datetime], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("bulkFields")
        self._entity, self._reference, self._now = entity, reference, now
        self._names: list[str] = []
        self._removers: dict[str, QPushButton] = {}
        self.fields: FieldSet | None = None
        self.picker = FieldPicker(self)
        self.picker.setObjectName("bulkAddField")
        self.picker.picked.connect(self._on_picked)
        self._picker_label, self._note = QLabel(self), QLabel(self)
        self._picker_label.setObjectName("bulkAddLabel")
        self._picker_label.setBuddy(self.picker)
        self._note.setObjectName("bulkNote")
        self._note.setWordWrap(True)
        set_role(self._picker_label, Role.LABEL)
        set_role(self._note, Role.SMALL)
        self._area = QScrollArea(self)
        self._area.setObjectName("bulkArea")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._picker_label)
        layout.addWidget(self.picker)
        layout.addWidget(self._area, 1)
        layout.addWidget(self._note)
        self.setFocusProxy(self.picker)
        self._rebuild({}, {})

    # -- which fields ----------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The fields that are to be changed."""
        return list(self._names)

    def add_field(self, name: str) -> None:
        """Add a field, and before it those that narrow it."""
        added = [one for one in self._entity.with_parents(name) if one not in self._names]
        if added:
            self._names += added
            self._rebuild(*self._entered())
            self.focus_field(added[0])
            self.changed.emit()

    def remove_field(self, name: str) -> None:
        """Leave a field as it is, and those that it narrows."""
        narrowed = {one for one in self._names if name in self._entity.with_parents(one)}
        self._names = [one for one in self._names if one not in narrowed]
        self._rebuild(*self._entered())
        self.picker.setFocus()
        self.changed.emit()

    def focus_field(self, name: str) -> None:
        """Go to a field."""
        if self.fields is not None and name in self.fields.frames:
            frame = self.fields.frames[name]
            frame.editor.setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(frame, 0, 24)

    def _on_picked(self) -> None:
        name = self.picker.value()
        if name is not None:
            self.add_field(name)

    def _entered(self) -> tuple[dict[str, Any], dict[str, str]]:
        if self.fields is None:
            return {}, {}
        values = {name: self.fields.value(name) for name in self.fields.frames}
        return values, {name: self.fields.text_of(name, value) for name, value in values.items()}

    def _rebuild(self, values: dict[str, Any], texts: dict[str, str]) -> None:
        """A set of fields narrows one another: with another field it is another set."""
        rows = QWidget(self._area)
        rows.setObjectName("bulkRows")
        fields = FieldSet(
            self._entity.spec, [self._entity.spec.by_name[name] for name in self._names], self._reference, self._now,
            read_only=False, parent=rows,
        )  # fmt: skip
        self._removers.clear()
        layout = QVBoxLayout(rows)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(2)
        for name in self._names:
            layout.addLayout(self._row(name, fields, rows))
        layout.addStretch(1)
        self.fields = fields
        before = self._area.takeWidget()
        if before is not None:
            before.hide()
            before.deleteLater()  # later: it may be one of its buttons that was clicked
        self._area.setWidget(rows)
        fields.set_values({name: values.get(name) for name in self._names}, texts)
        fields.edited.connect(self._on_edited)
        fields.lookup_requested.connect(self.lookup_requested)
        fields.resolved.connect(self.resolved)
        fields.unanswered.connect(self.unanswered)
        self._order_tabs()
        self.retranslate()

    def _row(self, name: str, fields: FieldSet, parent: QWidget) -> QHBoxLayout:
        remove = QPushButton("\N{MULTIPLICATION SIGN}", parent)
        remove.setObjectName(f"bulkRemove_{name}")
        remove.setAutoDefault(False)
        set_role(remove, Role.QUIET)
        remove.clicked.connect(partial(self.remove_field, name))
        self._removers[name] = remove
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(fields.frames[name], 1)
        row.addWidget(remove, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _order_tabs(self) -> None:
        before: QWidget = self.picker
        for name in self._names if self.fields is not None else ():
            editor = self.fields.frames[name].editor if self.fields is not None else before
            QWidget.setTabOrder(before, editor)
            before = editor

    # -- what is entered -------------------------------------------------------------------------------------------

    def take_waiting(self) -> bool:
        """Let every type-ahead take its best match; whether one still waits for the server."""
        return self.fields is not None and self.fields.take_waiting()

    def values(self) -> dict[str, Any]:
        """What each of the fields gets; None empties it."""
        return {} if self.fields is None else {name: self.fields.value(name) for name in self._names}

    def check(self) -> bool:
        """Whether everything entered is a value; else messages are under the fields, and the first has the focus."""
        if self.fields is None:
            return False
        errors: dict[str, Saying] = {name: self.fields.no_match(name) for name in self.fields.unresolved()}
        spec = self._entity.spec
        for name, value in self.values().items():
            if spec.length_text(name, value):
                errors[name] = partial(spec.length_text, name, value)
        self.fields.show_errors(errors)
        for name in [name for name in self._names if name in errors][:1]:
            self.focus_field(name)
        return not errors

    def show_suggestions(self, name: str, text: str, suggestions: list[Suggestion] | None) -> None:
        """The server's answer to a type-ahead; None where it gave none."""
        if self.fields is not None and name in self.fields.frames:
            self.fields.show_suggestions(name, text, suggestions)

    def _on_edited(self) -> None:
        self._say_notes()
        self.changed.emit()

    def _say_notes(self) -> None:
        if self.fields is None:
            return
        for name, frame in self.fields.frames.items():
            if frame.has_error():
                continue
            say = partial(self._note_text, name)
            frame.show_message(say if say() else None, MessageKind.NOTE)

    def _note_text(self, name: str) -> str:
        values = self.values()
        if values.get(name) is None and self.fields is not None and name not in self.fields.unresolved():
            return QCoreApplication.translate("Bulk", "Will be emptied")
        return self._entity.note(name, values, self._reference)

    # -- words -----------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything in the language of the window; what is entered stays."""
        self.setAccessibleName(QCoreApplication.translate("Bulk", "Fields to change"))
        label = QCoreApplication.translate("Bulk", "Add a field to change")
        self._picker_label.setText(label)
        self.picker.setAccessibleName(label)
        offered = [field for field in self._entity.offered(self._reference) if field.name not in self._names]
        labels = {field.name: self._entity.spec.label(field.name, self._reference) for field in offered}
        self.picker.set_items([ChoiceItem(name, text) for name, text in labels.items()])
        self.picker.set_value(None)
        self._note.setText(
            QCoreApplication.translate(
                "Bulk", "What somebody else edits, or has changed meanwhile, stays as it is and is named afterwards."
            )
        )
        if self.fields is None:
            return
        self.fields.refill()
        self.fields.label_fields(())
        for name, remove in self._removers.items():
            text = QCoreApplication.translate("Bulk", "Leave “{field}” as it is")
            remove.setAccessibleName(text.format(field=self._entity.spec.label(name, self._reference)))
            remove.setToolTip(remove.accessibleName())
        self._say_notes()
