"""Enrolment on the server's side: the worker signs what it may, says why it does not, and ends what it replaces."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from desk_server.jobs import JOBS
from desk_server.jobs.signing import sign_requests
from desk_server.machines import add_by_code, add_machine, new_code, set_machine
from shared.errors import DeskError
from shared.key_store import new_key
from tests.desks import RunningDesk
from tests.integration.server.enrolling import Applicant, at_work, one, request_for, rows, settle_log, wait_until


@pytest.fixture
def worker_connection(desk: RunningDesk) -> Iterator[Any]:
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield connection


@pytest.fixture
def applicant(desk: RunningDesk, request: pytest.FixtureRequest) -> Applicant:
    """Somebody with a code for a machine of this test's own."""
    name = "pc-" + request.node.name.removeprefix("test_").replace("_", "-")[:30].split("[")[0].strip("-")
    return Applicant.of(desk, add_by_code(desk.desk, name, "full", ["lin"]))


def test_a_code_becomes_a_certificate_that_gets_in(
    desk: RunningDesk, worker_connection: Any, applicant: Applicant, tmp_path: Path
) -> None:
    state, machine, certificate, reason = applicant.ask()
    assert (state, certificate, reason) == ("waiting", None, None)
    assert sign_requests(worker_connection, desk.desk) == 1
    state, _, certificate, reason = applicant.ask()
    assert (state, reason) == ("signed", None)
    with closing(psycopg2.connect(**applicant.login(tmp_path, certificate))) as connection:
        assert one(connection, "SELECT session_user") == f"m_{machine}"
        assert one(connection, "SELECT pg_has_role(session_user, 'desk_full', 'USAGE')")
    assert sign_requests(worker_connection, desk.desk) == 0


def test_a_notice_brings_the_certificate_at_once(desk: RunningDesk, applicant: Applicant) -> None:
    """Long before the job's own turn."""
    jobs = tuple(replace(job, every_seconds=600) for job in JOBS if job.run is sign_requests)
    with at_work(desk, jobs):
        assert applicant.ask()[0] == "waiting"
        wait_until(lambda: applicant.ask()[0] == "signed")


def test_what_was_asked_while_no_worker_ran_is_signed_when_one_starts(desk: RunningDesk, applicant: Applicant) -> None:
    assert applicant.ask()[0] == "waiting"
    with at_work(desk):
        wait_until(lambda: applicant.ask()[0] == "signed")


def test_the_name_is_the_tables_and_not_the_requests(
    desk: RunningDesk, worker_connection: Any, applicant: Applicant
) -> None:
    applicant.csr = request_for(applicant.key, "postgres")
    _, machine, _, _ = applicant.ask()
    sign_requests(worker_connection, desk.desk)
    certificate = x509.load_pem_x509_certificate(str(applicant.ask()[2]).encode())
    assert certificate.subject.rfc4514_string() == f"CN={machine}"


@pytest.mark.parametrize("kind", ["p384", "rsa", "damaged", "no request"])
def test_bad_requests_are_refused_with_a_reason_and_hold_nobody_up(
    desk: RunningDesk, worker_connection: Any, kind: str
) -> None:
    good_one = request_for(new_key())
    requests: dict[str, tuple[Any, str]] = {
        "p384": (lambda: request_for(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        "rsa": (lambda: request_for(rsa.generate_private_key(65537, 2048)), "P-256"),
        "damaged": (lambda: good_one[:100] + "A" + good_one[101:], "request"),
        "no request": (lambda: "-----BEGIN CERTIFICATE REQUEST-----\nMTIz\n-----END CERTIFICATE REQUEST-----", "read"),
    }
    make, word = requests[kind]
    names = [f"pc-{kind.replace(' ', '-')}-{side}" for side in ("bad", "good")]
    bad, good = (Applicant.of(desk, add_by_code(desk.desk, name, "query", ["chen"])) for name in names)
    bad.csr = make()
    assert bad.ask()[0] == good.ask()[0] == "waiting"
    assert sign_requests(worker_connection, desk.desk) == 1
    state, _, certificate, reason = bad.ask()
    assert (state, certificate) == ("refused", None)
    assert word in str(reason)
    assert good.ask()[0] == "signed"


def test_enrolment_anew_replaces_the_certificate_and_ends_the_sessions(
    desk: RunningDesk, owner: Any, worker_connection: Any, tmp_path: Path
) -> None:
    first = add_machine(desk.desk, "pc-anew", "full", ["lin"], tmp_path / "first")
    applicant = Applicant.of(desk, new_code(desk.desk, "pc-anew"))
    with closing(psycopg2.connect(**first.connect_args())) as live:
        assert one(live, "SELECT 1") == 1  # a code alone changes nothing
        applicant.ask()
        assert one(live, "SELECT 1") == 1
        sign_requests(worker_connection, desk.desk)
        with pytest.raises(psycopg2.OperationalError):
            one(live, "SELECT 1")
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        psycopg2.connect(**first.connect_args())
    psycopg2.connect(**applicant.login(tmp_path / "second", applicant.ask()[2])).close()
    kinds = rows(owner, "SELECT kind FROM desk.security_event WHERE machine = 'pc-anew' ORDER BY id")
    assert kinds[-3:] == ["enrolment_started", "enrolled", "sessions_ended"]


def test_a_machine_that_was_shut_out_meanwhile_gets_none(
    desk: RunningDesk, worker_connection: Any, applicant: Applicant
) -> None:
    _, machine, _, _ = applicant.ask()
    with closing(desk.owner()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE desk.machine SET deleted_at = now(), save_id = gen_random_uuid() WHERE name = %s", (machine,)
        )
    assert sign_requests(worker_connection, desk.desk) == 0
    state, _, certificate, reason = applicant.ask()
    assert (state, certificate, reason) == ("refused", None, "The machine is shut out.")
    other = Applicant.of(desk, add_by_code(desk.desk, "pc-taken", "full", ["lin"]))
    other.ask()
    set_machine(desk.desk, "pc-taken", "none")
    assert sign_requests(worker_connection, desk.desk) == 0
    assert other.ask()[2] is None


def test_an_authority_that_cannot_be_read_leaves_requests_open(
    desk: RunningDesk, worker_connection: Any, applicant: Applicant
) -> None:
    applicant.ask()
    key, aside = (desk.desk.authority.folder / name for name in ("ca.key", "ca.key.aside"))
    key.rename(aside)
    try:
        with pytest.raises(DeskError, match="can't be read"):
            sign_requests(worker_connection, desk.desk)
    finally:
        aside.rename(key)
    assert applicant.ask()[0] == "waiting"
    assert sign_requests(worker_connection, desk.desk) == 1


def test_no_log_holds_codes_or_keys(
    desk: RunningDesk, owner: Any, worker_connection: Any, applicant: Applicant, caplog: pytest.LogCaptureFixture
) -> None:
    """The server's own log, and the worker's; the control is the machine's name, which they do hold."""
    caplog.set_level("INFO")
    _, machine, _, _ = applicant.ask()
    sign_requests(worker_connection, desk.desk)
    wrong = Applicant(desk, "a" * 26)
    with contextlib.suppress(psycopg2.Error):
        wrong.ask()
    settle_log(desk, owner)
    logs = "".join(file.read_text() for file in (desk.desk.cluster_folder / "log").glob("*.log")) + caplog.text
    assert machine in logs
    body = request_for(applicant.key).splitlines()[1]
    for secret in (applicant.claim, wrong.claim, body, "BEGIN CERTIFICATE"):
        assert secret not in logs
