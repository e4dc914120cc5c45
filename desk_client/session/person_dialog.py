"""Who sits here? Asked where a machine has several people. A dropdown, no password: the machine is the login."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_client.theme import Role, set_role
from desk_client.widgets.translated import Translated
from shared.schemas.session import Person


class PersonDialog(Translated, QDialog):
    """Asks for one of the machine's people."""

    def __init__(self, machine: str, people: Sequence[Person], last: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("personDialog")
        self._machine = machine
        self._title = QLabel(self)
        self._title.setObjectName("personTitle")
        set_role(self._title, Role.TITLE)
        self._hint = QLabel(self)
        self._hint.setObjectName("personHint")
        set_role(self._hint, Role.MUTED)
        self._people = QComboBox(self)
        self._people.setObjectName("personChoice")
        for person in people:
            self._people.addItem(person.name, person)
        codes = [person.code for person in people]
        self._people.setCurrentIndex(codes.index(last) if last in codes else 0)
        self._go_on = QPushButton(self)
        self._go_on.setObjectName("personGoOn")
        self._go_on.setDefault(True)
        set_role(self._go_on, Role.PRIMARY)
        self._go_on.clicked.connect(self.accept)
        self._build()
        self.retranslate()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (self._title, self._hint, self._people):
            layout.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._go_on)
        layout.addLayout(buttons)
        self.setMinimumWidth(360)

    def person(self) -> Person:
        """Who was chosen."""
        chosen: Person = self._people.currentData()
        return chosen

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.setWindowTitle(QCoreApplication.translate("PersonDialog", "SupportDesk"))
        self.setAccessibleName(QCoreApplication.translate("PersonDialog", "Who is sitting here?"))
        self._title.setText(QCoreApplication.translate("PersonDialog", "Who is sitting here?"))
        hint = QCoreApplication.translate(
            "PersonDialog", "Several people work on {machine}. Your name goes with what you save."
        )
        self._hint.setText(hint.format(machine=self._machine))
        self._people.setAccessibleName(QCoreApplication.translate("PersonDialog", "Person"))
        self._go_on.setText(QCoreApplication.translate("PersonDialog", "Go on"))
        self._go_on.setAccessibleName(self._go_on.text())
