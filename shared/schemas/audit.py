"""The audit as an administrator reads it: entries, which of them, and pages of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from shared.schemas.base import Frozen, Storable
from shared.schemas.listing import PageKey


class AuditAction(StrEnum):
    """What happened to a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class AuditSort(StrEnum):
    """What the audit may be sorted by; entries of one instant go by id in the same direction."""

    AT = "at"


class AuditFilter(Frozen):
    """Which entries. Empty means all. ``since`` is included, ``until`` is not.

    ``field`` is the name of a changed field; ``text`` is looked for in old and new values, the private ones too,
    and in row keys, in any case of its letters.
    """

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    machine: Storable | None = None
    person_id: int | None = None
    entity: str | None = None
    row_key: Storable | None = None
    action: AuditAction | None = None
    field: Storable | None = None
    text: Storable = ""


class AuditListing(Frozen):
    """A filter in an order."""

    filter: AuditFilter = AuditFilter()
    sort: AuditSort = AuditSort.AT
    descending: bool = True


class AuditRow(Frozen):
    """One entry. ``machine`` is proved by its certificate, ``person`` is what the client stated.

    ``changes`` is {field: (old, new)} with the private fields among them, which ``private`` names. ``is_forgotten``:
    its private values were removed with the person they belonged to. ``label`` is what people call the row (a
    ticket's number, a name), None where it has no such thing or is no more. ``block_id`` None: not sealed yet.
    """

    id: int
    at: datetime
    machine: str
    person_id: int | None
    person: str | None
    version: str | None
    action: str
    entity: str
    row_key: str
    label: str | None
    changes: dict[str, tuple[Any, Any]]
    private: tuple[str, ...]
    is_forgotten: bool
    block_id: int | None


class AuditPage(Frozen):
    """Up to a page of entries, and the key of the page behind them (None: the end)."""

    rows: tuple[AuditRow, ...]
    next_key: PageKey | None


class AuditAnchors(Frozen):
    """The keys of every page of a listing, and the number of rows: for jumps. ``keys[0]`` is None."""

    keys: tuple[PageKey | None, ...]
    count: int


class AuditChoices(Frozen):
    """What the filters of the screen offer."""

    machines: tuple[str, ...]
    entities: tuple[str, ...]
    fields: tuple[str, ...]
