"""The dialog of a clash: for each field that both sides changed, mine, theirs or what it was before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desk_client.forms.reading_box import ReadingBox
from desk_client.keys import ENTER_WITH_CONTROL, key_text
from desk_client.theme import Role, set_role
from desk_client.widgets.translated import Translated

SIZE = (860, 420)
CARD_HEIGHT, LONG_CARD_HEIGHT, FRAME_HEIGHT, MERGED_HEIGHT = 96, 206, 140, 30  # px: what it asks for at first
HIGHEST = 700


class Side(StrEnum):
    """Whose value a field gets."""

    MINE = "mine"
    THEIRS = "theirs"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class ClashWords:
    """A clashing field as it is shown, in the language of the window."""

    field: str
    label: str
    values: Mapping[Side, str]
    is_long: bool


@dataclass(frozen=True, slots=True)
class MergeWords:
    """All that the dialog says of the row. ``merged`` are the labels of what another changed alone."""

    who: str
    clashes: Sequence[ClashWords]
    merged: str
    has_notes: bool


class MergeDialog(Translated, QDialog):
    """Mine is chosen where nothing else is. Esc leaves: nothing is lost and nothing is saved.

    Signals:
        decided(dict[str, Side]): for each clashing field whose value it gets.
        notes_wanted(): what was typed beside the form is to be added, nothing else.
    """

    decided = Signal(object)
    notes_wanted = Signal()

    def __init__(self, words: Callable[[], MergeWords], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        said = words()
        self.setObjectName("mergeDialog")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._title, self._text, self._merged = QLabel(self), QLabel(self), QLabel(self)
        self._decide, self._notes, self._back = QPushButton(self), QPushButton(self), QPushButton(self)
        self._notes.setVisible(said.has_notes)
        self.cards = {clash.field: ClashCard(clash.field, clash.is_long, self) for clash in said.clashes}
        self._build()
        self.retranslate()
        asked = FRAME_HEIGHT + (MERGED_HEIGHT if said.merged else 0)
        asked += sum(LONG_CARD_HEIGHT if one.is_long else CARD_HEIGHT for one in said.clashes)
        self.resize(SIZE[0], min(asked, HIGHEST))
        next(iter(self.cards.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def _build(self) -> None:
        for label, name, role in (
            (self._title, "mergeTitle", Role.TITLE), (self._text, "mergeText", Role.MUTED),
            (self._merged, "mergeMerged", Role.MUTED),
        ):  # fmt: skip
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            set_role(label, role)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for card in self.cards.values():
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("mergeFields")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        for widget in (self._title, self._text):
            layout.addWidget(widget)
        layout.addWidget(area, 1)
        layout.addWidget(self._merged)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        for button, name, act in (
            (self._back, "mergeBack", self.reject), (self._notes, "mergeNotes", self._add_notes),
            (self._decide, "mergeDecide", self.decide),
        ):  # fmt: skip
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        set_role(self._decide, Role.PRIMARY)
        return row

    def choices(self) -> dict[str, Side]:
        """What is chosen now."""
        return {name: card.side() for name, card in self.cards.items()}

    def decide(self) -> None:
        """Save with what is chosen."""
        self.decided.emit(self.choices())
        self.accept()

    def _add_notes(self) -> None:
        self.notes_wanted.emit()
        self.accept()

    def retranslate(self) -> None:
        """Say everything in the language of the window; what is chosen stays."""
        said = self._words()
        for clash in said.clashes:
            self.cards[clash.field].show_words(clash)
        title = QCoreApplication.translate("Merge", "Changed here and elsewhere")
        if said.who:
            title = QCoreApplication.translate("Merge", "Changed here and on {who}").format(who=said.who)
        self._title.setText(title)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        text = QCoreApplication.translate(
            "Merge", "Both sides changed the same. Choose what is saved; without a choice yours stays."
        )
        self._text.setText(text)
        self.setAccessibleDescription(text)
        merged = QCoreApplication.translate("Merge", "Also taken from there, not changed here: {fields}")
        self._merged.setText(merged.format(fields=said.merged))
        self._merged.setVisible(bool(said.merged))
        decide = QCoreApplication.translate("Merge", "Save")
        self._decide.setText(f"{decide}   {key_text(ENTER_WITH_CONTROL)}")
        self._decide.setAccessibleName(decide)
        self._notes.setText(QCoreApplication.translate("Merge", "Add my comment only"))
        self._notes.setToolTip(QCoreApplication.translate("Merge", "The comment is added, the fields stay as theirs"))
        self._back.setText(QCoreApplication.translate("Merge", "Back"))
        self._back.setToolTip(QCoreApplication.translate("Merge", "What you typed stays in the form, not saved"))
        for button in (self._notes, self._back):
            button.setAccessibleName(button.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter saves, Esc goes back; Enter alone decides nothing."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.decide()
        elif is_enter:
            event.ignore()
        else:
            super().keyPressEvent(event)


class ClashCard(QFrame):
    """One field: three values side by side, each with its button; the arrow keys go from one to the next."""

    def __init__(self, name: str, is_long: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"clash_{name}")
        set_role(self, Role.CARD)
        self._label = QLabel(self)
        self._label.setObjectName(f"clashLabel_{name}")
        self._group = QButtonGroup(self)
        self.buttons = {side: QRadioButton(self) for side in Side}
        self.boxes = {side: ReadingBox(f"clashValue_{name}_{side}", is_long=is_long, parent=self) for side in Side}
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.addWidget(self._label, 0, 0, 1, len(Side))
        for column, side in enumerate(Side):
            button = self.buttons[side]
            button.setObjectName(f"clashSide_{name}_{side}")
            self._group.addButton(button)
            grid.addWidget(button, 1, column)
            grid.addWidget(self.boxes[side], 2, column)
            grid.setColumnStretch(column, 1)
        self.buttons[Side.MINE].setChecked(True)
        self.setFocusProxy(self.buttons[Side.MINE])

    def side(self) -> Side:
        """Whose value is chosen."""
        return next(side for side, button in self.buttons.items() if button.isChecked())

    def show_words(self, clash: ClashWords) -> None:
        """The field's name, and the three values."""
        self._label.setText(clash.label)
        self.setAccessibleName(clash.label)
        names = {
            Side.MINE: QCoreApplication.translate("Merge", "Mine"),
            Side.THEIRS: QCoreApplication.translate("Merge", "Theirs"),
            Side.BEFORE: QCoreApplication.translate("Merge", "Before"),
        }
        for side, button in self.buttons.items():
            button.setText(names[side])
            button.setAccessibleName(f"{clash.label}: {names[side]}")
            button.setAccessibleDescription(clash.values[side])
            self.boxes[side].show_text(clash.values[side], name=f"{clash.label}: {names[side]}")
