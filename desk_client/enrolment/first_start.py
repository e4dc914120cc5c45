"""The window of a client that has no profile yet. When the computer is enrolled, the desk opens in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desk_client import icons
from desk_client.client_settings import ClientSettings
from desk_client.enrolment.controller import EnrolController
from desk_client.enrolment.page import EnrolPage
from desk_client.garbage import GarbageTimer
from desk_client.language import ENGLISH, LANGUAGES, Language, system_language
from desk_client.theme import Scheme, Theme
from desk_client.widgets.translated import Translated
from shared.config import Profile

if TYPE_CHECKING:
    from shared.enrolment import Enrolled


class FirstStartWindow(Translated, QWidget):
    """The page, and the choice of language above it.

    Signals:
        closed(): the person has closed it, or goes on into the desk.
    """

    closed = Signal()

    def __init__(self, theme: Theme, language: Language, folder: Path) -> None:
        super().__init__()
        self.setObjectName("firstStart")
        self.page = EnrolPage(folder, self)
        self._languages = QComboBox(self)
        self._languages.setObjectName("languageChoice")
        for code, name in LANGUAGES:
            self._languages.addItem(name, code)
        self._languages.setCurrentIndex(self._languages.findData(language.code))
        self._languages.currentIndexChanged.connect(lambda at: language.use(self._languages.itemData(at)))
        top = QHBoxLayout()
        top.addStretch(1)
        top.addWidget(self._languages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addLayout(top)
        layout.addWidget(self.page, 1)
        self.setWindowIcon(icons.icon("desk", theme.colours.accent, theme.colours.on_accent))
        self.setMinimumSize(640, 480)
        self.setTabOrder(self.page, self._languages)
        self.retranslate()

    def retranslate(self) -> None:
        """Title, and the name of the choice."""
        self.setWindowTitle(QCoreApplication.translate("FirstStart", "SupportDesk"))
        self.setAccessibleName(QCoreApplication.translate("FirstStart", "SupportDesk"))
        self._languages.setAccessibleName(QCoreApplication.translate("FirstStart", "Language"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """It is over."""
        super().closeEvent(event)
        self.closed.emit()


class FirstStart(QObject):
    """From no profile to one. ``run`` is modal: there is no desk to work in yet."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        super().__init__()
        self._garbage = GarbageTimer(self)
        self._application = application
        self._folder = folder
        self._language = Language()
        self._language.use(ClientSettings(folder).text("window/language", system_language()))
        self._theme = Theme(application)
        self._theme.apply(Scheme.SYSTEM)
        self.profile: Profile | None = None
        self.controller = EnrolController(folder)
        self.window = FirstStartWindow(self._theme, self._language, folder)
        self._connect()

    def _connect(self) -> None:
        page, controller, queued = self.window.page, self.controller, Qt.ConnectionType.QueuedConnection
        page.wanted.connect(controller.begin)
        page.opened.connect(self.window.close)
        controller.stepped.connect(page.show_step, queued)
        controller.refused.connect(page.show_error, queued)
        controller.enrolled.connect(self._on_enrolled, queued)

    def _on_enrolled(self, done: Enrolled) -> None:
        self.profile = done.profile
        self.window.page.show_done(is_in_key_store=done.is_in_key_store)

    def run(self) -> Profile | None:
        """Show the window until it is closed; the profile, None where there is none still."""
        self.window.show()
        self._application.exec()
        self.leave()
        return self.profile

    def leave(self) -> None:
        """Clear the place for the desk, which speaks the language that was chosen here."""
        self.controller.shutdown()
        self._garbage.stop()
        if self.profile is not None:
            settings = ClientSettings(self._folder)
            settings.set("window/language", self._language.code)
            settings.sync()
        self._language.use(ENGLISH)  # its translators go; the desk brings its own
        for one in (self.window, self.controller, self._theme, self._language):
            one.deleteLater()
