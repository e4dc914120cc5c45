"""What the worker does, one file a topic; ``JOBS`` is the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desk_server.desk import Desk
from desk_server.jobs.housekeeping import remove_ended_leases, remove_old_enrolments, remove_old_saves
from desk_server.jobs.leases import free_leases
from desk_server.jobs.old_certificates import raise_old_certificate_alarms
from desk_server.jobs.private_fields import move_search_entries
from desk_server.jobs.sealing import EVERY_SECONDS as SEAL_SECONDS
from desk_server.jobs.sealing import seal_entries
from desk_server.jobs.sessions import end_outdated_sessions, note_sessions
from desk_server.jobs.signing import sign_requests
from desk_server.jobs.watchdog import WATCHDOG_SECONDS, end_overdue_sessions
from desk_server.sessions import SWEEP_SECONDS


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work for the worker: called with an autocommit connection of desk_worker and the desk.

    Attributes:
        run: gives a count of what it did; it may be called at any time, any number of times.
        topic: a notice of this topic runs the job at once.
        again_after_seconds: after a notice it runs a second time, so much later.
    """

    name: str
    every_seconds: float
    run: Callable[[Any, Desk], int]
    topic: str | None = None
    again_after_seconds: float | None = None


# The watchdog first: what it frees, the others may need.
JOBS = (
    Job("end overdue sessions", WATCHDOG_SECONDS, end_overdue_sessions),
    Job("free leases", 1, free_leases, topic="leases"),
    Job("sign requests", 5, sign_requests, topic="sign"),
    Job("end outdated sessions", 5, end_outdated_sessions, topic="sessions", again_after_seconds=SWEEP_SECONDS),
    Job("note sessions", 5, note_sessions, topic="sessions"),
    Job("raise old certificate alarms", 5, raise_old_certificate_alarms),
    Job("seal the audit", SEAL_SECONDS, seal_entries),
    Job("move search entries", 5, move_search_entries),
    Job("remove ended leases", 60, remove_ended_leases),
    Job("remove old save ids", 3600, remove_old_saves),
    Job("remove old enrolments", 3600, remove_old_enrolments),
)
