"""What the generator yields: one ticket with its whole history, without any database.

Times are whole seconds since 1970 (UTC). References stand as the keys under which the loader finds their rows:
staff, department, product and project by code, a release or hardware revision as (product, version or code), a
customer by number, a contact as "customer/number", a ticket by its index in the stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
TIME_FIELDS = frozenset({"reported_at", "next_step_at", "due_at"})


@dataclass(frozen=True, slots=True)
class Step:
    """One saved change: what one person made of a ticket at one moment. ``changes`` is {field: (old, new)}."""

    at: int
    person: str
    department: str
    machine: str
    changes: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class DemoComment:
    """A comment on the ticket."""

    at: int
    person: str
    department: str
    machine: str
    body: str
    is_private: bool


@dataclass(frozen=True, slots=True)
class DemoInteraction:
    """A logged exchange; ``on_ticket`` tells whether it belongs to the ticket that it came with."""

    at: int
    logged_at: int
    on_ticket: bool
    customer: int
    contact: str | None
    channel: str
    direction: str
    person: str
    department: str
    machine: str
    minutes: int
    summary: str


@dataclass(frozen=True, slots=True)
class DemoComplaint:
    """A complaint; ``on_ticket`` as for interactions."""

    at: int
    on_ticket: bool
    customer: int
    contact: str | None
    product: str
    channel: str
    severity: str
    subject: str
    description: str
    department: str
    resolution: str | None
    closed_at: int | None


@dataclass(slots=True)
class DemoTicket:
    """A ticket: the values it was inserted with, each later change, and what was said beside it."""

    index: int
    created: Step
    first: Values
    steps: list[Step] = field(default_factory=list)
    comments: list[DemoComment] = field(default_factory=list)
    interactions: list[DemoInteraction] = field(default_factory=list)
    complaints: list[DemoComplaint] = field(default_factory=list)

    def values(self) -> Values:
        """The values as they are after the last change."""
        values = dict(self.first)
        for step in self.steps:
            values.update({name: new for name, (_, new) in step.changes.items()})
        return values

    @property
    def events(self) -> list[Step]:
        """The creation and each change, in order."""
        return [self.created, *self.steps]


def event_kind(changes: dict[str, tuple[Any, Any]]) -> str:
    """The most telling word for a change, by the rule of the database's event trigger."""
    if "status" in changes:
        return "status"
    if "department_id" in changes:
        return "handed_over"
    return "assigned" if "assignee_id" in changes else "changed"
