"""What the window shows before the desk has let us in: that it is being asked, or why it did not."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_client.messages import describe
from desk_client.theme import Role, set_role
from desk_client.widgets.translated import Translated
from shared.errors import DeskError, LoginRefusedError, ProfileError


class StartPage(Translated, QWidget):
    """One card in the middle.

    Signals:
        retried(): try again.
        enrol_wanted(): enrol this machine anew.
    """

    retried = Signal()
    enrol_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startPage")
        self._error: DeskError | None = None
        self._title = QLabel(self)
        self._text = QLabel(self)
        self._retry = QPushButton(self)
        self._enrol = QPushButton(self)
        self._build()
        self.retranslate()

    def _build(self) -> None:
        card = QFrame(self)
        card.setObjectName("startCard")
        card.setFixedWidth(460)
        set_role(card, Role.CARD)
        set_role(self._title, Role.TITLE)
        set_role(self._text, Role.MUTED)
        set_role(self._retry, Role.PRIMARY)
        self._title.setObjectName("startTitle")
        self._text.setObjectName("startText")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._retry.setObjectName("startRetry")
        self._retry.clicked.connect(self.retry)
        set_role(self._enrol, Role.QUIET)
        self._enrol.setObjectName("startEnrol")
        self._enrol.clicked.connect(self.enrol_wanted)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(24, 20, 24, 20)
        inside.setSpacing(10)
        inside.addWidget(self._title)
        inside.addWidget(self._text)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._enrol)
        buttons.addWidget(self._retry)
        inside.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def show_error(self, error: DeskError) -> None:
        """Say why the desk did not let us in."""
        self._error = error
        self.retranslate()
        self._retry.setFocus()

    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def retry(self) -> None:
        """Ask the desk again."""
        self._error = None
        self.retranslate()
        self.retried.emit()

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.setAccessibleName(QCoreApplication.translate("StartPage", "Start"))
        self._retry.setText(QCoreApplication.translate("StartPage", "Try again"))
        self._retry.setAccessibleName(self._retry.text())
        self._retry.setVisible(self._error is not None)
        self._enrol.setText(QCoreApplication.translate("StartPage", "Enrol anew"))
        self._enrol.setAccessibleName(self._enrol.text())
        self._enrol.setToolTip(QCoreApplication.translate("StartPage", "With a one-time code from an administrator"))
        self._enrol.setVisible(isinstance(self._error, LoginRefusedError | ProfileError))
        if self._error is None:
            self._title.setText(QCoreApplication.translate("StartPage", "Connecting to the desk"))
            self._text.setText(QCoreApplication.translate("StartPage", "This takes a moment."))
        else:
            self._title.setText(QCoreApplication.translate("StartPage", "The desk can't be opened"))
            self._text.setText(describe(self._error))
