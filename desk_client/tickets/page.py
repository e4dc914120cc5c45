"""The home screen: filter bar and list above, the ticket below."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk_client.context import ClientContext
from desk_client.listing.edit_marks import EditMarks
from desk_client.listing.list_card import list_card, split_below
from desk_client.listing.table_model import PagedTableModel
from desk_client.listing.words import waiting_text
from desk_client.tickets.bulk import count_text
from desk_client.tickets.columns import TICKET_COLUMNS, TicketTexts
from desk_client.tickets.fields import ENTITY
from desk_client.tickets.filters import FilterBar
from desk_client.tickets.list_controller import TicketListController
from desk_client.tickets.list_view import TicketListView
from desk_client.tickets.pane import TicketPane
from desk_client.tickets.views import View, ViewList
from desk_client.widgets.translated import Translated
from shared.schemas.bulk import MOST_ROWS
from shared.schemas.ticket import TicketRow
from shared.schemas.ticket_listing import SortKey, TicketFilter, TicketListing

AGES_EVERY_MS = 60_000
REFILTER_MS = 40


class TicketsPage(Translated, QWidget):
    """List and ticket of one window; the views on the left and the search box are handed in by the workspace.

    Signals:
        text_shown(str): the search box is to show this text.
        filter_shown(TicketFilter): the list shows this now.
        status_changed(str): rows and selection, for the status bar.
        tab_wanted(id): a ticket in a tab of its own.
        menu_wanted(QPoint): a context menu for the current row.
        ticket_shown(bool): whether there is a ticket below.
    """

    text_shown = Signal(str)
    filter_shown = Signal(object)
    status_changed = Signal(str)
    tab_wanted = Signal(int)
    menu_wanted = Signal(QPoint)
    ticket_shown = Signal(bool)

    def __init__(self, context: ClientContext, pane: TicketPane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ticketsPage")
        self._context = context
        self._view: View | None = None
        self._shown_id: int | None = None
        self._has_ticket = False
        self.filters = FilterBar(context.reference, self)
        texts = TicketTexts(context.reference, lambda: datetime.now(UTC), context.session.machine)
        self.model: PagedTableModel[TicketRow] = PagedTableModel(TICKET_COLUMNS, texts, self)
        self.list = TicketListView(self.model, context.theme, self)
        self.list.allow_several()
        self.controller = TicketListController(
            self.model, context.runner, context.bus, context.messages, context.session.readable_private, self
        )
        self._marks = EditMarks(ENTITY, self.model, self.list, context.leases.others, context.session.machine, self)
        self.pane = pane
        card = list_card("listCard", self.filters, self.list, self)
        self.splitter = split_below("listAndTicket", card, self.pane, self)
        self._ages = self._timer(AGES_EVERY_MS, self._say_ages)
        self._refilter = self._timer(REFILTER_MS, self._show_filtered, single=True)
        self._build()
        self._connect()
        self.retranslate()

    def _timer(self, interval: int, slot: object, *, single: bool = False) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval)
        timer.setSingleShot(single)
        timer.timeout.connect(slot)
        return timer

    def _build(self) -> None:
        self.pane.hide()  # until there is a ticket to show
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        self.filters.filter_changed.connect(self._refilter.start)
        self.filters.customers_wanted.connect(self._on_customers_wanted)
        self.list.rows_wanted.connect(self.controller.want_rows)
        self.list.header.sort_changed.connect(self._on_sort_changed)
        self.list.row_chosen.connect(self._on_ticket_chosen)
        self.list.row_opened.connect(self.open_ticket)
        self.list.tab_wanted.connect(self.tab_wanted)
        self.list.menu_wanted.connect(self.menu_wanted)
        self.list.ids_wanted.connect(self.controller.read_ids)
        self.list.chosen.changed.connect(self._say_status)
        self.list.capped.connect(lambda: self._context.messages.info(_capped_text))
        self.model.count_changed.connect(self._say_status)
        self.model.dimmed_changed.connect(self._on_dimmed)
        self.list.selectionModel().currentRowChanged.connect(self._say_status)
        self.controller.number_found.connect(self._on_number_found)
        self.pane.saved.connect(self._on_saved)
        self.pane.editing.opening.arrived.connect(self._say_shown)
        self.pane.editing.opening.stayed.connect(self._on_stayed)
        self.pane.left.connect(self.list.setFocus)
        self._context.reference.changed.connect(self.model.retranslate)
        self._ages.start()

    # -- filter --------------------------------------------------------------------------------------------------------

    def connect_views(self, views: ViewList) -> None:
        """Follow the views on the left, and tell them their counts."""
        views.view_chosen.connect(self.show_view)
        self.filter_shown.connect(views.show_filter)
        self.controller.counted.connect(views.set_counts)
        self.controller.count_views(tuple(view.filter for view in views.views))

    def show_view(self, view: View) -> None:
        """Show a view from its beginning."""
        self._view = view
        self.show_filter(view.filter)

    def show_filter(self, wanted: TicketFilter, customer: str = "") -> None:
        """Show these tickets."""
        self.filters.set_filter(wanted, customer)
        self.text_shown.emit(wanted.text)
        self._show_filtered()

    def _show_filtered(self) -> None:
        self._refilter.stop()
        wanted = self.filters.filter()
        key, descending = self.list.header.sort()
        if wanted != self.controller.listing.filter:
            self.list.choose_none()  # nobody sees any more which they are
        self.filter_shown.emit(wanted)
        self.controller.show(TicketListing(filter=wanted, sort=key, descending=descending))

    def _on_sort_changed(self, _key: SortKey, _descending: bool) -> None:
        self._show_filtered()

    def _on_customers_wanted(self, text: str) -> None:
        self.controller.find_customers(text, self.filters.show_customers)

    def clear_filters(self) -> None:
        """All tickets."""
        self.filters.clear()
        self.text_shown.emit("")

    # -- ticket --------------------------------------------------------------------------------------------------------

    def open_ticket(self, ticket_id: int) -> None:
        """Show a ticket below and go there; unsaved changes of another are asked about first."""
        if self._take_pane(ticket_id):
            self.pane.editing.opening.when_there(self.pane.setFocus)  # not before: what is typed next is meant for it

    def new_ticket(self) -> None:
        """An empty form below."""
        if self.pane.close_request(self.new_ticket):
            self.list.select_row(None)
            self._shown_id = None
            self._say_shown()
            self.pane.new_row()

    def jump(self, text: str) -> None:
        """Enter in the search box: a number opens its ticket."""
        if text.removeprefix("#").isdecimal():
            self.controller.find_number(text)
        else:
            self.list.setFocus()

    def _take_pane(self, ticket_id: int) -> bool:
        if self._shown_id == ticket_id:
            return True
        if not self.pane.close_request(lambda: self.open_ticket(ticket_id)):
            self.list.select_row(self._shown_id)
            return False
        self._shown_id = ticket_id
        self.pane.open_row(ticket_id)
        return True

    def catch_up(self) -> bool:
        """Ask for the ticket of the current row where another is shown yet; False where that one has to stay."""
        current = self.list.current_id()
        return current is None or not self.list.hasFocus() or self._take_pane(current)

    def _on_stayed(self, ticket_id: int | None) -> None:
        """The ticket that was asked for is not shown; asking for it again asks the desk again."""
        self._shown_id = ticket_id
        if self._has_ticket:
            self.list.select_row(ticket_id)

    def _say_shown(self) -> None:
        self._has_ticket = True
        self.pane.show()
        self.ticket_shown.emit(True)

    def leave_tickets(self, ids: Collection[int]) -> None:
        """These tickets are gone: where one of them is below, nothing is; what was typed meanwhile stays."""
        if self._shown_id in ids and not self.pane.is_dirty():
            self.pane.new_row()
            self.pane.hide()
            self._shown_id, self._has_ticket = None, False
            self.ticket_shown.emit(False)
            self.list.setFocus()

    def return_to(self, ticket_id: int) -> None:
        """This ticket is back: it is the current one again, also before the list has it."""
        self.list.select_row(ticket_id)
        self._on_ticket_chosen(ticket_id)

    def has_ticket(self) -> bool:
        """Whether a ticket, or a new one, is below."""
        return self._has_ticket

    def shown_id(self) -> int | None:
        """The ticket below; None for none or a new one."""
        return self._shown_id

    def _on_ticket_chosen(self, ticket_id: int) -> None:
        if self.pane.is_held():
            return  # arrows through the list never ask; Enter does
        self._take_pane(ticket_id)

    def _on_number_found(self, ticket_id: int | None) -> None:
        if ticket_id is None:
            self.list.setFocus()
        else:
            self.list.select_row(ticket_id)
            self.open_ticket(ticket_id)

    def _on_saved(self, ticket_id: int) -> None:
        self._shown_id = ticket_id
        self.list.select_row(ticket_id)

    # -- words ---------------------------------------------------------------------------------------------------------

    def _on_dimmed(self, dimmed: bool) -> None:
        self._say_status()
        if not dimmed:
            self._say_empty()

    def _say_ages(self) -> None:
        if self.isVisible():
            self.model.say_rows(*self.list.visible_rows())  # the others say theirs when they come into sight

    def _say_empty(self) -> None:
        if self._view is not None and self._view.filter == self.controller.listing.filter:
            said = QCoreApplication.translate("Views", self._view.empty)
        else:
            said = QCoreApplication.translate("TicketsPage", "No ticket fits. Clear a filter, or search other words.")
        self.list.set_empty_text(said)

    def _say_status(self) -> None:
        if waiting := waiting_text(self.model):
            self.status_changed.emit(waiting)
            return
        text = _count_text(self.model.rowCount(), is_exact=self.model.is_exact)
        row = self.list.currentIndex().row()
        if self.list.chosen:
            chosen = QCoreApplication.translate("TicketsPage", "{count} selected")
            text = f"{text}  ·  {chosen.format(count=QLocale().toString(len(self.list.chosen)))}"
        elif row >= 0 and self.list.current_id() is not None:
            place = QCoreApplication.translate("TicketsPage", "row {row}").format(row=QLocale().toString(row + 1))
            text = f"{text}  ·  {place}"
        self.status_changed.emit(text)

    def retranslate(self) -> None:
        """Names and the words of the status bar."""
        self.setAccessibleName(QCoreApplication.translate("TicketsPage", "Tickets"))
        self._say_empty()
        self._say_status()


def _capped_text() -> str:
    text = QCoreApplication.translate("TicketsPage", "At most {count} rows can be selected at once")
    return text.format(count=QLocale().toString(MOST_ROWS))


def _count_text(count: int, *, is_exact: bool) -> str:
    if is_exact:
        return count_text(count)
    text = QCoreApplication.translate("TicketsPage", "more than {count} tickets")
    return text.format(count=QLocale().toString(count))
