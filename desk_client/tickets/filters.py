"""The filter bar: status, product, customer, assignee, due; the text comes from the search box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, repolish, set_role
from desk_client.tickets.standard_filters import DUE_SOON_DAYS, NOBODY
from desk_client.widgets.multi_pick import MultiPick
from desk_client.widgets.pick_combo import PickCombo
from desk_client.widgets.translated import Translated
from desk_client.widgets.type_ahead import Suggestion, TypeAhead
from shared.schemas.ticket_listing import TicketFilter

WIDE, NARROW = (116, 168), (134, 148)  # px: the least that shows "Any assignee" whole, and the most
BEFORE_THE_REST = 100  # stretch: a box takes all it may before there is empty room behind the bar


class FilterBar(Translated, QWidget):
    """Shows a ``TicketFilter`` and lets a person change it.

    Signals:
        filter_changed(): the person narrowed or widened it.
        customers_wanted(text): suggestions for the customer are wanted.
    """

    filter_changed = Signal()
    customers_wanted = Signal(str)

    def __init__(self, reference: ReferenceStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self._reference = reference
        self._text = ""
        self._status = MultiPick(self)
        self._product = PickCombo(self)
        self._customer = TypeAhead(self)
        self._assignee = PickCombo(self)
        self._due = QPushButton(self)
        self._clear = QPushButton(self)
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        names = {
            self._status: "statusFilter", self._product: "productFilter", self._customer: "customerFilter",
            self._assignee: "assigneeFilter", self._due: "dueFilter", self._clear: "clearFilters",
        }  # fmt: skip
        boxes = {self._status: WIDE, self._product: NARROW, self._customer: WIDE, self._assignee: NARROW}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(8)
        for widget, name in names.items():
            widget.setObjectName(name)
            layout.addWidget(widget, BEFORE_THE_REST if widget in boxes else 0)
        layout.addStretch(1)
        for box, widths in boxes.items():
            box.setMinimumWidth(widths[0])
            box.setMaximumWidth(widths[1])
        self._due.setCheckable(True)
        set_role(self._clear, Role.QUIET)

    def _connect(self) -> None:
        self._status.picked.connect(self._on_changed)
        self._product.picked.connect(self._on_changed)
        self._assignee.picked.connect(self._on_changed)
        self._customer.edited.connect(self._on_customer_edited)
        self._customer.search_requested.connect(self.customers_wanted)
        self._due.toggled.connect(self._on_due_toggled)
        self._clear.clicked.connect(self.clear)
        self._reference.changed.connect(self._fill)

    # -- value ---------------------------------------------------------------------------------------------------------

    def filter(self) -> TicketFilter:
        """What is narrowed to."""
        return TicketFilter(
            status=self._status.values(),
            product_id=self._product.value(),
            customer_id=self._customer.value(),
            assignee_id=self._assignee.value(),
            text=self._text,
            due_within_days=DUE_SOON_DAYS if self._due.isChecked() else None,
        )

    def set_filter(self, shown: TicketFilter, customer: str = "") -> None:
        """Show a filter without announcing it; ``customer`` is the name of its customer."""
        self.blockSignals(True)
        self._status.set_values(shown.status)
        self._product.set_value(shown.product_id)
        self._customer.set_value(shown.customer_id, customer)
        self._assignee.set_value(shown.assignee_id)
        self._text = shown.text
        self._due.setChecked(shown.due_within_days is not None)
        self.blockSignals(False)
        self._show_state()

    def set_text(self, text: str) -> None:
        """Take the text of the search box."""
        if text != self._text:
            self._text = text
            self._on_changed()

    def clear(self) -> None:
        """Narrow to nothing."""
        self.set_filter(TicketFilter())
        self.filter_changed.emit()

    def show_customers(self, text: str, found: Sequence[Suggestion]) -> None:
        """The answer to ``customers_wanted``."""
        self._customer.show_suggestions(text, found)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _on_customer_edited(self) -> None:
        if self._customer.value() is not None or not self._customer.text().strip():
            self._on_changed()

    def _on_due_toggled(self) -> None:
        self._on_changed()

    def _on_changed(self) -> None:
        self._show_state()
        self.filter_changed.emit()

    def _show_state(self) -> None:
        self._clear.setVisible(self.filter() != TicketFilter())
        for widget, active in ((self._due, self._due.isChecked()), (self._customer, bool(self._customer.value()))):
            if bool(widget.property("active")) != active:
                widget.setProperty("active", active)
                repolish(widget)

    def _fill(self) -> None:
        statuses = self._reference.choices("status")
        language = self._reference.language
        any_status = QCoreApplication.translate("FilterBar", "Any status")
        self._status.set_items(any_status, [(choice.label(language), choice.code) for choice in statuses])
        products = [(product.code, product.id) for product in self._reference.products()]
        self._product.set_items(QCoreApplication.translate("FilterBar", "Any product"), products)
        people = [(person.name, person.id) for person in self._reference.staff() if not person.is_retired]
        nobody = (QCoreApplication.translate("FilterBar", "Nobody"), NOBODY)
        self._assignee.set_items(QCoreApplication.translate("FilterBar", "Any assignee"), [nobody, *people])

    def retranslate(self) -> None:
        """Every word of the bar."""
        self.setAccessibleName(QCoreApplication.translate("FilterBar", "Filters"))
        self._status.setAccessibleName(QCoreApplication.translate("FilterBar", "Status"))
        self._product.setAccessibleName(QCoreApplication.translate("FilterBar", "Product"))
        self._customer.setAccessibleName(QCoreApplication.translate("FilterBar", "Customer"))
        self._customer.setPlaceholderText(QCoreApplication.translate("FilterBar", "Any customer"))
        self._assignee.setAccessibleName(QCoreApplication.translate("FilterBar", "Assignee"))
        self._due.setText(QCoreApplication.translate("FilterBar", "Due soon"))
        self._due.setAccessibleName(QCoreApplication.translate("FilterBar", "Due within three days"))
        self._clear.setText(QCoreApplication.translate("FilterBar", "Clear"))
        self._clear.setAccessibleName(QCoreApplication.translate("FilterBar", "Clear search and filters"))
        self._fill()
        self._show_state()
