"""Round trips as the server counts them: each statement that reaches it is a line of its log."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.database import Database
from shared.queries.lookup import find_customers
from shared.queries.reference import get_reference
from shared.queries.session import get_session, get_version_gate
from shared.queries.tickets import count_views, get_anchors, get_history, get_rows, get_ticket, list_tickets
from shared.schemas.ticket import CommentText, TicketCreate, TicketUpdate, TicketValues
from shared.schemas.ticket_listing import TicketFilter, TicketListing
from shared.services.leases import release_lease, take_lease
from shared.services.tickets import add_comment, create_ticket, update_ticket
from tests.desks import RunningDesk
from tests.integration.shared.filling import Filling, complete

READS: dict[str, Callable[[Any, int], object]] = {
    "gate": lambda conn, _: get_version_gate(conn),
    "session": lambda conn, _: get_session(conn),
    "reference": lambda conn, _: get_reference(conn),
    "list": lambda conn, _: list_tickets(conn, TicketListing(filter=TicketFilter(status=("new",), text="picture"))),
    "anchors": lambda conn, _: get_anchors(conn, TicketListing()),
    "counts": lambda conn, _: count_views(conn, [TicketFilter(), TicketFilter(assignee_id=0)]),
    "rows": lambda conn, ticket: get_rows(conn, [ticket]),
    "ticket": get_ticket,
    "history": get_history,
    "lookup": lambda conn, _: find_customers(conn, "a"),
    "take lease": lambda conn, ticket: take_lease(conn, "ticket", ticket),
    "release lease": lambda conn, ticket: release_lease(conn, "ticket", ticket, 1),
}


class StatementLog:
    """The statements that one backend received, read from the server's log."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder, self._database = folder, database
        with database.reading() as conn:
            self._pid = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()

    def of(self, action: Callable[[], object]) -> list[str]:
        """The statements of ``action``, in order, between two marks in the log."""
        begin, end = (f"SELECT '{uuid.uuid4().hex}'" for _ in "ab")
        for mark, act in ((begin, action), (end, None)):
            with self._database.reading() as conn:
                conn.exec_driver_sql(mark)
            if act:
                act()
        return self._between(begin, end)

    def _between(self, begin: str, end: str) -> list[str]:
        line = rf"^.*\[{self._pid}\].* LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)$"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            files = sorted(self._folder.glob("*.log"), key=lambda file: file.stat().st_mtime)  # one a day
            text = "".join(file.read_text("utf-8", "replace") for file in files)
            found = re.findall(line, text, re.MULTILINE) if end in text else []
            if end in found:
                return found[found.index(begin) + 1 : found.index(end)]
            time.sleep(0.02)
        raise AssertionError("the server's log does not show the marks")


@pytest.fixture(scope="module")
def filling(desk: RunningDesk) -> Filling:
    return Filling(desk)


@pytest.fixture(scope="module")
def log(desk: RunningDesk, full: Database) -> StatementLog:
    owner = desk.owner().cursor()
    owner.execute("ALTER DATABASE desk SET log_statement = 'all'")
    # a machine's session writes nothing into the log otherwise
    owner.execute("ALTER ROLE \"m_pc-full\" SET log_min_messages = 'log'")
    full.close()  # the setting holds for new connections
    return StatementLog(desk.desk.cluster.log_folder, full)


@pytest.fixture(scope="module")
def ticket(full: Database, filling: Filling) -> int:
    with full.unit_of_work() as session:
        return create_ticket(session, TicketCreate(save_id=uuid.uuid4(), values=complete(filling))).id


@pytest.mark.parametrize("read", READS)
def test_a_read_is_one_statement(log: StatementLog, full: Database, ticket: int, read: str) -> None:
    def action() -> None:
        with full.reading() as conn:
            READS[read](conn, ticket)

    statements = log.of(action)
    assert len(statements) == 1, statements
    assert statements[0].startswith("SELECT")


def test_no_read_names_all_columns(log: StatementLog, full: Database, ticket: int) -> None:
    for read in READS.values():

        def action(read: Callable[[Any, int], object] = read) -> None:
            with full.reading() as conn:
                read(conn, ticket)

        (statement,) = log.of(action)
        assert "*" not in statement.replace("count(*)", "")
        assert "OFFSET" not in statement


def test_opening_a_ticket_is_two(log: StatementLog, full: Database, ticket: int) -> None:
    def open_ticket() -> None:
        with full.reading() as conn:
            get_ticket(conn, ticket)
            get_history(conn, ticket)

    assert len(log.of(open_ticket)) == 2


def verbs(statements: list[str]) -> list[str]:
    return [statement.split()[0] for statement in statements]


def test_saving_is_four_at_most(log: StatementLog, full: Database, ticket: int) -> None:
    def save() -> None:
        with full.reading() as conn:
            version = get_ticket(conn, ticket).row_version
        change = TicketUpdate(
            id=ticket,
            row_version=version,
            save_id=uuid.uuid4(),
            values=TicketValues(next_step="ask for a log"),
            comment=CommentText(body="asked"),
            comment_save_id=uuid.uuid4(),
        )
        with full.unit_of_work() as session:
            update_ticket(session, change)

    assert verbs(log.of(save)) == ["SELECT", "BEGIN", "UPDATE", "INSERT", "COMMIT"]


def test_creating_is_four_at_most(log: StatementLog, full: Database, filling: Filling) -> None:
    new = TicketCreate(
        save_id=uuid.uuid4(), values=complete(filling), comment=CommentText(body="x"), comment_save_id=uuid.uuid4()
    )

    def create() -> None:
        with full.unit_of_work() as session:
            create_ticket(session, new)

    assert verbs(log.of(create)) == ["BEGIN", "INSERT", "INSERT", "COMMIT"]


def test_a_comment_alone_is_three(log: StatementLog, full: Database, ticket: int) -> None:
    def comment() -> None:
        with full.unit_of_work() as session:
            add_comment(session, ticket, CommentText(body="x"), uuid.uuid4())

    assert verbs(log.of(comment)) == ["BEGIN", "INSERT", "COMMIT"]


def test_reads_and_saves_in_turn_add_none(log: StatementLog, full: Database, ticket: int) -> None:
    """Going from autocommit to a transaction and back is a flag of the driver, no statement."""

    def in_turn() -> None:
        for _ in range(2):
            with full.reading() as conn:
                get_rows(conn, [ticket])
            with full.unit_of_work() as session:
                add_comment(session, ticket, CommentText(body="x"), uuid.uuid4())

    assert verbs(log.of(in_turn)) == ["SELECT", "BEGIN", "INSERT", "COMMIT"] * 2
