"""The screen of machines: the list with the machine below it, and beside it what happened about who gets in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, QTimer, Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from desk_client.context import ClientContext
from desk_client.drafts.content import Draft
from desk_client.listing.edit_marks import EditMarks
from desk_client.listing.list_card import list_card, split_below
from desk_client.listing.list_controller import ListController
from desk_client.listing.list_header import ListHeader
from desk_client.listing.list_view import ListView
from desk_client.listing.table_model import PagedTableModel
from desk_client.listing.words import waiting_text
from desk_client.machine_words import is_good
from desk_client.machines.columns import MACHINE_COLUMNS, MachineTexts
from desk_client.machines.events.page import EventsPage
from desk_client.machines.filters import MachineFilterBar
from desk_client.machines.list_controller import ENTITY, MachineSource
from desk_client.machines.list_view import MachineListView
from desk_client.machines.pane import MachinePane
from desk_client.screen import Screen
from shared.domain.level import Level
from shared.schemas.machine import MachineDetail, MachineFilter, MachineListing, MachineRow

PANE_HEIGHT = 330
AGAIN_MS = 60_000  # who is connected, and whether a code was used, changes without anybody's doing here


class MachinesPage(Screen, QTabWidget):
    """For an administrator's machine: two tabs.

    Signals:
        status_changed(str): for the status bar.
    """

    status_changed = Signal(str)

    def __init__(self, context: ClientContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("machinesPage")
        self.setDocumentMode(True)
        self._has_machine = False
        self._shown_id: int | None = None
        self.pane = MachinePane(context, self)
        self.filters = MachineFilterBar(self)
        self.model: PagedTableModel[MachineRow] = PagedTableModel(
            MACHINE_COLUMNS, MachineTexts(self.pane.now, context.session.machine), self
        )
        self.list = MachineListView(self.model, context.theme, self.pane.now, self)
        self.controller: ListController[MachineRow, MachineListing] = ListController(
            self.model, MachineSource(), MachineListing(), context.runner, context.bus, context.messages, self
        )
        self._marks = EditMarks(ENTITY, self.model, self.list, context.leases.others, context.session.machine, self)
        self.events = EventsPage(context, self)
        card = list_card("machineListCard", self.filters, self.list, self)
        self.splitter = split_below("machinesAndMachine", card, self.pane, self)
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._on_again)
        self._again.start()
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([400, PANE_HEIGHT])  # the form has few fields: what is left is the list's
        self.pane.hide()  # until there is a machine to show
        self.addTab(self.splitter, "")
        self.addTab(self.events, "")
        self.tabBar().setDrawBase(False)
        self.setFocusProxy(self.list)

    def _connect(self) -> None:
        self.currentChanged.connect(self._on_tab)
        self.filters.filter_changed.connect(self._show_filtered)
        self.filters.new_wanted.connect(self.new_machine)
        self.filters.left_down.connect(self.list.setFocus)
        self.list.rows_wanted.connect(self.controller.want_rows)
        self.list.header.sort_changed.connect(lambda _key, _descending: self._show_filtered())
        self.list.row_chosen.connect(self._on_chosen)
        self.list.row_opened.connect(self.open_machine)
        self.list.tab_wanted.connect(self.open_machine)
        self.model.count_changed.connect(self._say_status)
        self.model.dimmed_changed.connect(self._on_dimmed)
        self.events.model.count_changed.connect(self._say_status)
        self.events.model.dimmed_changed.connect(self._say_status)
        self.pane.saved.connect(self._on_saved)
        self.pane.editing.opening.arrived.connect(self._show_pane)
        self.pane.editing.opening.stayed.connect(self._on_stayed)
        self.pane.left.connect(self.list.setFocus)
        self.pane.doing.answered.connect(self._catch_up)
        self.pane.doing.is_last_admin = self._is_last_admin

    # -- for the window ------------------------------------------------------------------------------------------------

    def follow_status(self, say: Callable[[str], None]) -> None:
        """Rows, for the status bar."""
        self.status_changed.connect(say)

    def begin(self) -> None:
        """Read the machines."""
        self._show_filtered()
        self.list.setFocus()

    def refresh(self) -> None:
        """Read again what is shown."""
        self.controller.refresh()
        self.pane.read_again()
        self.events.refresh()

    def close_request(self, afterwards: Callable[[], object]) -> bool:
        """Whether it may be closed; asks where something is not saved."""
        return self.pane.may_close(afterwards)

    def let_go(self) -> None:
        """The lease is given back."""
        self.pane.let_go()

    def search(self) -> bool:
        """Go to the search of the tab in front."""
        box = self.events.search if self.currentWidget() is self.events else self.filters.search
        box.setFocus()
        box.selectAll()
        return True

    def clear_filters(self) -> None:
        """All machines, or all events."""
        if self.currentWidget() is self.events:
            self.events.clear_filters()
        else:
            self.filters.clear()

    def step(self, by: int) -> None:
        """Go some rows up or down."""
        self._list_in_front().step(by)

    def header(self) -> ListHeader:
        """That of the machines, or of the events."""
        return self._list_in_front().header

    def to_pane(self) -> None:
        """The machine below."""
        if self.pane.isVisible():
            self.pane.edit()

    def _list_in_front(self) -> ListView[Any]:
        return self.events.list if self.currentWidget() is self.events else self.list

    def _on_tab(self) -> None:
        self.setFocusProxy(self._list_in_front())
        self._say_status()

    def show_events(self) -> None:
        """Go to the security events that are open."""
        self.setCurrentWidget(self.events)
        self.events.show_open()

    def open_machine(self, machine_id: int) -> None:
        """Show a machine below and go there."""
        if self._take_pane(machine_id):
            self.pane.editing.opening.when_there(self.pane.form.focus_first)

    def undo(self) -> None:
        """Take the last change in the form back."""
        self.pane.undo()

    def redo(self) -> None:
        """Do it again."""
        self.pane.redo()

    def open_draft(self, draft: Draft) -> None:
        """Below the list."""
        self.setCurrentWidget(self.splitter)
        if draft.content.entity_id is None:
            self.list.select_row(None)
            self._shown_id = None
            self._show_pane()
        self.pane.open_draft(draft)

    def new_machine(self) -> None:
        """An empty form below."""
        if self.pane.close_request(self.new_machine):
            self.list.select_row(None)
            self._shown_id = None
            self._show_pane()
            self.pane.new_row()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _show_filtered(self) -> None:
        key, descending = self.list.header.sort()
        self.controller.show(MachineListing(filter=self.filters.filter(), sort=key, descending=descending))

    def _take_pane(self, machine_id: int) -> bool:
        if self._shown_id == machine_id:
            return True
        if not self.pane.close_request(lambda: self.open_machine(machine_id)):
            self.list.select_row(self._shown_id)
            return False
        self._shown_id = machine_id
        self.pane.open_row(machine_id)
        return True

    def _on_again(self) -> None:
        if self.isVisible():
            self.refresh()

    def _on_chosen(self, machine_id: int) -> None:
        if not self.pane.is_held():  # arrows through the list never ask; Enter does
            self._take_pane(machine_id)

    def _catch_up(self) -> None:
        """Behind a question: show what the list came to meanwhile."""
        current = self.list.current_id()
        if current is not None:
            self._on_chosen(current)

    def _is_last_admin(self, machine: MachineDetail) -> bool:
        """Whether no other administrator's machine can get in, as far as the list knows all machines."""
        rows = tuple(self.model.rows_in_memory())
        listing, now = self.controller.listing, self.pane.now()
        if listing.filter != MachineFilter() or not self.model.is_exact or len(rows) != self.model.rowCount():
            return False
        good = {row.id for row in rows if row.level is Level.ADMIN and is_good(row.certificate_ends, now)}
        return good == {machine.id}

    def _on_stayed(self, machine_id: int | None) -> None:
        self._shown_id = machine_id
        if self._has_machine:
            self.list.select_row(machine_id)

    def _on_saved(self, machine_id: int) -> None:
        self._shown_id = machine_id
        self.list.select_row(machine_id)

    def _show_pane(self) -> None:
        self._has_machine = True
        self.pane.show()

    def _on_dimmed(self, dimmed: bool) -> None:
        self._say_status()
        if not dimmed:
            self._say_empty()

    def _say_empty(self) -> None:
        self.list.set_empty_text(
            QCoreApplication.translate("Machines", "No machine fits. Clear the search, or make a new machine.")
        )

    def _say_status(self) -> None:
        if self.currentWidget() is self.events:
            self.status_changed.emit(self.events.status())
        elif waiting := waiting_text(self.model):
            self.status_changed.emit(waiting)
        else:
            said = QCoreApplication.translate("Machines", "Machines: {count}")
            self.status_changed.emit(said.format(count=QLocale().toString(self.model.rowCount())))

    def retranslate(self) -> None:
        """Names of the parts."""
        self.setAccessibleName(QCoreApplication.translate("Machines", "Machines"))
        self.setTabText(0, QCoreApplication.translate("Machines", "Machines"))
        self.setTabText(1, QCoreApplication.translate("Machines", "Security events"))
        self.tabBar().setAccessibleName(QCoreApplication.translate("Machines", "Machines and security events"))
        self._say_empty()
        self._say_status()
