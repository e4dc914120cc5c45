"""kill -9 of PostgreSQL under writers: what was acknowledged is there, storage is sound, and the desk is soon back."""

from __future__ import annotations

import pytest

from tests.desks import RunningDesk, copy_desk, run_root, template_desk
from tests.faults.crashing import check_storage, crash_under_writers
from tests.faults.crew import Crew
from tests.faults.stage import Stage

WRITERS = 4


def test_nothing_acknowledged_is_lost(fresh_desk: RunningDesk, crew: Crew) -> None:
    stage = Stage(fresh_desk, crew)
    crashes = crash_under_writers(stage, rounds=10, writers=WRITERS)
    assert crashes.problems == []
    assert crashes.met["acknowledged"] >= 10 * WRITERS, "each of them saves in each round"
    assert crashes.met["sent again"] >= 10
    assert max(crashes.starts) < 30, "seconds; 0.4 on an idle machine"
    found = check_storage(stage)
    if found is None:
        pytest.skip("this PostgreSQL comes without amcheck")
    assert found == []


def test_what_is_not_flushed_is_lost_and_seen_to_be(crew: Crew) -> None:
    """The same desk with synchronous_commit off, as other tests have it."""
    started = copy_desk(template_desk(), run_root() / "unflushed")
    try:
        stage = Stage(started, crew)
        stage.ask("ALTER SYSTEM SET wal_writer_delay = '10s'")
        crashes = crash_under_writers(stage, rounds=2)
    finally:
        started.remove()
    assert any("a save that was acknowledged is gone" in problem for problem in crashes.problems)


def test_an_index_that_lacks_a_row_is_found(stage: Stage) -> None:
    if check_storage(stage) is None:
        pytest.skip("this PostgreSQL comes without amcheck")
    for statement in (
        "CREATE TABLE public.torn (id int PRIMARY KEY)",
        "SET allow_system_table_mods = on; UPDATE pg_index SET indisready = false"
        " WHERE indexrelid = 'torn_pkey'::regclass",
        "INSERT INTO public.torn VALUES (1)",
        "SET allow_system_table_mods = on; UPDATE pg_index SET indisready = true"
        " WHERE indexrelid = 'torn_pkey'::regclass",
    ):
        stage.ask(statement)
    found = check_storage(stage)
    stage.ask("DROP TABLE public.torn")
    assert found is not None
    assert len(found) == 1
    assert "torn_pkey" in found[0]
