"""Machines on the server's side: their level and people, a one-time code, or a profile written on the spot."""

from __future__ import annotations

import datetime as dt
import re
import socket
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2.errors

from desk_server.authority import fingerprint
from desk_server.desk import Desk
from desk_server.machine_profile import check_folder, write_profile
from desk_server.sessions import end_outdated, end_sessions, sweep
from shared.config import Profile
from shared.domain.enrolment import EnrolmentCode
from shared.domain.level import Level
from shared.errors import DeskError, UserError

MACHINE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
DEPARTMENT_OF_NEW_PEOPLE = "support"
LEVELS = (Level.QUERY, Level.FULL, Level.ADMIN)
_RANK = {Level.NONE: 0, Level.QUERY: 1, Level.FULL: 2, Level.ADMIN: 3}
_ROLE_NAME = "DK022"
_CURRENT = """
SELECT m.level, EXISTS (SELECT FROM desk.machine_certificate c WHERE c.machine_id = m.id AND c.replaced_at IS NULL)
FROM desk.machine m WHERE m.name = %s AND m.deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class NewCode:
    """A one-time code that was given out."""

    code: EnrolmentCode
    level: Level
    expires_at: dt.datetime


def machine_name(name: str) -> str:
    """The name in lower case; UserError where it is none."""
    normal = name.strip().lower()
    if not MACHINE_NAME.fullmatch(normal):
        raise UserError(f"{name!r} is no machine name: a letter or digit, then up to 39 letters, digits or hyphens.")
    return normal


def proposed_name() -> str:
    """This computer's name, made to fit the rule."""
    short = re.sub(r"[^a-z0-9-]+", "-", socket.gethostname().split(".")[0].lower()).strip("-")[:40]
    return short or "this-machine"


def staff_code(person: str) -> str:
    """The code that a person gets who is not known yet."""
    code = re.sub(r"[^\w.-]+", "-", person.strip().lower()).strip("-.")[:40]
    if not code:
        raise UserError(f"{person!r} is no name of a person.")
    return code


def add_machine(desk: Desk, name: str, level: str, people: list[str], profile: Path) -> Profile:
    """Enrol a machine on the spot, or anew: its earlier certificate is refused from then on and its sessions end.

    Args:
        people: staff codes or names; who is unknown becomes staff of the support department.
        profile: the folder that gets key (0600), certificate, CA and address.
    """
    name, wanted = machine_name(name), _level(level)
    _check_people(people)
    check_folder(profile, name)
    made, certificate = write_profile(desk, name, profile)
    with closing(desk.owner_connection()) as connection:
        codes = [_ensure_person(connection, person) for person in people]
        before = _current(connection, name)
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            _machine_set(cursor, name, wanted, codes)
            cursor.execute("SELECT desk.certificate_add(%s, %s, %s)", (name, certificate.serial, certificate.not_after))
            cursor.execute("COMMIT")
        if before is not None and before[1]:
            end_sessions(connection, name)
            sweep(connection, name)
    return made


def add_by_code(desk: Desk, name: str, level: str, people: list[str], note: str | None = None) -> NewCode:
    """A machine's row and role, and a one-time code by which it enrols itself; for a name that is there, anew."""
    name, wanted = machine_name(name), _level(level)
    _check_people(people)
    with closing(desk.owner_connection()) as connection:
        codes = [_ensure_person(connection, person) for person in people]
        _change(connection, name, wanted, codes, note)
    return new_code(desk, name)


def new_code(desk: Desk, name: str) -> NewCode:
    """A one-time code for a machine that is there; earlier ones are withdrawn. Its hash alone is kept."""
    name = machine_name(name)
    code = EnrolmentCode.new(name, fingerprint(desk.authority.certificate_file), desk.host, desk.settings.port)
    with closing(desk.owner_connection()) as connection:
        level = _known(connection, name)
        if level is Level.NONE:
            raise UserError(
                f"Machine {name} is shut out; give it a level first: desk-server machine set {name} --level full"
            )
        with connection.cursor() as cursor:
            cursor.execute("SELECT desk.enrolment_begin(%s, %s)", (name, code.secret_hash()))
            return NewCode(code, level, cursor.fetchone()[0])


def set_machine(
    desk: Desk, name: str, level: str | None = None, people: Sequence[str] | None = None, note: str | None = None
) -> int:
    """Change a machine that is there; what is None stays. Gives how many sessions were ended.

    Rights go first, in a transaction of their own; then the sessions end, and once more a second later. In one
    transaction a machine that reconnects in a loop would slip in between.
    """
    name = machine_name(name)
    wanted = None if level is None else _level(level, (*LEVELS, Level.NONE))
    if people is not None:
        _check_people(people)
    with closing(desk.owner_connection()) as connection:
        _known(connection, name)
        codes = None if people is None else [_ensure_person(connection, person) for person in people]
        return _change(connection, name, wanted, codes, note)


def sync_roles(desk: Desk) -> list[tuple[str, str]]:
    """Make the machines' roles what the table says, as after a restore; what was done, role by role."""
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name, what FROM desk.roles_sync()")
        done = [(str(name), str(what)) for name, what in cursor.fetchall()]
        end_outdated(connection)
    return done


def is_enrolled(desk: Desk, name: str) -> bool:
    """Whether a machine of this name may come in by a certificate that it has."""
    with closing(desk.owner_connection()) as connection:
        current = _current(connection, machine_name(name))
    return current is not None and current[0] is not Level.NONE and current[1]


def _level(level: str, levels: Sequence[Level] = LEVELS) -> Level:
    if level not in levels:
        names = ", ".join(levels[:-1])
        raise UserError(f"{level!r} is no level: {names} or {levels[-1]}.")
    return Level(level)


def _check_people(people: Sequence[str]) -> None:
    if not people:
        raise UserError("A machine needs at least one person.")


def _current(connection: Any, name: str) -> tuple[Level, bool] | None:
    """The machine's level and whether it has a certificate; None where there is no such machine."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, (name,))
        row = cursor.fetchone()
    return (Level(row[0]), bool(row[1])) if row else None


def _known(connection: Any, name: str) -> Level:
    current = _current(connection, name)
    if current is None:
        raise UserError(f"There is no machine {name}; desk-server machine list names those that are there.")
    return current[0]


def _change(connection: Any, name: str, level: Level | None, codes: list[str] | None, note: str | None) -> int:
    before = _current(connection, name)
    with connection.cursor() as cursor:
        _machine_set(cursor, name, level, codes, note)
    if before is None or level is None or _RANK[level] >= _RANK[before[0]]:
        return 0
    ended = end_sessions(connection, name)
    return ended + sweep(connection, name)


def _machine_set(cursor: Any, name: str, level: Level | None, codes: list[str] | None, note: str | None = None) -> None:
    """A level that is not to change is not stated: one that was read would bring back what was taken meanwhile."""
    stated = None if level is None else level.value
    try:
        cursor.execute("SELECT desk.machine_set(%s, %s, %s, %s, NULL, NULL, NULL)", (name, stated, codes, note))
    except psycopg2.errors.UndefinedFunction as error:
        raise DeskError("The schema is not complete; run: desk-server migrate") from error
    except psycopg2.Error as error:
        if error.pgcode != _ROLE_NAME:
            raise
        raise UserError(f"A role of the database server is called {name}; choose another name.") from error


def _ensure_person(connection: Any, person: str) -> str:
    """The staff code of a person given by code or name; creates who is unknown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code FROM desk.staff WHERE deleted_at IS NULL AND (code = %s OR name = %s)"
            " ORDER BY code <> %s, retired_at IS NOT NULL, id LIMIT 1",
            (person, person, person),
        )
        row = cursor.fetchone()
        if row:
            return str(row[0])
        code = staff_code(person)
        cursor.execute(
            "INSERT INTO desk.staff (code, name, department_id)"
            " SELECT %s, %s, id FROM desk.department WHERE code = %s"
            " ON CONFLICT (code) DO NOTHING",
            (code, person.strip(), DEPARTMENT_OF_NEW_PEOPLE),
        )
        return code
