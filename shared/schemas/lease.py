"""Edit leases: who edits what."""

from __future__ import annotations

from datetime import datetime

from shared.schemas.base import Frozen


class Lease(Frozen):
    """An edit lease as the server sees it. ``is_mine`` where this session holds it; else ``token`` is None."""

    entity: str
    entity_id: int
    machine: str
    person: str | None
    taken_at: datetime
    expires_at: datetime
    token: int | None
    is_mine: bool
