"""Everything a person can do, as data: text, menu, shortcut, and who may. Menus and shortcuts are made from it.

A machine that may not write never gets the actions that write: they are not made, not merely grey.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction

from desk_client.keys import ENTER_WITH_CONTROL, ENTER_WITH_CONTROL_AND_SHIFT, key_text, sequences
from shared.domain.level import Level


class Menu(StrEnum):
    """The menus, in their order."""

    TICKET = "ticket"
    EDIT = "edit"
    GO = "go"
    VIEW = "view"
    ADMINISTRATION = "administration"
    HELP = "help"


MENU_TITLES: dict[Menu, Any] = {
    Menu.TICKET: QT_TRANSLATE_NOOP("Actions", "&Ticket"),
    Menu.EDIT: QT_TRANSLATE_NOOP("Actions", "E&dit"),
    Menu.GO: QT_TRANSLATE_NOOP("Actions", "&Go"),
    Menu.VIEW: QT_TRANSLATE_NOOP("Actions", "&View"),
    Menu.ADMINISTRATION: QT_TRANSLATE_NOOP("Actions", "&Administration"),
    Menu.HELP: QT_TRANSLATE_NOOP("Actions", "&Help"),
}


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing to do. ``needs_ticket``: only while a ticket is shown. ``on_row``: in the list's context menu too.

    ``needs_write`` and ``needs_admin``: not made at all for machines that may not.
    """

    id: str
    text: Any
    menu: Menu
    shortcut: str = ""
    needs_write: bool = False
    needs_admin: bool = False
    needs_ticket: bool = False
    on_row: bool = False
    starts_group: bool = False


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new_ticket", QT_TRANSLATE_NOOP("Actions", "New ticket"), Menu.TICKET, "Ctrl+N", needs_write=True),
    ActionSpec("open_tab", QT_TRANSLATE_NOOP("Actions", "Open in its own tab"), Menu.TICKET, "Ctrl+T",
               on_row=True),
    ActionSpec("close_tab", QT_TRANSLATE_NOOP("Actions", "Close tab"), Menu.TICKET, "Ctrl+W"),
    ActionSpec("edit", QT_TRANSLATE_NOOP("Actions", "Edit"), Menu.TICKET, "F2", needs_write=True, needs_ticket=True,
               on_row=True, starts_group=True),
    ActionSpec("save", QT_TRANSLATE_NOOP("Actions", "Save"), Menu.TICKET, ENTER_WITH_CONTROL, needs_write=True,
               needs_ticket=True),
    ActionSpec("save_and_new", QT_TRANSLATE_NOOP("Actions", "Save and new"), Menu.TICKET,
               ENTER_WITH_CONTROL_AND_SHIFT, needs_write=True, needs_ticket=True),
    ActionSpec("comment", QT_TRANSLATE_NOOP("Actions", "Comment"), Menu.TICKET, "Ctrl+M", needs_write=True,
               needs_ticket=True, on_row=True, starts_group=True),
    ActionSpec("assign", QT_TRANSLATE_NOOP("Actions", "Assign"), Menu.TICKET, "Ctrl+Shift+A", needs_write=True,
               needs_ticket=True, on_row=True),
    ActionSpec("take", QT_TRANSLATE_NOOP("Actions", "Take it"), Menu.TICKET, "Ctrl+Shift+T", needs_write=True,
               needs_ticket=True, on_row=True),
    ActionSpec("resolve", QT_TRANSLATE_NOOP("Actions", "Resolve"), Menu.TICKET, "Ctrl+R", needs_write=True,
               needs_ticket=True, on_row=True),
    ActionSpec("change_status", QT_TRANSLATE_NOOP("Actions", "Change status"), Menu.TICKET, "Ctrl+Shift+S",
               needs_write=True, needs_ticket=True, on_row=True),
    ActionSpec("change_selected", QT_TRANSLATE_NOOP("Actions", "Change selected …"), Menu.TICKET, "Ctrl+Shift+E",
               needs_write=True, on_row=True, starts_group=True),
    ActionSpec("delete", QT_TRANSLATE_NOOP("Actions", "Delete"), Menu.TICKET, "Ctrl+Shift+D", needs_write=True,
               on_row=True),
    ActionSpec("bulk_results", QT_TRANSLATE_NOOP("Actions", "Results of the last change …"), Menu.TICKET,
               needs_write=True),
    ActionSpec("quit", QT_TRANSLATE_NOOP("Actions", "Quit"), Menu.TICKET, "Ctrl+Q", starts_group=True),
    ActionSpec("undo", QT_TRANSLATE_NOOP("Actions", "Undo"), Menu.EDIT, "Ctrl+Z", needs_write=True),
    ActionSpec("redo", QT_TRANSLATE_NOOP("Actions", "Redo"), Menu.EDIT, "Ctrl+Shift+Z", needs_write=True),
    ActionSpec("drafts", QT_TRANSLATE_NOOP("Actions", "Drafts"), Menu.EDIT, needs_write=True, starts_group=True),
    ActionSpec("search", QT_TRANSLATE_NOOP("Actions", "Search"), Menu.GO, "Ctrl+F"),
    ActionSpec("clear_filters", QT_TRANSLATE_NOOP("Actions", "Clear search and filters"), Menu.GO, "Ctrl+Shift+F"),
    ActionSpec("to_views", QT_TRANSLATE_NOOP("Actions", "To the views"), Menu.GO, "Ctrl+1", starts_group=True),
    ActionSpec("to_list", QT_TRANSLATE_NOOP("Actions", "To the list"), Menu.GO, "Ctrl+2"),
    ActionSpec("to_ticket", QT_TRANSLATE_NOOP("Actions", "To the ticket"), Menu.GO, "Ctrl+3"),
    ActionSpec("next_ticket", QT_TRANSLATE_NOOP("Actions", "Next ticket"), Menu.GO, "Alt+Down", starts_group=True),
    ActionSpec("previous_ticket", QT_TRANSLATE_NOOP("Actions", "Previous ticket"), Menu.GO, "Alt+Up"),
    ActionSpec("refresh", QT_TRANSLATE_NOOP("Actions", "Refresh"), Menu.VIEW, "F5"),
    ActionSpec("machines", QT_TRANSLATE_NOOP("Actions", "Machines"), Menu.ADMINISTRATION, needs_admin=True),
    ActionSpec("audit", QT_TRANSLATE_NOOP("Actions", "Audit"), Menu.ADMINISTRATION, needs_admin=True),
    ActionSpec("privacy", QT_TRANSLATE_NOOP("Actions", "Private fields"), Menu.ADMINISTRATION, needs_admin=True),
    ActionSpec("about", QT_TRANSLATE_NOOP("Actions", "About SupportDesk"), Menu.HELP),
)  # fmt: skip


def offered_to(level: Level) -> tuple[ActionSpec, ...]:
    """The actions that a machine of this level has."""
    return tuple(
        spec
        for spec in ACTIONS
        if (level.can_write or not spec.needs_write) and (level is Level.ADMIN or not spec.needs_admin)
    )


def action_text(action_id: str) -> str:
    """What an action is called in the language of the window."""
    spec = next(spec for spec in ACTIONS if spec.id == action_id)
    return QCoreApplication.translate("Actions", spec.text)


class ActionSet(QObject):
    """The actions of one window as ``QAction``s."""

    def __init__(self, level: Level, handlers: Mapping[str, Callable[[], object]], parent: QObject) -> None:
        super().__init__(parent)
        self.specs = offered_to(level)
        self._actions: dict[str, QAction] = {}
        for spec in self.specs:
            action = QAction(self)
            action.setObjectName(spec.id)
            action.setShortcuts(sequences(spec.shortcut))
            action.triggered.connect(lambda _checked=False, run=handlers[spec.id]: run())
            self._actions[spec.id] = action
        self.retranslate()

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def get(self, action_id: str) -> QAction | None:
        """The action, None where this machine does not have it."""
        return self._actions.get(action_id)

    def all(self) -> list[QAction]:
        """Every action, in the order of the table."""
        return list(self._actions.values())

    def of_menu(self, menu: Menu) -> list[tuple[ActionSpec, QAction]]:
        """The actions of a menu."""
        return [(spec, self._actions[spec.id]) for spec in self.specs if spec.menu is menu]

    def of_row(self) -> list[QAction]:
        """The actions of the list's context menu."""
        return [self._actions[spec.id] for spec in self.specs if spec.on_row]

    def set_ticket_shown(self, shown: bool) -> None:
        """Enable what needs a ticket."""
        for spec in self.specs:
            if spec.needs_ticket:
                self._actions[spec.id].setEnabled(shown)

    def retranslate(self) -> None:
        """Say every text again."""
        for spec in self.specs:
            text = QCoreApplication.translate("Actions", spec.text)
            self._actions[spec.id].setText(text)
            hint = key_text(spec.shortcut)
            self._actions[spec.id].setToolTip(f"{text}  {hint}" if hint else text)
