"""The data folder and ``desk.json`` in it: what one desk is made of and where its parts lie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import platformdirs
import pydantic

from desk_server.process_lock import COMMAND_LOCK
from shared.errors import DeskError, UserError
from shared.files import write_atomic

SETTINGS_FILE = "desk.json"
DEFAULT_PORT = 15432
MINIMUM_MAJOR = 17


def default_data_folder() -> Path:
    """``DESK_DATA``, else the platform's folder for data of all users (of this user, where that is not ours)."""
    stated = os.environ.get("DESK_DATA")
    if stated:
        return Path(stated)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        return Path(platformdirs.site_data_path("supportdesk-server"))
    return Path(platformdirs.user_data_path("supportdesk-server", appauthor=False))


class DeskSettings(pydantic.BaseModel):
    """What ``desk.json`` holds. Paths inside the data folder are kept relative, so that it may be moved."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    key: str  # a short name of its own, for folders outside of the data folder
    kind: Literal["embedded", "site"]
    port: int
    hosts: tuple[str, ...] = ()
    home: str = "."  # the folder that PostgreSQL's account may enter; holds cluster and socket
    cluster: str = "cluster"
    socket_dir: str | None = None
    pg_bin: str
    account: str
    owner_login: Literal["socket", "certificate"]
    superuser: str = "postgres"
    is_initialised: bool = False
    migrated: str | None = None
    machine: str | None = None

    def changed(self, **values: object) -> DeskSettings:
        """The same settings with some values replaced, checked again."""
        return DeskSettings.model_validate({**self.model_dump(), **values})

    def save(self, data: Path) -> None:
        """Write ``desk.json`` atomically."""
        write_atomic(data / SETTINGS_FILE, self.model_dump_json(indent=2) + "\n")


def load_settings(data: Path) -> DeskSettings:
    """Read ``desk.json``; DeskError with a sentence where there is none or it is damaged."""
    file = data / SETTINGS_FILE
    try:
        return DeskSettings.model_validate_json(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DeskError(f"{data} holds no desk. Make one with: desk-server init --data {data}") from None
    except (pydantic.ValidationError, UnicodeDecodeError) as error:
        raise DeskError(f"{file} is damaged or of another version; restore it from a backup.") from error


def check_folder_is_ours(data: Path) -> None:
    """Refuse a folder that somebody else filled; an absent or empty one, or one that ``init`` began, is fine."""
    if not data.exists() or (data / SETTINGS_FILE).is_file():
        return
    if not data.is_dir():
        raise DeskError(f"{data} is a file, not a folder.")
    ours = (COMMAND_LOCK, f".{SETTINGS_FILE}.")  # what a killed first step leaves
    strangers = [entry.name for entry in data.iterdir() if not entry.name.startswith(ours)]
    if (data / "PG_VERSION").is_file():
        raise DeskError(
            f"{data} is a PostgreSQL data folder, not a desk; for a cluster of your own use: "
            f"desk-server init --data DIR --cluster {data}"
        )
    if strangers:
        raise DeskError(f"{data} is not empty and holds no desk ({sorted(strangers)[0]} ...); choose another folder.")


def make_data_folder(data: Path) -> None:
    """Make the folder with those above it. Others may pass through it (PostgreSQL's account must), not look in."""
    if data.exists():
        return
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(exist_ok=True)
        data.chmod(0o711)
    except OSError as error:
        raise UserError(f"The folder {data} can't be made: {error.strerror or error}.") from error
