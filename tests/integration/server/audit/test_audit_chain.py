"""Sealing and verifying: nothing is left out, however transactions end; whatever is tampered with is found."""

from __future__ import annotations

import threading
import uuid
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from desk_server.audit.sealing import Sealer
from desk_server.jobs import JOBS
from desk_server.jobs.sealing import seal_entries
from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, one, rows, update
from tests.integration.server.enrolling import at_work, wait_until

UNSEALED = (
    "SELECT array_agg(e.id ORDER BY e.id) FROM desk.audit_entry e LEFT JOIN desk.audit_seal s ON s.entry_id = e.id"
    " WHERE s.entry_id IS NULL"
)
SHUFFLED = (
    "SELECT count(*) FROM desk.audit_seal a JOIN desk.audit_seal b"
    " ON b.entry_id = a.entry_id + 1 AND b.block_id < a.block_id"
)


def test_a_run_seals_everything_once(seal: Any, check: Any, boss: Any, raw: Any, world: World) -> None:
    full = raw("full").cursor()
    ticket = insert(full, "ticket", **world.ticket())
    assert seal() > 0
    assert one(boss, UNSEALED) is None
    blocks = one(boss, "SELECT count(*) FROM desk.audit_block")
    assert seal() == 0
    assert one(boss, "SELECT count(*) FROM desk.audit_block") == blocks  # nothing new: no block
    update(full, "ticket", ticket, severity="major")
    assert seal() == 1
    verified = check()
    assert verified.entries == one(boss, "SELECT count(*) FROM desk.audit_entry")
    assert verified.head.block == blocks + 1
    assert verified.unsealed == 0


def test_a_transaction_open_across_many_runs_is_sealed_when_it_commits(
    seal: Any, check: Any, boss: Any, raw: Any, world: World
) -> None:
    """Its ids lie among those of others, long sealed when it shows; meanwhile nothing is looked through in vain."""
    slow, aborted = (raw(name, autocommit=False).cursor() for name in ("full", "full2"))
    quick = raw("shared", person="lin").cursor()
    seal()
    slow_ids, quick_ids = [], []
    for _ in range(6):
        slow_ids.append(insert(slow, "ticket", **world.ticket()))
        insert(aborted, "ticket", **world.ticket())
        quick_ids.append(insert(quick, "ticket", **world.ticket()))
        assert seal() == 1
    assert check().entries == one(boss, "SELECT count(*) FROM desk.audit_entry")
    closed = one(boss, "SELECT max(closed_id) FROM desk.audit_block")
    assert one(boss, "SELECT count(*) FROM desk.audit_open") <= 2  # what waits for the same is one range
    aborted.connection.rollback()
    assert seal() == 0
    assert one(boss, "SELECT max(closed_id) FROM desk.audit_block") == closed
    slow.connection.commit()
    assert seal() == len(slow_ids)
    assert one(boss, UNSEALED) is None
    assert one(boss, "SELECT count(*) FROM desk.audit_open") == 0
    horizon = one(boss, "SELECT last_value FROM desk.audit_entry_id_seq")
    assert one(boss, "SELECT max(closed_id) FROM desk.audit_block") == horizon
    assert check().unsealed == 0


def test_a_transaction_younger_than_all_that_have_ended_is_waited_for(
    seal: Any, check: Any, boss: Any, raw: Any, world: World
) -> None:
    """A snapshot does not list it: the list ends with the last transaction that ended."""
    slow = raw("full", autocommit=False).cursor()
    seal()
    insert(slow, "ticket", **world.ticket())
    assert [seal() for _ in range(3)] == [0, 0, 0]
    slow.connection.commit()
    assert seal() == 1
    assert one(boss, UNSEALED) is None
    check()


def test_small_blocks_short_runs_and_a_crash_lose_nothing(
    seal: Any, check: Any, boss: Any, importer: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import of many rows is sealed in blocks of a bounded size, over as many runs as it takes."""
    seal()
    importer.execute(
        "INSERT INTO desk.customer (name, origin) SELECT 'C ' || n, 'import' FROM generate_series(1, 95) n"
    )
    before = one(boss, "SELECT max(id) FROM desk.audit_block")
    assert seal(block_entries=10, run_seconds=0.0) == 0  # no time at all
    keep = Sealer._keep_ranges

    def fails_at_the_third(self: Sealer, ranges: Any) -> None:
        if self._last.id == before + 3:
            raise RuntimeError("as meant")
        keep(self, ranges)

    monkeypatch.setattr(Sealer, "_keep_ranges", fails_at_the_third)
    with pytest.raises(RuntimeError, match="as meant"):
        seal(block_entries=10)
    monkeypatch.undo()
    assert one(boss, "SELECT max(id) FROM desk.audit_block") == before + 2
    assert seal(block_entries=10) == 75
    sizes = rows(boss, "SELECT entries FROM desk.audit_block WHERE id > %s ORDER BY id", before)
    assert [size["entries"] for size in sizes] == [10] * 9 + [5]
    assert check().unsealed == 0


def test_it_verifies_while_eight_write_and_ids_commit_out_of_order(
    desk: RunningDesk, seal: Any, check: Any, boss: Any, world: World
) -> None:
    stop = threading.Event()
    failures: list[BaseException] = []

    def write(number: int) -> None:
        with closing(psycopg2.connect(**desk.desk.owner_connect_args())) as connection:
            cursor = connection.cursor()
            while not stop.is_set():
                for place in range(number % 4 + 1):
                    cursor.execute("INSERT INTO desk.product (code, name) VALUES (%s, %s)", (uuid.uuid4().hex, "P"))
                    cursor.execute("SELECT pg_sleep(%s)", (0.005 * (place + number % 3),))
                (connection.rollback if number == 7 else connection.commit)()

    def run(number: int) -> None:
        try:
            write(number)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    rounds = 0
    try:
        while rounds < 12 or (rounds < 300 and not one(boss, SHUFFLED)):
            seal(block_entries=50)
            if rounds < 6:
                check()
            rounds += 1
            stop.wait(0.15)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failures == []
    assert one(boss, SHUFFLED) > 0, "no id was sealed after a higher one: this test has shown nothing"
    seal()
    assert one(boss, UNSEALED) is None
    assert check().unsealed == 0


def test_another_cluster_s_transaction_numbers_do_not_hold_it_up(seal: Any, boss: Any, check: Any) -> None:
    """After a restore the numbers that were kept mean nothing: they are not running, so their range is looked at."""
    seal()
    last = one(boss, "SELECT max(closed_id) FROM desk.audit_block")
    boss.execute("SELECT setval('desk.audit_entry_id_seq', %s)", (last + 5,))
    boss.execute("INSERT INTO desk.audit_open VALUES (%s, %s, '{999999999999}')", (last + 1, last + 5))
    assert seal() == 0
    assert one(boss, "SELECT max(closed_id) FROM desk.audit_block") == last + 5
    assert check().unsealed == 0


def test_an_entry_is_sealed_within_five_seconds_by_the_running_worker(
    desk: RunningDesk, boss: Any, raw: Any, world: World
) -> None:
    (job,) = (job for job in JOBS if job.run is seal_entries)
    assert job.every_seconds <= 5
    with at_work(desk, (job,)):
        insert(raw("full").cursor(), "ticket", **world.ticket())
        entry = one(boss, "SELECT max(id) FROM desk.audit_entry")
        wait_until(lambda: one(boss, "SELECT count(*) FROM desk.audit_seal WHERE entry_id = %s", entry))
