"""Machines, in and out: what the administrator's list shows, what is changed, who is connected, what was alarming."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from shared.domain.level import Level
from shared.schemas.base import Frozen, Storable

NAME_LENGTH = 40
NOTE_LENGTH = 2_000


class MachineSort(StrEnum):
    """What the list of machines may be sorted by; ties go by id in the same direction."""

    NAME = "name"
    LEVEL = "level"
    CERTIFICATE = "certificate_ends"
    SEEN = "last_seen_at"
    ADDRESS = "address"


class MachineFilter(Frozen):
    """Which machines. Empty means all; ``text`` is looked for in name, people, note and address."""

    levels: tuple[Level, ...] = ()
    text: Storable = ""


class MachineListing(Frozen):
    """A filter in an order."""

    filter: MachineFilter = MachineFilter()
    sort: MachineSort = MachineSort.NAME
    descending: bool = False


class MachineRow(Frozen):
    """A line of the list. ``people`` are names; ``certificate_ends`` is of the newest good certificate."""

    id: int
    name: str
    level: Level
    people: tuple[str, ...]
    certificate_ends: datetime | None
    last_seen_at: datetime | None
    address: str | None
    sessions: int
    code_ends: datetime | None  # an open one-time code ends then
    edited_by: str | None
    edited_person: str | None
    edited_since: datetime | None
    edited_seen: datetime | None = None


class MachineValues(Frozen):
    """What an administrator enters. ``people`` are staff codes."""

    name: Annotated[Storable, Field(max_length=NAME_LENGTH)] | None = None
    level: Level | None = None
    people: tuple[str, ...] = ()
    note: Annotated[Storable, Field(max_length=NOTE_LENGTH)] | None = None


class MachineDetail(Frozen):
    """A machine as the form shows it."""

    id: int
    row_version: int
    updated_at: datetime
    values: MachineValues
    certificate_ends: datetime | None
    code_ends: datetime | None
    edited_by: str | None
    edited_person: str | None
    edited_since: datetime | None
    edited_seen: datetime | None = None

    @property
    def name(self) -> str:
        """Its name, which never changes."""
        return self.values.name or ""

    @property
    def level(self) -> Level:
        """What it may do."""
        return self.values.level or Level.NONE


class MachineSave(Frozen):
    """A machine as it shall be from now on. ``row_version`` is the version that was read, None for a new machine."""

    values: MachineValues
    save_id: uuid.UUID
    row_version: int | None = None
    lease_token: int | None = None


class CodeTerm(Frozen):
    """How long a one-time code is good, by the server's clock."""

    ends: datetime
    lasts: timedelta


class MachineSession(Frozen):
    """A live connection of a machine; a window has two or three."""

    machine: str
    pid: int
    address: str | None
    since: datetime
    application: str
    state: str


class EventSort(StrEnum):
    """What the list of security events may be sorted by."""

    AT = "at"
    KIND = "kind"
    MACHINE = "machine"


class EventFilter(Frozen):
    """Which security events. ``is_open``: alarms that nobody has marked as seen."""

    is_open: bool = False
    text: Storable = ""


class EventListing(Frozen):
    """A filter in an order."""

    filter: EventFilter = EventFilter()
    sort: EventSort = EventSort.AT
    descending: bool = True


class SecurityEventRow(Frozen):
    """Something that concerns who gets in. An alarm waits for an administrator to have ``seen`` it."""

    id: int
    at: datetime
    kind: str
    machine: str | None
    address: str | None
    detail: dict[str, Any]
    is_alarm: bool
    seen_at: datetime | None
    seen_by: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is an alarm that nobody has seen."""
        return self.is_alarm and self.seen_at is None


class Alarms(Frozen):
    """The newest alarms that nobody has seen, and how many there are in all."""

    events: tuple[SecurityEventRow, ...]
    count: int
