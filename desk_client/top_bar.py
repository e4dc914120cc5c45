"""The bar at the top of the window: name, search box, New ticket, badge."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from desk_client import icons
from desk_client.theme import Role, Theme, set_role
from desk_client.widgets.search_box import SearchBox
from desk_client.widgets.status_badge import StatusBadge
from desk_client.widgets.translated import Translated


class TopBar(Translated, QWidget):
    """Search is always in reach; what can't be done on this machine is not there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._theme = theme
        self._logo = QLabel(self)
        self._logo.setObjectName("logo")
        self._name = QLabel("SupportDesk", self)
        self._name.setObjectName("productName")
        set_role(self._name, Role.TITLE)
        self.search = SearchBox(self)
        self.search.setObjectName("searchBox")
        self._glass = QAction(self)
        self.search.addAction(self._glass, SearchBox.ActionPosition.LeadingPosition)
        self._new = QPushButton(self)
        self._new.setObjectName("newTicketButton")
        set_role(self._new, Role.PRIMARY)
        self._new_action: QAction | None = None
        self.badge = StatusBadge(theme, self)
        self._build()
        theme.changed.connect(self._draw)
        self._draw()
        self.retranslate()

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addWidget(self._logo)
        layout.addWidget(self._name)
        layout.addSpacing(24)
        self.search.setMinimumWidth(220)
        self.search.setMaximumWidth(640)
        layout.addWidget(self.search, 10)
        layout.addStretch(1)
        layout.addWidget(self._new)
        layout.addSpacing(12)
        layout.addWidget(self.badge)
        self._new.hide()
        self.search.setEnabled(False)

    def enter(self, new_ticket: QAction | None) -> None:
        """The desk let us in: search, and make tickets where this machine may."""
        self.search.setEnabled(True)
        self._new_action = new_ticket
        if new_ticket is not None:
            self._new.clicked.connect(new_ticket.trigger)
        self._new.setVisible(new_ticket is not None)
        self.retranslate()

    def _draw(self) -> None:
        colours = self._theme.colours
        self._logo.setPixmap(icons.pixmap("desk", colours.accent, 20, self.devicePixelRatioF(), colours.on_accent))
        self._glass.setIcon(icons.icon("search", colours.muted))

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        self.setAccessibleName(QCoreApplication.translate("TopBar", "Search and state"))
        self._logo.setAccessibleName(QCoreApplication.translate("TopBar", "SupportDesk"))
        self.search.setPlaceholderText(QCoreApplication.translate("TopBar", "Search subject, text, number, serial"))
        self.search.setAccessibleName(QCoreApplication.translate("TopBar", "Search"))
        self.search.setToolTip(QCoreApplication.translate("TopBar", "Ctrl+F. A number and Enter opens that ticket."))
        self._glass.setText(QCoreApplication.translate("TopBar", "Search"))
        self._new.setText(QCoreApplication.translate("TopBar", "New ticket"))
        self._new.setAccessibleName(self._new.text())
        self._new.setToolTip(self._new_action.toolTip() if self._new_action is not None else "")

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(800, 48)
