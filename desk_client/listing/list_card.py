"""How a screen with a list is laid out: what narrows it and the list in a card, and what is chosen below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QSplitter, QVBoxLayout, QWidget

from desk_client.theme import Role, set_role

HANDLE = 12


def list_card(name: str, bar: QWidget | QLayout, rows: QWidget, parent: QWidget) -> QFrame:
    """The bar above the list, in one card."""
    card = QFrame(parent)
    card.setObjectName(name)
    set_role(card, Role.CARD)
    inside = QVBoxLayout(card)
    inside.setContentsMargins(1, 1, 1, 1)
    inside.setSpacing(0)
    if isinstance(bar, QLayout):
        inside.addLayout(bar)
    else:
        inside.addWidget(bar)
    inside.addWidget(rows, 1)
    return card


def split_below(name: str, card: QFrame, below: QWidget, parent: QWidget) -> QSplitter:
    """The card, and below it what one row is shown in; the screen hides that until there is one."""
    splitter = QSplitter(Qt.Orientation.Vertical, parent)
    splitter.setObjectName(name)
    splitter.setHandleWidth(HANDLE)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(card)
    splitter.addWidget(below)
    return splitter
