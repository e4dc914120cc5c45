"""The head of a machine's pane: which machine, how it stands, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desk_client.theme import Role, set_role
from desk_client.widgets.elided_label import ElidedLabel
from desk_client.widgets.translated import Translated
from desk_client.widgets.wrapped_label import WrappedLabel


class MachineHead(Translated, QWidget):
    """Title, state and buttons.

    Signals:
        code_wanted(), sessions_wanted(), login_wanted(), revoke_wanted()
    """

    code_wanted = Signal()
    sessions_wanted = Signal()
    login_wanted = Signal()
    revoke_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("machineHead")
        self._title, self._state = ElidedLabel(self), WrappedLabel(self)
        self._title.setObjectName("machineTitle")
        self._state.setObjectName("machineState")
        set_role(self._title, Role.TITLE)
        set_role(self._state, Role.SMALL)
        self.code, self.sessions, self.login, self.revoke = (QPushButton(self) for _ in range(4))
        buttons = (
            (self.code, "machineCode", self.code_wanted),
            (self.sessions, "machineSessions", self.sessions_wanted),
            (self.login, "machineLogin", self.login_wanted),
            (self.revoke, "machineRevoke", self.revoke_wanted),
        )
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self._title, 1)
        for button, name, signal in buttons:
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(signal)
            above.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(above)
        layout.addWidget(self._state)  # below the buttons: it is a sentence, and wants the whole width
        self.retranslate()

    def show_machine(
        self, title: str, state: str, *, is_there: bool, is_revoked: bool, is_busy: bool, is_code_wanted: bool
    ) -> None:
        """Which machine; ``is_there``: it is saved. ``is_busy``: something is typed, asked or being saved."""
        self._title.set_full_text(title)
        self._state.set_full_text(state)
        for button in (self.code, self.sessions, self.login, self.revoke):
            button.setVisible(is_there)
        self.code.setEnabled(not is_revoked and not is_busy and not is_code_wanted)
        self.login.setEnabled(not is_busy)
        self.revoke.setEnabled(not is_revoked and not is_busy)

    def state(self) -> str:
        """What it says of the machine."""
        return self._state.full_text()

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.code.setText(QCoreApplication.translate("MachineHead", "New &code"))
        self.code.setToolTip(
            QCoreApplication.translate(
                "MachineHead", "Enrol a computer under this name, or enrol it anew: its earlier certificate ends then."
            )
        )
        self.sessions.setText(QCoreApplication.translate("MachineHead", "Open s&essions"))
        self.sessions.setToolTip(QCoreApplication.translate("MachineHead", "Who is connected now; end a session."))
        self.login.setText(QCoreApplication.translate("MachineHead", "S&ync"))
        self.login.setToolTip(
            QCoreApplication.translate(
                "MachineHead", "Set its login in the database again as it stands here: after a restore, say."
            )
        )
        self.revoke.setText(QCoreApplication.translate("MachineHead", "Revo&ke"))
        self.revoke.setToolTip(
            QCoreApplication.translate("MachineHead", "Let it in no more, and end what it has open, at once.")
        )
        for button in (self.code, self.sessions, self.login, self.revoke):
            button.setAccessibleName(button.text().replace("&", ""))
            button.setAccessibleDescription(button.toolTip())
