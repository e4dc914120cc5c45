"""The way to PostgreSQL: engine, reads, the unit of work with the only commit, and what a driver error means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.errors import DeskError
from shared.lines import Lines
from shared.sqlstate import error_for, error_for_broken_connection

POOL_WAIT_SECONDS = 5
POOL_SIZE = 2  # one reads, the other writes
POOL_OVERFLOW = 1  # asks what became of the two; closed when it was answered
_AT_WORK = text("SELECT pid FROM pg_stat_activity WHERE pid = ANY(:pids) AND state <> 'idle'")


class Database:
    """The connections to the desk, made at first use and again after they broke; one for who works alone.

    Reads run in autocommit: one round trip each. The autocommit flag is psycopg2's own, kept on this side;
    SQLAlchemy's isolation levels would send a SET before each read or save. No pre-ping, for the same reason.
    """

    def __init__(
        self,
        connect_args: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
        *,
        on_connected: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        """Connect with these libpq keywords; a callable is asked at each connect, on the thread that connects.

        Args:
            on_connected: gets the keywords of each connection that was made, before anything is done by it.
        """
        arguments = connect_args if callable(connect_args) else lambda: connect_args

        def connect() -> Any:
            keywords = arguments()
            connection = psycopg2.connect(**keywords)
            on_connected(keywords)
            return connection

        self._engine = create_engine(
            "postgresql+psycopg2://",
            creator=connect,
            pool_size=POOL_SIZE,
            pool_use_lifo=True,  # the second one only where both are needed at a time
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT_SECONDS,
            hide_parameters=True,  # parameters may be private; they must not reach a log by an error's text
        )
        self._lines = Lines(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in autocommit. Errors of the driver leave as ``shared.errors``."""
        with _translated(), self._engine.connect() as connection:
            _set_autocommit(connection, True)
            yield connection

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A transaction: committed at the end of the block, rolled back where it raises."""
        with _translated(), self._engine.connect() as connection:
            _set_autocommit(connection, False)
            with Session(connection, autoflush=False, expire_on_commit=False) as session:
                yield session
                session.commit()

    def backend_pid(self, work: Connection | Session) -> int:
        """The server's process behind what ``reading`` or ``unit_of_work`` gave; no round trip."""
        connection = work.connection() if isinstance(work, Session) else work
        driver = connection.connection.dbapi_connection
        return int(driver.info.backend_pid) if driver is not None else 0

    def backend_pids(self) -> frozenset[int]:
        """The server's processes behind all connections. From any thread."""
        return self._lines.pids()

    def waiting_since(self, pid: int) -> float | None:
        """Since when (monotonic) the connection to this process waits for an answer; None: it does not."""
        return self._lines.waiting_since(pid)

    def losses(self) -> int:
        """How many connections had ended when they were to be used again; they were replaced unseen."""
        return self._lines.losses

    def cancel_statement(self, conn: Connection, pid: int) -> None:
        """End the statement of another connection of this machine; where it runs none, nothing happens."""
        conn.execute(select(func.pg_cancel_backend(pid)))

    def at_work(self, conn: Connection, pids: frozenset[int]) -> frozenset[int]:
        """Which of these processes, of this machine's, are within a statement or transaction."""
        rows = conn.execute(_AT_WORK, {"pids": list(pids)})
        return frozenset(row.pid for row in rows)

    def abandon(self, pid: int | None = None) -> None:
        """Cut one connection, or all, also while an answer is waited for. From any thread; the next use reconnects."""
        self._lines.cut(pid)

    def close(self) -> None:
        """End the connections."""
        self._engine.dispose()


def _set_autocommit(connection: Connection, on: bool) -> None:
    driver = connection.connection.dbapi_connection
    if driver is not None and driver.autocommit is not on:
        driver.autocommit = on


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, psycopg2.Error) as error:
        raise translate_error(error) from None  # the cause may quote private values: no traceback shall show it


def translate_error(error: BaseException) -> DeskError:
    """What an error means to a person. The one place where SQLSTATEs become typed errors."""
    if isinstance(error, DeskError):
        return error
    original = getattr(error, "orig", None) or error
    if not isinstance(original, psycopg2.Error):
        return DeskError(f"Something unforeseen went wrong ({type(original).__name__}).")
    if original.pgcode is None:
        return error_for_broken_connection(original)
    return error_for(original.pgcode, original.diag)
