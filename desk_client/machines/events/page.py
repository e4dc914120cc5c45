"""The list of security events, with what the chosen one means and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_client import security_event_words as words
from desk_client.context import ClientContext
from desk_client.listing.columns import time_text
from desk_client.listing.list_card import list_card
from desk_client.listing.list_controller import ListController
from desk_client.listing.table_model import PagedTableModel
from desk_client.listing.words import waiting_text
from desk_client.machines.events.columns import EVENT_COLUMNS, EventTexts
from desk_client.machines.events.controller import AlarmController
from desk_client.machines.events.list_controller import EventSource
from desk_client.machines.events.list_view import EventListView
from desk_client.theme import Role, set_role
from desk_client.widgets.search_box import SearchBox
from desk_client.widgets.translated import Translated
from shared.schemas.machine import EventFilter, EventListing, SecurityEventRow


class EventsPage(Translated, QWidget):
    """What happened about who gets in, the newest first."""

    def __init__(self, context: ClientContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("eventsPage")
        self._row: SecurityEventRow | None = None
        self.alarms = AlarmController(context.runner, context.bus, self)
        self.model: PagedTableModel[SecurityEventRow] = PagedTableModel(EVENT_COLUMNS, EventTexts(), self)
        self.list = EventListView(self.model, context.theme, self)
        self.controller: ListController[SecurityEventRow, EventListing] = ListController(
            self.model, EventSource(), EventListing(), context.runner, context.bus, context.messages, self
        )
        self.search, self.open_only, self.seen = SearchBox(self), QCheckBox(self), QPushButton(self)
        self._what, self._text, self._advice = (QLabel(self) for _ in range(3))
        self._build()
        self.alarms.failed.connect(context.messages.error)
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self.search.setObjectName("eventSearch")
        self.open_only.setObjectName("eventsOpenOnly")
        self.seen.setObjectName("eventSeen")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(12)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.open_only)
        below = QFrame(self)
        below.setObjectName("eventCard")
        set_role(below, Role.CARD)
        self._below = below
        self._build_below(below)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(list_card("eventListCard", bar, self.list, self), 1)
        layout.addWidget(below)

    def _build_below(self, below: QFrame) -> None:
        set_role(self._what, Role.TITLE)
        set_role(self._text, Role.VALUE)
        set_role(self._advice, Role.MUTED)
        for label, name in ((self._what, "eventTitle"), (self._text, "eventText"), (self._advice, "eventAdvice")):
            label.setObjectName(name)
            label.setWordWrap(True)
        said = QVBoxLayout()
        for label in (self._what, self._text, self._advice):
            said.addWidget(label)
        row = QHBoxLayout(below)
        row.setContentsMargins(16, 12, 16, 12)
        row.addLayout(said, 1)
        row.addWidget(self.seen)
        below.hide()

    def _connect(self) -> None:
        self.search.search_changed.connect(lambda _text: self._show_filtered())
        self.search.entered.connect(lambda _text: self.list.setFocus())
        self.search.left_down.connect(self.list.setFocus)
        self.open_only.toggled.connect(lambda _on: self._show_filtered())
        self.list.rows_wanted.connect(self.controller.want_rows)
        self.list.header.sort_changed.connect(lambda _key, _descending: self._show_filtered())
        self.list.selectionModel().currentRowChanged.connect(lambda *_: self._show_row())
        self.model.dataChanged.connect(lambda *_: self._show_row())
        self.model.modelReset.connect(self._show_row)
        self.seen.clicked.connect(self._on_seen)

    def refresh(self) -> None:
        """Read it again, where one is looking."""
        if self.isVisible():
            self.controller.refresh()

    def status(self) -> str:
        """For the status bar."""
        if waiting := waiting_text(self.model):
            return waiting
        said = QCoreApplication.translate("SecurityEvents", "Security events: {count}")
        return said.format(count=QLocale().toString(self.model.rowCount()))

    def clear_filters(self) -> None:
        """All events."""
        self.open_only.setChecked(False)
        self.search.set_text("")
        self._show_filtered()

    def show_open(self) -> None:
        """The alarms that nobody has seen."""
        self.open_only.setChecked(True)
        self.list.setFocus()

    def _show_filtered(self) -> None:
        key, descending = self.list.header.sort()
        wanted = EventFilter(is_open=self.open_only.isChecked(), text=self.search.text())
        self.controller.show(EventListing(filter=wanted, sort=key, descending=descending))

    def _on_seen(self) -> None:
        if self._row is not None:
            self.alarms.mark_seen(self._row.id)

    def _show_row(self) -> None:
        at = self.list.currentIndex().row()
        self._row = self.model.row(at) if at >= 0 else None
        self._below.setVisible(self._row is not None)
        if self._row is None:
            return
        row = self._row
        self._what.setText(f"{words.kind_text(row.kind)}  \N{MIDDLE DOT}  {time_text(row.at)}")
        self._text.setText(words.meaning_text(row))
        self._advice.setText(words.advice_text(row))
        self._advice.setVisible(bool(self._advice.text()))
        self.seen.setVisible(row.is_open)

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.setAccessibleName(QCoreApplication.translate("SecurityEvents", "Security events"))
        self.search.setPlaceholderText(QCoreApplication.translate("SecurityEvents", "Search machine, address, details"))
        self.search.setAccessibleName(QCoreApplication.translate("SecurityEvents", "Search security events"))
        self.open_only.setText(QCoreApplication.translate("SecurityEvents", "Only alarms that nobody has seen"))
        self.open_only.setAccessibleName(self.open_only.text())
        self.seen.setText(QCoreApplication.translate("SecurityEvents", "&Seen"))
        self.seen.setAccessibleName(QCoreApplication.translate("SecurityEvents", "Seen"))
        self.seen.setAccessibleDescription(
            QCoreApplication.translate("SecurityEvents", "Somebody has taken note: no administrator is asked any more.")
        )
        self.list.set_empty_text(QCoreApplication.translate("SecurityEvents", "Nothing here: no such event is known."))
        self._show_row()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the events when one comes here."""
        super().showEvent(event)
        if not event.spontaneous():
            self._show_filtered()
