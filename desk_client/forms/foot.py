"""The foot of a form: what is not saved, and the buttons for it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desk_client.keys import ENTER_WITH_CONTROL, key_text
from desk_client.theme import Role, set_role
from desk_client.widgets.elided_label import ElidedLabel
from desk_client.widgets.focus_back import FocusBack


class FormFoot(QWidget):
    """What is not saved, and the buttons for it. Not made where nothing may be written.

    Signals:
        save_requested(), save_and_new_requested(), discard_requested()
    """

    save_requested = Signal()
    save_and_new_requested = Signal()
    discard_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paneFoot")
        self.state = ElidedLabel(self)
        self.state.setObjectName("saveState")
        set_role(self.state, Role.SMALL)
        self.discard_button, self.new_button, self.save_button = QPushButton(self), QPushButton(self), QPushButton(self)
        self.discard_button.setObjectName("discardButton")
        self.new_button.setObjectName("saveAndNewButton")
        self.save_button.setObjectName("saveButton")
        set_role(self.save_button, Role.PRIMARY)
        self.discard_button.clicked.connect(self.discard_requested)
        self.new_button.clicked.connect(self.save_and_new_requested)
        self.save_button.clicked.connect(self.save_requested)
        self._focus_back = FocusBack(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.state, 1)
        for button in (self.discard_button, self.new_button, self.save_button):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where somebody types
            layout.addWidget(button)
        self.retranslate()

    def show_state(self, *, dirty: bool, saving: bool, locked: bool, is_new: bool, text: str) -> None:
        """Enable what makes sense now; a button that had the focus and may not be pressed any more gives it back."""
        can_save, can_discard = (dirty or is_new) and not saving and not locked, dirty and not saving
        if (self.save_button.hasFocus() and not can_save) or (self.discard_button.hasFocus() and not can_discard):
            self._focus_back.give_back()
        self.save_button.setEnabled(can_save)
        self.discard_button.setEnabled(can_discard)
        self.new_button.setVisible(is_new and bool(self.go_on_text()))
        self.new_button.setEnabled(not saving)
        self.state.set_full_text(text)

    def go_on_text(self) -> str:
        """What saving and beginning the next does; '' where that makes no sense."""
        return ""

    def retranslate(self) -> None:
        """Say everything in the language of the window."""
        self.discard_button.setText(QCoreApplication.translate("FormFoot", "Discard"))
        self.new_button.setText(QCoreApplication.translate("FormFoot", "Save and new"))
        self.new_button.setToolTip(self.go_on_text())
        save = QCoreApplication.translate("FormFoot", "Save")
        self.save_button.setText(f"{save}   {key_text(ENTER_WITH_CONTROL)}")
        for button in (self.discard_button, self.new_button):
            button.setAccessibleName(button.text())
        self.save_button.setAccessibleName(save)
