"""A quiet card over the desk: drafts from before, each to be opened or discarded; nothing asks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desk_client.clock_words import clock_text
from desk_client.drafts.content import Draft, DraftContent
from desk_client.drafts.keeper import DraftKeeper
from desk_client.theme import Role, set_role
from desk_client.widgets.elided_label import ElidedLabel
from desk_client.widgets.translated import Translated

ROWS_SHOWN = 5
ROW_GAP = 2
FieldLabel = Callable[[str, str], str]  # what a field of an entity is called


class DraftRow(Translated, QWidget):
    """One draft: what, when, what is in it; open and discard, or take the discarding back.

    Signals:
        open_wanted(), discard_wanted(), undo_wanted()
    """

    open_wanted = Signal()
    discard_wanted = Signal()
    undo_wanted = Signal()

    def __init__(self, draft: Draft, label: FieldLabel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"draft_{draft.id.hex}")
        self._draft, self._label = draft, label
        self._is_discarded = False
        self.title, self.what = ElidedLabel(self), ElidedLabel(self)
        self.title.setObjectName("draftTitle")
        self.what.setObjectName("draftWhat")
        set_role(self.what, Role.SMALL)
        self._when = QLabel(self)
        self._when.setObjectName("draftWhen")
        set_role(self._when, Role.SMALL)
        self.open_button, self.discard_button, self.undo_button = (QPushButton(self) for _ in range(3))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title, 3)
        layout.addWidget(self._when)
        layout.addWidget(self.what, 2)
        for button, name, signal in (
            (self.open_button, "draftOpen", self.open_wanted),
            (self.discard_button, "draftDiscard", self.discard_wanted),
            (self.undo_button, "draftUndo", self.undo_wanted),
        ):
            button.setObjectName(name)
            button.setAutoDefault(False)
            set_role(button, Role.QUIET)
            button.clicked.connect(signal)
            layout.addWidget(button)
        self.show_state(is_discarded=False)

    def show_state(self, *, is_discarded: bool) -> None:
        """Whether it will be gone soon."""
        had_focus = self.discard_button.hasFocus() or self.undo_button.hasFocus()
        self._is_discarded = is_discarded
        self.open_button.setVisible(not is_discarded)
        self.discard_button.setVisible(not is_discarded)
        self.undo_button.setVisible(is_discarded)
        if had_focus:
            (self.undo_button if is_discarded else self.discard_button).setFocus()
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        content = self._draft.content
        title = title_text(content)
        self.title.set_full_text(title)
        self.title.setToolTip(title)
        discarded = QCoreApplication.translate("Drafts", "Discarded")
        self.what.set_full_text(discarded if self._is_discarded else what_text(content, self._label))
        self._when.setText(clock_text(self._draft.written_at))
        self.open_button.setText(QCoreApplication.translate("Drafts", "Open"))
        self.discard_button.setText(QCoreApplication.translate("Drafts", "Discard"))
        self.undo_button.setText(QCoreApplication.translate("Drafts", "Undo"))
        spoken = QCoreApplication.translate("Drafts", "{action}: {title}")
        for button in (self.open_button, self.discard_button, self.undo_button):
            button.setAccessibleName(spoken.format(action=button.text(), title=title))


class DraftOffer(Translated, QFrame):
    """Shown while there is something to offer, until it is put away; the action "Drafts" brings it back.

    Signals:
        open_wanted(Draft)
    """

    open_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draftOffer")
        set_role(self, Role.CARD)
        self._keeper: DraftKeeper | None = None
        self._label: FieldLabel = lambda _entity, name: name
        self._rows: dict[uuid.UUID, DraftRow] = {}
        self._is_away = False
        self._said, self._others = QLabel(self), QLabel(self)
        self._said.setObjectName("draftsText")
        self._others.setObjectName("draftsOfOthers")
        self._others.setWordWrap(True)
        set_role(self._others, Role.SMALL)
        self.open_all_button, self.later_button = QPushButton(self), QPushButton(self)
        self.open_all_button.setObjectName("draftsOpenAll")
        self.later_button.setObjectName("draftsLater")
        set_role(self.later_button, Role.QUIET)
        self.open_all_button.clicked.connect(self._open_all)
        self.later_button.clicked.connect(self._put_away)
        self._list, self._scroll = QWidget(self), QScrollArea(self)
        self._build()
        self.hide()
        self.retranslate()

    def _build(self) -> None:
        self._list.setObjectName("draftList")
        self._list.setProperty("role", "scrolled")
        rows = QVBoxLayout(self._list)
        rows.setContentsMargins(0, 0, 4, 0)
        rows.setSpacing(ROW_GAP)
        self._scroll.setObjectName("draftScroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._said, 1)
        for button in (self.open_all_button, self.later_button):
            button.setAutoDefault(False)
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._scroll)
        layout.addWidget(self._others)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def begin(self, keeper: DraftKeeper, label: FieldLabel) -> None:
        """From now on it shows what this keeper offers."""
        self._keeper, self._label = keeper, label
        keeper.offers_changed.connect(self._fill)
        self._fill()

    def bring_back(self) -> bool:
        """Show it again; False where there is nothing to show."""
        self._is_away = False
        self._fill()
        if self.isHidden():
            return False
        first = next(iter(self._rows.values()), None)
        (first.open_button if first is not None else self.later_button).setFocus()
        return True

    def _put_away(self) -> None:
        self._is_away = True
        self.hide()

    def _fill(self) -> None:
        keeper = self._keeper
        if keeper is None:
            return
        offers = {draft.id: draft for draft in keeper.offers()}
        for draft_id in [known for known in self._rows if known not in offers]:
            row = self._rows.pop(draft_id)
            row.hide()
            row.deleteLater()
        for draft in offers.values():
            if draft.id not in self._rows:
                self._is_away = False
                self._add(draft, keeper)
            self._rows[draft.id].show_state(is_discarded=keeper.is_discarded(draft.id))
        heights = [row.sizeHint().height() for row in self._rows.values()]
        self._scroll.setFixedHeight(min(len(heights), ROWS_SHOWN) * (max(heights, default=0) + ROW_GAP))
        self._scroll.setVisible(bool(offers))
        self.retranslate()
        self.setVisible(bool(offers or keeper.others) and not self._is_away)

    def _add(self, draft: Draft, keeper: DraftKeeper) -> None:
        row = DraftRow(draft, self._label, self._list)
        row.open_wanted.connect(lambda: self.open_wanted.emit(draft))
        row.discard_wanted.connect(partial(keeper.discard, draft.id))
        row.undo_wanted.connect(partial(keeper.take_back, draft.id))
        layout = self._list.layout()
        if layout is not None:
            layout.addWidget(row)
        self._rows[draft.id] = row

    def _open_all(self) -> None:
        keeper = self._keeper
        for draft in [] if keeper is None else keeper.offers():
            if keeper is not None and not keeper.is_discarded(draft.id):
                self.open_wanted.emit(draft)

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        count = len(self._rows)
        if count:
            text = QCoreApplication.translate("Drafts", "Not saved when SupportDesk ended: {count}")
        else:
            text = QCoreApplication.translate("Drafts", "Drafts")
        self._said.setText(text.format(count=count))
        self.setAccessibleName(QCoreApplication.translate("Drafts", "Drafts"))
        self._scroll.setAccessibleName(QCoreApplication.translate("Drafts", "Drafts"))
        others = self._keeper.others if self._keeper is not None else {}
        self._others.setText(others_text(others))
        self._others.setVisible(bool(others))
        self.open_all_button.setText(QCoreApplication.translate("Drafts", "Open all"))
        self.open_all_button.setVisible(count > 1)
        self.later_button.setText(QCoreApplication.translate("Drafts", "Later"))
        self.later_button.setToolTip(QCoreApplication.translate("Drafts", "They are kept; menu Edit, Drafts"))
        for button in (self.open_all_button, self.later_button):
            button.setAccessibleName(button.text())


def title_text(content: DraftContent) -> str:
    """Which row; of a new one what it is to be called."""
    if content.entity_id is not None:
        return content.title
    named = [content.typed[name].text.strip() for name in ("subject", "name") if name in content.typed]
    text = QCoreApplication.translate("Drafts", "New: {title}")
    return text.format(title=named[0]) if named and named[0] else content.title


def what_text(content: DraftContent, label: FieldLabel) -> str:
    """What was typed: the names of the fields, and a comment."""
    names = [label(content.entity, name) for name in content.typed]
    if content.beside:
        names.append(QCoreApplication.translate("Drafts", "Comment"))
    return QCoreApplication.translate("Drafts", ", ").join(names)


def others_text(others: Mapping[str, int]) -> str:
    """Whose else drafts are here; not what is in them."""
    if not others:
        return ""
    nobody = QCoreApplication.translate("Drafts", "somebody else")
    one = QCoreApplication.translate("Drafts", "{name} ({count})")
    named = [one.format(name=name or nobody, count=count) for name, count in others.items()]
    said = QCoreApplication.translate("Drafts", "Others have drafts on this computer too, offered when they sit here: ")
    return said + QCoreApplication.translate("Drafts", ", ").join(named)
