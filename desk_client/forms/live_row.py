"""Keeps what is shown up with the desk: an untouched form follows by itself, a touched one says what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desk_client.forms.change_notices import ChangeNotices, Said
from desk_client.forms.changes import changes_between
from desk_client.forms.controller import EntityController
from desk_client.forms.form import EntityForm
from desk_client.forms.rebasing import rebase
from shared.errors import DeskError, NotFoundError

if TYPE_CHECKING:
    from desk_client.forms.editing import EntityEditing


class LiveRow(QObject):
    """One for each edit. The version that a save states stays the one that was read: so no clash goes unseen."""

    def __init__(
        self,
        editing: EntityEditing[Any],
        form: EntityForm[Any],
        controller: EntityController[Any],
        notices: ChangeNotices,
    ) -> None:
        super().__init__(editing)
        self._editing, self._form, self._controller, self._notices = editing, form, controller, notices
        self._waits = False
        self.is_gone = False
        controller.looked.connect(self._on_looked)
        controller.look_failed.connect(self._on_failed)

    def look(self) -> None:
        """The row may have changed: read it, now or once nothing else is under way."""
        if self._editing.detail is None:
            return
        if self._is_busy():
            self._waits = True
        else:
            self._controller.look()

    def catch_up(self) -> None:
        """What was under way is over."""
        if self._waits and not self._is_busy():
            self._waits = False
            self._controller.look()

    def forget(self) -> None:
        """Another row is shown, or this one as it is stored."""
        self.is_gone = False

    def _is_busy(self) -> bool:
        return self._editing.is_saving or self._editing.opening.is_under_way

    def _on_looked(self, detail: Any, beside: Any) -> None:
        shown = self._editing.detail
        if shown is None or shown.id != detail.id or detail.row_version < shown.row_version:
            return
        if self._is_busy():
            self._waits = True
            return
        self._come_back()
        self._editing.show_beside(beside)
        if not self._form.is_dirty():
            self._follow(detail)
        elif detail.row_version > shown.row_version:
            self._say_news(shown, detail, beside)

    def _follow(self, detail: Any) -> None:
        """Nothing is typed: show it where it stands, with focus, cursor and place as they are."""
        self._notices.take_back(Said.NEWS, Said.KEPT)
        rebase(self._form, detail)
        self._editing.detail = detail
        self._editing.changed.emit()

    def _say_news(self, shown: Any, detail: Any, beside: Any) -> None:
        if self._notices.said in (Said.AWAY, Said.BACK):
            # The way to save stays in sight; the change may be that very save, whose answer was lost. Saving looks.
            self._waits = True
            return
        origins = self._editing.origins(detail, beside)
        names = list(self._form.spec.by_name)
        found = changes_between(shown.values.model_dump(), detail.values.model_dump(), names, origins)
        if found:
            self._notices.news(len(found), origins, lambda: self._editing.show_changes(found, origins, shown, detail))
        else:
            self._notices.take_back(Said.NEWS)

    def _on_failed(self, error: DeskError) -> None:
        if isinstance(error, NotFoundError):
            self.say_gone()

    def say_gone(self) -> None:
        """The row was deleted; what is typed stays to be copied."""
        self.is_gone = True
        typed = self._editing.is_dirty()
        self._notices.gone(typed=typed, discard=self._editing.discard)
        self._form.set_locked(True)
        self._editing.changed.emit()

    def _come_back(self) -> None:
        """It was deleted, and was brought back."""
        if self.is_gone:
            self.is_gone = False
            self._notices.take_back(Said.GONE)
            self._form.set_locked(self._editing.leasing.is_locked)
            self._editing.changed.emit()
