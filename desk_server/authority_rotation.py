"""A new certificate authority in place of the old one: what to do when its key may be in other hands, or ends.

Every certificate of the old one is refused from then on, so every machine is enrolled anew. A mark in the data folder
says that it is under way, and which authority is the old one: killed at any point, the same command goes on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import psycopg2
import psycopg2.errors

from desk_server.certificates import ensure_owner_certificate, replace_server_certificate
from desk_server.desk import Desk
from desk_server.machine_listing import list_machines
from desk_server.machines import add_machine
from desk_server.running import running
from shared.config import Profile
from shared.errors import DatabaseUnavailableError, ProfileError
from shared.files import write_atomic

_ROTATING = ".rotating-authority"
_RELOAD_SECONDS = 10.0
# Machines and codes first: whoever renews or hands in a code just now holds one of them until his request can be seen.
# An open request of before would be signed by the new authority: its code was told, or its machine known, while the old
# one's key may have been in other hands.
_NOTHING_GOOD = """
SET lock_timeout = '2s';
SELECT FROM desk.machine ORDER BY id FOR NO KEY UPDATE;
UPDATE desk.enrolment_code SET withdrawn_at = clock_timestamp() WHERE used_at IS NULL AND withdrawn_at IS NULL;
UPDATE desk.signing_request SET refused = 'withdrawn' WHERE signed_at IS NULL AND refused IS NULL;
UPDATE desk.machine_certificate SET replaced_at = clock_timestamp() WHERE replaced_at IS NULL;
"""
_END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE (starts_with(usename, 'm_') OR usename = 'desk_enrol') AND datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What came of it: machines enrolled anew on this computer, and those that need a code each."""

    here: tuple[str, ...]
    elsewhere: tuple[str, ...]


def rotate_authority(desk: Desk, step: Callable[[str], None] = lambda _: None) -> Rotation:
    """Replace the CA of a desk, and with it the server's own certificates. The desk may run or not."""
    mark = desk.data / _ROTATING
    if not mark.exists():
        write_atomic(mark, _file_hash(desk))
    if mark.read_text("ascii") == _file_hash(desk):
        _put_old_aside(desk)
    step("Making the new authority and the server's certificate")
    desk.authority.ensure()
    _replace_server_side(desk)
    with running(desk):
        step("Refusing what the old one signed")
        _refuse_old_certificates(desk)
        rotation = _enrol_here(desk, step)
    mark.unlink()
    return rotation


def is_rotating(desk: Desk) -> bool:
    """Whether a replacement was begun and not ended."""
    return (desk.data / _ROTATING).exists()


def _replace_server_side(desk: Desk) -> None:
    (desk.data / "owner" / "client.crt").unlink(missing_ok=True)
    ensure_owner_certificate(desk)
    replace_server_certificate(desk)
    if desk.cluster.is_running():
        desk.cluster.reload()


def _file_hash(desk: Desk) -> str:
    """Of the authority's certificate file, whatever is in it; empty where there is none."""
    file = desk.authority.certificate_file
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def _put_old_aside(desk: Desk) -> None:
    """Kept for whoever has to find out what it signed; nothing reads it any more."""
    folder = desk.authority.folder
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.until-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}"))


def _refuse_old_certificates(desk: Desk) -> None:
    deadline = time.monotonic() + _RELOAD_SECONDS
    while True:
        try:
            connection = desk.owner_connection()
            break
        except DatabaseUnavailableError:  # by certificate, until the server has read its files
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    with closing(connection), connection.cursor() as cursor:
        while True:
            cursor.execute(_END_ALL)  # before, since a machine's session may hold a lock for as long as it lives
            try:
                cursor.execute(_NOTHING_GOOD)
                break
            except psycopg2.errors.LockNotAvailable:
                if time.monotonic() > deadline:
                    raise
        cursor.execute(_END_ALL)


def _enrol_here(desk: Desk, step: Callable[[str], None]) -> Rotation:
    """The machines whose profiles lie beside the desk; all others get codes."""
    machines = {row.name: row for row in list_machines(desk) if row.level != "none"}
    here = []
    for folder in sorted(path for path in desk.profiles.glob("*") if path.is_dir()):
        try:
            machine = machines.get(Profile.load(folder).machine)
        except ProfileError:
            continue
        if machine is not None and machine.people:
            step(f"Enrolling {machine.name} anew")
            add_machine(desk, machine.name, machine.level, list(machine.people), folder)
            here.append(machine.name)
    return Rotation(tuple(here), tuple(sorted(set(machines) - set(here))))
