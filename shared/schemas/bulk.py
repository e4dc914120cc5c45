"""Many rows of one entity changed at once: what goes in for each, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.errors import DeskError

MOST_ROWS = 1_000
"""So many rows may be changed at once."""


class RowState(StrEnum):
    """What became of a row."""

    OK = "ok"
    ALREADY = "already"  # this very save was done before: its answer got lost
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RowName:
    """What a row is called (a ticket: its number and subject) and which version of it was read."""

    id: int
    row_version: int
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class RowSave:
    """One row to save. ``values`` are as JSON: ids, codes, texts, times in ISO 8601."""

    id: int
    row_version: int  # that was read
    save_id: uuid.UUID
    values: Mapping[str, Any]
    lease_token: int | None = None


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row.

    ``before`` holds the old values of the fields written, as JSON; None where nothing was written by this call.
    ``row_version`` is the row's version now, None where it is not known. ``machine`` and ``person`` hold the lease.
    """

    id: int
    state: RowState
    error: DeskError | None = None
    row_version: int | None = None
    before: Mapping[str, Any] | None = None
    machine: str | None = None
    person: str | None = None
