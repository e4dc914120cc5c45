"""Who is connected, and what the desk says of itself."""

from __future__ import annotations

from datetime import timedelta

from shared.domain.level import Level
from shared.schemas.base import Frozen


class Person(Frozen):
    """One of our people, as far as a choice or a history line needs it."""

    id: int
    code: str
    name: str
    department_id: int
    is_retired: bool = False


class EditingTimes(Frozen):
    """How long an edit lease lasts, how often its holder gives a sign of life, how long he has to answer a question,
    and after how long without a key it is given back."""

    lease_seconds: float = 60.0
    heartbeat_seconds: float = 15.0
    ask_seconds: float = 30.0
    idle_seconds: float = 300.0


class DeskSession(Frozen):
    """The answer to the first question of a client. ``person`` is None while several are bound and none is stated."""

    machine: str
    level: Level
    person: Person | None
    people: tuple[Person, ...]
    time_zone: str
    clock_ahead: timedelta  # how far the desk's clock was ahead of ``steady_now`` when it answered
    editing: EditingTimes = EditingTimes()
    readable_private: frozenset[str]  # "contact.phone", "contact.mail", "comment.body", "search.private"


class VersionGate(Frozen):
    """What the database says of itself before anything else is asked."""

    schema_revision: str
    min_client: str
