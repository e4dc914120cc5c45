"""Roles, database, hardening, login trigger: all that the superuser does. Each phase may be run any number of times."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from desk_server.cluster_files import LOG_SETTINGS, MACHINES_TEMP_FILES
from desk_server.desk import DATABASE, Desk
from shared.errors import DeskError

_SQL = Path(__file__).resolve().parent / "sql"
# A command that was killed leaves its statement to the server, which goes on with it: whoever comes next waits for it.
_LOCK = 0x6465736B_626F6F74  # "deskboot"
CREATE_DATABASE = (
    f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' "
    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
)


def create_database(desk: Desk) -> None:
    """Database ``desk``, where it is not there; a site's own was made when it was entered."""
    if desk.settings.kind != "embedded":
        return
    with closing(desk.owner_connection("postgres")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))  # until the connection ends
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,))
        if cursor.rowcount == 0:
            cursor.execute(CREATE_DATABASE)
        # nobody but the owner has business in the others
        cursor.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")


def before_migrations(desk: Desk) -> None:
    """Roles, the database's own rights, schema and extension, and PostgreSQL's own doors closed."""
    with closing(desk.owner_connection()) as connection:
        _check_extension(connection)
        for name in ("roles", "database", "hardening"):
            run_sql(connection, name)
        _set_logging(connection)
        if desk.settings.kind == "site":  # an embedded cluster has it in its file
            _set_on_database(connection, {"temp_file_limit": MACHINES_TEMP_FILES})


def after_migrations(desk: Desk) -> None:
    """What needs the tables: sessions, ``desk.machine_set``, the machines' roles, the login trigger."""
    with closing(desk.owner_connection()) as connection:
        for name in ("sessions", "leases", "machine_set", "machine_revoke", "roles_sync", "login"):
            run_sql(connection, name)


def run_sql(connection: Any, name: str) -> None:
    """Run one file of ours in a transaction of its own."""
    with connection.cursor() as cursor:
        text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
        cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK});\n{text}")


def _check_extension(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_available_extensions WHERE name = 'unaccent'")
        if cursor.rowcount == 0:
            raise DeskError("This PostgreSQL lacks the extension unaccent; install its contrib package.")


def _set_logging(connection: Any) -> None:
    """On the database, so that a site's own databases log as they did."""
    _set_on_database(connection, LOG_SETTINGS)


def _set_on_database(connection: Any, values: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            lock = "SELECT pg_advisory_xact_lock(%s)"
            cursor.execute(f"{lock}; ALTER DATABASE {DATABASE} SET {name} = %s", (_LOCK, value))
