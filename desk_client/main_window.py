"""The main window: menu bar, top bar, messages, what is in the middle, status bar. Nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QCoreApplication, QPoint, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu, QMessageBox, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from desk_client import icons
from desk_client.actions import ActionSet
from desk_client.client_settings import ClientSettings
from desk_client.context import ClientContext
from desk_client.draft_opening import DraftOpening
from desk_client.drafts.offer import DraftOffer
from desk_client.language import Language
from desk_client.machines.events.banner import AlarmBanner
from desk_client.machines.events.controller import AlarmController
from desk_client.machines.page import MachinesPage
from desk_client.menus import Menus
from desk_client.messages import Messages, Saying, Severity
from desk_client.session.start_page import StartPage
from desk_client.theme import Theme
from desk_client.top_bar import TopBar
from desk_client.widgets.message_bar import MessageBar
from desk_client.widgets.translated import Translated
from desk_client.workspace import Workspace, build_workspace
from shared import __version__
from shared.domain.level import Level
from shared.errors import DeskError

INFO_MS = 6_000
POLISHED_AT_ONCE = 24  # widgets


class MainWindow(Translated, QMainWindow):
    """The frame. Before ``enter`` it shows the start page.

    Signals:
        painted(): it was painted for the first time; from now on the desk may be asked.
        closed(): it is gone for good.
    """

    painted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, language: Language, settings: ClientSettings, messages: Messages) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self._theme = theme
        self._settings = settings
        self._is_painted = False
        self._say_success: Saying | None = None
        self.workspace: Workspace | None = None
        self.actions_here: ActionSet | None = None
        self.top_bar = TopBar(theme, self)
        self.message_bar = MessageBar(self)
        self.alarm_banner = AlarmBanner(self)
        self.draft_offer = DraftOffer(self)
        self.start_page = StartPage(self)
        self._middle = QStackedWidget(self)
        self._rows = QLabel(self)
        self._menus = Menus(self.menuBar(), language, theme)
        self._pieces: Iterator[None] = iter(())
        self._piece_timer = QTimer(self)
        self._piece_timer.timeout.connect(self._on_next_piece)
        self._build()
        messages.shown.connect(self._on_message)
        self.start_page.retried.connect(lambda: self.top_bar.badge.set_shut_out(False))
        theme.changed.connect(self._draw)
        self._draw()
        self.retranslate()
        self.restoreGeometry(settings.state("window/geometry"))

    def _build(self) -> None:
        self.menuBar().setObjectName("menuBar")
        self.menuBar().setNativeMenuBar(False)
        middle = QWidget(self)
        middle.setObjectName("middle")
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        bar = QVBoxLayout()
        bar.setContentsMargins(12, 0, 12, 8)
        bar.setSpacing(8)
        bar.addWidget(self.alarm_banner)
        bar.addWidget(self.message_bar)
        bar.addWidget(self.draft_offer)
        layout.addLayout(bar)
        self._middle.setObjectName("pages")
        self._middle.addWidget(self.start_page)
        layout.addWidget(self._middle, 1)
        self.setCentralWidget(middle)
        self._rows.setObjectName("rowsStatus")
        self.statusBar().setObjectName("statusBar")
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(8, 0, 8, 2)
        self.statusBar().addPermanentWidget(self._rows)
        self.setMinimumSize(900, 560)

    # -- for the composition root ------------------------------------------------------------------------------------

    def show_error(self, error: DeskError) -> None:
        """The desk did not let us in: say why."""
        self._middle.setCurrentWidget(self.start_page)
        self.start_page.show_error(error)
        self.top_bar.badge.set_shut_out(True)

    def show_page(self, page: QWidget) -> None:
        """What stands between the start page and the desk for once: enrolling anew."""
        self._middle.addWidget(page)
        self._middle.setCurrentWidget(page)

    def enter(self, context: ClientContext) -> None:
        """The desk let us in: build the workspace piece by piece, so that the window never stands still."""
        self._pieces = self._entering(context)
        self._piece_timer.start()

    def _on_next_piece(self) -> None:
        try:
            next(self._pieces)
        except StopIteration:
            self._piece_timer.stop()

    def _entering(self, context: ClientContext) -> Iterator[None]:
        workspace = yield from build_workspace(context, self.top_bar.search, self)
        yield
        self._show_workspace(context, workspace)
        yield
        # what the first ticket is shown in is styled before there is one, not when it is waited for
        for at, widget in enumerate(workspace.page.pane.findChildren(QWidget)):
            if isValid(widget):
                widget.ensurePolished()
            if at % POLISHED_AT_ONCE == 0:
                yield

    def _show_workspace(self, context: ClientContext, workspace: Workspace) -> None:
        """With the actions of this machine's level."""
        session = context.session
        self.workspace = workspace
        handlers = {**workspace.handlers(), **self._handlers()}
        actions = ActionSet(session.level, handlers, self)
        self.actions_here = actions
        self.addActions(actions.all())
        self._menus.enter(actions, workspace.header)
        self.top_bar.enter(actions.get("new_ticket"))
        self.top_bar.badge.set_session(session.machine, session.level, session.person.name if session.person else "")
        self.top_bar.badge.set_connection(context.connection.state, context.connection.since)
        workspace.ticket_shown.connect(actions.set_ticket_shown)
        workspace.status_changed.connect(self._rows.setText)
        workspace.menu_wanted.connect(self._on_menu_wanted)
        actions.set_ticket_shown(False)
        if context.drafts is not None:
            self._opening = DraftOpening(context, workspace.tabs, workspace.open_screen)
            self.draft_offer.open_wanted.connect(self._opening.open)
            self.draft_offer.begin(context.drafts, context.reference.field_label)
        self._middle.addWidget(workspace)
        self._middle.setCurrentWidget(workspace)
        workspace.begin()
        workspace.page.list.setFocus()
        if session.level is Level.ADMIN:
            self._watch_alarms(context)

    def _watch_alarms(self, context: ClientContext) -> None:
        alarms = AlarmController(context.runner, context.bus, self)
        alarms.alarmed.connect(self.alarm_banner.show_alarms)
        alarms.failed.connect(context.messages.error)
        self.alarm_banner.seen_wanted.connect(alarms.mark_seen)
        self.alarm_banner.all_wanted.connect(self._on_alarms_wanted)
        alarms.begin()

    def _on_alarms_wanted(self) -> None:
        if self.workspace is not None:
            self.workspace.open_screen("machines")
            screen = self.workspace.tabs.currentWidget()
            if isinstance(screen, MachinesPage):
                screen.show_events()

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {"quit": self.close, "search": self._on_search, "drafts": self._on_drafts, "about": self._on_about}

    # -- inside ------------------------------------------------------------------------------------------------------

    def _on_search(self) -> None:
        if self.workspace is not None and self.workspace.search():
            return
        self.top_bar.search.setFocus()
        self.top_bar.search.selectAll()

    def _on_drafts(self) -> None:
        if not self.draft_offer.bring_back():
            self.statusBar().showMessage(QCoreApplication.translate("Drafts", "There are no drafts"), INFO_MS)

    def _on_about(self) -> None:
        box = QMessageBox(self)
        box.setObjectName("aboutBox")
        box.setWindowTitle(QCoreApplication.translate("MainWindow", "About SupportDesk"))
        text = QCoreApplication.translate("MainWindow", "SupportDesk {version}. The machine is the login.")
        box.setText(text.format(version=__version__))
        box.addButton(QMessageBox.StandardButton.Close)
        box.exec()
        box.deleteLater()

    def _on_menu_wanted(self, position: QPoint) -> None:
        if self.actions_here is not None:
            menu = QMenu(self)
            menu.setObjectName("rowMenu")
            menu.addActions(self.actions_here.of_row())
            menu.exec(position)
            menu.deleteLater()

    def _on_message(self, severity: str, say: Saying) -> None:
        if severity != Severity.INFO:
            self.message_bar.show_message(Severity(severity), say)
            return
        if not self.message_bar.is_warning():
            self.message_bar.hide()  # what did not work has worked since
        self._say_success = say
        self.statusBar().showMessage(say(), INFO_MS)

    def _draw(self) -> None:
        colours = self._theme.colours
        self.setWindowIcon(icons.icon("desk", colours.accent, colours.on_accent))

    def retranslate(self) -> None:
        """Title, menus and actions."""
        self.setWindowTitle(QCoreApplication.translate("MainWindow", "SupportDesk"))
        self.setAccessibleName(QCoreApplication.translate("MainWindow", "SupportDesk"))
        self.menuBar().setAccessibleName(QCoreApplication.translate("MainWindow", "Menus"))
        self.statusBar().setAccessibleName(QCoreApplication.translate("MainWindow", "Status bar"))
        self._menus.retranslate()
        if self._say_success is not None and self.statusBar().currentMessage():
            self.statusBar().showMessage(self._say_success(), INFO_MS)
        if self.actions_here is not None:
            self.actions_here.retranslate()

    # -- Qt ----------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Where nothing is remembered."""
        return QSize(1_440, 900)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell the first time: only then is the desk asked."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, remember the arrangement, go."""
        if self.workspace is not None and not self.workspace.close_request(self.close):
            event.ignore()
            return
        self._settings.set("window/geometry", self.saveGeometry())
        if self.workspace is not None:
            self.workspace.remember()
        super().closeEvent(event)
        self.closed.emit()
