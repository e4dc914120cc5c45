"""The pane of one row: its form with what stands around it; opens, edits under a lease, saves, asks before it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desk_client.change_bus import Change
from desk_client.context import ClientContext
from desk_client.drafts.content import Draft
from desk_client.forms.change_notices import ChangeNotices
from desk_client.forms.controller import EntityController
from desk_client.forms.detail import Detail
from desk_client.forms.drafting import Drafting
from desk_client.forms.editing import EntityEditing
from desk_client.forms.foot import FormFoot
from desk_client.forms.form import EntityForm
from desk_client.forms.left_over import LeftOver
from desk_client.forms.notices import Notices
from desk_client.messages import Answer, Messages
from desk_client.widgets.banner import Banner
from desk_client.widgets.text_fields import COMPOSING
from shared.notify import ChangeKind
from shared.schemas.session import DeskSession
from shared.steady_clock import steady_now

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Keys = dict[tuple[int, Any], Callable[[Any], None]]


@dataclass(frozen=True, slots=True)
class PaneSet(Generic[Detail]):
    """What a pane is made of. ``foot`` is None where nothing may be written."""

    form: EntityForm[Detail]
    notices: Notices
    changes: ChangeNotices
    foot: FormFoot | None
    controller: EntityController[Detail]
    editing: EntityEditing[Detail]


class EntityPane(QWidget, Generic[Detail]):
    """A pane makes its parts, then calls ``begin`` with them.

    Signals:
        title_changed(str): for the tab or the window.
        saved(int): a row was saved.
        left(): the person wants to go, and nothing holds the pane any more.
    """

    title_changed = Signal(str)
    saved = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None, session: DeskSession, messages: Messages, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session, self._messages = session, messages
        self.draft_banner = Banner(self, "draftBanner")
        self.drafting: Drafting | None = None
        self.is_put_by = False  # what is typed is on the disk, and the window may close over it

    def lay_out(
        self, inside: QWidget, head: QWidget, lease: Banner, change: Banner, said: Banner, form: QWidget,
        foot: QWidget | None,
    ) -> None:  # fmt: skip
        """The parts of each pane, one below the other; the form takes the room that is left."""
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (head, lease, change, self.draft_banner, said, form, foot):
            if widget is not None:
                column.addWidget(widget, 1 if widget is form else 0)

    def begin(self, parts: PaneSet[Detail], context: ClientContext) -> None:
        """The parts are there: let them work together."""
        self._parts = parts
        self._editing = parts.editing
        parts.editing.leasing.title, parts.editing.leasing.can_write = self.title, parts.editing.can_write
        parts.editing.changed.connect(self.show_state)
        parts.editing.saved.connect(self.saved)
        connection, runner = context.connection, context.runner
        context.bus.changed.connect(self._on_changed)
        parts.editing.away.follow(connection.changed, lambda: connection.is_listening or runner.is_reachable)
        if context.drafts is not None and parts.editing.can_write:
            self._left_over = LeftOver(
                self.draft_banner, lambda name: context.reference.field_label(parts.controller.entity, name)
            )
            self.drafting = Drafting(
                parts.editing, parts.form, parts.controller, context.drafts, self.title, self._left_over
            )
            self.drafting.changed.connect(self.show_state)
        if parts.foot is not None:
            parts.foot.save_requested.connect(self.save)
            parts.foot.save_and_new_requested.connect(self.save_and_new)
            parts.foot.discard_requested.connect(parts.editing.discard)
        self.setFocusProxy(parts.form)
        self.retranslate()

    # -- of the entity ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        """What the pane shows, in a few words; for the tab and for questions."""
        raise NotImplementedError

    def keys(self) -> Keys:
        """What the keys of the pane do, where the machine may write."""
        return _KEYS

    def is_busy(self) -> bool:
        """Whether what is shown has to stay as it is."""
        return self.is_held() or self._editing.opening.is_under_way

    def is_held(self) -> bool:
        """Whether nothing else is shown here by a mere step through the list."""
        return self.is_dirty() or self._editing.is_saving

    # -- what the window asks for ----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The desk's time in the viewer's zone."""
        return (steady_now() + self._session.clock_ahead).astimezone()

    def open_row(self, row_id: int) -> None:
        """Read and show a row; asks first where something is not saved."""
        if self._may_leave(lambda: self.open_row(row_id)):
            self._editing.opening.begin(row_id)

    def new_row(self) -> None:
        """Show an empty row; asks first where something is not saved."""
        if self._editing.can_write and self._may_leave(self.new_row):
            self._editing.show_new()

    def save(self) -> None:
        """Save what is typed."""
        self._editing.save()

    def save_and_new(self) -> None:
        """Save, then begin the next one."""
        self._editing.save(then_new=True)

    def open_draft(self, draft: Draft) -> None:
        """Show what was typed before a crash; asks first where something is not saved."""
        if self.drafting is not None and self._may_leave(lambda: self.open_draft(draft)):
            self.drafting.open(draft)

    def undo(self) -> None:
        """Take the last change of a field back."""
        self._parts.form.fields.step_back()

    def redo(self) -> None:
        """Do the change again that was taken back."""
        self._parts.form.fields.step_back(again=True)

    def edit(self) -> None:
        """Go to the first field."""
        self._editing.opening.when_there(self._parts.form.focus_first)

    def is_dirty(self) -> bool:
        """Whether something is typed here that is not saved."""
        return self._editing.is_dirty()

    def close_request(self, afterwards: Callable[[], object] | None = None) -> bool:
        """Whether the pane may go; asks where something is not saved. The lease is given back.

        Where the answer is to save, ``afterwards`` is done once that worked; without one ``left`` is emitted.
        """
        if not self.may_close(afterwards or self.left.emit):
            return False
        self.let_go()
        return True

    def may_close(self, afterwards: Callable[[], object]) -> bool:
        """The question alone: nothing is given up yet, others may still hold the window."""
        return self._may_leave(afterwards)

    def let_go(self) -> None:
        """It is going: the lease is given back."""
        self._parts.controller.lease.release()

    def _may_leave(self, afterwards: Callable[[], object]) -> bool:
        """Asks; where the answer is to save, ``afterwards`` runs once it is saved, and this one is False.

        So it is where a save is under way: whether it worked belongs to what is shown here. What is put by may go all
        the same: its draft has the save that is out, and that counts once.
        """
        if self.is_put_by:
            return True
        if self._editing.is_saving:
            self._editing.after_save = afterwards
            return False
        if not self.is_dirty():
            return True
        answer = self._messages.ask_unsaved(self, self.title())
        if answer is Answer.SAVE:
            self._editing.after_save = afterwards
            self._editing.save()
        elif answer is Answer.DISCARD:
            self._editing.discard()
        return answer is Answer.DISCARD

    # -- showing ---------------------------------------------------------------------------------------------------

    def _on_changed(self, change: Change, initiator: object) -> None:
        """Another view, or another machine, changed this row or what stands beside it."""
        controller, detail = self._parts.controller, self._editing.detail
        if change.entity != controller.entity or initiator is controller or detail is None:
            return
        if change.entity_id not in (None, detail.id) or change.kind is ChangeKind.LEASE:
            return  # whose the lease is, is the lease's own matter
        if change.kind is ChangeKind.BESIDE:
            controller.read_beside_again()
        elif change.version is None or change.version > detail.row_version:
            self._editing.live.look()

    def read_again(self) -> None:
        """Read what is shown again; where something is typed it stays, and is told what changed."""
        self._editing.live.look()

    def show_state(self) -> None:
        """Title, and what can be done now."""
        self.title_changed.emit(self.title())
        parts = self._parts
        if parts.foot is not None:
            dirty, saving = self.is_dirty(), parts.editing.is_saving
            text = parts.notices.state_text(dirty=dirty, saving=saving, has_lease=parts.controller.lease.is_held)
            if dirty and self.drafting is not None:
                text = " \N{MIDDLE DOT} ".join(said for said in (text, self.drafting.text()) if said)
            locked, is_new = parts.notices.is_refused or parts.editing.live.is_gone, parts.form.is_new
            parts.foot.show_state(dirty=dirty, saving=saving, locked=locked, is_new=is_new, text=text)

    def retranslate(self) -> None:
        """Say everything in the language of the window; what is typed stays."""
        self._parts.notices.retranslate()
        self._parts.changes.retranslate()
        if self.drafting is not None:
            self._left_over.retranslate()
        if self._parts.foot is not None:
            self._parts.foot.retranslate()
        self.show_state()

    # -- Qt --------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Claim the pane's keys before the window's shortcuts see them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._key_action(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter and the like, from any field; never while an input method composes."""
        action = self._key_action(event)
        focus = QApplication.focusWidget()
        if action is None:
            super().keyPressEvent(event)
        elif focus is None or not focus.property(COMPOSING):
            action()

    def _key_action(self, event: QKeyEvent) -> Callable[[], None] | None:
        pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else event.key()
        if key == Qt.Key.Key_Escape and not pressed:
            return self._leave
        if not self._editing.can_write:
            return None
        action = {**_UNDO_KEYS, **self.keys()}.get((key, pressed))
        return None if action is None else partial(action, self)

    def _leave(self) -> None:
        if self.close_request():
            self.left.emit()


_UNDO_KEYS: Keys = {
    (Qt.Key.Key_Z, CONTROL): EntityPane.undo,
    (Qt.Key.Key_Z, CONTROL | SHIFT): EntityPane.redo,
    (Qt.Key.Key_Y, CONTROL): EntityPane.redo,
}
_KEYS: Keys = {
    (Qt.Key.Key_Return, CONTROL): EntityPane.save,
    (Qt.Key.Key_Return, CONTROL | SHIFT): EntityPane.save_and_new,
}
