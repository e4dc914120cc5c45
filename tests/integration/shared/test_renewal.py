"""Renewal on a machine's own session: early, waiting, switched, in use; and a working pair wherever it is killed."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

import shared.renewal
from desk_server.jobs.signing import sign_requests
from shared.config import NEXT_CERTIFICATE_FILE, NEXT_KEY_FILE, Profile
from shared.enrolment import log_in
from shared.errors import DeskError, LoginRefusedError, NotSignedError
from shared.key_store import KEY_FILE
from shared.renewal import Renewal, RenewalState, open_machine, renew, renew_now
from tests.desks import RunningDesk


def do(connection: Any, statement: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


class Machine:
    """A machine's client as far as renewal goes; each ``ask`` is on a connection of its own, as after a start."""

    def __init__(self, desk: RunningDesk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.name = Profile.load(folder).machine
        self.worker = desk.desk.owner_connection(user="desk_worker")
        self.owner = desk.owner()

    def ask(self) -> Renewal:
        database = open_machine(self.folder)
        try:
            with database.unit_of_work() as session:
                return renew(session, self.folder)
        finally:
            database.close()

    def state(self) -> RenewalState:
        return self.ask().state

    def sign(self) -> int:
        return sign_requests(self.worker, self.desk.desk)

    def good_certificates(self) -> int:
        do(self.worker, "SELECT desk.certificates_seen()")
        where = "replaced_at IS NULL AND machine_id = (SELECT id FROM desk.machine WHERE name = %s)"
        return int(do(self.owner, f"SELECT count(*) FROM desk.machine_certificate WHERE {where}", self.name)[0])

    def files(self) -> set[str]:
        return {file.name for file in self.folder.iterdir()}


@pytest.fixture
def machine(desk: RunningDesk, tmp_path: Path) -> Iterator[Machine]:
    """A freshly enrolled machine whose certificate is old enough from the first moment."""
    from desk_server.machines import add_machine

    add_machine(desk.desk, f"pc-{abs(hash(tmp_path)) % 10**9}", "full", ["lin"], tmp_path / "p")
    made = Machine(desk, tmp_path / "p")
    log_in(Profile.load(made.folder))
    do(made.owner, "UPDATE desk.setting SET value = '0' WHERE key = 'renew_after_days'")
    do(made.owner, "UPDATE desk.machine_certificate SET first_used_at = clock_timestamp() WHERE first_used_at IS NULL")
    yield made
    do(made.owner, "UPDATE desk.setting SET value = '60' WHERE key = 'renew_after_days'")
    made.worker.close()


def test_before_its_day_nothing_happens(machine: Machine) -> None:
    do(machine.owner, "UPDATE desk.setting SET value = '60' WHERE key = 'renew_after_days'")
    before = machine.files()
    assert machine.state() is RenewalState.EARLY
    assert machine.files() == before
    assert machine.sign() == 0


def test_a_new_pair_takes_the_place_of_the_old_one(machine: Machine) -> None:
    folder, before = machine.folder, machine.files()
    old_key = (folder / KEY_FILE).read_bytes()
    shutil.copytree(folder, folder.parent / "copied")
    assert machine.state() is RenewalState.WAITING
    assert machine.files() == before | {NEXT_KEY_FILE}
    assert machine.sign() == 1
    assert machine.state() is RenewalState.SWITCHED
    assert machine.good_certificates() == 2  # the old one is good until the new one is used
    done = machine.ask()
    assert done.state is RenewalState.DONE
    assert dt.timedelta(days=89) < done.ends - dt.datetime.now(dt.UTC) < dt.timedelta(days=91)
    assert machine.good_certificates() == 1
    assert machine.files() == before
    assert (folder / KEY_FILE).read_bytes() != old_key
    assert b"ENCRYPTED" in (folder / KEY_FILE).read_bytes()
    log_in(Profile.load(folder))
    with pytest.raises(LoginRefusedError, match="another certificate"):
        log_in(Profile.load(folder.parent / "copied"))


def test_a_connection_string_stays_good(machine: Machine) -> None:
    line = Profile.load(machine.folder).dsn(with_secret=True)
    psycopg2.connect(line).close()
    machine.ask()
    machine.sign()
    assert machine.state() is RenewalState.SWITCHED
    psycopg2.connect(line).close()
    assert machine.state() is RenewalState.DONE
    psycopg2.connect(line).close()


def test_the_client_ends_after_the_first_login_by_the_new_pair(machine: Machine) -> None:
    """Nobody asks any more, the server refuses the old pair: what other programs name is the new one by then."""
    line = Profile.load(machine.folder).dsn(with_secret=True)
    machine.ask()
    machine.sign()
    assert machine.state() is RenewalState.SWITCHED
    for _ in range(2):  # and at the next start
        database = open_machine(machine.folder)
        with database.reading():
            assert machine.good_certificates() == 1
        database.close()
        psycopg2.connect(line).close()


def test_a_shell_is_told_that_nobody_signs_and_goes_on_when_somebody_does(machine: Machine) -> None:
    with pytest.raises(NotSignedError, match="nothing there signs"):
        renew_now(machine.folder, patience=0)
    assert machine.sign() == 1
    assert renew_now(machine.folder).state is RenewalState.DONE
    assert not machine.files() & {NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE}
    log_in(Profile.load(machine.folder))


def test_a_pair_shown_before_takes_its_place_at_the_next_start(machine: Machine) -> None:
    machine.ask()
    machine.sign()
    assert machine.state() is RenewalState.SWITCHED
    log_in(Profile.load(machine.folder))
    assert NEXT_CERTIFICATE_FILE in machine.files()
    database = open_machine(machine.folder)
    with database.reading():
        assert not machine.files() & {NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE}
    database.close()


class Killed(BaseException):
    """As if the process ended."""


KILLED_AT = [
    (shared.renewal, "_write_next_key", "before"),
    (shared.renewal, "_write_next_key", "after"),
    (shared.renewal, "_check_certificate", "after"),
    (shared.renewal, "write_atomic", "after"),
    (shared.renewal, "_take_places", "before"),
    (Path, "replace", "after"),
    (shared.renewal, "_take_places", "after"),
]


@pytest.mark.parametrize(("holder", "name", "when"), KILLED_AT, ids=[f"{when} {name}" for _, name, when in KILLED_AT])
def test_killed_at_any_point_there_is_a_working_pair(machine: Machine, holder: Any, name: str, when: str) -> None:
    real = getattr(holder, name)
    armed = []

    def killed(*arguments: Any, **keywords: Any) -> Any:
        is_other_file = holder is Path and arguments[0].name not in (NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE)
        if armed or is_other_file:
            return real(*arguments, **keywords)
        armed.append(True)
        if when == "after":
            real(*arguments, **keywords)
        raise Killed

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(holder, name, killed)
        for _ in range(4):
            try:
                machine.ask()
            except Killed:
                break
            machine.sign()
    assert armed
    log_in(Profile.load(machine.folder))
    for _ in range(5):
        if machine.state() is RenewalState.DONE:
            break
        machine.sign()
    log_in(Profile.load(machine.folder))
    assert machine.good_certificates() == 1
    assert not machine.files() & {NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE}


def test_two_clients_of_one_machine_make_one_pair(machine: Machine) -> None:
    """The second finds the first one's request and asks for the same."""
    assert machine.state() is RenewalState.WAITING
    key = (machine.folder / NEXT_KEY_FILE).read_bytes()
    assert machine.state() is RenewalState.WAITING
    assert (machine.folder / NEXT_KEY_FILE).read_bytes() == key
    assert machine.sign() == 1
    assert machine.state() is RenewalState.SWITCHED
    assert {machine.state(), machine.state()} <= {RenewalState.DONE, RenewalState.EARLY}


def test_a_certificate_that_is_not_ours_is_not_taken(machine: Machine, tmp_path: Path) -> None:
    from desk_server.authority import Authority, requested_key

    machine.ask()
    stranger = Authority(tmp_path / "stranger")
    stranger.ensure()
    request = do(machine.owner, "SELECT csr FROM desk.signing_request WHERE signed_at IS NULL")[0]
    forged = stranger.sign_machine(machine.name, requested_key(request)).pem.decode()
    do(
        machine.owner,
        "UPDATE desk.signing_request SET certificate = %s, serial = 1, signed_at = clock_timestamp()"
        " WHERE signed_at IS NULL",
        forged,
    )
    with pytest.raises(DeskError, match="not one for this machine"):
        machine.ask()
    assert not machine.files() & {NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE}
    log_in(Profile.load(machine.folder))


def test_a_key_without_password_gets_one(machine: Machine) -> None:
    from cryptography.hazmat.primitives import serialization

    profile = Profile.load(machine.folder)
    password = profile.connect_args()["sslpassword"].encode()
    key = serialization.load_pem_private_key((machine.folder / KEY_FILE).read_bytes(), password)
    (machine.folder / KEY_FILE).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (machine.folder / "client.key.password").unlink()
    profile.model_copy(update={"key_password": "none"}).save()
    log_in(Profile.load(machine.folder))
    for expected in (RenewalState.WAITING, RenewalState.SWITCHED, RenewalState.DONE):
        assert machine.state() is expected
        machine.sign()
    assert Profile.load(machine.folder).key_password == "file"
    assert b"ENCRYPTED" in (machine.folder / KEY_FILE).read_bytes()
    log_in(Profile.load(machine.folder))
