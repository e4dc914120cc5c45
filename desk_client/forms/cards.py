"""The cards of a form: white panels, one below the other, with the fields that belong together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desk_client.theme import Role, set_role
from desk_client.widgets.field_frame import FieldFrame
from desk_client.widgets.field_grid import READING_GAP, ROW_GAP, FieldGrid


class Cards(QWidget):
    """What a form scrolls."""

    def __init__(self, names: tuple[str, ...], *, read_only: bool) -> None:
        super().__init__()
        self.setObjectName("formCards")
        self.setProperty("role", "scrolled")
        self._cards: dict[str, tuple[QFrame, QLabel, FieldGrid]] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for name in names:
            layout.addWidget(self._make(name, READING_GAP if read_only else ROW_GAP))
        layout.addStretch(1)

    def _make(self, name: str, row_gap: int) -> QFrame:
        card, title, grid = QFrame(self), QLabel(self), FieldGrid(self, row_gap=row_gap)
        card.setObjectName(f"card_{name}")
        set_role(card, Role.CARD)
        set_role(title, Role.TITLE)
        title.setVisible(False)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 8)
        inside.setSpacing(8)
        inside.addWidget(title)
        inside.addWidget(grid)
        self._cards[name] = (card, title, grid)
        return card

    def add(self, frame: FieldFrame, card: str, *, wide: bool) -> None:
        """Put a field on a card."""
        self._cards[card][2].add(frame, wide=wide)

    def set_titles(self, title_of: Callable[[str], str]) -> None:
        """What stands above each card, '' for nothing."""
        for name, (_, title, _grid) in self._cards.items():
            title.setText(title_of(name))
            title.setVisible(bool(title.text()))

    def arrange(self, frames: list[FieldFrame], is_shown: Callable[[FieldFrame], bool]) -> None:
        """Show the fields that are to be shown, and the cards that have any; Tab goes from one to the next."""
        for card, _, grid in self._cards.values():
            own = [frame for frame in frames if frame.parent() is grid]
            shown = [is_shown(frame) for frame in own]
            changed = any(frame.isHidden() == show for frame, show in zip(own, shown, strict=True))
            for frame, show in zip(own, shown, strict=True):
                frame.setVisible(show)
            card.setVisible(any(shown))
            if changed or not grid.columns:
                grid.arrange()
        for before, after in pairwise(self.visible_frames()):
            QWidget.setTabOrder(before.editor, after.editor)

    def visible_frames(self) -> list[FieldFrame]:
        """The fields that are shown, in their order."""
        return [frame for _, _, grid in self._cards.values() for frame in grid.visible_frames()]
