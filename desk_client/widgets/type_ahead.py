"""A field that finds one row among many while one types: at most a few letters, then Tab or Enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desk_client.theme import set_locked
from desk_client.widgets.text_fields import COMPOSING

DEBOUNCE_MS = 120
SHOWN_ROWS = 8


class Suggestion(NamedTuple):
    """A row that may be taken: its id, its name, and what tells it from others of that name."""

    value: int
    text: str
    detail: str = ""


class SuggestionPopup(QFrame):
    """The list under the field. It never takes the focus: the field handles all keys.

    Signals:
        chosen(row): a row was clicked.
    """

    chosen = Signal(int)

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field, Qt.WindowType.ToolTip)
        self.setObjectName("suggestions")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._list = QListWidget(self)
        self._list.setObjectName("suggestionList")
        self._list.setProperty("role", "popup")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._list)
        self._list.itemClicked.connect(lambda item: self.chosen.emit(self._list.row(item)))
        self.retranslate()

    def retranslate(self) -> None:
        """Name the list in the language of the window."""
        self._list.setAccessibleName(QCoreApplication.translate("TypeAhead", "Suggestions"))

    def fill(self, suggestions: Sequence[Suggestion]) -> None:
        """Show these rows, the first one marked: it is the one that Tab and Enter take."""
        self._list.clear()
        for suggestion in suggestions:
            shown = "  ·  ".join(part for part in (suggestion.text, suggestion.detail) if part)
            item = QListWidgetItem(shown)
            item.setToolTip(shown)
            self._list.addItem(item)
        self._list.setCurrentRow(0)

    def show_under(self, field: QWidget) -> None:
        """Place it under the field, over it where the screen ends."""
        rows = min(SHOWN_ROWS, self._list.count())
        height = rows * max(self._list.sizeHintForRow(0), 20) + 12
        self._list.setFixedHeight(height - 2)
        self.resize(max(field.width(), 260), height)
        below = field.mapToGlobal(QPoint(0, field.height() + 1))
        screen = field.screen().availableGeometry()
        if below.y() + height > screen.bottom():
            below = field.mapToGlobal(QPoint(0, -height - 1))
        self.move(below)
        self.show()

    def current_row(self) -> int:
        """The marked row, -1 where the list is empty."""
        return self._list.currentRow()

    def move_mark(self, step: int) -> None:
        """Mark the row that many rows on, round the ends."""
        if self._list.count():
            self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())


class TypeAhead(QLineEdit):
    """Asks for suggestions with a short delay and takes the best of them.

    Whoever listens to ``search_requested`` answers with ``show_suggestions``. An answer to an older text is
    ignored. Where the field is left before the answer is there, the best match is taken when it comes.

    Signals:
        edited: the person changed text or value.
        search_requested(text): suggestions are wanted.
        resolved: a text that waited for its answer has got it (value or none).
    """

    edited = Signal()
    search_requested = Signal(str)
    resolved = Signal()

    def __init__(self, parent: QWidget | None = None, debounce_ms: int = DEBOUNCE_MS) -> None:
        super().__init__(parent)
        self._value: int | None = None
        self._shown = ""  # the text that stands for the value
        self._suggestions: tuple[Suggestion, ...] | None = None  # None: none asked for, or not answered yet
        self._take_when_found = False
        self._is_asked = False
        self._popup: SuggestionPopup | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(debounce_ms)
        self._timer.timeout.connect(self._search)
        self.textEdited.connect(self._on_text_edited)

    # -- value -----------------------------------------------------------------------------------------------------

    def value(self) -> int | None:
        """The id of the row that was taken; None where there is none, also while a text is not resolved."""
        return self._value

    def set_value(self, value: int | None, text: str = "") -> None:
        """Show a row by its name."""
        self._value = value
        self._shown = text if value is not None else ""
        self._forget()
        self.setText(self._shown)
        self.setCursorPosition(0)

    def set_typed(self, text: str) -> None:
        """Show a text that stands for no row (yet), as if it had just been typed; suggestions come for it."""
        self._value, self._shown = None, ""
        self._forget()
        self.setText(text)
        if text.strip():
            self._timer.start()

    def is_unresolved(self) -> bool:
        """Whether there is a text that stands for no row (yet)."""
        return self._value is None and bool(self.text().strip())

    def is_waiting(self) -> bool:
        """Whether the answer for the present text is still to come."""
        return self.is_unresolved() and (self._timer.isActive() or self._suggestions is None)

    def set_locked(self, locked: bool) -> None:
        """Keep the value as it is until unlocked."""
        self.setReadOnly(locked)
        set_locked(self, locked)

    # -- suggestions -----------------------------------------------------------------------------------------------

    def show_suggestions(self, text: str, suggestions: Sequence[Suggestion]) -> None:
        """The answer for ``text``, best match first; ignored where the text is another one by now."""
        if text != self.text().strip() or self._timer.isActive() or self._value is not None:
            return
        self._suggestions = tuple(suggestions)
        if self._take_when_found:
            self._take_when_found = False
            self._take_best()
        elif self.hasFocus():
            self._open_popup()

    def note_no_answer(self, text: str) -> None:
        """It could not be asked what ``text`` means: nothing is taken later, and ``take`` asks anew."""
        if text == self.text().strip() and self._suggestions is None:
            self._is_asked = self._take_when_found = False

    def take(self) -> None:
        """Take the marked row; where the answer is still to come, take the best of it then."""
        if self._timer.isActive():
            self._timer.stop()
            self._search()
        if not self.is_unresolved():
            self._close_popup()
        elif self._suggestions is None:
            self._take_when_found = True
            if not self._is_asked:
                self._search()
        else:
            self._take_best()

    def _take_best(self) -> None:
        row = max(self._popup.current_row(), 0) if self._popup is not None and self._popup.isVisible() else 0
        self._take_row(row)

    def _take_row(self, row: int) -> None:
        suggestions = self._suggestions or ()
        if row < len(suggestions):
            self.set_value(suggestions[row].value, suggestions[row].text)
            self.edited.emit()
        self._close_popup()
        self.resolved.emit()

    def _open_popup(self) -> None:
        if not self._suggestions:
            self._close_popup()
            return
        if self._popup is None:
            self._popup = SuggestionPopup(self)
            self._popup.chosen.connect(self._take_row)
        self._popup.fill(self._suggestions)
        self._popup.show_under(self)

    def _close_popup(self) -> None:
        if self._popup is not None:
            self._popup.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange and self._popup is not None:
            self._popup.retranslate()
        super().changeEvent(event)

    def _forget(self) -> None:
        self._timer.stop()
        self._suggestions = None
        self._take_when_found = self._is_asked = False
        self._close_popup()

    def _search(self) -> None:
        self._suggestions, self._is_asked = None, True
        self.search_requested.emit(self.text().strip())

    def _on_text_edited(self) -> None:
        self._forget()
        self._value = None
        if not self.text().strip():
            self.resolved.emit()
        elif self._timer.interval() == 0:
            self._search()
        else:
            self._timer.start()
        self.edited.emit()

    # -- Qt --------------------------------------------------------------------------------------------------------

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing: its keys are not ours."""
        self.setProperty(COMPOSING, bool(event.preeditString()))
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk through the suggestions, Enter takes one, Esc closes them."""
        if self.property(COMPOSING) or self.isReadOnly() or not self._handle_key(event):
            super().keyPressEvent(event)

    def _handle_key(self, event: QKeyEvent) -> bool:
        is_open = self._popup is not None and self._popup.isVisible()
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if is_open and self._popup is not None:
                self._popup.move_mark(1 if event.key() == Qt.Key.Key_Down else -1)
            elif event.key() == Qt.Key.Key_Down and self._value is None:
                self._search()
            return True
        if event.key() == Qt.Key.Key_Escape and is_open:
            self._close_popup()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and self.is_unresolved():
            self.take()
            return True
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select what is there, so that typing replaces it."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving takes the best match; going to another window does not."""
        super().focusOutEvent(event)
        if event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.MouseFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        ):
            self.take()
        self._close_popup()

    def hideEvent(self, event: QHideEvent) -> None:
        """No list without its field."""
        self._close_popup()
        super().hideEvent(event)
