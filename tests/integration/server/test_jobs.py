"""The worker's jobs: what is over goes, what may still be needed stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from desk_server.desk import Desk
from desk_server.jobs import JOBS, Job
from desk_server.jobs.housekeeping import BATCH, remove_ended_leases, remove_old_enrolments, remove_old_saves
from desk_server.worker import Worker
from tests.desks import RunningDesk


@pytest.fixture
def worker_connection(desk: RunningDesk) -> Iterator[Any]:
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield connection


def _all(connection: Any, query: str, arguments: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def test_only_leases_ended_long_ago_are_removed(desk: RunningDesk, owner: Any, worker_connection: Any) -> None:
    """An expired lease that nobody took is still good for its holder's save, for a day."""
    for entity_id, age in ((1, "-30 s"), (2, "11 min"), (3, "23:59"), (4, "24:01"), (5, "3 days")):
        _all(
            owner,
            "INSERT INTO desk.edit_lease (entity, entity_id, machine, session, token, taken_at, beat_at, expires_at)"
            " VALUES ('ticket', %s, 'pc-full', %s, %s, now(), now(), now() - %s::interval)",
            (entity_id, str(uuid.uuid4()), entity_id, age),
        )
    assert remove_ended_leases(worker_connection, desk.desk) == 2
    assert _all(owner, "SELECT entity_id FROM desk.edit_lease ORDER BY 1") == [1, 2, 3]
    assert remove_ended_leases(worker_connection, desk.desk) == 0


def test_only_old_save_ids_are_removed_in_batches(desk: RunningDesk, owner: Any, worker_connection: Any) -> None:
    _all(
        owner,
        "INSERT INTO desk.save_done (save_id, entity, entity_id, done_at)"
        " SELECT gen_random_uuid(), 'ticket', 1, now() - interval '31 days' FROM generate_series(1, %s)",
        (BATCH + 10,),
    )
    _all(
        owner,
        "INSERT INTO desk.save_done (save_id, entity, entity_id, done_at)"
        " VALUES (gen_random_uuid(), 'ticket', 1, now() - interval '29 days')",
    )
    kept = _all(owner, "SELECT count(*) FROM desk.save_done WHERE done_at > now() - interval '30 days'")
    assert remove_old_saves(worker_connection, desk.desk) == BATCH + 10
    assert _all(owner, "SELECT count(*) FROM desk.save_done") == kept
    assert remove_old_saves(worker_connection, desk.desk) == 0


def test_enrolments_are_removed_ninety_days_after_they_ended(
    desk: RunningDesk, owner: Any, worker_connection: Any
) -> None:
    """What is open stays however old it is, and a code as long as a request of it; the security events stay."""
    _all(owner, "DELETE FROM desk.signing_request; DELETE FROM desk.enrolment_code")
    events = _all(owner, "SELECT count(*) FROM desk.security_event")
    codes = (  # when it ended: used, withdrawn, expired
        (1, "91 days", None, "100 days"), (2, None, "91 days", "100 days"), (3, None, None, "91 days"),
        (4, "89 days", None, "100 days"), (5, "91 days", None, "100 days"), (6, None, None, "89 days"),
    )  # fmt: skip
    for number, used, withdrawn, expired in codes:
        _all(
            owner,
            "INSERT INTO desk.enrolment_code (id, machine_id, code_hash, expires_at, issued_by, used_at, withdrawn_at)"
            " SELECT %s, min(id), sha256(%s), now() - %s::interval, 'x', now() - %s::interval, now() - %s::interval"
            " FROM desk.machine",
            (-number, str(number).encode(), expired, used, withdrawn),
        )
    for number, code, signed, refused in (
        (1, -1, "91 days", None), (2, -5, None, None), (3, None, None, "withdrawn"), (4, None, "89 days", None),
    ):  # fmt: skip
        _all(
            owner,
            "INSERT INTO desk.signing_request (id, request, machine_id, code_id, csr, asked_at, signed_at, refused)"
            " SELECT %s, gen_random_uuid(), min(id), %s, 'x', now() - interval '91 days', now() - %s::interval, %s"
            " FROM desk.machine",
            (-number, code, signed, refused),
        )
    assert remove_old_enrolments(worker_connection, desk.desk) == 5
    assert _all(owner, "SELECT -id FROM desk.signing_request ORDER BY 1") == [2, 4]
    assert _all(owner, "SELECT -id FROM desk.enrolment_code ORDER BY 1") == [4, 5, 6]
    assert _all(owner, "SELECT count(*) FROM desk.security_event") == events
    with pytest.raises(Exception, match="permission denied"):
        _all(worker_connection, "SELECT code_hash FROM desk.enrolment_code")


def test_a_job_that_fails_does_not_end_the_worker(desk: RunningDesk, caplog: pytest.LogCaptureFixture) -> None:
    ran = []

    def fails(connection: Any, desk: Desk) -> int:
        raise ValueError("as meant")

    def works(connection: Any, desk: Desk) -> int:
        ran.append(connection)
        worker.stop.set()
        return 0

    worker = Worker(desk.desk, (Job("fails", 60, fails), Job("works", 60, works)), beat_seconds=0.05)
    worker.run()
    assert len(ran) == 1
    assert "job fails failed" in caplog.text


def test_the_worker_may_do_no_more_than_its_jobs(desk: RunningDesk, worker_connection: Any) -> None:
    assert _all(worker_connection, "SELECT count(*) FROM desk.edit_lease")
    assert {"remove ended leases", "remove old save ids"} <= {job.name for job in JOBS}
    for statement in ("SELECT 1 FROM desk.ticket", "DELETE FROM desk.ticket", "SELECT 1 FROM desk.audit_private"):
        with pytest.raises(Exception, match="permission denied"):
            _all(worker_connection, statement)
