"""The ticket form: cards of fields made from the field specification. Knows values, not the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, set_role
from desk_client.tickets import validation
from desk_client.tickets.field_set import FieldSet
from desk_client.tickets.fields import BY_NAME, is_wide, ordered_fields
from desk_client.widgets.field_frame import MessageKind, Saying
from desk_client.widgets.field_grid import READING_GAP, ROW_GAP, FieldGrid
from shared.domain.status import Status
from shared.schemas.ticket import TicketDetail

NOT_IN_FORM = ("number",)
PLAN = ("next_step", "next_step_at", "due_at", "waiting_for_staff_id", "waiting_for_department_id")
SOLUTION = ("resolution", "fixed_in_release_id", "duplicate_of_id")
CARDS = ("main", "solution", "plan")
Names = Collection[str]


def card_of(name: str) -> str:
    """The card that a field stands on."""
    if name in PLAN:
        return "plan"
    return "solution" if name in SOLUTION else "main"


def is_shown(name: str, status: str, values: Mapping[str, Any]) -> bool:
    """Whether a field is on the form in this status; a value that is there is always shown."""
    if values.get(name) is not None:
        return True
    if name.startswith("waiting_for_"):
        return status == Status.WAITING_INTERNAL
    if name in ("resolution", "fixed_in_release_id"):
        return status in (Status.RESOLVED, Status.CLOSED)
    if name == "duplicate_of_id":
        return status == Status.DUPLICATE
    return True


class TicketForm(QScrollArea):
    """Shows a ticket or a new one, and tells what was changed.

    Signals:
        edited(): the person changed something.
        lookup_requested(name, entity, text, parent): see ``FieldSet``.
        resolved(): a type-ahead that waited for its answer has it.
    """

    edited = Signal()
    lookup_requested = Signal(str, str, str, object)
    resolved = Signal()

    def __init__(
        self, reference: ReferenceStore, now: Callable[[], datetime], *, read_only: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._reference, self._now, self._read_only = reference, now, read_only
        self._base: dict[str, Any] | None = None
        self._has_row = False
        self._locked = False
        self._cards: dict[str, tuple[QFrame, QLabel, FieldGrid]] = {}
        self.setObjectName("ticketForm")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._body = QWidget()
        self._body.setProperty("role", "scrolled")
        self.fields = FieldSet(
            [field for field in ordered_fields(reference) if field.name not in self._left_out()],
            reference, now, read_only=read_only, parent=self._body,
        )  # fmt: skip
        self._build_cards()
        self.setWidget(self._body)
        if not read_only:  # where there is nothing to enter, the focus is for scrolling
            self.setFocusProxy(self.fields.frames["subject"].editor)
        self.fields.edited.connect(self._on_edited)
        self.fields.lookup_requested.connect(self.lookup_requested)
        self.fields.resolved.connect(self.resolved)
        reference.changed.connect(self.retranslate)
        self.retranslate()

    def _left_out(self) -> tuple[str, ...]:
        """What the head of the pane shows already."""
        return (*NOT_IN_FORM, "status", "subject") if self._read_only else NOT_IN_FORM

    def _build_cards(self) -> None:
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        row_gap = READING_GAP if self._read_only else ROW_GAP
        for name in CARDS:
            card, title, grid = QFrame(self._body), QLabel(self._body), FieldGrid(self._body, row_gap=row_gap)
            card.setObjectName(f"card_{name}")
            set_role(card, Role.CARD)
            set_role(title, Role.TITLE)
            title.setVisible(name != "main")
            inside = QVBoxLayout(card)
            inside.setContentsMargins(16, 12, 16, 8)
            inside.setSpacing(8)
            inside.addWidget(title)
            inside.addWidget(grid)
            layout.addWidget(card)
            self._cards[name] = (card, title, grid)
        layout.addStretch(1)
        for name, frame in self.fields.frames.items():
            self._cards[card_of(name)][2].add(frame, wide=is_wide(BY_NAME[name]))

    # -- showing ---------------------------------------------------------------------------------------------------

    @property
    def is_new(self) -> bool:
        """Whether the form is for a ticket that is not saved yet."""
        return self._base is None

    def show_ticket(self, detail: TicketDetail) -> None:
        """Show a saved ticket; what was typed before is gone."""
        self._base = detail.values.model_dump()
        self._load(self._base, texts_of(detail))

    def show_saved(self, detail: TicketDetail) -> bool:
        """Show what a save made of the ticket and keep what was typed since it was sent; whether there is such."""
        base = detail.values.model_dump()
        touched = self.fields.touched & self.fields.frames.keys()
        newer = {name for name in touched if self.fields.value(name) != base.get(name)}
        newer |= touched & set(self.fields.unresolved())
        self._base = base
        # not even set again: the cursor, and letters that an input method composes, stay where they are
        self._load(base, texts_of(detail), keep=touched, newer=newer)
        return bool(newer)

    def show_new(self, defaults: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        """Show an empty ticket with these values in it."""
        self._base = None
        self._load({"status": Status.NEW.value, **defaults}, texts)

    def _load(
        self, values: Mapping[str, Any], texts: Mapping[str, str], *, keep: Names = (), newer: Names = ()
    ) -> None:
        self._has_row = True
        self.fields.context["stored_status"] = None if self._base is None else self._base.get("status")
        self.fields.set_values(values, texts, keep=keep)
        self.fields.touched.update(newer)
        self.fields.clear_messages()
        self.refresh()
        if not newer:
            self.verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """Show the fields that belong to the status, with stars and labels as they are now."""
        values = self.values()
        status = values.get("status") or Status.NEW.value
        self.fields.label_fields(status, values.get("kind"))
        for card, _, grid in self._cards.values():
            grid_frames = [frame for frame in self.fields.frames.values() if frame.parent() is grid]
            shown = [is_shown(frame.name, status, values) or frame.has_error() for frame in grid_frames]
            changed = any(frame.isHidden() == show for frame, show in zip(grid_frames, shown, strict=True))
            for frame, show in zip(grid_frames, shown, strict=True):
                frame.setVisible(show)
            card.setVisible(any(shown))
            if changed or not grid.columns:
                grid.arrange()
        self._chain_cards()

    def _chain_cards(self) -> None:
        frames = [frame for _, _, grid in self._cards.values() for frame in grid.visible_frames()]
        for before, after in pairwise(frames):
            QWidget.setTabOrder(before.editor, after.editor)

    def retranslate(self) -> None:
        """Say everything in the language of the window; values and typed texts stay."""
        self.setAccessibleName(QCoreApplication.translate("TicketForm", "Ticket form"))
        self._cards["solution"][1].setText(QCoreApplication.translate("TicketForm", "Solution"))
        self._cards["plan"][1].setText(QCoreApplication.translate("TicketForm", "Next"))
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
        """The ticket's values as they would be saved: what was not touched is as it was read."""
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
        return bool(self.changed_values()) or bool(self.fields.unresolved())

    def put(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        """Set values as if the person had: what a dialog or a quick action asked for."""
        for name, value in values.items():
            if name in self.fields.frames:
                self.fields.put(name, value, texts.get(name, ""))
        self.refresh()
        self.edited.emit()

    def set_locked(self, locked: bool) -> None:
        """Go to reading and back; what is typed stays."""
        self._locked = locked
        self.fields.set_locked(locked)

    def text_of(self, name: str) -> str:
        """What the value of a field is called."""
        return self.fields.text_of(name, self.values().get(name)) if name in self.fields.fields else ""

    # -- errors ----------------------------------------------------------------------------------------------------

    def check(self) -> dict[str, Saying]:
        """A message for each field that is wrong."""
        errors = validation.check(self.values(), self._base, self._reference, self._now())
        for name in self.fields.unresolved():
            errors[name] = self.fields.no_match(name)
        return errors

    def show_errors(self, errors: Mapping[str, Saying]) -> list[str]:
        """Put messages under their fields and go to the first; the names that have no field on the form."""
        elsewhere = self.fields.show_errors(errors)
        self.refresh()
        first = next((frame for frame in self._in_order() if frame.name in errors), None)
        if first is not None:
            first.editor.setFocus()
            self.ensureWidgetVisible(first, 0, 24)
        return elsewhere

    def _in_order(self) -> Iterable[Any]:
        return [frame for _, _, grid in self._cards.values() for frame in grid.visible_frames()]

    def focus_first(self) -> None:
        """Go to the first field."""
        for frame in self._in_order():
            frame.editor.setFocus()
            return

    # -- another machine's changes ---------------------------------------------------------------------------------

    def rebase(self, detail: TicketDetail) -> list[str]:
        """Take a newer version of the row as the base and keep what was typed.

        Returns the fields that changed elsewhere; they are marked. Where both sides changed one, the typed value
        stays in the field and the other one is named under it.
        """
        old, new = self._base or {}, detail.values.model_dump()
        changed = [name for name in self.fields.frames if old.get(name) != new.get(name)]
        self._base = new
        self.fields.context.update({name: value for name, value in new.items() if name not in self.fields.frames})
        self.fields.context["stored_status"] = new.get("status")
        self.fields.take_newer({name: new.get(name) for name in changed}, texts_of(detail))
        for name in changed:
            self._mark_changed(name, new.get(name), texts_of(detail))
        self.refresh()
        return changed

    def _mark_changed(self, name: str, theirs: Any, texts: Mapping[str, str]) -> None:
        is_clash = name in self.fields.touched and self.fields.value(name) != theirs

        def say() -> str:
            if not is_clash:
                return QCoreApplication.translate("TicketForm", "Changed elsewhere")
            shown = self.fields.text_of(name, theirs) or texts.get(name, "") or "\N{EN DASH}"
            text = QCoreApplication.translate("TicketForm", "Changed elsewhere to “{value}”; yours is kept")
            return text.format(value=shown)

        self.fields.frames[name].show_message(say, MessageKind.NOTE)

    def _on_edited(self, name: str) -> None:
        if name in ("status", "kind"):
            self.refresh()
        self.edited.emit()


def texts_of(detail: TicketDetail) -> dict[str, str]:
    """The names of what a ticket points to and only the server knows."""
    named = {
        "customer_id": detail.customer,
        "contact_id": detail.contact,
        "project_id": detail.project,
        "duplicate_of_id": None if detail.duplicate_of is None else str(detail.duplicate_of),
    }
    return {name: text for name, text in named.items() if text}
