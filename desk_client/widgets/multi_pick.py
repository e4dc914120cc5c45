"""A dropdown with marks: several values of a few, or any."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QWidget, QWidgetAction

from desk_client.theme import repolish

NAMED = 2
FEW = 10  # more than these are looked for by typing
_OF_THE_MENU = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class _StayingMenu(QMenu):
    """A menu that stays open while marks are set; where it is long, its first line narrows it to what is typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setObjectName("multiPickSearch")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self._line = QWidgetAction(self)
        self._line.setDefaultWidget(self.search)

    def empty(self) -> None:
        """Take all away but the line: Qt deletes what is cleared."""
        self.removeAction(self._line)
        self.clear()

    def begin(self) -> None:
        """Filled anew: the line stands above many, not above a few."""
        said = QCoreApplication.translate("MultiPick", "Type to find")
        self.search.setPlaceholderText(said)
        self.search.setAccessibleName(said)
        marks = [action for action in self.actions() if action.isCheckable()]
        if len(marks) > FEW:
            self.insertAction(marks[0], self._line)
        self._narrow()

    def open_at(self, place: QPoint) -> None:
        """Show all, with the first one marked to be taken, or ready to type."""
        self.search.clear()
        self.popup(place)
        self._go_to_first()
        if self._line in self.actions():
            self.search.setFocus()

    def _narrow(self) -> None:
        wanted = self.search.text().strip().casefold()
        for action in self.actions():
            if action.isCheckable():
                action.setVisible(wanted in action.text().casefold())
        if self.isVisible():
            self._go_to_first()

    def _go_to_first(self) -> None:
        first = next((action for action in self.actions() if action.isCheckable() and action.isVisible()), None)
        if first is not None:
            self.setActiveAction(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows, Enter and Esc are the menu's, while letters are typed."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _OF_THE_MENU:
            self.keyPressEvent(event)
            if self.isVisible():
                self.search.setFocus()
            return True
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Set the mark under the pointer and stay."""
        if not self._toggle(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter set the mark and stay."""
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() not in keys or not self._toggle(self.activeAction()):
            super().keyPressEvent(event)

    def _toggle(self, action: QAction | None) -> bool:
        if action is None or not action.isCheckable():
            return False
        action.trigger()
        return True


class MultiPick(QComboBox):
    """Several of a few values, or any (none marked). It says the first ones marked.

    Signals:
        picked(): the person set or took away a mark.
    """

    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._any_text = ""
        self.addItem("")
        self._menu = _StayingMenu(self)
        self._menu.setObjectName("multiPickMenu")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(11)

    def set_items(self, any_text: str, items: Sequence[tuple[str, str]]) -> None:
        """Offer these (text, value); marks stay where the value is still there."""
        marked = set(self.values())
        self._any_text = any_text
        self._menu.empty()
        for text, value in items:
            action = self._menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(value in marked)
            action.setData(value)
            action.triggered.connect(self._on_toggled)
        self._menu.addSeparator()
        self._menu.addAction(any_text, self._on_any)
        self._menu.begin()
        self._show_text()

    def values(self) -> tuple[str, ...]:
        """What is marked, in the order offered; empty for any."""
        return tuple(action.data() for action in self._menu.actions() if action.isCheckable() and action.isChecked())

    def set_values(self, values: Sequence[str]) -> None:
        """Mark exactly these."""
        for action in self._menu.actions():
            if action.isCheckable():
                action.setChecked(action.data() in values)
        self._show_text()

    def menu(self) -> QMenu:
        """The list of marks."""
        return self._menu

    def showPopup(self) -> None:
        """Open the list of marks."""
        self._menu.setMinimumWidth(self.width())
        self._menu.open_at(self.mapToGlobal(QPoint(0, self.height() + 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter open the list; with a modifier they belong to the form."""
        opening = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in opening and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over a dropdown changes nothing by accident."""
        event.ignore()

    def _on_toggled(self) -> None:
        self._show_text()
        self.picked.emit()

    def _on_any(self) -> None:
        self.set_values(())
        self.picked.emit()

    def _show_text(self) -> None:
        marked = [action.text() for action in self._menu.actions() if action.isCheckable() and action.isChecked()]
        all_marked = QCoreApplication.translate("MultiPick", ", ").join(marked)
        if not marked:
            text = self._any_text
        elif len(marked) <= NAMED:
            text = all_marked
        else:
            text = QCoreApplication.translate("MultiPick", "{first} and {n} more")
            text = text.format(first=marked[0], n=len(marked) - 1)
        self.setItemText(0, text)
        self.setToolTip(all_marked)
        self._show_active(bool(marked))

    def _show_active(self, active: bool) -> None:
        """A filter shows that it narrows."""
        if bool(self.property("active")) != active:
            self.setProperty("active", active)
            repolish(self)
