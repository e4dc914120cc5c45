"""What an edit shows: a row or a new one, what is typed in it, and what another has made of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from desk_client.forms.away import Away
from desk_client.forms.change_notices import ChangeNotices, Said
from desk_client.forms.changes import FieldChange, Origin
from desk_client.forms.controller import EntityController
from desk_client.forms.detail import Detail
from desk_client.forms.edit_hooks import EditHooks
from desk_client.forms.form import EntityForm
from desk_client.forms.leasing import Leasing
from desk_client.forms.live_row import LiveRow
from desk_client.forms.look_dialog import LookDialog
from desk_client.forms.looks import changes_words
from desk_client.forms.merging import Merging
from desk_client.forms.opening import Opening


class ShownEdit(EditHooks[Detail]):
    """The half of an edit that is there also where nothing may be written; ``EntityEditing`` adds saving.

    Signals:
        reset(): another row (or none) is shown.
        changed(): title, dirtiness or the state of a save may be another.
        lease_refused(): another machine edits the row.
        saved(int): a row was saved.
    """

    reset = Signal()
    changed = Signal()
    lease_refused = Signal()
    saved = Signal(int)

    is_saving: bool
    leasing: Leasing[Detail]
    merging: Merging
    live: LiveRow
    away: Away

    def __init__(
        self,
        form: EntityForm[Detail],
        changes: ChangeNotices,
        controller: EntityController[Detail],
        *,
        can_write: bool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._form, self._changes, self._controller = form, changes, controller
        self.can_write = can_write
        self.detail: Detail | None = None
        self.opening = Opening(controller, lambda: self.detail.id if self.detail else None, self)

    def forget_save(self) -> None:
        """No save is under way any more, and none waits."""
        raise NotImplementedError

    # -- what is shown ---------------------------------------------------------------------------------------------

    def is_dirty(self) -> bool:
        """Whether something is typed that is not saved."""
        return self.can_write and (self._form.is_dirty() or self.is_beside_typed())

    def show_new(self) -> None:
        """Show an empty row with what is usual in it."""
        self.opening.give_up()
        self._controller.start_new()
        self.detail = None
        self._form.show_new(*self.new_row())
        self._reset()
        self._form.focus_first()

    def discard(self) -> None:
        """Throw away what was typed and show the row as it is stored."""
        self.leasing.give_back()
        self._controller.give_up(is_under_way=self.is_saving)
        was_gone, had_news = self.live.is_gone, self._changes.said is Said.NEWS
        if self.detail is None:
            self.show_new()
        else:
            self._form.show_row(self.detail)
            self._reset()
        if was_gone:
            self.live.say_gone()
        elif had_news:
            self.live.look()  # what was read is not what is stored by now
        else:
            self.live.catch_up()

    def _on_opened(self, detail: Detail) -> None:
        self.detail = detail
        self._form.show_row(detail)
        self._reset()
        self.opening.finish()
        self.leasing.show_holder(detail)
        self.live.catch_up()

    def take_theirs(self, detail: Detail) -> None:
        """Show the row as another has saved it; what was typed in the form is gone, what is beside it stays."""
        self.leasing.give_back()
        self.detail = detail
        self._form.show_row(detail)
        self._reset(keeps_beside=True)

    def show_changes(self, changes: Sequence[FieldChange], origins: Sequence[Origin], *rows: Detail) -> None:
        """A look at what another has changed; ``rows`` as they were and are, to name what they point to."""
        texts = [self._form.texts_of(row) for row in rows]
        LookDialog(
            "changesLook", lambda: changes_words(self._form, changes, origins, texts), self._form.window()
        ).open()

    def _reset(self, *, keeps_beside: bool = False) -> None:
        """Forget everything of the row before."""
        self.forget_save()
        self.leasing.reset()
        self._changes.clear()
        self.live.forget()
        self.away.forget()
        if not keeps_beside:
            self.merging.forget()
            self.clear_beside()
        self.reset.emit()
        self.changed.emit()

    # -- typing ----------------------------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self.stay_if_typed()
        if self.detail is not None and self._form.is_dirty() and not self.live.is_gone:
            self.leasing.begin()
        self.changed.emit()

    def stay_if_typed(self) -> None:
        """Typing while another row is on its way: what is typed here is worth more than going there."""
        if self.is_dirty():
            self.opening.stay()
