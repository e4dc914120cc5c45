"""Machines on the server's side: key and certificate written into a profile, and the login that goes with them."""

from __future__ import annotations

import re
import socket
import unicodedata
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors

from desk_server.atomic_file import write_atomic
from desk_server.authority import key_pem, new_key
from desk_server.desk import Desk
from shared.config import CA_FILE, CERTIFICATE_FILE, KEY_FILE, PROFILE_FILE, Profile
from shared.domain.level import Level
from shared.errors import DeskError, ProfileError, UserError

MACHINE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
DEPARTMENT_OF_NEW_PEOPLE = "support"


@dataclass(frozen=True, slots=True)
class MachineRow:
    """A machine as ``machine list`` shows it."""

    name: str
    level: str
    people: tuple[str, ...]  # their codes
    names: tuple[str, ...]  # in the order of ``people``
    certificate_ends: str | None


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
    """Enrol a machine, or enrol it anew: its earlier certificate is refused from then on and its sessions end.

    Args:
        people: staff codes or names; who is unknown becomes staff of the support department.
        profile: the folder that gets key (0600), certificate, CA and address.
    """
    name = machine_name(name)
    if level not in (Level.QUERY, Level.FULL, Level.ADMIN):
        raise UserError(f"{level!r} is no level: query, full or admin.")
    if not people:
        raise UserError("A machine needs at least one person.")
    profile = profile.absolute()
    _check_profile_folder(profile, name)
    _make_profile_folder(profile)
    key = new_key()
    certificate = desk.authority.sign_machine(name, key.public_key())
    with closing(desk.owner_connection()) as connection:
        codes = [_ensure_person(connection, person) for person in people]
        _write_profile_files(desk, profile, key_pem(key), certificate.pem)
        made = Profile(directory=profile, host=desk.host, port=desk.settings.port, machine=name)
        made.save()
        _set_machine(connection, name, level, codes, certificate.serial, certificate.not_after)
        end_sessions(connection, name)
    return made


def _check_profile_folder(profile: Path, name: str) -> None:
    if (profile / PROFILE_FILE).exists():
        try:
            owner = Profile.load(profile).machine
        except ProfileError:
            return  # half made by a killed run, or damaged: made anew
        if owner != name:
            raise UserError(f"{profile} holds the profile of machine {owner}; choose another folder.")
    elif (profile / KEY_FILE).exists() and not (profile / CA_FILE).exists():
        raise UserError(f"{profile} holds a {KEY_FILE} that is not ours; choose another folder.")


def _make_profile_folder(profile: Path) -> None:
    try:
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {profile} can't be made: {error.strerror or error}.") from error


def _write_profile_files(desk: Desk, profile: Path, key: bytes, certificate: bytes) -> None:
    write_atomic(profile / CA_FILE, desk.authority.certificate_file.read_bytes())
    write_atomic(profile / KEY_FILE, key, 0o600)
    write_atomic(profile / CERTIFICATE_FILE, certificate)


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


def _set_machine(connection: Any, name: str, level: str, codes: list[str], serial: int, not_after: Any) -> None:
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT desk.machine_set(%s, %s, %s, %s, %s)", (name, level, codes, serial, not_after))
        except psycopg2.errors.UndefinedFunction as error:
            raise DeskError("The schema is not complete; run: desk-server migrate") from error


def end_sessions(connection: Any, name: str) -> None:
    """End the machine's live sessions; a transaction of its own, after the one that took its rights."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (f"m_{name}",))


def list_machines(desk: Desk) -> list[MachineRow]:
    """All machines by name."""
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.name, m.level,"
            " array(SELECT s.code FROM desk.machine_person p JOIN desk.staff s ON s.id = p.staff_id"
            "       WHERE p.machine_id = m.id ORDER BY s.code),"
            " array(SELECT s.name FROM desk.machine_person p JOIN desk.staff s ON s.id = p.staff_id"
            "       WHERE p.machine_id = m.id ORDER BY s.code),"
            " (SELECT to_char(c.not_after AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM desk.machine_certificate c"
            "  WHERE c.machine_id = m.id)"
            " FROM desk.machine m WHERE m.deleted_at IS NULL ORDER BY m.name"
        )
        return [MachineRow(row[0], row[1], tuple(row[2]), tuple(row[3]), row[4]) for row in cursor.fetchall()]


def is_enrolled(desk: Desk, name: str) -> bool:
    """Whether a machine of this name has a certificate."""
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM desk.machine m JOIN desk.machine_certificate c ON c.machine_id = m.id"
            " WHERE m.name = %s AND m.level <> 'none' AND m.deleted_at IS NULL)",
            (machine_name(name),),
        )
        return bool(cursor.fetchone()[0])


def machine_lines(rows: list[MachineRow]) -> list[str]:
    """The machines as columns for a terminal."""
    cells = [(row.name, row.level, _people(row), f"until {row.certificate_ends or '-'}") for row in rows]
    widths = [max(map(terminal_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell + " " * (width - terminal_width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _people(row: MachineRow) -> str:
    return ", ".join(
        code if code == name else f"{name} ({code})" for code, name in zip(row.people, row.names, strict=True)
    )


def terminal_width(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)
