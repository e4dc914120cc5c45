"""Seeded rows done again by hand: as a ``full`` machine, over its certificate, under all the rules, times aside."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

TICKETS, SEED, UNTIL = 300, 1, date(2026, 6, 1)
MACHINE = "pc-replay"
BY_THE_DESK = {
    "id", "number", "origin", "touched", "import_source", "external_id", "created_at", "updated_at", "deleted_at",
    "save_id", "lease_token", "row_version", "machine",
}  # fmt: skip
Json = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """A line of a ticket's history, as JSON has it."""

    kind: str
    status: str | None
    changes: Json | None
    person: str
    department: int


@dataclass(frozen=True)
class Story:
    """A seeded ticket: the values it was inserted with, and its events."""

    name: str
    first: Json
    events: tuple[Event, ...]

    def with_first(self, **values: Any) -> Story:
        return replace(self, first=self.first | values)

    def with_change(self, number: int, **changes: Any) -> Story:
        """Another set of changes for the event ``number``; a value None takes the change out."""
        event = self.events[number]
        changed = {name: pair for name, pair in {**(event.changes or {}), **changes}.items() if pair is not None}
        events = list(self.events)
        events[number] = replace(event, changes=changed)
        return replace(self, events=tuple(events))


def read_stories(owner: Any) -> list[Story]:
    """All seeded tickets, their first values found by undoing the changes of their events one by one."""
    with owner.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.execute(
            """SELECT to_jsonb(t), jsonb_agg(jsonb_build_object('kind', e.kind, 'status', e.status,
                    'changes', e.changes, 'person', s.code, 'department', e.department_id) ORDER BY e.at, e.id)
               FROM desk.ticket t JOIN desk.ticket_event e ON e.ticket_id = t.id JOIN desk.staff s ON s.id = e.person_id
               WHERE t.origin = 'seed' GROUP BY t.id ORDER BY t.id"""
        )
        return [_story(values, events) for values, events in cursor.fetchall()]


def _story(values: Json, events: list[Json]) -> Story:
    first = dict(values)
    for event in reversed(events):
        for name, (old, new) in (event["changes"] or {}).items():
            assert first[name] == new, f"{values['external_id']}: {name} is {first[name]!r}, its event says {new!r}"
            first[name] = old
    kept = {name: value for name, value in first.items() if name not in BY_THE_DESK}
    return Story(values["external_id"], kept, tuple(Event(**event) for event in events))


class Replay:
    """A ``full`` machine at which everybody may sit; ``owner`` moves people to the department they were in."""

    def __init__(self, machine: Any, owner: Any) -> None:
        self.machine, self.owner = machine, owner
        with owner.cursor() as cursor:
            cursor.execute("SELECT code, department_id FROM desk.staff")
            self.departments: dict[str, int] = dict(cursor.fetchall())
        with machine.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")

    def sit_down(self, person: str, department: int) -> None:
        """That person works now, in that department."""
        if self.departments[person] != department:
            with self.owner.cursor() as cursor:
                cursor.execute("UPDATE desk.staff SET department_id = %s WHERE code = %s", (department, person))
            self.departments[person] = department
        with self.machine.cursor() as cursor:
            cursor.execute("SELECT set_config('desk.person', %s, false)", (person,))

    def insert(self, table: str, values: Json) -> int:
        """Insert one row as the machine; its id."""
        row = {name: value for name, value in values.items() if name not in BY_THE_DESK}
        row["save_id"] = str(uuid.uuid4())
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        with self.machine.cursor() as cursor:
            cursor.execute(f"INSERT INTO desk.{table} ({names}) VALUES ({marks}) RETURNING id", _adapted(row))
            return int(cursor.fetchone()[0])

    def play(self, story: Story) -> int:
        """The whole life of the ticket again, save by save; the id of the copy."""
        created = story.events[0]
        self.sit_down(created.person, created.department)
        copy = self.insert("ticket", story.first)
        for event in story.events[1:]:
            self.sit_down(event.person, event.department)
            new = {name: pair[1] for name, pair in (event.changes or {}).items()} | {"save_id": str(uuid.uuid4())}
            settings = ", ".join(f"{name} = %s" for name in new)
            with self.machine.cursor() as cursor:
                cursor.execute(
                    f"UPDATE desk.ticket SET {settings}, row_version = row_version + 1 WHERE id = %s",
                    [*_adapted(new), copy],
                )
                assert cursor.rowcount == 1
        return copy

    def written_events(self, copy: int) -> tuple[Event, ...]:
        """What the database's own trigger wrote down about the copy."""
        with self.machine.cursor() as cursor:
            cursor.execute(
                """SELECT e.kind, e.status, e.changes, s.code, e.department_id FROM desk.ticket_event e
                   JOIN desk.staff s ON s.id = e.person_id WHERE e.ticket_id = %s ORDER BY e.id""",
                (copy,),
            )
            return tuple(Event(*row) for row in cursor.fetchall())


def _adapted(row: Json) -> list[Any]:
    return [json.dumps(value) if isinstance(value, dict | list) else value for value in row.values()]
