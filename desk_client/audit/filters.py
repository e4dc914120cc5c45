"""The bars over the audit: search and export, then time, machine, person, entity, action and field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_client.audit.field_words import any_label
from desk_client.audit.words import action_text, entity_text, server_text
from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, set_invalid, set_role
from desk_client.widgets.pick_combo import PickCombo
from desk_client.widgets.search_box import SearchBox
from desk_client.widgets.time_field import TimeField
from desk_client.widgets.translated import Translated
from shared.schemas.audit import AuditAction, AuditChoices, AuditFilter

TYPED_MS = 300
FIRST_DAYS = 30  # of millions of entries the last ones are meant; a search through all of them is asked for


class AuditFilterBar(Translated, QWidget):
    """Shows an ``AuditFilter`` and lets a person change it.

    Signals:
        filter_changed(): the person narrowed or widened it.
        export_wanted()
        left_down(): down from the search: to the list.
    """

    filter_changed = Signal()
    export_wanted = Signal()
    left_down = Signal()

    def __init__(self, reference: ReferenceStore, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("auditFilters")
        self._reference, self._now = reference, now
        self._choices = AuditChoices(machines=(), servers=(), entities=(), fields=())
        self.search = SearchBox(self)
        self.since, self.until = TimeField(self, now=now), TimeField(self, now=now)
        self._since_label, self._until_label = QLabel(self), QLabel(self)
        self.machine, self.person, self.entity, self.action, self.field = (PickCombo(self) for _ in range(5))
        self.clear_button, self.export_button = QPushButton(self), QPushButton(self)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._build()
        self._connect()
        self.since.set_value(self._first_since())
        self.retranslate()

    def _build(self) -> None:
        names = {
            self.search: "auditSearch", self.since: "auditSince", self.until: "auditUntil",
            self.machine: "auditMachine", self.person: "auditPerson", self.entity: "auditEntity",
            self.action: "auditAction", self.field: "auditField", self.clear_button: "auditClear",
            self.export_button: "auditExport",
            self._since_label: "auditSinceLabel", self._until_label: "auditUntilLabel",
        }  # fmt: skip
        for widget, name in names.items():
            widget.setObjectName(name)
        for time in (self.since, self.until):
            time.setFixedWidth(136)
        set_role(self.clear_button, Role.QUIET)
        self._since_label.setBuddy(self.since)
        self._until_label.setBuddy(self.until)
        above, below = QHBoxLayout(), QHBoxLayout()
        self.search.setMinimumWidth(120)
        above.addWidget(self.search, 1)
        for widget in (self._since_label, self.since, self._until_label, self.until, self.export_button):
            above.addWidget(widget)
        for box in self._boxes():
            box.setMinimumWidth(96)
            box.setMaximumWidth(190)
            below.addWidget(box, 100)
        below.addWidget(self.clear_button)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(8)
        for row in (above, below):
            row.setSpacing(8)
            layout.addLayout(row)

    def _connect(self) -> None:
        self.search.search_changed.connect(lambda _text: self.filter_changed.emit())
        self.search.left_down.connect(self.left_down)
        self.search.entered.connect(lambda _text: self.left_down.emit())
        for time in (self.since, self.until):
            time.edited.connect(self._on_time_edited)
            time.editingFinished.connect(self._say_times)
        for box in self._boxes():
            box.picked.connect(self.filter_changed)
        self._typed.timeout.connect(self.filter_changed)
        self.clear_button.clicked.connect(self.clear)
        self.export_button.clicked.connect(self.export_wanted)
        self._reference.changed.connect(self._fill)

    # -- value ---------------------------------------------------------------------------------------------------------

    def filter(self) -> AuditFilter:
        """What is narrowed to. A time that can't be read narrows nothing, and is marked."""
        self._typed.stop()
        return AuditFilter(
            since=self.since.value(),
            until=self.until.value(),
            machine=self.machine.value(),
            person_id=self.person.value(),
            entity=self.entity.value(),
            action=self.action.value(),
            field=self.field.value(),
            text=self.search.text().strip(),
        )

    def clear(self) -> None:
        """As at first: the last weeks, and all of them."""
        self.search.set_text("")
        self.since.set_value(self._first_since())
        self.until.set_value(None)
        for box in self._boxes():
            box.set_value(None)
        self._say_times()
        self.filter_changed.emit()

    def offer(self, choices: AuditChoices) -> None:
        """Offer the machines and entities that have entries."""
        self._choices = choices
        self._fill()

    def _boxes(self) -> tuple[PickCombo, ...]:
        return self.machine, self.person, self.entity, self.action, self.field

    def set_exporting(self, exporting: bool) -> None:
        """One export at a time."""
        self.export_button.setEnabled(not exporting)

    def _first_since(self) -> datetime:
        midnight = self._now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=FIRST_DAYS)

    def _on_time_edited(self) -> None:
        self._say_times()
        self._typed.start()

    def _say_times(self) -> None:
        said = QCoreApplication.translate("Audit", "A time like 2026-11-21 09:30, 9:30, today or -2d")
        for time in (self.since, self.until):
            wrong = time.is_unresolved()
            set_invalid(time, wrong)
            time.setAccessibleDescription(said if wrong else "")

    def _fill(self) -> None:
        machines = [(name, name) for name in self._choices.machines]
        machines += [(server_text(role), role) for role in self._choices.servers]
        self.machine.set_items(QCoreApplication.translate("Audit", "Any machine"), machines)
        people = [(person.name, person.id) for person in self._reference.staff()]
        self.person.set_items(QCoreApplication.translate("Audit", "Any person"), people)
        entities = sorted((entity_text(entity), entity) for entity in self._choices.entities)
        self.entity.set_items(QCoreApplication.translate("Audit", "Any entity"), entities)
        actions = [(action_text(action), action) for action in AuditAction]
        self.action.set_items(QCoreApplication.translate("Audit", "Any action"), actions)
        fields = sorted((any_label(name, self._reference), name) for name in self._choices.fields)
        self.field.set_items(QCoreApplication.translate("Audit", "Any field"), fields)

    def retranslate(self) -> None:
        """Every word of the bars."""
        self.setAccessibleName(QCoreApplication.translate("Audit", "Filters"))
        self.search.setPlaceholderText(QCoreApplication.translate("Audit", "Search old and new values, row keys"))
        self.search.setAccessibleName(QCoreApplication.translate("Audit", "Search the audit"))
        self._since_label.setText(QCoreApplication.translate("Audit", "From"))
        self._until_label.setText(QCoreApplication.translate("Audit", "until"))
        self.since.setAccessibleName(QCoreApplication.translate("Audit", "From"))
        self.until.setAccessibleName(QCoreApplication.translate("Audit", "Until"))
        self.until.setPlaceholderText(QCoreApplication.translate("Audit", "now"))
        self.since.setPlaceholderText(QCoreApplication.translate("Audit", "the beginning"))
        help_text = QCoreApplication.translate("Audit", "A time like 2026-11-21 09:30, 9:30, today or -2d")
        self.since.setToolTip(help_text)
        self.until.setToolTip(help_text)
        self.machine.setAccessibleName(QCoreApplication.translate("Audit", "Machine"))
        self.person.setAccessibleName(QCoreApplication.translate("Audit", "Person, as stated"))
        self.entity.setAccessibleName(QCoreApplication.translate("Audit", "Entity"))
        self.action.setAccessibleName(QCoreApplication.translate("Audit", "Action"))
        self.field.setAccessibleName(QCoreApplication.translate("Audit", "Field"))
        self.clear_button.setText(QCoreApplication.translate("Audit", "Clear"))
        self.clear_button.setAccessibleName(QCoreApplication.translate("Audit", "Clear search and filters"))
        self.export_button.setText(QCoreApplication.translate("Audit", "E&xport CSV"))
        self.export_button.setAccessibleName(self.export_button.text().replace("&", ""))
        self.export_button.setToolTip(QCoreApplication.translate("Audit", "Write all entries that fit to a file"))
        self._fill()
        self._say_times()
