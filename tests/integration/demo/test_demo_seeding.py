"""Seeding: all or the rest of it, never twice, the same content whatever happened in between."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from desk_server.demo import loader, seed
from desk_server.demo.cli import run_seed
from desk_server.demo.loader import today
from desk_server.demo.stream import DemoStream
from desk_server.demo.summary import summarise
from shared.errors import DatabaseUnavailableError, UserError
from tests.desks import RunningDesk

UNTIL = date(2026, 6, 1)
TICKETS = 130


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "PORTION", 40)


@pytest.fixture
def empty(fresh_desk: RunningDesk) -> Iterator[RunningDesk]:
    """A desk without tickets, of one test's own."""
    yield fresh_desk
    fresh_desk.close_connections()


def ask(desk: RunningDesk, statement: str) -> list[tuple[Any, ...]]:
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def content(desk: RunningDesk, *, gaps: bool = False) -> str:
    """A hash over tickets, events, comments, exchanges and complaints, without ids of rows.

    With ``gaps`` numbers count by their order only: a sequence does not go back with a lost transaction.
    """
    numbers = "dense_rank() OVER (ORDER BY t.number), dense_rank() OVER (ORDER BY o.number)"
    rows = ask(
        desk,
        f"""SELECT {numbers if gaps else "t.number, o.number"}, t.external_id, c.number, c.name,
               t.subject, t.status, t.reported_at,
               (SELECT array_agg((e.at, e.kind, e.status, s.code)::text ORDER BY e.id)
                FROM desk.ticket_event e JOIN desk.staff s ON s.id = e.person_id WHERE e.ticket_id = t.id),
               (SELECT array_agg((n.created_at, n.body, n.is_private)::text ORDER BY n.id)
                FROM desk.comment n WHERE n.ticket_id = t.id),
               (SELECT array_agg((i.at, i.summary, i.minutes)::text ORDER BY i.id)
                FROM desk.interaction i WHERE i.ticket_id = t.id)
           FROM desk.ticket t JOIN desk.customer c ON c.id = t.customer_id
           LEFT JOIN desk.ticket o ON o.id = t.duplicate_of_id ORDER BY t.number""",
    )
    rows += ask(desk, "SELECT reported_at, subject, closed_at FROM desk.complaint ORDER BY id")
    rows += ask(desk, "SELECT at, summary FROM desk.interaction WHERE ticket_id IS NULL ORDER BY id")
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.fixture(scope="module")
def whole(desk: RunningDesk) -> str:
    """The content of a desk that was seeded without disturbance; the desk of this file."""
    assert seed(desk.desk, TICKETS, 5, UNTIL).added == TICKETS
    return content(desk)


def test_the_same_arguments_add_nothing_twice(desk: RunningDesk, whole: str) -> None:
    again = seed(desk.desk, TICKETS, 5, UNTIL)
    assert again.was_complete
    assert again.events == ask(desk, "SELECT count(*) FROM desk.ticket_event")[0][0]
    assert content(desk) == whole


def test_without_a_day_the_set_that_is_there_is_meant(desk: RunningDesk, whole: str) -> None:
    assert seed(desk.desk, TICKETS, 5).until == UNTIL
    assert content(desk) == whole


class _KilledError(Exception):
    """Stands for the end of the process."""


def test_ended_between_two_portions_it_goes_on_to_the_same_end(empty: RunningDesk, whole: str) -> None:
    def killed(done: int, tickets: int) -> None:
        raise _KilledError

    with pytest.raises(_KilledError):
        seed(empty.desk, TICKETS, 5, UNTIL, progress=killed)
    assert ask(empty, "SELECT count(*) FROM desk.ticket") == [(40,)]
    assert seed(empty.desk, TICKETS, 5, UNTIL).added == TICKETS - 40
    assert content(empty) == whole


def test_ended_within_a_portion_it_goes_on_to_the_same_end(
    empty: RunningDesk, desk: RunningDesk, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = loader.comment_rows

    def killed(ticket: Any, ids: Any) -> list[Any]:
        if ticket.index > 50:
            raise _KilledError
        return rows(ticket, ids)

    with monkeypatch.context() as patched:
        patched.setattr(loader, "comment_rows", killed)
        with pytest.raises(_KilledError):
            seed(empty.desk, TICKETS, 5, UNTIL)
    assert ask(empty, "SELECT count(*) FROM desk.ticket") == [(40,)]
    assert seed(empty.desk, TICKETS, 5, UNTIL).added == TICKETS - 40
    assert content(empty, gaps=True) == content(desk, gaps=True)


HOLD = """
CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF (SELECT count(*) FROM desk.ticket) >= 500 THEN PERFORM pg_advisory_xact_lock(1); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER hold BEFORE INSERT ON desk.ticket FOR EACH STATEMENT EXECUTE FUNCTION public.hold();
SELECT pg_advisory_lock(1)
"""


@contextmanager
def held_at_the_second_portion(desk: RunningDesk) -> Iterator[Callable[[], bool]]:
    """Within, seeding stops where it is about to write ticket 501; whether it has come to that."""
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(HOLD)
        yield lambda: bool(ask(desk, "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
        cursor.execute("SELECT pg_advisory_unlock(1)")
        cursor.execute("DROP TRIGGER hold ON desk.ticket")


def test_killed_for_good_and_run_again_as_a_command(empty: RunningDesk) -> None:
    command = [sys.executable, "-m", "desk_server", "seed", "--tickets", "2000", "--until", "2026-06-01", "--json"]
    environment = os.environ | {"DESK_DATA": str(empty.desk.data)}
    with held_at_the_second_portion(empty) as is_held:
        first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not is_held():
            assert first.poll() is None, first.communicate()
            time.sleep(0.01)
        first.kill()
        first.communicate()
    ((before,),) = ask(empty, "SELECT count(*) FROM desk.ticket")
    assert before == 500
    answer = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
    assert answer["tickets"] == 2000
    assert answer["added"] == 2000 - before
    assert ask(empty, "SELECT count(*), count(DISTINCT external_id) FROM desk.ticket") == [(2000, 2000)]


def test_a_lost_database_is_said_in_a_sentence_and_the_next_run_goes_on(empty: RunningDesk, whole: str) -> None:
    def cut(done: int, tickets: int) -> None:
        ask(empty, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                   " AND datname = 'desk' AND application_name = 'desk-server'")  # fmt: skip

    with pytest.raises(DatabaseUnavailableError):
        seed(empty.desk, TICKETS, 5, UNTIL, progress=cut)
    assert seed(empty.desk, TICKETS, 5, UNTIL).added == TICKETS - 40
    assert content(empty) == whole


def test_two_runs_at_once_take_turns(empty: RunningDesk, whole: str) -> None:
    added: list[int] = []

    def run() -> None:
        added.append(seed(empty.desk, TICKETS, 5, UNTIL).added)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added) == TICKETS
    assert content(empty) == whole


def test_other_arguments_add_a_set_of_their_own(empty: RunningDesk) -> None:
    seed(empty.desk, 30, 1, UNTIL)
    people = ask(empty, "SELECT count(*) FROM desk.staff")
    customers = ask(empty, "SELECT count(*) FROM desk.customer")
    assert seed(empty.desk, 20, 2, UNTIL).added == 20
    assert ask(empty, "SELECT count(*), count(DISTINCT number) FROM desk.ticket") == [(50, 50)]
    assert ask(empty, "SELECT count(*) FROM desk.staff") == people
    assert ask(empty, "SELECT count(*) FROM desk.customer") == customers


def test_rows_that_are_there_already_are_kept(empty: RunningDesk) -> None:
    with closing(empty.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO desk.staff (code, name, department_id) SELECT 'wei.li', 'Our Li Wei', id FROM desk.department"
            " WHERE code = 'support'"
        )
        cursor.execute("INSERT INTO desk.product (code, name) VALUES ('STB-300', 'Ours')")
    assert seed(empty.desk, 30, 1, UNTIL).added == 30
    assert ask(empty, "SELECT name FROM desk.staff WHERE code = 'wei.li'") == [("Our Li Wei",)]
    assert ask(empty, "SELECT name FROM desk.product WHERE code = 'STB-300'") == [("Ours",)]


def test_what_lies_in_the_future_is_refused(desk: RunningDesk, whole: str) -> None:
    with pytest.raises(UserError, match="future"):
        seed(desk.desk, 3, 99, today() + timedelta(days=2))
    assert seed(desk.desk, 0, 99, today()).added == 0


def test_the_stream_is_what_lies_in_the_desk(desk: RunningDesk, whole: str) -> None:
    stream = DemoStream.make(TICKETS, 5, UNTIL)
    expected = [ticket.first["subject"] for ticket in stream.part(0, TICKETS)]
    assert [subject for (subject,) in ask(desk, "SELECT subject FROM desk.ticket ORDER BY number")] == expected


def test_the_summary_counts_what_is_there(desk: RunningDesk, whole: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = summarise(desk.desk)
    assert figures.tickets == sum(figures.statuses.values()) == TICKETS
    assert figures.interactions == ask(desk, "SELECT count(*) FROM desk.interaction")[0][0]
    run_seed(desk.desk, TICKETS, 5, UNTIL)
    assert "Nothing to add" in capsys.readouterr().out


def test_a_desk_without_the_departments_is_refused_with_their_names(empty: RunningDesk) -> None:
    with closing(empty.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE desk.department SET code = 'quality' WHERE code = 'test'")
        with pytest.raises(UserError, match="test"):
            seed(empty.desk, 5, 1, UNTIL)
        assert ask(empty, "SELECT count(*) FROM desk.customer") == [(0,)]
        cursor.execute("UPDATE desk.department SET code = 'test' WHERE code = 'quality'")
    assert seed(empty.desk, 5, 1, UNTIL).added == 5


def test_a_day_that_is_none_is_wrong_usage(desk: RunningDesk) -> None:
    for day, code in (("2026-13-01", 2), ("1999-12-31", 1), ("2026-06-01", 0)):
        command = [sys.executable, "-m", "desk_server", "seed", "--tickets", "0", "--until", day]
        answer = subprocess.run(
            command, env=os.environ | {"DESK_DATA": str(desk.desk.data)}, check=False, capture_output=True
        )
        assert answer.returncode == code
        assert b"Traceback" not in answer.stderr
