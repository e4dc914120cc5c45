"""One field that may be private: what it is called, how it stands, and the switch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QWidget

from desk_client.theme import Role, set_role
from desk_client.widgets.translated import Translated
from shared.schemas.privacy import PrivateField

_ENTITIES: dict[str, Any] = {
    "contact": QT_TRANSLATE_NOOP("Privacy", "Contact"),
    "customer": QT_TRANSLATE_NOOP("Privacy", "Customer"),
    "ticket": QT_TRANSLATE_NOOP("Privacy", "Ticket"),
}


def field_name(field: PrivateField, language: str) -> str:
    """What a field is called, with what it belongs to."""
    entity = _ENTITIES.get(field.entity)
    of = QCoreApplication.translate("Privacy", entity) if entity is not None else field.entity
    said = QCoreApplication.translate("Privacy", "{entity}: {field}")
    return said.format(entity=of, field=field.label(language))


class FieldCard(Translated, QFrame):
    """Shows a field.

    Signals:
        switched(bool): the person wants it private, or open. The box itself follows what the desk says.
    """

    switched = Signal(bool)

    def __init__(self, field: PrivateField, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"private_{field.entity}_{field.field}")
        set_role(self, Role.CARD)
        self._field, self._language = field, language
        self._name, self._state = QLabel(self), QLabel(self)
        self._name.setObjectName("privateName")
        self._state.setObjectName("privateState")
        set_role(self._state, Role.MUTED)
        self._state.setWordWrap(True)
        self.box = QCheckBox(self)
        self.box.setObjectName("privateSwitch")
        self.box.clicked.connect(self._on_clicked)
        layout = QGridLayout(self)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setVerticalSpacing(2)
        layout.addWidget(self._name, 0, 0)
        layout.addWidget(self._state, 1, 0)
        layout.addWidget(self.box, 0, 1, 2, 1)
        layout.setColumnStretch(0, 1)
        self.retranslate()

    @property
    def field(self) -> PrivateField:
        """What it shows."""
        return self._field

    def show_field(self, field: PrivateField, language: str) -> None:
        """Show it as it is now."""
        self._field, self._language = field, language
        self.retranslate()

    def _on_clicked(self, wanted: bool) -> None:
        self.box.setChecked(self._field.is_private)
        self.switched.emit(wanted)

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        name = field_name(self._field, self._language)
        self._name.setText(name)
        self.box.setText(QCoreApplication.translate("Privacy", "Private"))
        spoken = QCoreApplication.translate("Privacy", "{field}, private").format(field=name)
        self.box.setAccessibleName(spoken)
        self.box.setChecked(self._field.is_private)
        if self._field.is_private:
            state = QCoreApplication.translate("Privacy", "Kept from machines that only read.")
        else:
            state = QCoreApplication.translate("Privacy", "Every machine reads and finds it.")
        self._state.setText(state)
        self.setAccessibleName(name)
        self.box.setAccessibleDescription(state)
