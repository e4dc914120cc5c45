"""Keeps what is typed in a pane as a draft, and puts a draft back into one: text, cursor, base and ids of its save."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from desk_client.clock_words import clock_text
from desk_client.drafts.content import Draft, DraftContent, FieldText
from desk_client.drafts.keeper import DraftKeeper
from desk_client.forms.controller import EntityController
from desk_client.forms.editing import EntityEditing
from desk_client.forms.editor_text import put_cursor, read_text
from desk_client.forms.form import EntityForm
from desk_client.forms.left_over import LeftOver
from desk_client.forms.save_ids import Sent
from shared.errors import DeskError, NotFoundError

WRITE_MS = 1_000  # so old may be what the journal gets, also while typing goes on


class Drafting(QObject):
    """One for each pane that may write. A draft goes once its form is saved for certain, or thrown away.

    Signals:
        changed(): ``text`` says another thing.
    """

    changed = Signal()

    def __init__(
        self,
        editing: EntityEditing[Any],
        form: EntityForm[Any],
        controller: EntityController[Any],
        keeper: DraftKeeper,
        title: Callable[[], str],
        left_over: LeftOver,
    ) -> None:
        super().__init__(editing)
        self._editing, self._form, self._controller = editing, form, controller
        self._keeper, self._title, self._left_over = keeper, title, left_over
        self._id = uuid.uuid4()
        self._written: DraftContent | None = None  # what was handed to the journal last
        self._is_on_disk = False  # that one
        self._wanted: Draft | None = None  # is put into the form once its row is there
        self._returned: Draft | None = None  # its row did not come
        self._is_busy = False
        self._focus, self._focus_text = "", FieldText(None)
        self.kept_at: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write_changes)
        editing.changed.connect(self._note)
        editing.opening.stayed.connect(self._on_stayed)
        controller.open_failed.connect(self._on_open_failed)
        keeper.written.connect(self._on_written)
        keeper.fault_changed.connect(self.changed)
        left_over.thrown_away.connect(self._note)
        form.fields.moved.connect(self._note)
        for widget in editing.beside_editors().values():
            if isinstance(widget, QLineEdit | QPlainTextEdit):
                widget.cursorPositionChanged.connect(self._note)

    # -- keeping -------------------------------------------------------------------------------------------------------

    def _note(self, *_: object) -> None:
        """Something may be another: write it soon, or take away what was written."""
        if self._is_busy:
            return
        if self._left_over.is_of_another(self._row_id()):
            self._part()
        if not self._holds():
            self._drop()
        elif self._editing.is_saving:
            self._timer.start(0)  # what goes out shall be known after a crash before its answer
        elif not self._timer.isActive():
            self._timer.start(WRITE_MS)

    def _holds(self) -> bool:
        """Whether there is anything to keep."""
        editing = self._editing
        return editing.is_dirty() or editing.is_dialog_typed() or bool(self._left_over.texts)

    def _row_id(self) -> int | None:
        return None if self._editing.detail is None else int(self._editing.detail.id)

    def _part(self) -> None:
        """Another row is shown: what this form could not show is offered again, and stays on the disk."""
        written = self._written
        if written is not None:
            typed = self._left_over.texts
            self._keeper.offer_again(self._id, replace(written, typed=typed, beside={}, save_ids={}))
        self._left_over.forget()
        self._id, self._written = uuid.uuid4(), None
        self._say_kept(None)

    def write(self) -> None:
        """Hand what is typed to the journal, also as it was last time: that may have been taken from the disk since."""
        self._timer.stop()
        self._hand_over(self.content())

    def _write_changes(self) -> None:
        content = self.content()
        if content != self._written:
            self._hand_over(content)

    def _hand_over(self, content: DraftContent | None) -> None:
        if content is not None:
            self._written, self._is_on_disk = content, False
            self._keeper.put(self._id, content)

    def _drop(self) -> None:
        """It is saved, or its person has thrown it away."""
        self._timer.stop()
        if self._written is None:
            return
        self._keeper.remove(self._id)
        self._id, self._written = uuid.uuid4(), None
        self._say_kept(None)

    def _on_written(self, drafts: Mapping[uuid.UUID, Draft | None], at: datetime) -> None:
        draft = drafts.get(self._id)
        if draft is not None and self._written is not None:
            self._is_on_disk = draft.content is self._written  # and not an older state, while this one waits
            self._say_kept(at)

    def is_kept(self) -> bool:
        """Whether what is typed is on the disk as it is now."""
        return self._is_on_disk and self.content() == self._written

    def _say_kept(self, at: datetime | None) -> None:
        self.kept_at = at
        self.changed.emit()

    def text(self) -> str:
        """Since when all this is on the disk; '' while it is not."""
        if self.kept_at is None or self._keeper.fault is not None:
            return ""
        said = QCoreApplication.translate("Drafts", "Draft saved {time}")
        return said.format(time=clock_text(self.kept_at))

    def content(self) -> DraftContent | None:
        """What is typed and not saved; None where that is nothing."""
        if not self._holds():
            return None
        row: Any = self._editing.detail
        fields = self._form.fields
        self._look_at_focus()
        return DraftContent(
            entity=self._controller.entity,
            entity_id=None if row is None else row.id,
            title=self._title(),
            base_version=None if row is None else row.row_version,
            base=self._usual() if row is None else row.model_dump(),
            base_texts={name: fields.text_of(name, fields.value(name)) for name in self._usual()}
            if row is None
            else {},
            typed={
                **self._left_over.texts,
                **{name: read_text(widget) for name, widget in fields.editors().items() if name in fields.touched},
                **self._editing.dialog_draft(),
            },
            beside=self._editing.beside_draft(),
            focus=self._focus,
            focus_text=self._focus_text,
            save_ids={**self._controller.ids.as_mapping(), "sent": self._sent()},
        )

    def _usual(self) -> dict[str, Any]:
        """What a new row began with and nobody has touched."""
        fields = self._form.fields
        values = {name: fields.value(name) for name in fields.frames if name not in fields.touched}
        return {name: value for name, value in values.items() if value is not None}

    def _look_at_focus(self) -> None:
        """Where the cursor is; where it was last, while another window or the list has it."""
        focus = QApplication.focusWidget()
        for name, widget in self._editors().items():
            if focus is not None and (widget is focus or widget.isAncestorOf(focus)):
                self._focus = name
        widget_now = self._editors().get(self._focus)
        if widget_now is not None:
            self._focus_text = read_text(widget_now)

    def _editors(self) -> dict[str, QWidget]:
        editing = self._editing
        return {**self._form.fields.editors(), **editing.beside_editors(), **editing.dialog_editors()}

    def _sent(self) -> Mapping[str, Any] | None:
        """The save whose answer is not there, as it went out."""
        sent = self._controller.ids.under_way
        if sent is None:
            return None
        known = {name: getattr(sent, name) for name in Sent.__slots__}
        return {**known, "beside": self._editing.pack_beside(sent.beside)}

    # -- putting back --------------------------------------------------------------------------------------------------

    def open(self, draft: Draft) -> None:
        """Show a draft in this pane; it is offered on where its row can't be read."""
        self._wanted = draft
        if draft.content.entity_id is None:
            self._editing.show_new()
            self._go_on()
        else:
            self._editing.opening.begin(draft.content.entity_id)
            self._editing.opening.when_there(self._go_on)

    def _on_stayed(self) -> None:
        self._returned, self._wanted = self._wanted, None
        if self._returned is not None:
            self._keeper.offer(self._returned)

    def _on_open_failed(self, error: DeskError) -> None:
        """Where its row was deleted, what was typed is shown over the row as it was, to be read and copied."""
        draft, self._returned = self._returned, None
        if draft is None or not isinstance(error, NotFoundError):
            return
        row = self._controller.row_of(draft.content.base)
        if row is not None:
            self._controller.stay(row.id)
            self._editing.take_theirs(row)
            self._editing.live.say_gone()
            self._wanted = draft
            self._go_on()
            self._editing.live.say_gone()  # with something typed

    def _go_on(self) -> None:
        draft, self._wanted = self._wanted, None
        if draft is None:
            return
        self._is_busy = True
        try:
            self._put_back(draft.content)
        finally:
            self._is_busy = False
        self._id, self._written, self._is_on_disk = draft.id, draft.content, True
        self._keeper.take(draft.id)
        self._say_kept(draft.written_at)
        self._note()

    def _put_back(self, content: DraftContent) -> None:
        """Over the row as it was read then: a save meets what became of it since like any other change elsewhere."""
        now: Any = self._editing.detail
        if now is None:
            self._form.show_new(content.base, content.base_texts)
        else:
            self._editing.detail = _row_then(content, now)
            self._form.show_row(self._editing.detail)
        self._controller.ids.restore(content.save_ids)
        self._restore_sent(content.save_ids.get("sent"))
        self._editing.restore_beside(content.beside)
        unknown = {name: text for name, text in content.typed.items() if name not in self._form.fields.frames}
        self._left_over.show(unknown, self._row_id())
        self._form.fields.restore(content.typed)
        self._form.refresh()
        widget = self._editors().get(content.focus)
        if widget is not None:
            widget.setFocus()
            put_cursor(widget, content.focus_text or FieldText(None))
        if now is not None and now.row_version != content.base_version:
            self._editing.live.look()  # and say what changed

    def _restore_sent(self, sent: Mapping[str, Any] | None) -> None:
        if sent is not None:
            self._controller.ids.note_unanswered(
                Sent(**{**sent, "beside": self._editing.unpack_beside(sent["beside"])})
            )
            self._editing.set_saving(False)  # what it wrote stays open, also where it was taken back since


def _row_then(content: DraftContent, now: Any) -> Any:
    """The row as it was read when typing began; where a client of another version wrote that, as far as it goes."""
    then, known = copy.deepcopy(dict(content.base)), now.model_dump()
    for whole, of_now in ((then.get("values"), known["values"]), (then, known)):
        if isinstance(whole, dict):  # a field that is gone does not count, a new one is as it is now
            whole.update({name: value for name, value in of_now.items() if name not in whole})
            for name in whole.keys() - of_now.keys():
                del whole[name]
    try:
        return type(now).model_validate(then)
    except ValueError:
        return now.model_copy(update={"row_version": content.base_version})
