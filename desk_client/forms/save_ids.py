"""What makes a save count once: its ids, made before it goes out, and the save whose answer never came."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Sent:
    """A save as it goes out.

    Attributes:
        row_id: None for a row that is not there yet; ``row_version`` and ``base`` are what was read of it.
        changed: the values to write; of a new row all of them.
        beside: what is typed beside the form and goes along, a comment; None for nothing.
    """

    row_id: int | None
    row_version: int
    base: Mapping[str, Any]
    changed: Mapping[str, Any]
    beside: Any
    save_id: uuid.UUID
    beside_id: uuid.UUID

    @property
    def is_alone(self) -> bool:
        """Whether only what is beside the form is saved: it needs neither lease nor version."""
        return self.row_id is not None and not self.changed and self.beside is not None


class SaveIds:
    """One for each pane. The ids stay until the save is known to be done; a draft keeps them over a crash."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """It is saved, or another row is shown: what comes next is another save."""
        self._row, self._beside = uuid.uuid4(), uuid.uuid4()
        self._out: Sent | None = None
        self._unanswered: Sent | None = None

    def forget_beside(self) -> None:
        """What was typed beside the form is saved; the form's save is still to come."""
        self._beside, self._unanswered, self._out = uuid.uuid4(), None, None

    def next(self, row: tuple[int, int, Mapping[str, Any]] | None, changed: Mapping[str, Any], beside: Any) -> Sent:
        """What goes out now: of ``row`` (id, version, values as read; None: a new one).

        Where the outcome of the save before is not known, that one goes out again to the letter: with what was typed
        since it would be another, and the desk would take only one of the two. Only what was typed ``beside`` and taken
        away since is left out: where it was not added yet, it is not added any more.
        """
        if beside is None:
            self._leave_out_beside()
        row_id, row_version, base = row or (None, 0, {})
        new = Sent(row_id, row_version, base, dict(changed), beside, self._row, self._beside)
        self._out = self._unanswered or new
        return self._out

    def _leave_out_beside(self) -> None:
        sent = self._unanswered
        if sent is None or sent.beside is None:
            return
        self._unanswered = None if sent.is_alone else replace(sent, beside=None)
        self._beside = uuid.uuid4()

    @property
    def under_way(self) -> Sent | None:
        """The save that is out, or whose outcome is not known. None while something is still asked before it goes."""
        return self._out or self._unanswered

    def note_answered(self) -> None:
        """It is not out any more; what became of it, the others say."""
        self._out = None

    def note_unanswered(self, sent: Sent) -> None:
        """The connection broke: whether it was saved is not known."""
        self._unanswered = sent

    def note_refused(self) -> None:
        """The desk said no: nothing of it was saved."""
        self._unanswered = None

    def as_mapping(self) -> Mapping[str, Any]:
        """For a draft."""
        return {"row": self._row, "beside": self._beside}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """The ids of a draft: what was sent with them before a crash counts once."""
        self._row, self._beside = kept.get("row", self._row), kept.get("beside", self._beside)
