"""What whoever changes machines from the server's shell has to know beside the answer; said on standard error."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from desk_server.desk import Desk
from desk_server.machines import MACHINE_NAME, NewCode, staff_code
from desk_server.process_lock import SUPERVISOR_LOCK, is_locked

NO_ADMINISTRATOR = (
    "Warning: no administrator's machine can get in now. To make one: "
    "desk-server machine add NAME --level admin --person PERSON --profile DIR"
)
_LOCAL = ("localhost", "127.0.0.1", "::1")
_KNOWN = """
SELECT m.level,
    array(SELECT s.code FROM desk.machine_person p JOIN desk.staff s ON s.id = p.staff_id
          WHERE p.machine_id = m.id ORDER BY s.code),
    EXISTS (SELECT FROM desk.enrolment_code e WHERE e.machine_id = m.id AND e.used_at IS NULL
        AND e.withdrawn_at IS NULL AND e.expires_at > clock_timestamp())
FROM desk.machine m WHERE m.name = %s AND m.deleted_at IS NULL
"""
_STAFF = "SELECT code, name FROM desk.staff WHERE deleted_at IS NULL"


@dataclass(frozen=True, slots=True)
class Known:
    """A machine that is there: its level, its people's codes, whether a code for it may still be used."""

    level: str
    people: tuple[str, ...]
    has_code: bool


def find_machine(desk: Desk, name: str) -> Known | None:
    """The machine of this name; None where there is none, or where it is no name."""
    name = name.strip().lower()
    if not MACHINE_NAME.fullmatch(name):
        return None
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(_KNOWN, (name,))
        row = cursor.fetchone()
    return Known(row[0], tuple(row[1]), row[2]) if row else None


def changes(before: Known | None, after: Known | None, *, gave_code: bool) -> list[str]:
    """What a command that names a machine anew has changed of it."""
    if before is None or after is None:
        return []
    said = []
    if before.level != after.level:
        said.append(f"Its level was {before.level} and is {after.level} now.")
    if before.people != after.people:
        said.append(f"Its people were {', '.join(before.people) or 'nobody'} and are {', '.join(after.people)} now.")
    if before.has_code and (gave_code or not after.has_code):
        said.append("An earlier code for it was withdrawn.")
    return said


def new_people(desk: Desk, people: Sequence[str]) -> list[str]:
    """A line for each person that nobody knows yet, with who is meant perhaps. To be asked before they are made."""
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(_STAFF)
        staff = [(str(code), str(name)) for code, name in cursor.fetchall()]
    known = {word for pair in staff for word in pair}
    return [_new_person(person, staff) for person in people if person.strip() and person not in known]


def _new_person(person: str, staff: list[tuple[str, str]]) -> str:
    words = {word.casefold(): pair for pair in staff for word in pair}
    close = difflib.get_close_matches(person.strip().casefold(), words, n=3, cutoff=0.75)
    meant = dict.fromkeys(f"{name} ({code})" for code, name in (words[word] for word in close))
    hint = f" Or did you mean {' or '.join(meant)}?" if meant else ""
    return f"New person: {person.strip()} ({staff_code(person)}).{hint}"


def code_notes(desk: Desk, given: NewCode) -> list[str]:
    """Why a code can't be used as it is."""
    said = []
    if not is_locked(desk.data / SUPERVISOR_LOCK):
        said.append("The desk does not run: nobody signs until desk-server start.")
    if given.code.host in _LOCAL:
        said.append(
            f"The code names {given.code.host}: no other computer can use it. First tell the desk the name that they "
            f"reach it by: desk-server init --data {desk.data} --host NAME; then desk-server machine code "
            f"{given.code.machine}"
        )
    return said


def return_notes(name: str, before: Known | None, level: str | None) -> list[str]:
    """What a machine needs that was shut out and is given a level again."""
    if before is None or before.level != "none" or level in (None, "none"):
        return []
    return [f"It comes back by a new code alone: desk-server machine code {name.strip().lower()}"]


def administrator_notes(desk: Desk) -> list[str]:
    """A warning where no administrator's machine can get in any more: this shell may do that, but not by mistake."""
    return [] if has_administrator(desk) else [NO_ADMINISTRATOR]


def has_administrator(desk: Desk) -> bool:
    """Whether an administrator's machine has a certificate by which it gets in."""
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT desk.has_admin_machine()")
        return bool(cursor.fetchone()[0])
