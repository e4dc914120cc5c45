"""The rows of one change of many: what is still to be sent, what became of each, what takes it all back.

Knows neither Qt nor the database: the controller sends portions and hands their results in.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.errors import BusyError, ConflictError, DeskError, PermissionDeniedError, PersonError, TooSlowError
from shared.schemas.bulk import RowName, RowResult, RowSave, RowState

MOST_TRIES = 5  # of a row that could not be locked
_SAYS_NOTHING = (BusyError, PermissionDeniedError, PersonError)  # refused before the desk looks for the save_id


class Outcome(StrEnum):
    """What became of a row."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # the person stopped before its turn
    UNKNOWN = "unknown"  # sent, and the answer got lost: it may be done
    UNDOING = "undoing"  # done; it was sent to be taken back, and that answer got lost
    UNDONE = "undone"


@dataclass(slots=True)
class BulkRow:
    """One row. ``error`` of a row that is done says why it could not be taken back.

    ``had`` is what the row had before, read beforehand: the answer of the save tells it too, but may get lost.
    """

    name: RowName
    version: int
    values: Mapping[str, Any]
    save_id: uuid.UUID = field(default_factory=uuid.uuid4)
    outcome: Outcome = Outcome.WAITING
    error: DeskError | None = None
    machine: str | None = None
    person: str | None = None
    before: Mapping[str, Any] | None = None
    had: Mapping[str, Any] | None = None
    tries: int = 0
    is_lost: bool = False  # it was sent, and no answer came so far
    back: BulkRow | None = None  # what was sent to take it back, while nobody knows whether that is done

    @property
    def is_open(self) -> bool:
        """Whether it may be tried again: it is not changed, or nobody knows."""
        return self.outcome in (Outcome.FAILED, Outcome.STOPPED, Outcome.UNKNOWN)

    def wait(self) -> None:
        """It is to be sent, by the same save_id as before if it was sent before: it is done once."""
        self.outcome, self.error, self.tries = Outcome.WAITING, None, 0

    def to_save(self) -> RowSave:
        """What is sent for it."""
        return RowSave(self.name.id, self.version, self.save_id, self.values)

    def take(self, result: RowResult) -> None:
        """What the desk said of it. A row that could not be locked waits for another try."""
        self.machine, self.person, self.error = result.machine, result.person, result.error
        if result.state is not RowState.FAILED:
            self.outcome, self.is_lost = Outcome.DONE, False
            self.before = result.before if result.before is not None else self.had
        elif is_passing(result.error) and self.tries < MOST_TRIES:
            self.tries += 1
        else:
            self.is_lost = self.is_lost and isinstance(result.error, _SAYS_NOTHING)
            self.outcome = Outcome.UNKNOWN if self.is_lost else Outcome.FAILED


class BulkWork:
    """Some rows that get values each. They are sent in the order of their ids, as the database locks them."""

    def __init__(self, entity: str, rows: Iterable[BulkRow], *, origin: BulkWork | None = None) -> None:
        """``origin``: the change that this one takes back."""
        self.entity = entity
        self.rows = sorted(rows, key=lambda row: row.name.id)
        self.origin = origin
        self.is_deletion = any("deleted_at" in row.values for row in self.rows)
        self._by_id = {row.name.id: row for row in self.rows}

    # -- sending ---------------------------------------------------------------------------------------------------

    def next_portion(self, size: int) -> list[BulkRow]:
        """The next rows to send; those that were held up come again after all others."""
        waiting = [row for row in self.rows if row.outcome is Outcome.WAITING]
        fewest = min((row.tries for row in waiting), default=0)
        return [row for row in waiting if row.tries == fewest][:size]

    def take(self, results: Sequence[RowResult]) -> None:
        """What became of a portion."""
        for result in results:
            self._by_id[result.id].take(result)

    def lose(self, rows: Iterable[BulkRow]) -> None:
        """These rows were sent, and the answer got lost: until another comes, nobody knows whether they are done."""
        for row in rows:
            row.is_lost = True

    def fail(self, rows: Iterable[BulkRow], error: DeskError) -> None:
        """No more is done about these rows."""
        for row in rows:
            row.outcome, row.error = Outcome.UNKNOWN if row.is_lost else Outcome.FAILED, error

    def stop(self) -> None:
        """What was not sent yet is left as it is."""
        for row in self.of(Outcome.WAITING):
            row.outcome = Outcome.UNKNOWN if row.is_lost else Outcome.STOPPED

    def note_values(self, had: Mapping[int, tuple[int, Mapping[str, Any]]]) -> None:
        """What rows have now, where they are still at the version that is to be changed."""
        for row in self.rows:
            version, values = had.get(row.name.id, (None, {}))
            if version == row.version:
                row.had = values

    def ids(self) -> list[int]:
        """The rows' ids."""
        return [row.name.id for row in self.rows]

    def fields(self) -> list[str]:
        """The fields that are written."""
        return sorted({name for row in self.rows for name in row.values})

    # -- counting --------------------------------------------------------------------------------------------------

    def of(self, *outcomes: Outcome) -> list[BulkRow]:
        """The rows with one of these outcomes."""
        return [row for row in self.rows if row.outcome in outcomes]

    def count(self, *outcomes: Outcome) -> int:
        """How many have one of these outcomes."""
        return len(self.of(*outcomes))

    @property
    def settled(self) -> int:
        """How many are not waiting any more."""
        return len(self.rows) - self.count(Outcome.WAITING)

    @property
    def is_whole(self) -> bool:
        """Whether every row is as it was wished."""
        return not any(row.is_open or row.error is not None for row in self.rows)

    # -- again and back --------------------------------------------------------------------------------------------

    def open_rows(self) -> list[BulkRow]:
        """The rows that may be tried again."""
        return [row for row in self.rows if row.is_open]

    def moved_ids(self) -> list[int]:
        """The rows that others changed meanwhile: to be tried again they have to be read again."""
        return [row.name.id for row in self.rows if row.is_open and isinstance(row.error, ConflictError)]

    def retry(self, fresh: Mapping[int, RowName]) -> None:
        """Try again what was not done. ``fresh``: what ``moved_ids`` are now; those that are gone stay failed."""
        moved = set(self.moved_ids())
        for row in self.open_rows():
            if row.name.id in moved:
                now = fresh.get(row.name.id)
                if now is None:
                    continue
                row.name, row.version = now, now.row_version
            row.wait()

    def ask_again(self) -> None:
        """Send again only what nobody knows of."""
        for row in self.of(Outcome.UNKNOWN):
            row.wait()

    def can_undo(self) -> bool:
        """Whether there is something to take back, or may be."""
        return bool(self.of(Outcome.UNKNOWN) or self._rows_to_undo())

    def undo(self) -> BulkWork:
        """The change that takes this one back; rows that were changed since then stay as they are, and say so.

        What was sent for it before, without an answer, is sent again as it was: it may be done.
        """
        rows = [row.back or BulkRow(row.name, row.version + 1, before) for row, before in self._rows_to_undo()]
        for row in rows:
            row.wait()
        return BulkWork(self.entity, rows, origin=self)

    def _rows_to_undo(self) -> list[tuple[BulkRow, Mapping[str, Any]]]:
        done = self.of(Outcome.DONE, Outcome.UNDOING)
        return [(row, row.before) for row in done if row.before is not None]

    def note_undone(self, undo: BulkWork) -> None:
        """What became of taking it back."""
        for back in undo.rows:
            row = self._by_id[back.name.id]
            row.machine, row.person, row.error = back.machine, back.person, back.error
            row.outcome = _UNDONE.get(back.outcome, Outcome.DONE)
            row.back = back if row.outcome is Outcome.UNDOING else None


_UNDONE = {Outcome.DONE: Outcome.UNDONE, Outcome.UNKNOWN: Outcome.UNDOING}  # else it stays done


def is_passing(error: DeskError | None) -> bool:
    """Whether the same may work a moment later: a lock was not to be had."""
    return isinstance(error, BusyError) and not isinstance(error, TooSlowError)
