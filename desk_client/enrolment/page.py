"""The first page of a client without a profile: paste the code, see which machine and server it names, enrol."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desk_client.messages import describe
from desk_client.theme import Role, set_invalid, set_role
from desk_client.widgets.translated import Translated
from shared.domain.enrolment import EnrolmentCode, server_text
from shared.errors import CodeFault, DamagedCodeError, DeskError
from shared.key_store import PASSWORD_FILE

STEPS: dict[str, Any] = {
    "server": QT_TRANSLATE_NOOP("EnrolPage", "Looking at the server"),
    "key": QT_TRANSLATE_NOOP("EnrolPage", "Making this machine's key"),
    "signing": QT_TRANSLATE_NOOP("EnrolPage", "Waiting for the certificate"),
    "login": QT_TRANSLATE_NOOP("EnrolPage", "Logging in for the first time"),
}
CARD_WIDTH = 560


class CodeEdit(QPlainTextEdit):
    """Takes a code over several lines; Enter does not break it, it goes on.

    Signals:
        entered(): Enter was pressed.
    """

    entered = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFixedHeight(84)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is for the page."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class EnrolPage(Translated, QWidget):
    """One card: code, machine, server, a button, and what came of it.

    Signals:
        wanted(EnrolmentCode): enrol by this code.
        opened(): go on into the desk.
        left(): go back; only where the machine enrols anew.
    """

    wanted = Signal(object)
    opened = Signal()
    left = Signal()

    def __init__(self, folder: Path, parent: QWidget | None = None, *, is_anew: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("enrolPage")
        self._folder = folder
        self._is_anew = is_anew
        self._code: EnrolmentCode | None = None
        self._fault: DeskError | None = None
        self._step: str | None = None
        self._is_done = False
        self._is_in_key_store = True
        self._title, self._hint, self._label = QLabel(self), QLabel(self), QLabel(self)
        self._edit = CodeEdit(self)
        self._error, self._state = QLabel(self), QLabel(self)
        self._names = {name: QLabel(self) for name in ("machine", "server", "folder")}
        self._values = {name: QLabel(self) for name in self._names}
        self._go_on, self._back = QPushButton(self), QPushButton(self)
        self._build()
        self._edit.textChanged.connect(self._on_typed)
        self.setFocusProxy(self._edit)
        self._edit.entered.connect(self._on_go_on)
        self._go_on.clicked.connect(self._on_go_on)
        self._back.clicked.connect(self.left)
        self.retranslate()

    def _build(self) -> None:
        card = QFrame(self)
        card.setObjectName("enrolCard")
        card.setFixedWidth(CARD_WIDTH)
        roles = (
            (card, Role.CARD), (self._title, Role.TITLE), (self._hint, Role.MUTED), (self._label, Role.LABEL),
            (self._error, Role.ERROR), (self._state, Role.MUTED), (self._go_on, Role.PRIMARY),
            (self._back, Role.QUIET),
        )  # fmt: skip
        for widget, role in roles:
            set_role(widget, role)
        self._label.setBuddy(self._edit)
        for widget, name in (
            (self._title, "Title"), (self._hint, "Hint"), (self._label, "CodeLabel"), (self._edit, "Code"),
            (self._error, "Error"), (self._state, "State"), (self._go_on, "GoOn"),
            (self._back, "Back"),
        ):  # fmt: skip
            widget.setObjectName(f"enrol{name}")
        for label in (self._hint, self._error, self._state):
            label.setWordWrap(True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(24, 20, 24, 20)
        inside.setSpacing(10)
        for widget in (self._title, self._hint, self._label, self._edit, self._error):
            inside.addWidget(widget)
        inside.addLayout(self._build_values())
        buttons = QHBoxLayout()
        buttons.addWidget(self._state, 1)
        buttons.addWidget(self._back)
        buttons.addWidget(self._go_on)
        inside.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def _build_values(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (name, label) in enumerate(self._names.items()):
            value = self._values[name]
            label.setObjectName(f"enrolLabel_{name}")
            value.setObjectName(f"enrolValue_{name}")
            set_role(label, Role.LABEL)
            set_role(value, Role.VALUE)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setWordWrap(True)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        return grid

    # -- for the window ------------------------------------------------------------------------------------------------

    def show_step(self, step: str) -> None:
        """How far it is."""
        self._step = step
        self.retranslate()

    def show_error(self, error: DeskError) -> None:
        """Why it did not work; the code may be mended or tried again."""
        self._step, self._fault = None, error
        self.retranslate()
        self._edit.setFocus()

    def show_done(self, *, is_in_key_store: bool) -> None:
        """It worked. The code is of no use any more and is taken away."""
        self._step = self._fault = None
        self._is_done, self._is_in_key_store = True, is_in_key_store
        self._edit.blockSignals(True)
        self._edit.clear()
        self._edit.blockSignals(False)
        self.retranslate()
        self._go_on.setFocus()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _on_typed(self) -> None:
        self._code = self._fault = None
        try:
            self._code = EnrolmentCode.parse(self._edit.toPlainText())
        except DamagedCodeError as error:
            self._fault = error if error.fault is not CodeFault.EMPTY else None
        self.retranslate()

    def _on_go_on(self) -> None:
        if self._is_done:
            self.opened.emit()
        elif self._code is not None and self._step is None:
            self._fault = None
            self.show_step("server")
            self.wanted.emit(self._code)

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.setAccessibleName(QCoreApplication.translate("EnrolPage", "Enrol this computer"))
        self._say_what_it_is()
        self._say_values()
        self._error.setText(describe(self._fault) if self._fault is not None else "")
        self._error.setAccessibleName(self._error.text())
        self._error.setVisible(self._fault is not None)
        set_invalid(self._edit, self._fault is not None)
        self._state.setText(self._state_text())
        self._state.setAccessibleName(self._state.text())
        for widget in (self._label, self._edit):
            widget.setVisible(not self._is_done)
        self._back.setVisible(self._is_anew and not self._is_done)
        self._back.setEnabled(self._step is None)
        self._edit.setReadOnly(self._step is not None)
        self._go_on.setEnabled(self._is_done or (self._code is not None and self._step is None))

    def _say_what_it_is(self) -> None:
        if self._is_done:
            self._title.setText(QCoreApplication.translate("EnrolPage", "This computer is enrolled"))
            self._hint.setText(self._key_text())
            self._go_on.setText(QCoreApplication.translate("EnrolPage", "Open the desk"))
        else:
            self._title.setText(QCoreApplication.translate("EnrolPage", "Enrol this computer"))
            self._hint.setText(self._hint_text())
            self._go_on.setText(QCoreApplication.translate("EnrolPage", "Enrol"))
        self._go_on.setAccessibleName(self._go_on.text())
        self._back.setText(QCoreApplication.translate("EnrolPage", "Back"))
        self._back.setAccessibleName(self._back.text())
        self._label.setText(QCoreApplication.translate("EnrolPage", "One-time code"))
        self._edit.setAccessibleName(QCoreApplication.translate("EnrolPage", "One-time code"))

    def _hint_text(self) -> str:
        if self._is_anew:
            return QCoreApplication.translate(
                "EnrolPage",
                "Paste a new one-time code for this machine from an administrator of the desk. A new key is made here; "
                "the profile that is there stays as it is until the desk has taken the new key.",
            )
        return QCoreApplication.translate(
            "EnrolPage",
            "This computer has no profile yet. Paste the one-time code that an administrator of the desk gave you. "
            "The key is made here and never leaves this computer.",
        )

    def _key_text(self) -> str:
        if self._is_in_key_store:
            return QCoreApplication.translate(
                "EnrolPage", "Its key is encrypted, and the key's password is in the key store of this system."
            )
        sentence = QCoreApplication.translate(
            "EnrolPage",
            "Its key is encrypted. This system has no key store that can be used, so the key's password lies beside "
            "it, in {file}, for you alone to read.",
        )
        return sentence.format(file=PASSWORD_FILE)

    def _say_values(self) -> None:
        self._names["machine"].setText(QCoreApplication.translate("EnrolPage", "Machine"))
        self._names["server"].setText(QCoreApplication.translate("EnrolPage", "Server"))
        self._names["folder"].setText(QCoreApplication.translate("EnrolPage", "Profile folder"))
        code = self._code
        self._values["machine"].setText(code.machine if code is not None else "–")
        self._values["server"].setText(server_text(code.host, code.port) if code is not None else "–")
        self._values["folder"].setText(str(self._folder))
        for name, value in self._values.items():
            value.setAccessibleName(f"{self._names[name].text()}: {value.text()}")

    def _state_text(self) -> str:
        if self._step is None:
            return ""
        number = QCoreApplication.translate("EnrolPage", "{number} of {count}: {step}")
        step = QCoreApplication.translate("EnrolPage", STEPS[self._step])
        return number.format(number=list(STEPS).index(self._step) + 1, count=len(STEPS), step=step)
