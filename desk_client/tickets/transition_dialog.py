"""The small dialog that asks what a change of status, or an assignment, needs. Same fields as the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_client.drafts.content import FieldText
from desk_client.forms.editor_text import read_text
from desk_client.forms.field_set import FieldSet
from desk_client.keys import ENTER_WITH_CONTROL, key_text
from desk_client.messages import Answer
from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, set_role
from desk_client.tickets import validation
from desk_client.tickets.fields import BY_NAME, TICKET
from desk_client.tickets.transitions import ASSIGN_FIELDS, brought_along, transition_verb
from desk_client.widgets.field_grid import FieldGrid
from desk_client.widgets.text_fields import COMPOSING, TextField
from shared.domain.status import Status
from shared.schemas.ticket import CommentText

WIDTH = 480
AskUnsaved = Callable[[QWidget, str], Answer]  # see Messages.ask_unsaved


class TransitionDialog(QDialog):
    """Asks for ``names``; ``target`` None is an assignment.

    Signals:
        decided(values, texts): everything is there; values entered, with the names of what they point to.
        edited(): something was typed.
        lookup_requested(name, entity, text, parent): see ``FieldSet``.
    """

    decided = Signal(object, object)
    edited = Signal()
    lookup_requested = Signal(str, str, str, object)

    def __init__(
        self,
        target: Status | None,
        names: Sequence[str],
        values: Mapping[str, Any],
        texts: Mapping[str, str],
        reference: ReferenceStore,
        now: Callable[[], datetime],
        ask_unsaved: AskUnsaved,
        parent: QWidget,
        number: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._target, self._number, self._reference, self._now = target, number, reference, now
        self._before = dict(values)
        self._along = brought_along(values.get("status"), target) if target else {}
        self._ask_unsaved = ask_unsaved
        self._waits = self._is_asking = self._has_to_go = False
        self.setObjectName("transitionDialog")
        self.setMinimumWidth(WIDTH)
        self.fields = FieldSet(TICKET, [BY_NAME[name] for name in names], reference, now, read_only=False, parent=self)
        self._build()
        self.fields.set_values(self._start_values(values), texts)
        self.fields.lookup_requested.connect(self.lookup_requested)
        self.fields.edited.connect(self._on_edited)
        self._comment.edited.connect(self.edited)
        self.fields.resolved.connect(self._on_resolved)
        self.fields.unanswered.connect(self._on_unanswered)
        self.retranslate()
        self._grid.arrange(2)
        self._focus_first_empty()

    def _start_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**values, "status": self._target.value} if self._target else dict(values)

    def _build(self) -> None:
        self._title = QLabel(self)
        set_role(self._title, Role.TITLE)
        self._grid = FieldGrid(self)
        for name, frame in self.fields.frames.items():
            self._grid.add(frame, wide=TICKET.is_wide(BY_NAME[name]) or name in ("next_step", "duplicate_of_id"))
        self._comment = TextField(self, lines=2)
        self._comment.setObjectName("transitionComment")
        self._decide, self._leave = QPushButton(self), QPushButton(self)
        self._decide.setObjectName("transitionDecide")
        self._leave.setObjectName("transitionLeave")
        set_role(self._decide, Role.PRIMARY)
        self._decide.setAutoDefault(False)
        self._leave.setAutoDefault(False)
        self._decide.clicked.connect(self.decide)
        self._leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._leave)
        buttons.addWidget(self._decide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        for widget in (self._title, self._grid, self._comment):
            layout.addWidget(widget)
        layout.addLayout(buttons)

    def retranslate(self) -> None:
        """Say everything in the language of the window; what is typed stays."""
        verb = self._verb()
        self._title.setText(verb if self._number is None else f"{verb}  ·  {self._number}")
        self.setWindowTitle(verb)
        self.setAccessibleName(verb)
        self._comment.setPlaceholderText(QCoreApplication.translate("Transition", "Comment, if there is more to say"))
        self._comment.setAccessibleName(QCoreApplication.translate("Transition", "Comment"))
        self._leave.setText(QCoreApplication.translate("Transition", "Back"))
        self._decide.setText(f"{verb}   {key_text(ENTER_WITH_CONTROL)}")
        self._leave.setAccessibleName(self._leave.text())
        self._decide.setAccessibleName(verb)
        values = self.values()
        self.fields.refill()
        self.fields.label_fields(TICKET.required_names(values, self._reference))

    def _verb(self) -> str:
        if self._target is None:
            return QCoreApplication.translate("Transition", "Assign")
        return transition_verb(self._before.get("status"), self._target)

    def values(self) -> dict[str, Any]:
        """The ticket's values with what was asked for."""
        return {**self._before, **self.fields.values()}

    def comment(self) -> CommentText | None:
        """What was written beside."""
        body = self._comment.value()
        return None if body is None else CommentText(body=body)

    def decide(self) -> None:
        """Check, and hand the answers over; messages under the fields where something is missing."""
        self._waits = self.fields.take_waiting()
        if self._waits:
            return
        errors = validation.check(self.values(), self._before, self._reference, self._now())
        errors |= {name: self.fields.no_match(name) for name in self.fields.unresolved()}
        self.fields.show_errors(errors)
        mine = [name for name in self.fields.frames if name in errors]
        if mine:
            self.fields.frames[mine[0]].editor.setFocus()
            return
        # what nobody has touched here stays as the form has it: it may have been read anew since
        values = {name: self.fields.value(name) for name in self.fields.frames if name in self.fields.touched}
        texts = {name: self.fields.text_of(name, value) for name, value in values.items()}
        self.decided.emit({**self._along, **values}, texts)
        self.accept()

    def is_touched(self) -> bool:
        """Whether something is typed here that would be gone."""
        return bool(self.fields.touched) or self._comment.value() is not None

    def typed(self) -> dict[str, FieldText]:
        """What is typed into its fields, to the letter."""
        editors = self.fields.editors()
        return {name: read_text(editors[name]) for name in self.fields.touched}

    def draft(self) -> dict[str, FieldText]:
        """The same for a draft, with the status that it is typed for."""
        along = self._along if self.is_touched() else {}
        return {**{name: FieldText(value) for name, value in along.items()}, **self.typed()}

    def comment_text(self) -> str:
        """What is written beside, to the letter."""
        return self._comment.toPlainText()

    def editors(self) -> dict[str, QWidget]:
        """What one types into, by the names in a draft."""
        return {**self.fields.editors(), "comment": self._comment}

    def reject(self) -> None:
        """Back, Esc and the window's cross: ask where something is typed."""
        if self._is_asking:
            return
        answer = Answer.DISCARD
        if self.is_touched():
            self._is_asking = True
            answer = self._ask_unsaved(self, self._title.text())
            self._is_asking = False
        if answer is Answer.DISCARD or self._has_to_go:
            super().reject()
        elif answer is Answer.SAVE:
            self.decide()

    def leave(self) -> None:
        """Go without a question: what is typed is kept elsewhere."""
        self._has_to_go = True
        if not self._is_asking:  # else once that is answered: the question lies on this dialog
            super().reject()

    def _on_edited(self, name: str) -> None:
        """Whoever is assigned brings the department along."""
        person = self._reference.person(self.fields.value(ASSIGN_FIELDS[0]))
        if name == ASSIGN_FIELDS[0] and person is not None and ASSIGN_FIELDS[1] in self.fields.frames:
            self.fields.put(ASSIGN_FIELDS[1], person.department_id)
        self.edited.emit()

    def _on_resolved(self) -> None:
        if self._waits:
            self.decide()

    def _on_unanswered(self) -> None:
        self._waits = False

    def _focus_first_empty(self) -> None:
        frames = list(self.fields.frames.values())
        empty = [frame for frame in frames if self.fields.value(frame.name) is None]
        for frame in (frames if self._target is None else empty or frames)[:1]:
            frame.editor.setFocus(Qt.FocusReason.TabFocusReason)
        if not frames:
            self._comment.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter decides, Esc goes back; not while an input method composes."""
        focus = self.focusWidget()
        if focus is not None and focus.property(COMPOSING):
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.decide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
