"""Who edits the rows in sight: looked at from time to time, also where no notice tells that it has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

from PySide6.QtCore import QObject, QTimer

from desk_client.leases.watch import LeaseWatch
from desk_client.listing.list_view import ListView
from desk_client.listing.table_model import PagedTableModel
from shared.schemas.lease import LeaseState

SETTLED_MS = 200  # scrolling, or rows that change one after the other


class EditedLine(Protocol):
    """A list line that says who edits its row."""

    @property
    def id(self) -> int:
        """The row."""

    @property
    def edited_by(self) -> str | None:
        """The machine."""

    @property
    def edited_seen(self) -> datetime | None:
        """The last sign of life from there."""

    def model_copy(self, *, update: dict[str, Any] | None = None) -> Self:
        """The line with other values."""


Line = TypeVar("Line", bound=EditedLine)


class EditMarks(QObject):
    """One for a list of rows that can be edited. That an edit began, the list's controller is told by a notice."""

    def __init__(
        self,
        entity: str,
        model: PagedTableModel[Any],
        view: ListView[Any],
        watch: LeaseWatch,
        machine: str,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        view.mark_own(machine)
        self._entity, self._model, self._view, self._watch = entity, model, view, watch
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._follow)
        model.dataChanged.connect(self._on_rows)
        model.modelReset.connect(self._on_rows)
        view.rows_wanted.connect(self._on_rows)
        watch.seen.connect(self._on_seen)

    def _on_rows(self, *_: object) -> None:
        if not self._settled.isActive():
            self._settled.start()

    def _follow(self) -> None:
        first, last = self._view.visible_rows()
        rows = (self._model.row(at) for at in range(first, last + 1))
        edited = [(self._entity, row.id) for row in rows if row is not None and row.edited_by is not None]
        self._watch.watch(self, edited, polls=True)

    def _on_seen(self, entity: str, row_id: object, state: LeaseState | None) -> None:
        at = self._model.find(row_id) if entity == self._entity and isinstance(row_id, int) else None
        row = None if at is None else self._model.row(at)
        if row is not None:
            now = marked(row, state)
            if now != row:
                self._model.update_row(now)


def marked(line: Line, state: LeaseState | None) -> Line:
    """The line with who edits its row now."""
    nobody: dict[str, Any] = dict.fromkeys(("edited_by", "edited_person", "edited_since", "edited_seen"))
    if state is None:
        return line.model_copy(update=nobody)
    return line.model_copy(
        update={
            "edited_by": state.machine,
            "edited_person": state.person,
            "edited_since": state.taken_at,
            "edited_seen": state.beat_at,
        }
    )
