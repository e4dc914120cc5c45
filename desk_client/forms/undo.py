"""Undo in a form, field by field: one step is one change of a field, with all that it emptied in others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QWidget

from desk_client.drafts.content import FieldText
from desk_client.forms.editor_text import read_text, says_the_same

PAUSE_MS = 2_000  # who stops typing for so long begins another step
_MERGEABLE = 1
Texts = dict[str, FieldText]


class UndoneFields(Protocol):
    """What undo needs of a set of fields."""

    def editors(self) -> Mapping[str, QWidget]:
        """The widget of each field."""

    def show_texts(self, texts: Mapping[str, FieldText], *, sent: bool = False) -> None:
        """Put these into their fields as if the person had, and say so."""


class FieldStep(QUndoCommand):
    """One change of the field ``name``: what stood in it, and in those that it emptied, before and after."""

    def __init__(self, owner: FieldUndo, name: str, before: Texts, after: Texts, run: int) -> None:
        super().__init__()
        self._owner = owner
        self.name, self.before, self.after, self.run = name, before, after, run
        self._is_done = True  # when it is put on the stack it has happened already

    def id(self) -> int:
        """Steps of this kind may become one."""
        return _MERGEABLE

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Typing on in the same field; and the row that was found for what was typed, whenever it comes."""
        if not isinstance(other, FieldStep) or other.name != self.name or not self._goes_on(other):
            return False
        for name, text in other.before.items():
            self.before.setdefault(name, text)
        self.after.update(other.after)
        self.run = other.run
        if all(says_the_same(text, self.after[name]) for name, text in self.before.items()):
            self.setObsolete(True)  # typed and taken away again
        return True

    def _goes_on(self, other: FieldStep) -> bool:
        stood = self.after[self.name]
        return other.run == self.run or (stood.value is None and bool(stood.text.strip()))

    def undo(self) -> None:
        """As it was before."""
        self._is_done = False
        self._owner.show(self.before, self.name)

    def redo(self) -> None:
        """As it was after."""
        if not self._is_done:
            self._is_done = True
            self._owner.show(self.after, self.name)

    def read_anew(self, name: str, old: FieldText, new: FieldText) -> None:
        """A field was as it had been read, and was read anew: to go back there is to go to what is there now."""
        for texts in (self.before, self.after):
            if name in texts and says_the_same(texts[name], old):
                texts[name] = new


class FieldUndo(QObject):
    """The steps of one form. A field's own undo is not used: it knows one text, not what went with it.

    Signals:
        changed(): what can be undone or done again is another.
        went(name): this field shows something else now.
    """

    changed = Signal()
    went = Signal(str)

    def __init__(self, fields: UndoneFields, parent: QObject) -> None:
        super().__init__(parent)
        self._fields = fields
        self._stack = QUndoStack(self)
        self._shown: Texts = {}  # what stands in each field, as far as steps know
        self._together: tuple[str, set[str]] | None = None
        self._run = 0
        self._since = QElapsedTimer()
        self._is_showing = self._is_sent = False
        self._stack.indexChanged.connect(self.changed)

    # -- what the fields tell ------------------------------------------------------------------------------------------

    def note(self, name: str, others: Collection[str] = ()) -> None:
        """The person changed a field, which emptied others."""
        if self._is_showing:
            return
        if self._together is not None:
            self._together[1].update((name, *others))
            return
        if not self._since.isValid() or self._since.elapsed() > PAUSE_MS:
            self._run += 1
        self._since.start()
        self._push(name, {name, *others})

    def end_run(self) -> None:
        """The field was left: what is typed next is another step."""
        self._since.invalidate()

    @contextmanager
    def together(self, name: str) -> Iterator[None]:
        """What is set within the block is one step, of the field ``name``."""
        self._together = (name, set())
        try:
            yield
        finally:
            names, self._together = self._together[1], None
            self.end_run()
            if names:
                self._run += 1
                self._push(name if name in names else sorted(names)[0], names)

    def take_read(self, names: Iterable[str]) -> None:
        """These fields show what was read: what led there is no step."""
        for name in names:
            old, new = self._shown.get(name), read_text(self._fields.editors()[name])
            self._shown[name] = new
            if old is not None and not says_the_same(old, new):
                for index in range(self._stack.count()):
                    step = self._stack.command(index)
                    if isinstance(step, FieldStep):
                        step.read_anew(name, old, new)

    def clear(self) -> None:
        """Another row is shown."""
        self._stack.clear()
        self.end_run()

    def set_clean(self) -> None:
        """What is shown is saved."""
        self._stack.setClean()
        self.end_run()

    def _push(self, name: str, names: Collection[str]) -> None:
        editors = self._fields.editors()
        before, after = {}, {}
        for one in names:
            after[one] = read_text(editors[one])
            before[one] = self._shown.get(one, FieldText(None))
            self._shown[one] = after[one]
        if any(not says_the_same(before[one], after[one]) for one in names):
            self._stack.push(FieldStep(self, name, before, after, self._run))

    # -- back and forth ------------------------------------------------------------------------------------------------

    def undo(self, *, sent: bool = False) -> None:
        """Take the last step back. ``sent``: a save is under way, so what was read is about to be another."""
        self._is_sent = sent
        self.end_run()
        self._stack.undo()

    def redo(self, *, sent: bool = False) -> None:
        """Do the last step that was taken back again."""
        self._is_sent = sent
        self.end_run()
        self._stack.redo()

    def show(self, texts: Texts, name: str) -> None:
        """For a step: put these into their fields and go to the one it was about."""
        self._is_showing = True
        try:
            self._fields.show_texts(texts, sent=self._is_sent)
        finally:
            self._is_showing = False
        editors = self._fields.editors()
        self._shown.update({one: read_text(editors[one]) for one in texts})
        self.went.emit(name)
