"""The audit as an administrator reads it: entries, which of them, and pages of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from shared.schemas.base import Frozen, Storable


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
    """One entry. ``machine`` is proved by its certificate, ``person`` is what the client stated. ``is_server``: no
    machine but a role of the server itself did it.

    ``changes`` is {field: (old, new)} with the private fields among them, which ``private`` names. ``is_forgotten``:
    its private values were removed with the person they belonged to. ``label`` is what people call the row (a ticket's
    number, a name; of a field's rule ENTITY.FIELD), None where it has no such thing or is no more. ``block_id`` None:
    not sealed yet.
    """

    id: int
    at: datetime
    machine: str
    is_server: bool
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


class AuditChoices(Frozen):
    """What the filters of the screen offer. ``servers``: the names by which the server itself wrote entries."""

    machines: tuple[str, ...]
    servers: tuple[str, ...]
    entities: tuple[str, ...]
    fields: tuple[str, ...]
