"""What a draft has for fields that this form does not show: kept with it, and said over the form so that it is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, QObject, Signal

from desk_client.drafts.content import FieldText
from desk_client.widgets.banner import Banner


class LeftOver(QObject):
    """One for each pane: of a newer client, of a field that is gone or may not be read here any more.

    Signals:
        thrown_away(): the person has seen it and does not want it.
    """

    thrown_away = Signal()

    def __init__(self, banner: Banner, label: Callable[[str], str]) -> None:
        super().__init__(banner)
        self._banner, self._label = banner, label
        self.texts: Mapping[str, FieldText] = {}
        self.row_id: int | None = None  # of what row; None for a new one

    def show(self, texts: Mapping[str, FieldText], row_id: int | None) -> None:
        """Keep and say this from now on."""
        self.texts, self.row_id = dict(texts), row_id
        self.retranslate()

    def forget(self) -> None:
        """It is no matter of this pane any more."""
        self.show({}, None)

    def is_of_another(self, row_id: int | None) -> bool:
        """Whether another row is shown by now. A new row that was saved is still the one."""
        if self.texts and self.row_id is None:
            self.row_id = row_id
        return bool(self.texts) and self.row_id != row_id

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        if not self.texts:
            self._banner.clear()
            return
        head = QCoreApplication.translate("Drafts", "Also typed, in fields that are not shown here:")
        said = [said_text(self._label(name), text) for name, text in self.texts.items()]
        away = QCoreApplication.translate("Drafts", "Throw away")
        self._banner.say("warning", "\n".join([head, *said]), [("throwAway", away, self._throw_away)])

    def _throw_away(self) -> None:
        self.forget()
        self.thrown_away.emit()


def said_text(label: str, text: FieldText) -> str:
    """A field and what was typed there; a value that has no text as it is stored."""
    value = text.text or ("" if text.value is None else str(text.value))
    return QCoreApplication.translate("Drafts", "{field}: {text}").format(field=label, text=value or "\N{EN DASH}")
