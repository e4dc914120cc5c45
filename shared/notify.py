"""Notices of changes: what the database's triggers send on one channel, and how a client reads it.

A notice is a hint and never data: whoever hears one reads the row again, under his own rights. Anybody who is let in
can send one, so what can't be read is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

CHANNEL = "desk_change"
ENTITIES = frozenset(
    {"ticket", "customer", "contact", "project", "product", "release", "hardware_revision", "interaction", "complaint",
     "department", "staff", "machine", "choice", "field_rule", "choice_list", "dependent_choice", "release_hardware",
     "status_transition", "setting", "version_gate", "security_event"}
)  # fmt: skip
_PAYLOAD = re.compile(r"([a-z][a-z_]{0,62}) (\*|[0-9]{1,18}) (-|[0-9]{1,18}) (row|beside|lease)", re.ASCII)


class ChangeKind(StrEnum):
    """What of an entity changed: the row itself, what stands beside it (comment, interaction ...), who edits it."""

    ROW = "row"
    BESIDE = "beside"
    LEASE = "lease"


@dataclass(frozen=True, slots=True)
class Notice:
    """One change. ``entity_id`` None: any rows of the entity; ``version`` None: not told."""

    entity: str
    entity_id: int | None
    version: int | None
    kind: ChangeKind


def parse_notice(payload: str) -> Notice | None:
    """A notice from its text, as in ``ticket 17 4 row`` or ``ticket * - row``; None where it is none."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        return None
    entity, entity_id, version, kind = found.groups()
    return Notice(
        entity,
        None if entity_id == "*" else int(entity_id),
        None if version == "-" else int(version),
        ChangeKind(kind),
    )
