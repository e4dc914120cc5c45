"""Edit leases: who edits what."""

from __future__ import annotations

from datetime import datetime

from shared.schemas.base import Frozen


class Lease(Frozen):
    """An edit lease as the server sees it. ``is_mine`` where this session holds it; else ``token`` is None.

    ``beat_at`` is the holder's last sign of life.
    """

    entity: str
    entity_id: int
    machine: str
    person: str | None
    taken_at: datetime
    beat_at: datetime
    expires_at: datetime
    token: int | None
    is_mine: bool


class LeaseBeat(Frozen):
    """What became of a lease that a client believes it holds, after its sign of life.

    ``is_mine``: it goes on until ``expires_at``; ``asked_machine`` and what follows is the question that waits for an
    answer. Otherwise whose it is now: ``machine`` None where nobody holds it.
    """

    entity: str
    entity_id: int
    is_mine: bool
    machine: str | None
    person: str | None
    taken_at: datetime | None
    expires_at: datetime | None
    asked_machine: str | None
    asked_person: str | None
    asked_at: datetime | None


class LeaseAsk(Frozen):
    """How a question for another's lease stands.

    ``machine`` None: nobody holds it. ``answered_at``: the holder goes on; the question counts no more, another may be
    put. ``take_over_at``: when this session may take the lease over (now, where it lies in the past; the earliest
    there is, while the holder gave no sign of life since he was asked); None where somebody else asked first, or this
    session's question was answered.
    """

    entity: str
    entity_id: int
    machine: str | None
    person: str | None
    taken_at: datetime | None
    beat_at: datetime | None
    expires_at: datetime | None
    asked_machine: str | None
    asked_at: datetime | None
    answered_at: datetime | None
    take_over_at: datetime | None


class LeaseState(Frozen):
    """Whose a lease is, as anybody may see it.

    ``told_at``: the holder's first sign of life since somebody asked; ``answered_at``: he goes on, whoever asked.
    """

    entity: str
    entity_id: int
    machine: str
    person: str | None
    taken_at: datetime
    beat_at: datetime
    asked_machine: str | None = None
    asked_at: datetime | None = None
    told_at: datetime | None = None
    answered_at: datetime | None = None
