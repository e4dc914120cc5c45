"""A machine floods the queue of notices while another of its sessions holds it: saves, which notify, go on soon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from desk_server.jobs.watchdog import end_overdue_sessions
from tests.attack.small_desk import start_small
from tests.desks import RunningDesk
from tests.integration.database.world import insert, one, refused
from tests.integration.server.enrolling import wait_until

PAGES = 200  # of 8 kB; as shipped a million


@pytest.fixture(scope="module")
def small() -> Iterator[RunningDesk]:
    """A desk whose queue is soon full."""
    desk = start_small({"max_notify_queue_pages": str(PAGES)})
    yield desk
    desk.remove()


def flood(cursor: Any, notices: int) -> None:
    """As many, each a page."""
    cursor.execute(";".join(f"NOTIFY flood, '{number:7900}'" for number in range(notices)))


def test_who_holds_the_queue_is_ended_before_all_others_stand_still(small: RunningDesk) -> None:
    holder, flooder, saver = (small.connect(key).cursor() for key in ("query", "query", "full"))
    boss = small.owner().cursor()
    holder.execute("LISTEN desk_change")
    holder.execute("SET transaction_timeout = 0; SET idle_in_transaction_session_timeout = 0")
    holder.execute("BEGIN")
    holder.execute("SELECT 1")
    age = "SELECT min(clock_timestamp() - xact_start) > '5 s' FROM pg_stat_activity WHERE usename LIKE 'm%query'"
    wait_until(lambda: one(boss, age), 30)
    with closing(small.desk.owner_connection(user="desk_worker")) as worker:
        assert end_overdue_sessions(worker, small.desk) == 0, "nothing is amiss while the queue is empty"
        with refused("54000"):
            flood(flooder, 2 * PAGES)
        with refused("54000"):
            insert(saver, "customer", name="Hisense")
        assert end_overdue_sessions(worker, small.desk) == 1
        wait_until(lambda: end_overdue_sessions(worker, small.desk) == 0 and is_saved(saver), 30)
        end_overdue_sessions(worker, small.desk)  # tells what it could not tell before
    told = "SELECT detail ->> 'why' FROM desk.security_event WHERE kind = 'watchdog' AND machine = 'pc-query'"
    assert one(boss, told) == "notices"


def test_a_full_queue_that_nobody_holds_is_emptied(small: RunningDesk) -> None:
    """PostgreSQL would leave it full: it lets go of old notices after the next one that succeeds, and none does."""
    flooder, saver = small.connect("query").cursor(), small.connect("full").cursor()
    with closing(small.desk.owner_connection(user="desk_worker")) as worker:
        with refused("54000"):
            flood(flooder, 2 * PAGES)
        for _ in range(3):
            assert not is_saved(saver)
        end_overdue_sessions(worker, small.desk)
        assert is_saved(saver)


def is_saved(cursor: Any) -> bool:
    try:
        return insert(cursor, "customer", name="Hisense") > 0
    except psycopg2.errors.ProgramLimitExceeded:
        return False
