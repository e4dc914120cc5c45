"""A copied key: its certificate was replaced, it is shown again, and administrators hear of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.authority import Authority, key_pem
from desk_server.jobs.old_certificates import raise_old_certificate_alarms, refused_logins
from desk_server.jobs.signing import sign_requests
from desk_server.log_reader import PLACE_FILE, problem
from desk_server.machines import add_machine, new_code, set_machine
from shared.config import Profile
from shared.key_store import new_key
from tests.desks import RunningDesk
from tests.integration.server.enrolling import Applicant, one, rows, settle_log, wait_until

Raised = Callable[[], int]

ALARMS = "SELECT machine, address, detail ->> 'serial' FROM desk.security_event WHERE is_alarm ORDER BY id"


@pytest.fixture
def raised(desk: RunningDesk, owner: Any) -> Iterator[Raised]:
    """``raised()``: the job, run once over all that the server has logged by now; the number of events."""
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:

        def run() -> int:
            settle_log(desk, owner)
            return raise_old_certificate_alarms(connection, desk.desk)

        run()  # the place from which on it reads
        yield run


def _copied(desk: RunningDesk, folder: Path, name: str) -> Profile:
    """A copy of a machine's profile, made before the machine was enrolled anew."""
    add_machine(desk.desk, name, "full", ["lin"], folder / "own")
    copy = Profile.load(Path(shutil.copytree(folder / "own", folder / "copy")))
    psycopg2.connect(**copy.connect_args()).close()
    add_machine(desk.desk, name, "full", ["lin"], folder / "own")
    return copy


def _try(arguments: dict[str, Any]) -> None:
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        psycopg2.connect(**arguments)


def test_a_replaced_certificate_raises_one_alarm_that_administrators_read(
    desk: RunningDesk, owner: Any, raised: Raised, tmp_path: Path
) -> None:
    copy = _copied(desk, tmp_path, "pc-copied")
    serial = one(
        owner,
        "SELECT c.serial::text FROM desk.machine_certificate c JOIN desk.machine m ON m.id = c.machine_id"
        " WHERE m.name = 'pc-copied' AND c.replaced_at IS NOT NULL",
    )
    before = rows(owner, ALARMS)
    _try(copy.connect_args())
    assert raised() == 1
    (alarm,) = rows(desk.connect("admin"), ALARMS)[len(before) :]
    assert alarm[0] == "pc-copied"
    assert alarm[1] in ("127.0.0.1", "::1")
    assert alarm[2] == serial
    _try(copy.connect_args())
    assert raised() == 0  # within the hour it says nothing new


def test_a_lost_machine_s_certificate_stays_out_when_the_machine_comes_back(
    desk: RunningDesk, owner: Any, raised: Raised, tmp_path: Path
) -> None:
    """By the words of SECURITY.md: revoked, a level again, a code. Whoever has the lost key is refused and heard of."""
    lost = add_machine(desk.desk, "pc-lost", "full", ["lin"], tmp_path / "lost")
    psycopg2.connect(**lost.connect_args()).close()
    set_machine(desk.desk, "pc-lost", "none")
    set_machine(desk.desk, "pc-lost", "full")
    given = new_code(desk.desk, "pc-lost")
    before = rows(owner, ALARMS)
    _try(lost.connect_args())
    assert raised() == 1
    assert rows(owner, ALARMS)[len(before) :][0][0] == "pc-lost"
    applicant = Applicant.of(desk, given)
    applicant.ask()
    with closing(desk.desk.owner_connection(user="desk_worker")) as worker:
        assert sign_requests(worker, desk.desk) == 1
    psycopg2.connect(**applicant.login(tmp_path / "again", applicant.ask()[2])).close()
    _try(lost.connect_args())


def test_the_certificate_in_use_and_one_that_was_never_entered_raise_none(
    desk: RunningDesk, owner: Any, raised: Raised, tmp_path: Path
) -> None:
    before = rows(owner, ALARMS)
    desk.connect("full").close()
    key = new_key()
    made = Authority(desk.desk.authority.folder).sign_machine("pc-full", key.public_key())
    (tmp_path / "own.key").write_bytes(key_pem(key))
    (tmp_path / "own.key").chmod(0o600)
    (tmp_path / "own.crt").write_bytes(made.pem)
    files = {"sslkey": str(tmp_path / "own.key"), "sslcert": str(tmp_path / "own.crt"), "sslpassword": ""}
    _try({**desk.profile("full").connect_args(), **files})
    assert raised() == 0
    assert rows(owner, ALARMS) == before


def test_what_was_written_while_no_worker_ran_is_found_after_rotation_and_truncation(
    desk: RunningDesk, owner: Any, raised: Raised, tmp_path: Path
) -> None:
    """Two tries, one in a file that is not the current one any more, one in a file that was written over."""
    first, second = (_copied(desk, tmp_path / name, name) for name in ("pc-before", "pc-after"))
    _try(first.connect_args())
    _rotate_to(desk, owner, "postgresql-Other.log")
    assert raised() == 1
    _rotate_to(desk, owner, "postgresql-Third.log")
    for _ in range(3):
        desk.connect("full").close()
    assert raised() == 0
    _rotate_to(desk, owner, "postgresql-Other.log")  # a week later: the same name, written over
    _try(second.connect_args())
    assert (desk.desk.data / PLACE_FILE).stat().st_mode & 0o777 == 0o600
    assert raised() == 1
    assert [row[0] for row in rows(owner, ALARMS)[-2:]] == ["pc-before", "pc-after"]


@pytest.mark.parametrize("kind", ["csvlog", "jsonlog"])
def test_the_address_is_told_whatever_kind_of_log_a_site_keeps(
    desk: RunningDesk, owner: Any, raised: Raised, tmp_path: Path, kind: str
) -> None:
    name = f"pc-{kind}"
    copy = _copied(desk, tmp_path, name)
    try:
        with owner.cursor() as cursor:
            cursor.execute(f"ALTER SYSTEM SET log_destination = '{kind}'")
            cursor.execute("SELECT pg_reload_conf()")
        current = desk.desk.cluster_folder / "current_logfiles"
        wait_until(lambda: current.read_text().startswith(kind))
        _try(copy.connect_args())
        assert raised() == 1
    finally:
        with owner.cursor() as cursor:
            cursor.execute("ALTER SYSTEM RESET log_destination")
            cursor.execute("SELECT pg_reload_conf()")
        wait_until(lambda: current.read_text().startswith("stderr"))
    assert rows(owner, ALARMS)[-1][:2] in ((name, "127.0.0.1"), (name, "::1"))


def _rotate_to(desk: RunningDesk, owner: Any, name: str) -> None:
    """A new file now; one of the same name is written over, as at midnight a week later."""
    folder = desk.desk.cluster_folder
    if (folder / "log" / name).exists():
        os.truncate(folder / "log" / name, 0)
    with owner.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET log_filename = '{name}'")
        cursor.execute("SELECT pg_reload_conf()")
    wait_until(lambda: name in (folder / "current_logfiles").read_text())


def test_a_log_that_cannot_be_read_is_said(desk: RunningDesk) -> None:
    assert problem(desk.desk) is None
    current = desk.desk.cluster_folder / "current_logfiles"
    aside = current.with_name("aside")
    current.rename(aside)
    try:
        assert "logging_collector" in str(problem(desk.desk))
    finally:
        aside.rename(current)


def test_a_forged_line_raises_no_alarm(desk: RunningDesk, owner: Any, raised: Raised) -> None:
    """A login name may hold anything, and the server's log has it as it came: here, a line of its own."""
    before = rows(owner, ALARMS)
    serial = one(owner, "SELECT serial::text FROM desk.machine_certificate WHERE replaced_at IS NULL LIMIT 1")
    forged = f"m_x\n2026-01-01 LOG:  desk refused machine pc-full with serial {serial} from 10.0.0.1"
    with pytest.raises(psycopg2.OperationalError):
        desk.connect("full", user=forged)
    assert raised() == 0
    assert rows(owner, ALARMS) == before


REFUSED = (
    "SELECT address, detail ->> 'reason', is_alarm FROM desk.security_event"
    " WHERE kind = 'login_refused' AND machine = %s ORDER BY id"
)


def _reasons(owner: Any, machine: str) -> list[tuple[Any, ...]]:
    with owner.cursor() as cursor:
        cursor.execute(REFUSED, (machine,))
        return list(cursor.fetchall())


def test_a_stolen_key_of_a_machine_that_is_shut_out_raises_an_alarm(
    desk: RunningDesk, owner: Any, raised: Raised, tmp_path: Path
) -> None:
    """It has no login, so that no check of its serial comes to say so."""
    stolen = add_machine(desk.desk, "pc-stolen", "full", ["lin"], tmp_path / "stolen")
    psycopg2.connect(**stolen.connect_args()).close()
    set_machine(desk.desk, "pc-stolen", "none")
    for events in (1, 0):  # within the hour the same says nothing new
        with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
            psycopg2.connect(**stolen.connect_args())
        assert raised() == events
    ((address, reason, is_alarm),) = _reasons(owner, "pc-stolen")
    assert address in ("127.0.0.1", "::1")
    assert "not permitted to log in" in reason
    assert is_alarm


@pytest.mark.parametrize(
    "option", ["transaction_timeout=1", "log_min_messages=panic", "work_mem=x", "statement_timeout=1", "nothing=1"]
)
def test_what_a_copied_key_states_to_evade_the_alarm_is_told(
    desk: RunningDesk, owner: Any, raised: Raised, tmp_path: Path, option: str
) -> None:
    name = f"pc-{option.split('=')[0].replace('_', '-')}"
    copy = _copied(desk, tmp_path, name)
    raised()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(**{**copy.connect_args(), "options": f"-c {option}"})
    told = raised()
    kinds = rows(owner, f"SELECT kind FROM desk.security_event WHERE machine = '{name}' ORDER BY id DESC LIMIT {told}")
    # by so short a limit the check may have come first, or the end between its line and its own end
    assert 1 <= told == len(kinds) == len(set(kinds))
    assert set(kinds) <= {"login_refused", "old_certificate"}


def test_ordinary_ends_of_sessions_say_nothing(desk: RunningDesk, owner: Any, raised: Raised) -> None:
    """Ended by an administrator, and long after it came in."""
    session = desk.connect("full")
    pid = session.info.backend_pid
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))
    with pytest.raises(psycopg2.OperationalError):
        session.cursor().execute("SELECT 1")
    late = desk.connect("full")
    assert raised() == 0
    with pytest.raises(psycopg2.OperationalError):
        late.cursor().execute(
            "SET transaction_timeout = 50; SELECT 1 FROM desk.search_words('x'), generate_series(1, 1e9)"
        )
    assert raised() == 0
    assert _reasons(owner, "pc-full") == []


def test_a_line_made_up_in_a_user_s_name_is_nobody_s() -> None:
    login = "2026-11-22 03:00:00.000 UTC [7] m_pc-a@desk 10.0.0.1 "
    proved = login + 'LOG:  connection authenticated: identity="CN=pc-a" method=cert (/pg_hba.conf:1)'
    refused = login + 'FATAL:  role "m_pc-a" is not permitted to log in'
    assert refused_logins([proved, refused]) == {("pc-a", "10.0.0.1", "role ... is not permitted to log in")}
    assert refused_logins([refused]) == set()  # nothing was proved
    made_up = "2026-11-22 03:00:00.000 UTC [8] m_pc-a@desk 1.1.1.1 FATAL:  x@desk 10.0.0.2 FATAL:  no pg_hba.conf entry"
    assert refused_logins([proved, made_up]) == set()
