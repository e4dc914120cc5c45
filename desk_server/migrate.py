"""Bringing the schema up to date: alembic, with our migrations, as the owner."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from desk_server.desk import Desk
from shared.errors import BusyError, DeskError

if TYPE_CHECKING:
    from alembic.config import Config

_TRIES = 10
_PAUSE_SECONDS = 1.0


def migrations_folder() -> Path:
    """Where the migrations lie: beside our packages."""
    return Path(__file__).resolve().parent.parent / "migrations"


def fingerprint() -> str:
    """Of all that init and migrate apply: tells quickly whether anything is to be done."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent
    for folder in (migrations_folder(), package / "sql"):
        for file in sorted(folder.rglob("*")):
            if file.suffix in (".py", ".sql", ".csv"):
                digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    for name in ("bootstrap.py", "cluster_files.py"):
        digest.update(name.encode() + b"\0" + (package / name).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def alembic_config() -> Config:
    """alembic's configuration without an .ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(desk: Desk, revision: str = "head") -> None:
    """Run what is missing. Busy tables are waited for by trying again, never by blocking everybody behind a lock."""
    # late, so that a second init, which only takes the fingerprint, is quick
    import psycopg2.errors
    import sqlalchemy.exc

    for attempt in range(_TRIES):
        try:
            _upgrade_once(desk, revision)
            return
        except sqlalchemy.exc.DBAPIError as error:
            if not isinstance(error.orig, psycopg2.errors.LockNotAvailable):
                raise
            if attempt == _TRIES - 1:
                raise BusyError("The schema is in use all the time; try again when fewer people work.") from error
        time.sleep(_PAUSE_SECONDS)


def _upgrade_once(desk: Desk, revision: str) -> None:
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    with desk.owner_engine().connect() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise DeskError(f"The schema can't be brought up to date: {error}") from error


def current_revision(desk: Desk) -> str | None:
    """The revision that the database is at; None before the first."""
    connection = desk.owner_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('desk.alembic_version') IS NOT NULL")
            if not cursor.fetchone()[0]:
                return None
            cursor.execute("SELECT version_num FROM desk.alembic_version")
            row = cursor.fetchone()
            return row[0] if row else None
    finally:
        connection.close()
