"""Demo tickets as rows of the tables: keys become ids, seconds become times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desk_server.demo.history import TIME_FIELDS, DemoTicket, Step, Values, event_kind
from desk_server.demo.rhythm import to_datetime

Row = dict[str, Any]
_REFERENCES = {
    "customer_id": "customer",
    "contact_id": "contact",
    "project_id": "project",
    "product_id": "product",
    "found_in_release_id": "release",
    "fixed_in_release_id": "release",
    "hardware_revision_id": "hardware_revision",
    "assignee_id": "staff",
    "waiting_for_staff_id": "staff",
    "department_id": "department",
    "waiting_for_department_id": "department",
    "duplicate_of_id": "ticket",
}


@dataclass
class Ids:
    """The database's ids of what the stream names by key, one mapping a table."""

    staff: dict[str, int] = field(default_factory=dict)
    department: dict[str, int] = field(default_factory=dict)
    product: dict[str, int] = field(default_factory=dict)
    release: dict[tuple[str, str], int] = field(default_factory=dict)
    hardware_revision: dict[tuple[str, str], int] = field(default_factory=dict)
    customer: dict[int, int] = field(default_factory=dict)
    contact: dict[str, int] = field(default_factory=dict)
    project: dict[str, int] = field(default_factory=dict)
    ticket: dict[int, int] = field(default_factory=dict)

    def stored(self, name: str, value: Any) -> Any:
        """The value that the column of that name holds, as JSON writes it."""
        if value is None:
            return None
        if name in TIME_FIELDS:
            return time_text(value)
        table = _REFERENCES.get(name)
        if table is None:
            return value
        mapping: Mapping[Any, int] = getattr(self, table)
        return mapping[value]


def time_text(second: int) -> str:
    """A time as the database writes it into JSON, in UTC."""
    return to_datetime(second).isoformat()


def external_id(index: int) -> str:
    """The name of a ticket within its stream."""
    return f"D{index + 1:06d}"


def ticket_row(ticket: DemoTicket, ids: Ids, source: str) -> Row:
    """The ticket as it is at the end of the history."""
    values: Values = ticket.values()
    row = {name: ids.stored(name, value) for name, value in values.items()}
    return row | {
        "origin": "seed",
        "touched": False,
        "import_source": source,
        "external_id": external_id(ticket.index),
        "custom": {},
        "created_at": time_text(ticket.created.at),
        "updated_at": time_text(ticket.events[-1].at),
    }


def event_rows(ticket: DemoTicket, ids: Ids, batch: int) -> list[Row]:
    """Its history, in the words of the database's own event trigger."""
    first = _event_row(ticket, ticket.created, ids, batch)
    first.update(kind="created", status=ticket.first["status"], changes=None)
    return [first, *(_event_row(ticket, step, ids, batch) for step in ticket.steps)]


def _event_row(ticket: DemoTicket, step: Step, ids: Ids, batch: int) -> Row:
    status = step.changes.get("status")
    return {
        "ticket_id": ids.ticket[ticket.index],
        "at": time_text(step.at),
        "kind": event_kind(step.changes),
        "status": status[1] if status else None,
        "changes": {name: [ids.stored(name, old), ids.stored(name, new)] for name, (old, new) in step.changes.items()},
        "machine": step.machine,
        "person_id": ids.staff[step.person],
        "department_id": ids.department[step.department],
        "batch_id": batch,
    }


def comment_rows(ticket: DemoTicket, ids: Ids) -> list[Row]:
    """Its comments."""
    return [
        {
            "ticket_id": ids.ticket[ticket.index],
            "is_private": comment.is_private,
            "body": comment.body,
            "machine": comment.machine,
            "person_id": ids.staff[comment.person],
            "department_id": ids.department[comment.department],
            "origin": "seed",
            "created_at": time_text(comment.at),
        }
        for comment in ticket.comments
    ]


def interaction_rows(ticket: DemoTicket, ids: Ids) -> list[Row]:
    """The exchanges that came with it."""
    return [
        {
            "ticket_id": ids.ticket[ticket.index] if exchange.on_ticket else None,
            "customer_id": ids.customer[exchange.customer],
            "contact_id": ids.stored("contact_id", exchange.contact),
            "at": time_text(exchange.at),
            "channel": exchange.channel,
            "direction": exchange.direction,
            "staff_id": ids.staff[exchange.person],
            "department_id": ids.department[exchange.department],
            "minutes": exchange.minutes,
            "summary": exchange.summary,
            "machine": exchange.machine,
            "origin": "seed",
            "created_at": time_text(exchange.logged_at),
            "updated_at": time_text(exchange.logged_at),
            "row_version": 1,
        }
        for exchange in ticket.interactions
    ]


def complaint_rows(ticket: DemoTicket, ids: Ids) -> list[Row]:
    """The complaints that came with it."""
    return [
        {
            "customer_id": ids.customer[complaint.customer],
            "contact_id": ids.stored("contact_id", complaint.contact),
            "product_id": ids.product[complaint.product],
            "ticket_id": ids.ticket[ticket.index] if complaint.on_ticket else None,
            "reported_at": time_text(complaint.at),
            "channel": complaint.channel,
            "severity": complaint.severity,
            "subject": complaint.subject,
            "description": complaint.description,
            "department_id": ids.department[complaint.department],
            "resolution": complaint.resolution,
            "closed_at": time_text(complaint.closed_at) if complaint.closed_at else None,
            "origin": "seed",
            "created_at": time_text(complaint.at),
            "updated_at": time_text(complaint.closed_at or complaint.at),
        }
        for complaint in ticket.complaints
    ]
