"""The ticket pane: form, history and comment of one ticket, side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QSplitter, QVBoxLayout, QWidget

from desk_client.change_bus import Change, ChangeBus
from desk_client.messages import Answer, Messages
from desk_client.reference_store import ReferenceStore
from desk_client.runner import DbRunner
from desk_client.theme import Role, set_role
from desk_client.tickets.comment_box import CommentBox
from desk_client.tickets.controller import TicketController
from desk_client.tickets.editing import PaneParts, TicketEditing
from desk_client.tickets.fields import ENTITY
from desk_client.tickets.form import TicketForm
from desk_client.tickets.history import HistoryView
from desk_client.tickets.notices import Notices
from desk_client.tickets.pane_head import PaneFoot, PaneHead
from desk_client.tickets.quick_actions import QuickActions
from desk_client.widgets.banner import Banner
from desk_client.widgets.text_fields import COMPOSING
from shared.schemas.session import DeskSession

SIDE_BY_SIDE = 720  # px; narrower, the history goes below the form,
ONE_BELOW_THE_OTHER = 480  # px; where there is that much height for the two
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@lru_cache(maxsize=8)
def _clock_offset(server_time: datetime) -> timedelta:
    """How far the desk's clock is ahead of ours, measured once for each session."""
    return server_time - datetime.now(UTC)


class TicketPane(QWidget):
    """Opens tickets and new ones, edits them under a lease, saves them.

    Signals:
        title_changed(str): for the tab or the window.
        saved(int): a ticket was saved.
        left(): the person wants to go, and nothing holds the pane any more.
    """

    title_changed = Signal(str)
    saved = Signal(int)
    left = Signal()

    def __init__(
        self,
        parent: QWidget | None,
        reference: ReferenceStore,
        session: DeskSession,
        runner: DbRunner,
        bus: ChangeBus,
        messages: Messages,
    ) -> None:
        super().__init__(parent)
        self._reference, self._session, self._messages = reference, session, messages
        self.setObjectName("ticketPane")
        self.controller = TicketController(runner, bus, session, self)
        self._build(session.level.can_write)
        parts = PaneParts(self.form, self.history, self.notices, self.comment_box)
        self.editing = TicketEditing(parts, self.controller, reference, session, messages, self.now, self)
        self.quick = QuickActions(
            parts, self.head, self.editing, self.controller, reference, session, self.now, messages.ask_unsaved, self
        )
        self._connect(bus)
        self.setFocusProxy(self.form)
        self.retranslate()

    def _build(self, can_write: bool) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        left, self._side = QWidget(self._splitter), QFrame(self._splitter)
        self.head = PaneHead(self._reference, can_write=can_write, parent=left)
        self.banner = Banner(left)
        self.notices = Notices(self.banner)
        self.form = TicketForm(self._reference, self.now, read_only=not can_write, parent=left)
        self.history = HistoryView(self._reference, self._side)
        self.comment_box = CommentBox(self._side) if can_write else None
        self.foot = PaneFoot(left) if can_write else None
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.head, self.banner, self.form, self.foot):
            if widget is not None:
                column.addWidget(widget, 1 if widget is self.form else 0)
        set_role(self._side, Role.CARD)
        beside = QVBoxLayout(self._side)
        beside.setContentsMargins(16, 14, 12, 12)
        beside.addWidget(self.history, 1)
        if self.comment_box is not None:
            beside.addWidget(self.comment_box)
        _divide(self._splitter, left, self._side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def _connect(self, bus: ChangeBus) -> None:
        self.form.lookup_requested.connect(self.controller.look_up)
        self.editing.reset.connect(self._on_reset)
        self.editing.changed.connect(self._show_head)
        self.editing.saved.connect(self.saved)
        self.quick.impossible.connect(self._messages.warning)
        bus.changed.connect(self._on_changed)
        self._reference.changed.connect(self._show_head)
        if self.comment_box is not None and self.foot is not None:
            self.comment_box.add_requested.connect(self.save)
            self.foot.save_requested.connect(self.save)
            self.foot.save_and_new_requested.connect(self.save_and_new)
            self.foot.discard_requested.connect(self.editing.discard)

    def now(self) -> datetime:
        """The desk's time in the viewer's zone."""
        return (datetime.now(UTC) + _clock_offset(self._session.server_time)).astimezone()

    # -- what the window asks for ----------------------------------------------------------------------------------

    def open_ticket(self, ticket_id: int) -> None:
        """Read and show a ticket; asks first where something is not saved."""
        if self._may_leave(lambda: self.open_ticket(ticket_id)):
            self.editing.opening.begin(ticket_id)

    def new_ticket(self) -> None:
        """Show an empty ticket; asks first where something is not saved."""
        if self.editing.can_write and self._may_leave(self.new_ticket):
            self.editing.show_new()

    def save(self) -> None:
        """Save what is typed."""
        self.editing.save()

    def save_and_new(self) -> None:
        """Save, then begin the next ticket of the same customer."""
        self.editing.save(then_new=True)

    def edit(self) -> None:
        """Go to the first field."""
        self.editing.opening.when_there(self.form.focus_first)

    def add_comment(self) -> None:
        """Go to the comment box."""
        self.editing.opening.when_there(self._to_comment)

    def _to_comment(self) -> None:
        if self.comment_box is not None and self.editing.detail is not None:
            self.comment_box.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def assign(self) -> None:
        """Ask to whom it is handed, and save."""
        self.editing.opening.when_there(self.quick.assign)

    def take(self) -> None:
        """Assign it to who sits here."""
        self.editing.opening.when_there(self.quick.take)

    def change_status(self, code: str = "") -> None:
        """Take that status, asking for what it needs; without one, show what the status may become."""
        self.editing.opening.when_there(lambda: self.quick.change_status(code))

    def resolve(self) -> None:
        """The way to resolved, where the status allows it."""
        self.editing.opening.when_there(self.quick.resolve)

    def is_dirty(self) -> bool:
        """Whether something is typed here that is not saved."""
        return self.editing.is_dirty()

    def close_request(self, afterwards: Callable[[], object] | None = None) -> bool:
        """Whether the pane may go; asks where something is not saved. The lease is given back.

        Where the answer is to save, ``afterwards`` is done once that worked; without one ``left`` is emitted.
        """
        if not self._may_leave(afterwards or self.left.emit):
            return False
        self.controller.lease.release(closing=True)
        return True

    def _may_leave(self, afterwards: Callable[[], object]) -> bool:
        """Asks; where the answer is to save, ``afterwards`` runs once it is saved, and this one is False."""
        if not self.is_dirty():
            return True
        answer = self._messages.ask_unsaved(self, self.head.title())
        if answer is Answer.SAVE:
            self.editing.after_save = afterwards
            self.editing.save()
        elif answer is Answer.DISCARD:
            self.editing.discard()
        return answer is Answer.DISCARD

    # -- showing ---------------------------------------------------------------------------------------------------

    def _on_changed(self, change: Change, initiator: object) -> None:
        """Another view changed this ticket: read it again where nothing is typed here."""
        if change.entity != ENTITY or initiator is self.controller or self.editing.detail is None:
            return
        if change.entity_id in (None, self.editing.detail.id):
            self.read_again()

    def read_again(self) -> None:
        """Read what is shown again; where something is typed or being saved it stays as it is."""
        detail = self.editing.detail
        busy = self.is_dirty() or self.editing.is_saving or self.editing.opening.is_under_way
        if detail is not None and not busy and self.quick.dialog is None:
            self.controller.open(detail.id)

    def _on_reset(self) -> None:
        has_ticket = self.editing.detail is not None
        self._side.setVisible(has_ticket)
        if self.comment_box is not None:
            self.comment_box.set_alone(has_ticket)

    def _show_head(self) -> None:
        detail, values = self.editing.detail, self.form.values()
        if detail is None:
            title = QCoreApplication.translate("TicketPane", "New ticket") if self.editing.can_write else ""
            self.head.show_ticket(title, None, None)
        else:
            title = f"{detail.number} \N{MIDDLE DOT} {values.get('subject') or ''}"
            self.head.show_ticket(title, detail.values.status, values.get("status"))
        person = self._session.person
        can_take = person is not None and values.get("assignee_id") != person.id
        self.head.set_quick_actions(detail is not None, can_take=can_take)
        self.title_changed.emit(title)
        self._show_foot()

    def _show_foot(self) -> None:
        if self.foot is not None:
            dirty, saving = self.is_dirty(), self.editing.is_saving
            text = self.notices.state_text(dirty=dirty, saving=saving, has_lease=self.controller.lease.is_held)
            locked, is_new = self.notices.is_refused, self.form.is_new
            self.foot.show_state(dirty=dirty, saving=saving, locked=locked, is_new=is_new, text=text)

    def retranslate(self) -> None:
        """Say everything in the language of the window; what is typed stays."""
        self.setAccessibleName(QCoreApplication.translate("TicketPane", "Ticket"))
        self.notices.retranslate()
        self.head.retranslate()
        if self.foot is not None:
            self.foot.retranslate()
        self._show_head()

    # -- Qt --------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the history beside the form, or below it where there is more room."""
        super().resizeEvent(event)
        wide = event.size().width() >= SIDE_BY_SIDE or event.size().height() < ONE_BELOW_THE_OTHER
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

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
        if not self.editing.can_write:
            return None
        action = _KEYS.get((key, pressed))
        return None if action is None else partial(action, self)

    def _leave(self) -> None:
        if self.close_request():
            self.left.emit()


def _divide(splitter: QSplitter, form: QWidget, history: QWidget) -> None:
    splitter.setObjectName("paneSplitter")
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(12)
    for part, stretch in ((form, 3), (history, 2)):
        splitter.addWidget(part)
        splitter.setStretchFactor(splitter.count() - 1, stretch)
    splitter.setSizes([620, 360])


_KEYS: dict[tuple[int, Any], Callable[[TicketPane], None]] = {
    (Qt.Key.Key_Return, CONTROL): TicketPane.save,
    (Qt.Key.Key_Return, CONTROL | SHIFT): TicketPane.save_and_new,
    (Qt.Key.Key_M, CONTROL): TicketPane.add_comment,
    (Qt.Key.Key_A, CONTROL | SHIFT): TicketPane.assign,
    (Qt.Key.Key_T, CONTROL | SHIFT): TicketPane.take,
    (Qt.Key.Key_S, CONTROL | SHIFT): TicketPane.change_status,
    (Qt.Key.Key_R, CONTROL): TicketPane.resolve,
}
