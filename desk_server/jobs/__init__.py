"""What the worker does, one file a topic; ``JOBS`` is the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desk_server.jobs.housekeeping import remove_ended_leases, remove_old_saves


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work for the worker: called with an autocommit connection of desk_worker, gives a count."""

    name: str
    every_seconds: float
    run: Callable[[Any], int]


JOBS = (
    Job("remove ended leases", 60, remove_ended_leases),
    Job("remove old save ids", 3600, remove_old_saves),
)
