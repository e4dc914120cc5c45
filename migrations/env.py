"""Runs the migrations as ``desk_owner``, one at a time and never waiting long for a lock.

The caller hands in a superuser's connection as ``config.attributes["connection"]``; from a shell,
``alembic -x url=postgresql+psycopg2://...`` makes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from shared.models import Base

SCHEMA = "desk"
MIGRATION_LOCK = 0x6465736B  # "desk": one migration at a time in a cluster's database


@contextmanager
def _owner(connection: Connection) -> Iterator[None]:
    """The session as desk_owner. The lock is the superuser's: nobody else may take advisory locks."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.execute(text("SET lock_timeout = '2s'"))
    connection.execute(text("SET ROLE desk_owner"))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("RESET ROLE"))
        connection.execute(text("RESET lock_timeout"))
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()


def _in_schema(name: str | None, type_: str, parent_names: object) -> bool:
    return type_ != "schema" or name == SCHEMA


def _state_revision(connection: Connection) -> None:
    """Keep the version gate's revision true after a step in either direction (there is no gate at the base)."""
    if connection.scalar(text("SELECT to_regclass('desk.version_gate')")) is None:
        return
    connection.execute(
        text(
            "UPDATE desk.version_gate SET schema_revision = version_num FROM desk.alembic_version"
            " WHERE schema_revision <> version_num"
        )
    )
    connection.commit()


def _migrate(connection: Connection) -> None:
    with _owner(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            version_table_schema=SCHEMA,
            include_schemas=True,
            include_name=_in_schema,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        _state_revision(connection)


def main() -> None:
    """Run what alembic was asked for on the given connection."""
    if context.is_offline_mode():
        raise SystemExit("The migrations read the database that they change; there is no offline mode.")
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    engine = create_engine(context.get_x_argument(as_dictionary=True)["url"], poolclass=NullPool)
    with engine.connect() as own:
        _migrate(own)


main()
