"""The language of the window: English as written in the code, Simplified Chinese from ``zh_CN.qm``; switchable."""

from __future__ import annotations

import logging
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

ENGLISH = "en"
CHINESE = "zh_CN"
LANGUAGES: tuple[tuple[str, str], ...] = ((ENGLISH, "English"), (CHINESE, "简体中文"))  # each in its own words
log = logging.getLogger(__name__)


def system_language() -> str:
    """The one of our languages that the system speaks."""
    return CHINESE if QLocale.system().language() is QLocale.Language.Chinese else ENGLISH


def _locale(code: str) -> QLocale:
    """How numbers and times are written: as the system does it where it speaks the language."""
    system = QLocale.system()
    locale = QLocale(code)
    return system if system.language() == locale.language() else locale


class Language(QObject):
    """The language in force; widgets follow by ``QEvent.LanguageChange``.

    Signals:
        changed(code): 'en' or 'zh_CN' is in force now.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._code = ENGLISH
        self._translators: list[QTranslator] = []
        QLocale.setDefault(_locale(ENGLISH))

    @property
    def code(self) -> str:
        """'en' or 'zh_CN'."""
        return self._code

    def use(self, code: str) -> None:
        """Speak this language from now on; an unknown one is English."""
        code = code if code in dict(LANGUAGES) else ENGLISH
        if code == self._code:
            return
        self._code = code
        # before the translators: their LanguageChange makes widgets say numbers and times again
        QLocale.setDefault(_locale(code))
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
        self._translators = self._load(code)
        for translator in self._translators:
            QCoreApplication.installTranslator(translator)
        self.changed.emit(code)

    def _load(self, code: str) -> list[QTranslator]:
        if code == ENGLISH:
            return []
        files = (
            Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{code}.qm",
            Path(str(resources.files("desk_client"))) / "resources" / "i18n" / f"{code}.qm",
        )
        loaded = []
        for file in files:
            translator = QTranslator(self)
            if translator.load(str(file)):
                loaded.append(translator)
            else:
                log.warning("no translation in %s", file)
        return loaded
