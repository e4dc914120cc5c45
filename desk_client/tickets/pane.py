"""The ticket pane: form, history and comment of one ticket, side by side."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from desk_client.context import ClientContext
from desk_client.forms.change_notices import ChangeNotices
from desk_client.forms.notices import Notices
from desk_client.forms.pane import CONTROL, SHIFT, EntityPane, Keys, PaneSet
from desk_client.theme import Role, set_role
from desk_client.tickets.comment_box import CommentBox
from desk_client.tickets.controller import TicketController
from desk_client.tickets.editing import PaneParts, TicketEditing
from desk_client.tickets.form import TicketForm
from desk_client.tickets.history import HistoryView
from desk_client.tickets.pane_head import PaneHead, TicketFoot
from desk_client.tickets.quick_actions import QuickActions
from desk_client.widgets.banner import Banner
from shared.schemas.ticket import TicketDetail

SIDE_BY_SIDE = 720  # px; narrower, the history goes below the form,
ONE_BELOW_THE_OTHER = 480  # px; where there is that much height for the two


class TicketPane(EntityPane[TicketDetail]):
    """Opens tickets and new ones, edits them under a lease, saves them."""

    def __init__(self, context: ClientContext, parent: QWidget | None = None) -> None:
        session, messages, reference = context.session, context.messages, context.reference
        super().__init__(parent, session, messages, "ticketPane")
        self._reference = reference
        self.controller = TicketController(context.runner, context.bus, context.leases, session, self)
        self._build(session.level.can_write)
        parts = PaneParts(self.form, self.history, self.notices, self.changes, self.comment_box)
        self.editing = TicketEditing(parts, self.controller, reference, session, messages, self.now, self)
        self.quick = QuickActions(
            parts, self.head, self.editing, self.controller, reference, session, self.now, messages.ask_unsaved, self
        )
        self.form.lookup_requested.connect(self.controller.look_up)
        self.editing.reset.connect(self._on_reset)
        self.quick.impossible.connect(messages.warning)
        reference.changed.connect(self.show_state)
        if self.comment_box is not None:
            self.comment_box.add_requested.connect(self.save)
        self.begin(PaneSet(self.form, self.notices, self.changes, self.foot, self.controller, self.editing), context)

    def _build(self, can_write: bool) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        left, self._side = QWidget(self._splitter), QFrame(self._splitter)
        self.head = PaneHead(self._reference, can_write=can_write, parent=left)
        self.banner, self.lease_banner = Banner(left), Banner(left, "leaseBanner")
        self.notices = Notices(self.banner, self.lease_banner)
        self.change_banner = Banner(left, "changeBanner")
        self.changes = ChangeNotices(self.change_banner)
        self.form = TicketForm(self._reference, self.now, read_only=not can_write, parent=left)
        self.history = HistoryView(self._reference, self._side)
        self.comment_box = CommentBox(self._side) if can_write else None
        self.foot = TicketFoot(left) if can_write else None
        self.lay_out(left, self.head, self.lease_banner, self.change_banner, self.banner, self.form, self.foot)
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

    def _on_reset(self) -> None:
        has_ticket = self.editing.detail is not None
        self._side.setVisible(has_ticket)
        if self.comment_box is not None:
            self.comment_box.set_alone(has_ticket)

    def title(self) -> str:
        """Number and subject."""
        detail = self.editing.detail
        if detail is not None:
            return f"{detail.number} \N{MIDDLE DOT} {self.form.values().get('subject') or ''}"
        return QCoreApplication.translate("TicketPane", "New ticket") if self.editing.can_write else ""

    def keys(self) -> Keys:
        """Those of the actions on a ticket."""
        return _KEYS

    def is_busy(self) -> bool:
        """A dialog that asks about the ticket holds it too."""
        return super().is_busy() or self.quick.dialog is not None

    def show_state(self) -> None:
        """Title, status and what can be done with it now."""
        detail, values = self.editing.detail, self.form.values()
        if detail is None:
            self.head.show_ticket(self.title(), None, None)
        else:
            self.head.show_ticket(self.title(), detail.values.status, values.get("status"))
        person = self._session.person
        can_take = person is not None and values.get("assignee_id") != person.id
        self.head.set_quick_actions(detail is not None, can_take=can_take)
        super().show_state()

    def retranslate(self) -> None:
        """Say everything in the language of the window; what is typed stays."""
        self.setAccessibleName(QCoreApplication.translate("TicketPane", "Ticket"))
        self.head.retranslate()
        super().retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the history beside the form, or below it where there is more room."""
        super().resizeEvent(event)
        wide = event.size().width() >= SIDE_BY_SIDE or event.size().height() < ONE_BELOW_THE_OTHER
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)


def _divide(splitter: QSplitter, form: QWidget, history: QWidget) -> None:
    splitter.setObjectName("paneSplitter")
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(12)
    for part, stretch in ((form, 3), (history, 2)):
        splitter.addWidget(part)
        splitter.setStretchFactor(splitter.count() - 1, stretch)
    splitter.setSizes([620, 360])


_KEYS: Keys = {
    (Qt.Key.Key_Return, CONTROL): TicketPane.save,
    (Qt.Key.Key_Return, CONTROL | SHIFT): TicketPane.save_and_new,
    (Qt.Key.Key_M, CONTROL): TicketPane.add_comment,
    (Qt.Key.Key_A, CONTROL | SHIFT): TicketPane.assign,
    (Qt.Key.Key_T, CONTROL | SHIFT): TicketPane.take,
    (Qt.Key.Key_S, CONTROL | SHIFT): TicketPane.change_status,
    (Qt.Key.Key_R, CONTROL): TicketPane.resolve,
}
