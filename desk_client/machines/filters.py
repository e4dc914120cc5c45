"""The bar over the list of machines: search, level, a new machine."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desk_client.machine_words import level_text
from desk_client.theme import Role, set_role
from desk_client.widgets.multi_pick import MultiPick
from desk_client.widgets.search_box import SearchBox
from desk_client.widgets.translated import Translated
from shared.domain.level import Level
from shared.schemas.machine import MachineFilter


class MachineFilterBar(Translated, QWidget):
    """What the list is to show.

    Signals:
        filter_changed()
        new_wanted(): a new machine.
        left_down(): down from the search: to the list.
    """

    filter_changed = Signal()
    new_wanted = Signal()
    left_down = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("machineFilters")
        self.search = SearchBox(self)
        self.search.setObjectName("machineSearch")
        self.levels = MultiPick(self)
        self.levels.setObjectName("machineLevels")
        self.new_button = QPushButton(self)
        self.new_button.setObjectName("newMachine")
        set_role(self.new_button, Role.PRIMARY)
        self.search.search_changed.connect(lambda _text: self.filter_changed.emit())
        self.search.entered.connect(lambda _text: self.left_down.emit())
        self.search.left_down.connect(self.left_down)
        self.levels.picked.connect(self.filter_changed)
        self.new_button.clicked.connect(self.new_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.search, 1)
        layout.addWidget(self.levels)
        layout.addWidget(self.new_button)
        self.retranslate()

    def filter(self) -> MachineFilter:
        """What is asked for."""
        return MachineFilter(text=self.search.text(), levels=tuple(Level(value) for value in self.levels.values()))

    def clear(self) -> None:
        """All machines."""
        self.levels.set_values(())
        self.search.set_text("")
        self.filter_changed.emit()

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.search.setPlaceholderText(QCoreApplication.translate("Machines", "Search name, people, note, address"))
        self.search.setAccessibleName(QCoreApplication.translate("Machines", "Search machines"))
        items = [(level_text(level), level.value) for level in reversed(Level)]
        self.levels.set_items(QCoreApplication.translate("Machines", "Any level"), items)
        self.levels.setAccessibleName(QCoreApplication.translate("Machines", "Level"))
        self.new_button.setText(QCoreApplication.translate("Machines", "&New machine"))
        self.new_button.setAccessibleName(self.new_button.text().replace("&", ""))
