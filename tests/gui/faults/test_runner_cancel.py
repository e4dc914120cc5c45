"""A read that nobody wants any more ends at the server, and nothing else does."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete
from sqlalchemy import text

from desk_client import runner as runner_module
from tests.gui.faults.conftest import LONG, Work

SOON = 15.0  # seconds; the read itself would go on for thirty, then the server ends it

ENOUGH = 6  # cancels


@pytest.fixture
def running(work: Work) -> Work:
    """A long read under way for a purpose."""
    work.ask(LONG, purpose="list")
    work.until(work.is_running)
    return work


def test_a_newer_question_for_its_purpose_ends_it(running: Work) -> None:
    running.ask("SELECT 'newer'", purpose="list")
    running.until(lambda: running.done == ["newer"], SOON)
    assert running.at_server() == 0
    running.until(running.runner.is_idle)
    assert running.errors == []


def test_another_purpose_does_not(running: Work) -> None:
    running.ask("SELECT 'other'", purpose="count")
    with pytest.raises(Exception, match="timed out"):
        running.until(lambda: not running.is_running(), 1.5)
    assert running.done == []


def test_a_closed_view_ends_it(work: Work) -> None:
    view = QObject()
    work.ask(LONG, receiver=view)
    work.until(work.is_running)
    delete(view)
    work.until(lambda: not work.is_running(), SOON)
    work.until(work.runner.is_idle)
    assert (work.done, work.errors) == ([], [])


def test_what_is_not_wanted_any_more_ends(running: Work) -> None:
    running.runner.cancel(running.receiver, "list")
    running.until(lambda: not running.is_running(), SOON)
    running.until(running.runner.is_idle)
    assert (running.done, running.errors) == ([], [])


def test_saves_go_on_meanwhile(running: Work) -> None:
    for _ in range(3):
        running.ask("SELECT 'saved'", write=True)
    running.until(lambda: running.done == ["saved"] * 3, SOON)
    assert running.is_running()


def test_each_statement_of_an_operation_ends(work: Work) -> None:
    """A cancel may come between two statements and end none: it is sent again."""
    ran = []

    def op(conn: Any) -> None:
        for at in range(2):
            try:
                conn.execute(text(LONG))
            except Exception:
                ran.append(at)

    work.runner.run(op, on_done=work.done.append, receiver=work.receiver, purpose="list")
    work.until(work.is_running)
    work.runner.cancel(work.receiver, "list")
    work.until(work.runner.is_idle, 1.5 * SOON)
    assert ran == [0, 1]


def test_leaving_ends_it(running: Work) -> None:
    """The window is gone: nobody waits for the answer, neither does the end of the client."""
    running.runner.shutdown()
    assert running.at_server() == 0


def test_no_other_statement_is_ever_hit(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads as long as a cancel takes, each made void at once, beside wanted reads and writes on the same lines.

    How long that is, is the machine's affair: where they are over before it comes, longer ones are tried.
    """
    monkeypatch.setattr(runner_module, "CANCEL_AFTER_SECONDS", 0.0)
    work.runner._sweep.setInterval(0)
    cancelled = 0
    original = work.database.cancel_statement

    def count(conn: Any, pid: int) -> None:
        nonlocal cancelled
        cancelled += 1
        original(conn, pid)

    monkeypatch.setattr(work.database, "cancel_statement", count)
    chance = random.Random(4)
    rounds = 0
    while rounds < 60 or (cancelled < ENOUGH and rounds < 600):
        at, longer = rounds, 2 ** (rounds // 60)
        rounds += 1
        rows = chance.choice((1_000, 5_000, 20_000, 60_000)) * longer
        work.ask(f"SELECT count(*) FROM pg_catalog.generate_series(1, {rows})", purpose="list")
        while work.runner._reads._queue:
            time.sleep(0)
        time.sleep(0.0005)  # it has begun, or is done
        work.runner.cancel(work.receiver, "list")
        work.runner._cancel_unwanted()
        work.ask(f"SELECT {at} FROM (SELECT count(*) FROM pg_catalog.generate_series(1, 3000)) AS s")
        work.ask(f"SELECT {at} FROM (SELECT count(*) FROM pg_catalog.generate_series(1, 3000)) AS s", write=True)
        work.until(work.runner.is_idle)
    assert cancelled >= ENOUGH, "nothing was tried"
    assert work.errors == []
    assert sorted(work.done) == sorted([*range(rounds), *range(rounds)])
