"""What is in the window once the desk let us in: views on the left, list and ticket, further screens in tabs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desk_client.administration import SCREENS
from desk_client.closing_away import ClosingAway
from desk_client.context import ClientContext
from desk_client.listing.list_header import ListHeader
from desk_client.many_tickets import ManyTickets
from desk_client.stepping_back import step_back
from desk_client.tabs import Tabs
from desk_client.tickets.page import TicketsPage
from desk_client.tickets.pane import TicketPane
from desk_client.tickets.standard_filters import ViewId
from desk_client.tickets.views import ViewList, standard_views
from desk_client.widgets.search_box import SearchBox
from desk_client.widgets.translated import Translated

SIDEBAR_WIDTH = 188


def make_pane(context: ClientContext, parent: QWidget) -> TicketPane:
    """A pane for one ticket."""
    return TicketPane(context, parent)


def build_workspace(context: ClientContext, search: SearchBox, parent: QWidget) -> Generator[None, None, Workspace]:
    """Build it piece by piece: at each ``yield`` the window may answer."""
    pane = make_pane(context, parent)
    yield
    page = TicketsPage(context, pane, parent)
    yield
    return Workspace(context, search, page, parent)


class Workspace(Translated, QWidget):
    """Arranges the screens and carries out the actions of ``actions.py``.

    Signals:
        ticket_shown(bool): whether the actions on a ticket have one.
        status_changed(str): for the status bar.
        menu_wanted(QPoint): the context menu of the list.
    """

    ticket_shown = Signal(bool)
    status_changed = Signal(str)
    menu_wanted = Signal(QPoint)

    def __init__(
        self, context: ClientContext, search: SearchBox, page: TicketsPage, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("workspace")
        self._context = context
        self._search = search
        self.views = ViewList(context.theme, self)
        self.page = page
        self.tabs = Tabs(page, self)
        self.many = ManyTickets(context, page, self.tabs, self)
        self._away = ClosingAway(context, self)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._build()
        self._connect()
        self.retranslate()
        self._restore()

    def _build(self) -> None:
        self._splitter.setObjectName("viewsAndTabs")
        self._splitter.setHandleWidth(12)
        self._splitter.setChildrenCollapsible(False)
        self.views.setMinimumWidth(148)
        self.views.setMaximumWidth(320)
        self._splitter.addWidget(self.views)
        self._splitter.addWidget(self.tabs)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([SIDEBAR_WIDTH, 1_100])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(8)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self.many.undo_bar)

    def _connect(self) -> None:
        person = self._context.session.person
        self.views.set_views(standard_views(person.id if person is not None else None))
        self.page.connect_views(self.views)
        self.page.text_shown.connect(self._search.set_text)
        self.page.tab_wanted.connect(self.open_in_tab)
        self.tabs.status_changed.connect(self.status_changed)
        self.page.menu_wanted.connect(self.menu_wanted)
        self.page.ticket_shown.connect(self._say_ticket)
        self.views.view_chosen.connect(lambda _view: self.tabs.setCurrentIndex(0))
        self._search.search_changed.connect(self._on_search)
        self._search.entered.connect(self.page.jump)
        self._search.left_down.connect(self.to_list)
        self.tabs.currentChanged.connect(self._say_ticket)

    def begin(self) -> None:
        """Show the view that was shown last, else the first."""
        last = self._context.settings.text("list/view", ViewId.MY_OPEN)
        view = self.views.view(last) or self.views.views[0]
        self.page.show_view(view)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What to call for each action of the table that concerns tickets and the list."""
        return {
            "new_ticket": self.new_ticket,
            "open_tab": self._on_open_tab,
            "close_tab": lambda: self.tabs.close_tab(self.tabs.currentIndex()),
            "edit": lambda: self._act(TicketPane.edit),
            "save": lambda: self.pane().save(),
            "save_and_new": lambda: self.pane().save_and_new(),
            "take": lambda: self._act(TicketPane.take),
            "resolve": lambda: self._act(TicketPane.resolve),
            "comment": lambda: self._act(TicketPane.add_comment),
            "assign": lambda: self._act(TicketPane.assign),
            "change_status": lambda: self._act(TicketPane.change_status),
            "undo": self.undo,
            "redo": lambda: self._step_back(again=True),
            **self.many.handlers(),
            "clear_filters": self.clear_filters,
            "to_views": self.views.setFocus,
            "to_list": self.to_list,
            "to_ticket": self.to_ticket,
            "next_ticket": lambda: self._step(1),
            "previous_ticket": lambda: self._step(-1),
            "refresh": self.refresh,
            **{name: partial(self.open_screen, name) for name in SCREENS},
        }

    # -- actions -------------------------------------------------------------------------------------------------------

    def pane(self) -> TicketPane:
        """The ticket that actions are about: that of the tab, or the one below the list."""
        current = self.tabs.currentWidget()
        return current if isinstance(current, TicketPane) else self.page.pane

    def new_ticket(self) -> None:
        """An empty form below the list."""
        self.tabs.setCurrentIndex(0)
        self.page.new_ticket()

    def open_in_tab(self, ticket_id: int) -> None:
        """A tab for this ticket, or the one that it has."""
        for pane in self.tabs.panes()[1:]:
            if pane.property("ticket_id") == ticket_id:
                self.tabs.setCurrentWidget(pane)
                if pane.editing.detail is None and not pane.editing.opening.is_under_way:  # it could not be read
                    pane.open_row(ticket_id)
                return
        is_below = self.page.shown_id() == ticket_id
        if is_below and not self.page.pane.close_request(lambda: self.open_in_tab(ticket_id)):
            return
        pane = make_pane(self._context, self.tabs)
        pane.setProperty("ticket_id", ticket_id)
        self.tabs.show_pane(pane)
        pane.open_row(ticket_id)
        pane.editing.opening.when_there(pane.setFocus)

    def undo(self) -> None:
        """Take back what was done last where the focus is: with rows of the list, in a text, else in a form."""
        if self.page.list.hasFocus() and self.many.undo_bar.is_offered():
            self.many.undo_bar.undo()
        else:
            self._step_back(again=False)

    def _step_back(self, *, again: bool) -> None:
        step_back(self.tabs.front_screen() or self.pane(), again=again)

    def open_screen(self, name: str) -> QWidget:
        """The tab of one of the administrator's screens."""
        return self.tabs.show_screen(name, lambda: SCREENS[name](self._context, self.tabs))

    def search(self) -> bool:
        """Go to the search of the screen in front; False where the desk's is meant."""
        screen = self.tabs.front_screen()
        return screen is not None and screen.search()

    def clear_filters(self) -> None:
        """Narrow the list in front to nothing."""
        (self.tabs.front_screen() or self.page).clear_filters()

    def to_list(self) -> None:
        """Focus to the list."""
        self.tabs.setCurrentIndex(0)
        self.page.list.setFocus()

    def to_ticket(self) -> None:
        """Focus to the ticket, or to what the screen in front shows of its row."""
        screen = self.tabs.front_screen()
        if screen is not None:
            screen.to_pane()
        elif self.tabs.has_ticket():
            self.pane().setFocus()

    def header(self) -> ListHeader | None:
        """The heading of the list in front."""
        screen = self.tabs.front_screen()
        return self.page.list.header if screen is None else screen.header()

    def refresh(self) -> None:
        """Read again what is shown: the list, and each ticket that nothing is typed in."""
        self.page.controller.refresh()
        for pane in self.tabs.panes():
            pane.read_again()
        for screen in self.tabs.screens():
            screen.refresh()

    def close_request(self, afterwards: Callable[[], object]) -> bool:
        """Whether everything may be closed: each ticket with unsaved changes asks; ``afterwards`` follows a save."""
        return not self._away.holds(afterwards) and self.tabs.close_request(afterwards)

    def remember(self) -> None:
        """Keep the arrangement for the next start."""
        settings = self._context.settings
        settings.set("list/columns", self.page.list.save_columns())
        settings.set("window/views", self._splitter.saveState())
        settings.set("window/ticket", self.page.splitter.saveState())
        shown = self.page.controller.listing.filter
        view = next((view for view in self.views.views if view.filter == shown), None)
        if view is not None:
            settings.set("list/view", view.id)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        settings = self._context.settings
        self.page.list.restore_columns(settings.state("list/columns"))
        self._splitter.restoreState(settings.state("window/views"))
        self.page.splitter.restoreState(settings.state("window/ticket"))

    def _step(self, by: int) -> None:
        """Through the list in front."""
        (self.tabs.front_screen() or self.page.list).step(by)

    def _on_open_tab(self) -> None:
        ticket_id = self.page.list.current_id() or self.page.shown_id()
        if ticket_id is not None and self.tabs.currentIndex() == 0:
            self.open_in_tab(ticket_id)

    def _act(self, act: Callable[[TicketPane], object]) -> None:
        """Do something to the ticket that is meant: on the way through the list, that of the row one has come to."""
        pane = self.pane()
        if pane is not self.page.pane or self.page.catch_up():
            act(pane)

    def _on_search(self, text: str) -> None:
        self.tabs.setCurrentIndex(0)
        self.page.filters.set_text(text)

    def _say_ticket(self) -> None:
        self.ticket_shown.emit(self.tabs.has_ticket())

    def retranslate(self) -> None:
        """Names of the parts."""
        self.setAccessibleName(QCoreApplication.translate("Workspace", "Desk"))
