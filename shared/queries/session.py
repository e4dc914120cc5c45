"""The first questions of a client: does it fit the database, and who is it there."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, select

from shared.domain.level import Level
from shared.errors import LoginRefusedError, VersionGateError
from shared.models import Machine, MachinePerson, Setting, Staff
from shared.models import VersionGate as VersionGateTable
from shared.queries.rows import json_rows
from shared.schemas.session import DeskSession, EditingTimes, Person, VersionGate
from shared.steady_clock import steady_now

_PRIVATE = {
    "contact.phone": func.has_column_privilege("desk.contact", "phone", "SELECT"),
    "contact.mail": func.has_column_privilege("desk.contact", "mail", "SELECT"),
    "comment.body": func.has_table_privilege("desk.comment_private", "SELECT"),
    "search.private": func.has_table_privilege("desk.search_private", "SELECT"),
}
_EDITING = {
    "lease_seconds": "lease_seconds",
    "heartbeat_seconds": "heartbeat_seconds",
    "lease_ask_seconds": "ask_seconds",
    "lease_idle_seconds": "idle_seconds",
}


def get_version_gate(conn: Connection) -> VersionGate:
    """What the database says of itself: the first thing a client reads. VersionGateError where it says nothing."""
    row = conn.execute(select(VersionGateTable.schema_revision, VersionGateTable.min_client)).one_or_none()
    if row is None:
        raise VersionGateError(
            "The desk's database does not say which version it has. Ask the operator to run desk-server migrate.",
            client_too_old=False,
        )
    return VersionGate(schema_revision=row.schema_revision, min_client=row.min_client)


def check_gate(gate: VersionGate, client_version: str, schema_revision: str) -> None:
    """VersionGateError unless a client of ``client_version`` that needs ``schema_revision`` fits the ``gate``."""
    if _version(client_version) < _version(gate.min_client):
        raise VersionGateError(
            f"This client is too old for the desk: it is version {client_version}, the desk asks for at least "
            f"{gate.min_client}. Install the current client and start again.",
            client_too_old=True,
        )
    if gate.schema_revision < schema_revision:
        raise VersionGateError(
            f"This client is newer than the desk: it needs schema {schema_revision}, the desk has "
            f"{gate.schema_revision}. Ask the operator to run desk-server migrate, or start the client used before.",
            client_too_old=False,
        )


def get_session(conn: Connection) -> DeskSession:
    """Who this connection is: machine and level (proved), person (stated), and what it may read. One statement."""
    is_mine = Machine.name == func.substr(func.session_user(), 3)
    people = json_rows(
        select(Staff.id, Staff.code, Staff.name, Staff.department_id, Staff.retired_at.is_not(None).label("is_retired"))
        .join(MachinePerson, MachinePerson.staff_id == Staff.id)
        .where(MachinePerson.machine_id == select(Machine.id).where(is_mine).scalar_subquery())
        .where(Staff.deleted_at.is_(None))
        .order_by(Staff.name, Staff.id)
    )
    statement = select(
        Machine.name,
        Machine.level,
        people.label("people"),
        func.current_setting("desk.person", True).label("stated"),
        select(Setting.value).where(Setting.key == "time_zone").scalar_subquery().label("time_zone"),
        func.clock_timestamp().label("server_time"),
        select(func.jsonb_object_agg(Setting.key, Setting.value))
        .where(Setting.key.in_(_EDITING))
        .scalar_subquery()
        .label("editing"),
        *(allowed.label(name) for name, allowed in _PRIVATE.items()),
    ).where(is_mine)
    row = conn.execute(statement).mappings().one_or_none()
    if row is None:
        raise LoginRefusedError("This connection is not that of a machine known to the desk.")
    bound = tuple(Person(**person) for person in row["people"])
    return DeskSession(
        machine=row["name"],
        level=Level(row["level"]),
        person=_person(bound, row["stated"]),
        people=bound,
        time_zone=row["time_zone"] or "UTC",
        clock_ahead=row["server_time"] - steady_now(),
        editing=_editing(row["editing"] or {}),
        readable_private=frozenset(name for name in _PRIVATE if row[name]),
    )


def state_person(conn: Connection, person: Person) -> None:
    """From now on this connection writes for them, and for nobody else who may be bound to the machine later."""
    conn.execute(select(func.set_config("desk.person", person.code, False)))


def _person(bound: tuple[Person, ...], stated: str | None) -> Person | None:
    """The stated person where bound; none stated: the only one bound. As the database decides it at a write."""
    if stated:
        return next((person for person in bound if person.code == stated), None)
    return bound[0] if len(bound) == 1 else None


def _editing(settings: dict[str, str]) -> EditingTimes:
    """The lengths that are settings; the desk's own where one is missing or is no number."""
    return EditingTimes(
        **{
            _EDITING[name]: float(value)
            for name, value in settings.items()
            if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value, re.ASCII) and float(value) > 0
        }
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))
