"""Menus made from the action table, and those that are lists: columns, appearance, language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from desk_client.actions import MENU_TITLES, ActionSet, Menu
from desk_client.language import LANGUAGES, Language
from desk_client.listing.list_header import ListHeader
from desk_client.theme import Scheme, Theme

_SCHEMES: dict[Scheme, Any] = {
    Scheme.SYSTEM: QT_TRANSLATE_NOOP("Menus", "As the system"),
    Scheme.LIGHT: QT_TRANSLATE_NOOP("Menus", "Light"),
    Scheme.DARK: QT_TRANSLATE_NOOP("Menus", "Dark"),
}


class Menus(QObject):
    """The menu bar of a window."""

    def __init__(self, bar: QMenuBar, language: Language, theme: Theme) -> None:
        super().__init__(bar)
        self._bar = bar
        self._language = language
        self._theme = theme
        self._menus: dict[Menu, QMenu] = {}
        self._columns = QMenu(bar)
        self._appearance = QMenu(bar)
        self._languages = QMenu(bar)
        self._schemes: dict[Scheme, QAction] = {}
        self._fill_appearance()
        self._fill_languages()
        for name, submenu in (("columns", self._columns), ("appearance", self._appearance), ("lang", self._languages)):
            submenu.setObjectName(f"{name}Menu")
        self._view = self._add(Menu.VIEW)
        # before the desk let us in there is nothing else to do, but whoever reads another language must get on
        self._view.addMenu(self._appearance)
        self._view.addMenu(self._languages)

    def _add(self, menu: Menu) -> QMenu:
        made = self._menus.setdefault(menu, QMenu(self._bar))
        made.setObjectName(f"{menu}Menu")
        self._bar.addMenu(made)
        return made

    def enter(self, actions: ActionSet, header: Callable[[], ListHeader | None]) -> None:
        """Build the menus from the actions that this machine has; ``header``: that of the list in front."""
        self._bar.clear()
        self._view.clear()
        for menu in Menu:
            entries = actions.of_menu(menu)
            if not entries:
                continue  # nothing in it that this machine may do
            made = self._add(menu)
            for spec, action in entries:
                if spec.starts_group:
                    made.addSeparator()
                made.addAction(action)
        self._view.addSeparator()
        for submenu in (self._columns, self._appearance, self._languages):
            self._view.addMenu(submenu)
        self._view.aboutToShow.connect(lambda: self._columns.setEnabled(header() is not None))
        self._columns.aboutToShow.connect(lambda: self._fill_columns(header()))
        self._fill_columns(header())
        self.retranslate()

    def _fill_columns(self, header: ListHeader | None) -> None:
        if header is not None:
            header.fill_menu(self._columns)

    def _fill_appearance(self) -> None:
        group = QActionGroup(self)
        for scheme in _SCHEMES:
            action = self._appearance.addAction("")
            action.setObjectName(f"scheme_{scheme}")
            action.setCheckable(True)
            action.setChecked(scheme is self._theme.scheme)
            action.triggered.connect(lambda _checked=False, wanted=scheme: self._theme.apply(wanted))
            group.addAction(action)
            self._schemes[scheme] = action

    def _fill_languages(self) -> None:
        group = QActionGroup(self)
        for code, name in LANGUAGES:
            action = self._languages.addAction(name)
            action.setObjectName(f"language_{code}")
            action.setCheckable(True)
            action.setChecked(code == self._language.code)
            action.triggered.connect(lambda _checked=False, wanted=code: self._language.use(wanted))
            group.addAction(action)

    def retranslate(self) -> None:
        """Say every title again."""
        for menu, made in self._menus.items():
            made.setTitle(QCoreApplication.translate("Actions", MENU_TITLES[menu]))
        self._columns.setTitle(QCoreApplication.translate("Menus", "Columns"))
        self._appearance.setTitle(QCoreApplication.translate("Menus", "Appearance"))
        # in both languages: whoever can't read the one in force must find the way out
        self._languages.setTitle("Language / 语言")
        for scheme, action in self._schemes.items():
            action.setText(QCoreApplication.translate("Menus", _SCHEMES[scheme]))
