"""The screen of private fields: a switch each, what it means, and how far the search has followed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desk_client.change_bus import Change
from desk_client.context import ClientContext
from desk_client.messages import describe
from desk_client.privacy.controller import ENTITY, PrivacyController
from desk_client.privacy.field_card import FieldCard, field_name
from desk_client.screen import Screen
from desk_client.theme import Role, set_role
from desk_client.widgets.banner import Banner
from desk_client.widgets.question import Question
from shared.errors import ConflictError, DeskError
from shared.schemas.privacy import PrivacyState, PrivateField

MOST_WIDTH = 720


class PrivacyPage(Screen, QWidget):
    """For an administrator's machine."""

    def __init__(self, context: ClientContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("privacyPage")
        self._context = context
        self.controller = PrivacyController(context.runner, context.bus, self)
        self.cards: dict[tuple[str, str], FieldCard] = {}
        self._error: DeskError | None = None
        self._left = self._most = 0
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._title, self._text, self._progress_text = QLabel(self), QLabel(self), QLabel(self)
        for label, role in ((self._title, Role.TITLE), (self._text, Role.MUTED), (self._progress_text, Role.MUTED)):
            set_role(label, role)
            label.setWordWrap(True)
        self._title.setObjectName("privacyTitle")
        self._text.setObjectName("privacyText")
        self._progress_text.setObjectName("privacyProgressText")
        self.banner = Banner(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._build_progress()
        inside = QVBoxLayout()
        inside.setSpacing(12)
        for widget in (self._title, self._text, self.banner):
            inside.addWidget(widget)
        inside.addLayout(self._list)
        inside.addWidget(self._progress)
        inside.addStretch(1)
        column = QFrame(self)
        column.setObjectName("privacyColumn")
        column.setMaximumWidth(MOST_WIDTH)
        column.setLayout(inside)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 12)
        layout.addWidget(column, 1)
        layout.addStretch(1)

    def _build_progress(self) -> None:
        self._progress = QFrame(self)
        self._progress.setObjectName("privacyProgress")
        set_role(self._progress, Role.CARD)
        self._bar = QProgressBar(self._progress)
        self._bar.setObjectName("privacyBar")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._stop = QPushButton(self._progress)
        self._stop.setObjectName("privacyStop")
        row = QHBoxLayout()
        row.addWidget(self._bar, 1)
        row.addWidget(self._stop)
        layout = QVBoxLayout(self._progress)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addWidget(self._progress_text)
        layout.addLayout(row)
        self._progress.hide()

    def _connect(self) -> None:
        controller = self.controller
        controller.loaded.connect(self._on_loaded)
        controller.changed.connect(self._on_changed)
        controller.moving.connect(self._show_left)
        controller.paused.connect(self._show_left)
        controller.finished.connect(self._on_finished)
        controller.failed.connect(self._on_failed)
        self._stop.clicked.connect(self._on_stop)
        self._context.bus.changed.connect(self._on_bus)

    def _on_bus(self, change: Change, initiator: object) -> None:
        if change.entity == ENTITY and initiator is not self.controller:
            self.refresh()

    # -- for the window ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read how things stand."""
        self.refresh()

    def refresh(self) -> None:
        """Read it again."""
        self.controller.load()

    def let_go(self) -> None:
        """Entries that still move are moved on by the worker, or by who comes here next."""
        self.controller.pause()

    # -- what the desk says --------------------------------------------------------------------------------------------

    def _on_loaded(self, state: PrivacyState) -> None:
        language = self._context.language.code
        for field in state.fields:
            card = self.cards.get((field.entity, field.field))
            if card is None:
                self._add(field, language)
            else:
                card.show_field(field, language)
        if not self.controller.is_moving:
            self._show_left(state.left)

    def _add(self, field: PrivateField, language: str) -> None:
        card = FieldCard(field, language, self)
        card.switched.connect(lambda wanted: self._ask(card, wanted))
        self.cards[field.entity, field.field] = card
        self._list.addWidget(card)

    def _on_changed(self, field: PrivateField, is_private: bool) -> None:
        self._error = None
        self.banner.clear()

        def say() -> str:
            if is_private:
                said = QCoreApplication.translate("Privacy", "{field} is private now")
            else:
                said = QCoreApplication.translate("Privacy", "{field} is open to every machine now")
            return said.format(field=field_name(field, self._context.language.code))

        self._context.messages.info(say)

    def _on_finished(self) -> None:
        self._most = 0
        self._show_left(0)

    def _on_failed(self, error: DeskError) -> None:
        self._error = error
        self._say_error()

    def _show_left(self, left: int) -> None:
        self._left = left
        self._most = max(self._most, left) if left else 0
        self._progress.setVisible(left > 0)
        self._bar.setRange(0, max(1, self._most))
        self._bar.setValue(self._most - left)
        self._say_left()

    # -- what the person wants -----------------------------------------------------------------------------------------

    def _ask(self, card: FieldCard, wanted: bool) -> None:
        field = card.field
        name = field_name(field, self._context.language.code)
        if wanted:
            title = QCoreApplication.translate("Privacy", "Make “{field}” private?").format(field=name)
            text = QCoreApplication.translate(
                "Privacy",
                "Machines that only read will see it no more, at once: neither in forms and lists nor by search, export"
                " or SQL. What they have seen or exported before stays with them. Machines that write go on seeing it.",
            )
            verb = QCoreApplication.translate("Privacy", "Make private")
        else:
            title = QCoreApplication.translate("Privacy", "Make “{field}” open?").format(field=name)
            text = QCoreApplication.translate(
                "Privacy",
                "Every machine will read it, those of project managers, sales and testers too, and find rows by it."
                " That can be taken back, but not what they have read by then.",
            )
            verb = QCoreApplication.translate("Privacy", "Make open")
        question = Question(
            "privacyQuestion", title, text, verb, lambda: self.controller.set_private(card.field, wanted), self
        )
        question.open()

    def _on_stop(self) -> None:
        if self.controller.is_moving:
            self.controller.pause()
        else:
            self.controller.resume()
        self._say_left()

    # -- words ---------------------------------------------------------------------------------------------------------

    def _say_left(self) -> None:
        number = QLocale().toString(self._left)
        if self.controller.is_moving:
            text = QCoreApplication.translate("Privacy", "Search entries follow: {number} rows to go.")
            verb = QCoreApplication.translate("Privacy", "Stop for now")
        else:
            text = QCoreApplication.translate(
                "Privacy",
                "Search entries of {number} rows have still to follow. Until then they may not be found;"
                " nobody finds what is not for them.",
            )
            verb = QCoreApplication.translate("Privacy", "Go on")
        self._progress_text.setText(text.format(number=number))
        self._bar.setAccessibleName(self._progress_text.text())
        self._stop.setText(verb)
        self._stop.setAccessibleName(verb)

    def _say_error(self) -> None:
        if self._error is None:
            return
        if isinstance(self._error, ConflictError):
            said = QCoreApplication.translate(
                "Privacy", "Another administrator changed this field meanwhile. This is how it stands now."
            )
        else:
            said = describe(self._error)
        self.banner.say("warning" if isinstance(self._error, ConflictError) else "error", said)

    def retranslate(self) -> None:
        """Say it in the language of the window."""
        title = QCoreApplication.translate("Privacy", "Private fields")
        self.setAccessibleName(title)
        self._title.setText(title)
        self._text.setText(
            QCoreApplication.translate(
                "Privacy",
                "What is private is read by machines that write, and kept from machines that only read: by the"
                " database itself, whatever program asks. Which fields can be private is laid down by SupportDesk;"
                " whether they are, is decided here. Single comments are made private where they are written.",
            )
        )
        for card in self.cards.values():
            card.show_field(card.field, self._context.language.code)
        self._say_left()
        self._say_error()
