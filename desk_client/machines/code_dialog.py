"""Shows a one-time code: big, to be copied, with what to do with it. It is gone when the dialog is closed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desk_client.listing.columns import time_text
from desk_client.theme import Role, set_role
from desk_client.widgets.translated import Translated
from shared.schemas.machine import CodeTerm

WIDTH = 620
CODE_PX = 19
MOST_MS = 2**31 - 1  # of a timer


class CodeDialog(Translated, QDialog):
    """One code of one machine. Nothing else holds the code: neither a file nor the desk, which knows its hash."""

    def __init__(self, machine: str, code: str, term: CodeTerm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codeDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._machine, self._ends = machine, term.ends
        self._is_over = False
        self._is_copied = False
        self._title, self._until, self._steps, self._warning = (QLabel(self) for _ in range(4))
        self._code = QPlainTextEdit(code, self)
        self._copy, self._close = QPushButton(self), QPushButton(self)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self._on_over)
        self._end.start(min(MOST_MS, max(0, int(term.lasts.total_seconds() * 1000))))
        self._build()
        self.retranslate()
        self._copy.setFocus()

    def _build(self) -> None:
        self.setMinimumWidth(WIDTH)
        names = {
            self._title: ("codeTitle", Role.TITLE), self._until: ("codeUntil", Role.MUTED),
            self._steps: ("codeSteps", Role.VALUE), self._warning: ("codeWarning", Role.MUTED),
        }  # fmt: skip
        for label, (name, role) in names.items():
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            set_role(label, role)
        self._build_code()
        self._copy.setObjectName("codeCopy")
        self._close.setObjectName("codeClose")
        set_role(self._copy, Role.PRIMARY)
        self._copy.clicked.connect(self._on_copy)
        self._close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        buttons.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        for widget in (self._title, self._until, self._code, self._steps, self._warning):
            layout.addWidget(widget)
        layout.addLayout(buttons)

    def _build_code(self) -> None:
        self._code.setObjectName("codeText")
        self._code.setReadOnly(True)
        self._code.setTabChangesFocus(True)
        self._code.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self._code.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(CODE_PX)
        font.setWeight(QFont.Weight.Medium)
        # the application's style sheet would set its own font again
        self._code.setStyleSheet(f'font-family: "{font.family()}"; font-size: {CODE_PX}px;')
        self._code.document().setDefaultFont(font)
        self._code.setFixedHeight(5 * self._code.fontMetrics().lineSpacing() + 2 * CODE_PX)

    def code(self) -> str:
        """What is shown to be copied."""
        return self._code.toPlainText()

    def done(self, result: int) -> None:
        """Closing forgets the code; what was copied stays with whoever copied it."""
        self._code.clear()
        super().done(result)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code.toPlainText())
        self._is_copied = True
        self.retranslate()

    def _on_over(self) -> None:
        self._is_over = True
        clipboard = QGuiApplication.clipboard()
        if self._is_copied and clipboard.text() == self._code.toPlainText():
            clipboard.clear()  # it would only be taken for a good one
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        title = QCoreApplication.translate("CodeDialog", "One-time code for {machine}").format(machine=self._machine)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._title.setText(title)
        if self._is_over:
            self._until.setText(
                QCoreApplication.translate("CodeDialog", "This code is over. Close this and make a new one.")
            )
        else:
            until = QCoreApplication.translate("CodeDialog", "Good until {time}, for one computer, once.")
            self._until.setText(until.format(time=time_text(self._ends)))
        self._code.setAccessibleName(title)
        self._code.setEnabled(not self._is_over)
        self._steps.setText(
            QCoreApplication.translate(
                "CodeDialog",
                "On the other computer:\n1.  Install and start SupportDesk.\n"
                "2.  Paste this code on the page that it opens with, and go on.\n"
                "Without a window: desk-client enrol CODE",
            )
        )
        self._warning.setText(
            QCoreApplication.translate(
                "CodeDialog",
                "Whoever has this code before it is used gets in as this machine: bring it over on a way that nobody"
                " else reads. It is not kept anywhere; once this is closed, only a new code helps.",
            )
        )
        copied = QCoreApplication.translate("CodeDialog", "Copied")
        self._copy.setText(copied if self._is_copied else QCoreApplication.translate("CodeDialog", "Copy the code"))
        self._copy.setAccessibleName(self._copy.text())
        self._copy.setEnabled(not self._is_over)
        self._close.setText(QCoreApplication.translate("CodeDialog", "Close"))
        self._close.setAccessibleName(self._close.text())
