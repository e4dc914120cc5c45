"""The way to the server breaks in every manner: said in time, nothing done twice, and it goes on by itself."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from desk_client import link_watch
from shared.errors import DatabaseUnavailableError
from tests.faults.proxy import Proxy
from tests.gui.faults.conftest import LONG, Work

BOUND = 20.0  # two timeouts of the connection
SHIPPED = link_watch.SILENCE_SECONDS + link_watch.ANSWER_SECONDS
CONNECT_SECONDS = 5  # the patience of a connect
KINDS: list[dict[str, Any]] = [{"purpose": "list"}, {"write": True}, {"call": True}]

# By the server's clock, which the answer is of: how much a statement counts in that time is the machine's affair.
# Machines may not sleep.
FOUR_SECONDS = """
WITH RECURSIVE turn (number, counted) AS (
    SELECT 0, 0::bigint
    UNION ALL
    SELECT number + 1, (SELECT count(*) FROM pg_catalog.generate_series(1, 20000 + number % 2))
    FROM turn WHERE clock_timestamp() < statement_timestamp() + interval '4 s'
) SELECT extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 FROM (SELECT count(*) FROM turn) AS done
"""


@contextmanager
def lengths(silence: float, answer: float) -> Iterator[None]:
    """Within the block. Short ones where nothing is to come: a machine that stands still is no dead link."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link_watch, "SILENCE_SECONDS", silence)
        patch.setattr(link_watch, "ANSWER_SECONDS", answer)
        yield


def warm(work: Work) -> None:
    """Both connections are made."""
    work.ask("SELECT 'r' FROM (SELECT count(*) FROM pg_catalog.generate_series(1, 300000)) AS s")
    work.ask("SELECT 'w'", write=True)
    work.until(lambda: sorted(work.done) == ["r", "w"])
    work.done.clear()


def has_ended(line: socket.socket) -> bool:
    """Whether the end has come in; looking takes nothing away from who reads there."""
    looking = select.poll()
    looking.register(line, select.POLLHUP | select.POLLERR)
    return bool(looking.poll(0))


def test_the_shipped_lengths_keep_the_bound() -> None:
    """Silence, the question, its answer, and the steps of looking."""
    assert SHIPPED + 2 * link_watch.TICK_MS / 1000 <= BOUND / 2


@pytest.mark.parametrize("how", KINDS, ids=lambda how: next(iter(how)))
def test_a_black_hole_is_noticed(far_work: Work, proxy: Proxy, how: dict[str, Any]) -> None:
    warm(far_work)
    said: list[bool] = []
    far_work.runner.reachable_changed.connect(said.append)
    proxy.black_hole()
    with lengths(silence=0.5, answer=1.0):
        far_work.ask("SELECT 'swallowed'", **how)
        took = far_work.until(lambda: bool(far_work.errors))
    assert isinstance(far_work.errors[0], DatabaseUnavailableError)
    assert took < SHIPPED, "half a second of silence, one of waiting, and the steps of looking"
    assert said == [False]
    proxy.heal()
    far_work.until(far_work.runner.is_idle)
    far_work.ask("SELECT 'back'", **how)
    far_work.until(lambda: far_work.done == ["back"])
    assert said == [False, True]


def test_a_statement_that_takes_its_time_is_left_alone(far_work: Work) -> None:
    """The control: three times as long as a silence may be."""
    with lengths(silence=1.2, answer=10.0):
        far_work.ask(FOUR_SECONDS, purpose="list")
        far_work.ask(FOUR_SECONDS, write=True)
        far_work.until(lambda: len(far_work.done) + len(far_work.errors) == 2)
    assert far_work.errors == []
    assert min(far_work.done) >= 4.0, "as slow as it is meant to be"


def test_what_an_operation_does_besides_is_its_own_affair(far_work: Work) -> None:
    """A file is written, a key store asked: no answer of the server is waited for."""

    def op(conn: Any) -> str:
        conn.execute(text("SELECT 1"))
        time.sleep(4.0)
        return str(conn.execute(text("SELECT 'done'")).scalar())

    with lengths(silence=1.2, answer=10.0):
        far_work.runner.run(
            op, on_done=far_work.done.append, on_error=far_work.errors.append, receiver=far_work.receiver
        )
        far_work.until(lambda: bool(far_work.done + far_work.errors))
    assert (far_work.done, far_work.errors) == (["done"], [])


def test_connections_that_the_server_has_lost_are_noticed(far_work: Work, proxy: Proxy) -> None:
    """Half open: no packet comes back on the old ones, new ones work at once."""
    warm(far_work)
    proxy.half_open()
    with lengths(silence=0.5, answer=1.0):
        far_work.ask("SELECT 'lost'", purpose="list")
        far_work.until(lambda: bool(far_work.errors))
    far_work.ask("SELECT 'found'", purpose="list")
    far_work.until(lambda: far_work.done == ["found"])


def test_where_one_connection_is_lost_no_other_that_lay_idle_is_trusted(far_work: Work) -> None:
    """Else the next save may go by it, and has to be kept and offered a second time."""
    database = far_work.database

    def use_two() -> tuple[int, int]:
        with database.reading() as one, database.reading() as two:
            for connection in (one, two):
                connection.execute(text("SELECT 1"))
            return database.backend_pid(one), database.backend_pid(two)

    before = use_two()
    assert set(use_two()) == set(before), "kept as long as nothing happens"
    database.abandon(before[0])
    assert not set(use_two()) & set(before)


def test_a_cut_is_said_at_once_and_the_next_call_works(far_work: Work, proxy: Proxy) -> None:
    far_work.ask(LONG, purpose="list")
    far_work.until(far_work.is_running)
    proxy.cut()
    assert far_work.until(lambda: bool(far_work.errors)) < link_watch.SILENCE_SECONDS, "before anybody asks"
    far_work.ask("SELECT 'again'", purpose="list")
    far_work.until(lambda: far_work.done == ["again"])


def test_a_cut_while_nothing_is_asked_is_not_even_seen(far_work: Work, proxy: Proxy) -> None:
    warm(far_work)
    replaced: list[bool] = []
    far_work.runner.reconnected.connect(lambda: replaced.append(True))
    lines = [line.socket for line in far_work.database._lines._lines.values()]
    proxy.cut()
    far_work.until(lambda: all(has_ended(line) for line in lines))
    far_work.ask("SELECT 'r'", purpose="list")
    far_work.ask("SELECT 'w'", write=True)
    far_work.until(lambda: sorted(far_work.done) == ["r", "w"])
    assert far_work.errors == []
    far_work.until(lambda: bool(replaced))


def test_what_waits_while_nobody_listens_fails_together(far_work: Work, proxy: Proxy) -> None:
    """Six questions are not six times the patience of a connect; afterwards the first one comes through."""
    arguments = "SELECT '{}'"
    proxy.black_hole()
    for at in range(6):
        far_work.ask(arguments.format(at), purpose=f"p{at}")
    far_work.ask(arguments.format("w"), write=True)
    took = far_work.until(lambda: len(far_work.errors) == 7, 60)
    assert took < 3 * CONNECT_SECONDS, "one connect_timeout for all"
    assert {type(error) for error in far_work.errors} == {DatabaseUnavailableError}
    proxy.heal()
    far_work.ask("SELECT 'back'", purpose="p0")
    far_work.until(lambda: far_work.done == ["back"])


def test_giving_up_is_at_once(far_work: Work, proxy: Proxy) -> None:
    """The listener knows that the link is dead: nobody waits for the runner's own watch."""
    warm(far_work)
    proxy.black_hole()
    far_work.ask("SELECT 'r'", purpose="list")
    far_work.ask("SELECT 'w'", write=True)
    running = far_work.runner
    far_work.until(lambda: all(lane.running and lane.running.is_connected for lane in running._lanes[:2]))
    running.abandon()
    assert far_work.until(lambda: len(far_work.errors) == 2) < link_watch.SILENCE_SECONDS
