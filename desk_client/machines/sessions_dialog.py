"""The open sessions of a machine: from where, since when, by which program; each, or all of them, can be ended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_client.listing.columns import time_text
from desk_client.theme import Role, set_role
from desk_client.widgets.translated import Translated
from shared.schemas.machine import MachineSession

SIZE = (720, 360)


class SessionsDialog(Translated, QDialog):
    """Shows what it is given; the page asks for it again after each ending.

    Signals:
        end_wanted(pid or None): end this session, or all of them.
        refresh_wanted()
    """

    end_wanted = Signal(object)
    refresh_wanted = Signal()

    def __init__(self, machine: str, *, is_own: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionsDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.machine = machine
        self._is_own = is_own
        self._sessions: Sequence[MachineSession] = ()
        self._is_loaded = False
        self._title, self._text = QLabel(self), QLabel(self)
        self.table = QTableWidget(0, 4, self)
        self._refresh, self._end, self._end_all, self._close = (QPushButton(self) for _ in range(4))
        self._build()
        self.retranslate()

    def _build(self) -> None:
        self._title.setObjectName("sessionsTitle")
        self._text.setObjectName("sessionsText")
        self._text.setWordWrap(True)
        set_role(self._title, Role.TITLE)
        set_role(self._text, Role.MUTED)
        self.table.setObjectName("sessionsTable")
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._show_state)
        row = QHBoxLayout()
        buttons = ((self._refresh, "sessionsRefresh"), (self._end, "sessionsEnd"), (self._end_all, "sessionsEndAll"),
                   (self._close, "sessionsClose"))  # fmt: skip
        for button, name in buttons:
            button.setObjectName(name)
            button.setAutoDefault(False)
            row.addWidget(button)
            if button is self._refresh:
                row.addStretch(1)
        self._close.setDefault(True)
        self._refresh.clicked.connect(self.refresh_wanted)
        self._end.clicked.connect(lambda: self.end_wanted.emit(self._chosen()))
        self._end_all.clicked.connect(lambda: self.end_wanted.emit(None))
        self._close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        for widget in (self._title, self._text):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)

    def show_sessions(self, sessions: Sequence[MachineSession]) -> None:
        """Show who is connected now; the session chosen stays chosen."""
        chosen = self._chosen()
        self._sessions, self._is_loaded = sessions, True
        self._fill()
        self._text.setText(self._text_now())
        for row, session in enumerate(sessions):
            if session.pid == chosen:
                self.table.selectRow(row)
        if chosen is None and sessions:
            self.table.selectRow(0)
        self._show_state()

    def _fill(self) -> None:
        self.table.setRowCount(len(self._sessions))
        for row, session in enumerate(self._sessions):
            cells = (session.address or "", time_text(session.since), session.application, _state_text(session.state))
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))

    def _chosen(self) -> int | None:
        row = self.table.currentRow()
        is_chosen = bool(self.table.selectedItems()) and 0 <= row < len(self._sessions)
        return self._sessions[row].pid if is_chosen else None

    def _show_state(self) -> None:
        self._end.setEnabled(self._chosen() is not None)
        self._end_all.setEnabled(bool(self._sessions))

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        title = QCoreApplication.translate("Sessions", "Open connections of {machine}").format(machine=self.machine)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._title.setText(title)
        self.table.setAccessibleName(title)
        self._text.setText(self._text_now())
        self.table.setHorizontalHeaderLabels(
            [
                QCoreApplication.translate("Sessions", "Address"),
                QCoreApplication.translate("Sessions", "Since"),
                QCoreApplication.translate("Sessions", "Program"),
                QCoreApplication.translate("Sessions", "Does"),
            ]
        )
        self._refresh.setText(QCoreApplication.translate("Sessions", "Look again"))
        self._end.setText(QCoreApplication.translate("Sessions", "End this connection"))
        self._end_all.setText(QCoreApplication.translate("Sessions", "End all"))
        self._close.setText(QCoreApplication.translate("Sessions", "Close"))
        for button in (self._refresh, self._end, self._end_all, self._close):
            button.setAccessibleName(button.text())
        self._fill()
        self._show_state()

    def _text_now(self) -> str:
        if self._is_loaded and not self._sessions:
            return QCoreApplication.translate("Sessions", "Nobody is connected.")
        if self._is_own:
            return QCoreApplication.translate(
                "Sessions",
                "This is the machine you sit at. The connections are its windows', two or three"
                " each; the one that you look through is not ended from here.",
            )
        return QCoreApplication.translate(
            "Sessions",
            "A window has two or three connections. One that is ended loses what it had not saved yet; its window"
            " connects again at once. To keep the machine out, revoke it.",
        )


def _state_text(state: str) -> str:
    words = {
        "active": QCoreApplication.translate("Sessions", "works"),
        "idle": QCoreApplication.translate("Sessions", "waits"),
        "idle in transaction": QCoreApplication.translate("Sessions", "holds a transaction open"),
        "idle in transaction (aborted)": QCoreApplication.translate("Sessions", "holds a failed transaction open"),
    }
    return words.get(state, state)
