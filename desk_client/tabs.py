"""The tabs of the workspace: the tickets' page, opened tickets, and other screens."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QTabBar, QTabWidget, QWidget

from desk_client.actions import action_text
from desk_client.screen import Screen
from desk_client.tickets.page import TicketsPage
from desk_client.tickets.pane import TicketPane
from desk_client.widgets.translated import Translated

TITLE_LENGTH = 28


class Tabs(Translated, QTabWidget):
    """The first tab stays; the others ask before they are closed.

    Signals:
        status_changed(str): what the tab in front says of itself; beside a ticket's tab it is the list that speaks.
    """

    status_changed = Signal(str)

    def __init__(self, page: TicketsPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self._statuses: dict[QWidget, str] = {}
        self.setObjectName("tabs")
        self.setDocumentMode(True)
        self.setTabsClosable(True)
        self.setTabBarAutoHide(True)
        self.addTab(page, "")
        self.tabBar().setTabButton(0, QTabBar.ButtonPosition.RightSide, None)
        self.tabBar().setDrawBase(False)
        self.tabBar().setElideMode(Qt.TextElideMode.ElideRight)
        page.status_changed.connect(lambda text: self._on_status(page, text))
        self.tabCloseRequested.connect(self.close_tab)
        self.currentChanged.connect(self._say_status)
        self.retranslate()

    # -- what is open --------------------------------------------------------------------------------------------------

    def panes(self) -> list[TicketPane]:
        """Every pane of a ticket, that below the list first."""
        return [self.page.pane, *(tab for tab in self._tabs() if isinstance(tab, TicketPane))]

    def panes_of(self, ids: Collection[int]) -> list[TicketPane]:
        """The panes in which one of these tickets is open."""
        return [pane for pane in self.panes() if (row := pane.editing.detail) is not None and row.id in ids]

    def ticket_ids_in_front(self) -> tuple[int, ...]:
        """The ticket of the tab in front, where it is one of a ticket."""
        current = self.currentWidget()
        detail = current.editing.detail if isinstance(current, TicketPane) else None
        return () if detail is None else (detail.id,)

    def drop_tickets(self, ids: Collection[int]) -> None:
        """These tickets are gone: so are their tabs, except where somebody has typed meanwhile."""
        for pane in self.panes_of(ids):
            if pane.is_dirty():
                pane.read_again()  # and says that it was deleted
            elif pane is not self.page.pane:
                pane.let_go()
                self._drop(pane)

    def screens(self) -> list[Screen]:
        """Every other screen."""
        return [tab for tab in self._tabs() if isinstance(tab, Screen)]

    def front_screen(self) -> Screen | None:
        """The screen in front, where it is not one of tickets."""
        current = self.currentWidget()
        return current if isinstance(current, Screen) else None

    def has_ticket(self) -> bool:
        """Whether actions on a ticket have one."""
        current = self.currentWidget()
        return isinstance(current, TicketPane) or (current is self.page and self.page.has_ticket())

    def _tabs(self) -> list[QWidget]:
        return [tab for index in range(self.count()) if (tab := self.widget(index)) is not None]

    # -- opening and closing -------------------------------------------------------------------------------------------

    def show_pane(self, pane: TicketPane) -> None:
        """A tab for this pane, in front."""
        pane.title_changed.connect(lambda title: self._on_title(pane, title))
        pane.left.connect(lambda: self._drop(pane))
        self.setCurrentIndex(self.addTab(pane, ""))
        self._name_buttons()

    def show_screen(self, name: str, make: Callable[[], QWidget]) -> QWidget:
        """The tab of the screen of that name, in front; made where it is not open."""
        tab = next((tab for tab in self._tabs() if tab.property("screen") == name), None)
        if tab is None:
            tab = make()
            tab.setProperty("screen", name)
            self.addTab(tab, action_text(name))
            self._name_buttons()
            self._begin(tab)
        self.setCurrentWidget(tab)
        tab.setFocus()
        return tab

    def _begin(self, tab: QWidget) -> None:
        if isinstance(tab, Screen):
            tab.follow_status(lambda text: self._on_status(tab, text))
            tab.begin()

    def close_tab(self, index: int) -> None:
        """Close this one, where nothing in it holds it."""
        tab = self.widget(index)
        if tab is not None and self._may_go(tab):
            self._let_go(tab)
            self._drop(tab)

    def _may_go(self, tab: QWidget) -> bool:
        def afterwards() -> None:
            self._let_go(tab)
            self._drop(tab)

        if isinstance(tab, TicketPane):
            return tab.may_close(afterwards)
        return isinstance(tab, Screen) and tab.close_request(afterwards)

    @staticmethod
    def _let_go(tab: QWidget) -> None:
        if isinstance(tab, TicketPane | Screen):
            tab.let_go()

    def close_request(self, afterwards: Callable[[], object]) -> bool:
        """Whether everything may be closed: whatever has unsaved changes asks; ``afterwards`` follows a save.

        Nothing is given up before all have agreed.
        """
        panes, screens = self.panes(), self.screens()
        if not all(pane.may_close(afterwards) for pane in panes):
            return False
        if not all(screen.close_request(afterwards) for screen in screens):
            return False
        for pane in panes:
            pane.let_go()
        for screen in screens:
            screen.let_go()
        return True

    def _drop(self, tab: QWidget) -> None:
        self._statuses.pop(tab, None)
        self.removeTab(self.indexOf(tab))
        tab.deleteLater()

    # -- words ---------------------------------------------------------------------------------------------------------

    def _on_title(self, pane: TicketPane, title: str) -> None:
        short = title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"
        self.setTabText(self.indexOf(pane), short.replace("&", "&&"))
        self.setTabToolTip(self.indexOf(pane), title)

    def _on_status(self, of: QWidget, text: str) -> None:
        self._statuses[of] = text
        if of is (self.front_screen() or self.page):
            self.status_changed.emit(text)

    def _say_status(self) -> None:
        self.status_changed.emit(self._statuses.get(self.currentWidget() if self.front_screen() else self.page, ""))

    def retranslate(self) -> None:
        """Names of the tabs."""
        self.setAccessibleName(QCoreApplication.translate("Workspace", "Open tickets"))
        self.tabBar().setAccessibleName(QCoreApplication.translate("Workspace", "Tabs"))
        self.setTabText(0, QCoreApplication.translate("Workspace", "Tickets"))
        for index, tab in enumerate(self._tabs()):
            if tab.property("screen"):
                self.setTabText(index, action_text(tab.property("screen")))
        self._name_buttons()

    def _name_buttons(self) -> None:
        """Qt says these once, in the language of that moment."""
        names = {
            "ScrollLeftButton": QCoreApplication.translate("Workspace", "Tabs to the left"),
            "ScrollRightButton": QCoreApplication.translate("Workspace", "Tabs to the right"),
        }
        for button in self.tabBar().findChildren(QAbstractButton):
            name = names.get(button.objectName()) or QCoreApplication.translate("Workspace", "Close tab")
            button.setAccessibleName(name)
            button.setToolTip(name)
