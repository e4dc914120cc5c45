"""Head and foot of the ticket pane: what ticket it is, where it stands, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from desk_client.forms.foot import FormFoot
from desk_client.icons import pixmap
from desk_client.keys import ENTER_WITH_CONTROL_AND_SHIFT, key_text
from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, set_role
from desk_client.tickets.columns import STATUS_GLYPHS
from desk_client.tickets.transitions import transition_verb
from desk_client.widgets.elided_label import ElidedLabel
from shared.domain.status import Status, next_statuses

GLYPH = 16


class StatusLabel(QWidget):
    """A status as shape and word, with the one it is about to take: "Open → Resolved"."""

    def __init__(self, reference: ReferenceStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ticketStatus")
        self._reference = reference
        self._status: str | None = None
        self._target: str | None = None
        self._glyph, self._word = QLabel(self), QLabel(self)
        self._glyph.setFixedSize(QSize(GLYPH, GLYPH))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._glyph)
        layout.addWidget(self._word)

    def show_status(self, status: str | None, target: str | None) -> None:
        """Show where the ticket stands; ``target`` is what a save would make of it."""
        self._status, self._target = status, target
        self.refresh()

    def text(self) -> str:
        """The words."""
        return self._word.text()

    def refresh(self) -> None:
        """Say and paint it again."""
        shown = self._status or self._target
        self.setVisible(shown is not None)
        if shown is None:
            return
        words = [self._reference.choice_label("status", code) for code in (self._status, self._target) if code]
        self._word.setText(" \N{RIGHTWARDS ARROW} ".join(dict.fromkeys(words)))
        colour = self.palette().color(QPalette.ColorRole.Link).name()
        self._glyph.setPixmap(pixmap(STATUS_GLYPHS[Status(shown)], colour, GLYPH, self.devicePixelRatioF()))
        self.setAccessibleName(QCoreApplication.translate("TicketPane", "Status"))
        self.setAccessibleDescription(self._word.text())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self.refresh()
        super().changeEvent(event)


class PaneHead(QWidget):
    """Title, status and, where this machine may write, the quick actions.

    Signals:
        status_requested(code), assign_requested(), take_requested()
    """

    status_requested = Signal(str)
    assign_requested = Signal()
    take_requested = Signal()

    def __init__(self, reference: ReferenceStore, *, can_write: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paneHead")
        self._status: str | None = None
        self._title = ElidedLabel(self)
        self._title.setObjectName("ticketTitle")
        set_role(self._title, Role.TITLE)
        self.status_label = StatusLabel(reference, self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(2, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self._title, 1)
        self._layout.addWidget(self.status_label)
        self._actions: list[QWidget] = []
        if can_write:
            self._build_actions()
        self.retranslate()

    def _build_actions(self) -> None:
        self.take_button, self.assign_button = QPushButton(self), QPushButton(self)
        self.status_button = QToolButton(self)
        self.status_button.setObjectName("statusButton")
        self.status_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.status_menu = QMenu(self.status_button)
        self.status_menu.setObjectName("statusMenu")
        self.status_button.setMenu(self.status_menu)
        self.take_button.setObjectName("takeButton")
        self.assign_button.setObjectName("assignButton")
        self.take_button.clicked.connect(self.take_requested)
        self.assign_button.clicked.connect(self.assign_requested)
        self._actions = [self.take_button, self.assign_button, self.status_button]
        self.status_button.setMaximumHeight(self.assign_button.sizeHint().height())
        for button in self._actions:
            self._layout.addWidget(button)
        for push in (self.take_button, self.assign_button):
            push.setAutoDefault(False)

    def show_ticket(self, title: str, status: str | None, target: str | None) -> None:
        """Show which ticket it is; ``status`` None: a new one, which has no quick actions yet."""
        self._title.set_full_text(title)
        self.status_label.show_status(status, target)
        if status != self._status:
            self._status = status
            self._fill_menu()

    def title(self) -> str:
        """The whole title."""
        return self._title.full_text()

    def set_quick_actions(self, shown: bool, *, can_take: bool) -> None:
        """Offer the quick actions, or take them away."""
        for button in self._actions:
            button.setVisible(shown)
        if self._actions:
            self.take_button.setVisible(shown and can_take)
            self.status_button.setVisible(shown and bool(next_statuses(self._status)))

    def open_status_menu(self) -> None:
        """Show what the status may become."""
        if self._actions and self.status_button.isVisible():
            self.status_button.showMenu()

    def retranslate(self) -> None:
        """Say everything in the language of the window."""
        self.status_label.refresh()
        if not self._actions:
            return
        self.take_button.setText(QCoreApplication.translate("TicketPane", "Take it"))
        self.take_button.setToolTip(
            QCoreApplication.translate("TicketPane", "Assign it to me and open it (Ctrl+Shift+T)")
        )
        self.assign_button.setText(QCoreApplication.translate("TicketPane", "Assign"))
        self.assign_button.setToolTip(QCoreApplication.translate("TicketPane", "Hand it to somebody (Ctrl+Shift+A)"))
        self.status_button.setText(QCoreApplication.translate("TicketPane", "Status"))
        self.status_button.setToolTip(
            QCoreApplication.translate("TicketPane", "Change the status (Ctrl+Shift+S), resolve (Ctrl+R)")
        )
        for button in (self.take_button, self.assign_button, self.status_button):
            button.setAccessibleName(button.text())
        self._fill_menu()

    def _fill_menu(self) -> None:
        if not self._actions:
            return
        self.status_menu.clear()
        for target in next_statuses(self._status) if self._status else ():
            action = self.status_menu.addAction(transition_verb(self._status, target))
            action.setObjectName(f"to_{target.value}")
            action.setData(target.value)
            action.triggered.connect(lambda _checked=False, code=target.value: self.status_requested.emit(code))


class TicketFoot(FormFoot):
    """Tickets come one after the other, often of one customer."""

    def go_on_text(self) -> str:
        """What Save and new does."""
        text = QCoreApplication.translate("TicketPane", "Save, then the next ticket of this customer ({key})")
        return text.format(key=key_text(ENTER_WITH_CONTROL_AND_SHIFT))
