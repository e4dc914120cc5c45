"""Desks whose cluster lies outside of their data folder: a note there says whose it is, so that leftovers are found.

The folder (``Desk.home``) is root's, only the cluster in it is PostgreSQL's account's, so the note is root's word.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from desk_server import binaries
from desk_server.desk import Desk
from desk_server.processes import process_is_alive
from desk_server.settings import SETTINGS_FILE, load_settings
from shared.errors import DeskError
from shared.files import write_atomic

NOTE = "data-folder.json"


@dataclass(frozen=True, slots=True)
class HomeNote:
    """Whose home it is: the data folder, the desk's key, and the disk that the data folder lies on."""

    data: str
    key: str
    device: int


def write_note(desk: Desk) -> None:
    """Say in the desk's home where its data folder lies; nothing where that is the same folder."""
    if desk.home == desk.data or desk.home.parent != binaries.SHARED_HOME or not desk.home.is_dir():
        return
    note = HomeNote(str(desk.data), desk.settings.key, desk.data.stat().st_dev)
    if _read_note(desk.home) != note:
        with contextlib.suppress(PermissionError):  # not root: it stays as it was
            write_atomic(desk.home / NOTE, json.dumps(dataclasses.asdict(note)), 0o600)


def find_abandoned() -> list[tuple[Path, str]]:
    """Homes whose data folder is gone and whose server does not run, each with the name of that data folder.

    They are only named, never removed: a data folder that was moved looks the same, and its database is here.
    Left out where anything is in doubt: no note, a note that is not root's, a disk that is not mounted just now.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return []
    found = []
    for home in sorted(binaries.SHARED_HOME.glob("*")):
        note = _read_note(home)
        if note and _is_deleted(note) and not _runs(home):
            found.append((home, note.data))
    return found


def _read_note(home: Path) -> HomeNote | None:
    """What the note in ``home`` says; None where there is none that can be trusted."""
    file = home / NOTE
    try:
        if home.is_symlink() or file.is_symlink() or {home.stat().st_uid, file.stat().st_uid} != {0}:
            return None
        note = HomeNote(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return note if note.key == home.name else None


def _is_deleted(note: HomeNote) -> bool:
    """Whether the desk is gone from its data folder, and not merely the disk that it lies on."""
    data = Path(note.data)
    try:
        return load_settings(data).key != note.key  # another desk was made in its place
    except DeskError:
        above = next(folder for folder in (data, *data.parents) if folder.exists())
        return not (data / SETTINGS_FILE).exists() and above.stat().st_dev == note.device


def _runs(home: Path) -> bool:
    try:
        pid = int((home / "cluster" / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split()[0])
    except FileNotFoundError:
        return False
    except (OSError, ValueError, IndexError):
        return True
    return process_is_alive(pid)
