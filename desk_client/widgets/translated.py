"""What every widget with words does: say them again when the language changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as _Base
else:
    _Base = object


class Translated(_Base):
    """Mix-in, first base of a widget: calls ``retranslate`` on a change of language.

    The widget calls ``retranslate`` itself once at the end of its constructor.
    """

    def retranslate(self) -> None:
        """Set every text of this widget, in the language now in force."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
