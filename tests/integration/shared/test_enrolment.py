"""From a one-time code to a profile, and on to its renewal: on a real server, with the worker that signs."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import stat
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest

import shared.enrolment
import shared.enrolment_attempt
from desk_server.worker import Worker
from shared import errors
from shared.config import CA_FILE, PROFILE_FILE, Profile
from shared.domain.enrolment import EnrolmentCode, fingerprint_of_pem
from shared.enrolment import Enrolled, Enrolment, Step, log_in, utc_now
from shared.enrolment_attempt import FOLDER, Attempt
from shared.key_store import KEY_FILE, PASSWORD_FILE
from tests.desks import RunningDesk

DAY = dt.timedelta(days=1)
SSL_REQUEST = struct.pack("!ii", 8, 80_877_103)


@contextmanager
def working(desk: RunningDesk) -> Iterator[Worker]:
    """The worker, in a thread."""
    worker = Worker(desk.desk)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop.set()
        thread.join()


@pytest.fixture(scope="module")
def worker(desk: RunningDesk) -> Iterator[Worker]:
    with working(desk) as one:
        yield one


def do(connection: Any, statement: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


class Codes:
    """What an administrator does: a machine, and a code for it."""

    def __init__(self, desk: RunningDesk) -> None:
        self._desk = desk

    def new(self, machine: str | None = None, **changed: Any) -> EnrolmentCode:
        machine = machine or f"pc-{uuid.uuid4().hex[:8]}"
        ca = (self._desk.desk.authority.certificate_file).read_bytes()
        code = EnrolmentCode.new(machine, fingerprint_of_pem(ca), "localhost", self._desk.port)
        owner = self._desk.owner()
        do(owner, "SELECT desk.machine_set(%s, 'full', ARRAY['lin'], NULL, NULL, NULL, NULL)", machine)
        do(owner, "SELECT desk.enrolment_begin(%s, %s)", machine, code.secret_hash())
        owner.close()
        return code


@pytest.fixture
def codes(desk: RunningDesk) -> Codes:
    return Codes(desk)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_code_becomes_a_profile_that_logs_in(codes: Codes, worker: Worker, tmp_path: Path) -> None:
    code, folder, steps = codes.new(), tmp_path / "new" / "profile", list[Step]()
    done = Enrolment(code, folder, on_step=steps.append).run()
    assert steps == [Step.SERVER, Step.KEY, Step.SIGNING, Step.LOGIN]
    assert done == Enrolled(Profile.load(folder), is_in_key_store=False)
    assert done.profile.machine == code.machine
    log_in(done.profile)
    assert {file.name for file in folder.iterdir()} == {PROFILE_FILE, KEY_FILE, PASSWORD_FILE, CA_FILE, "client.crt"}
    if os.name == "posix":
        assert (mode(folder), mode(folder / KEY_FILE), mode(folder / PASSWORD_FILE)) == (0o700, 0o600, 0o600)
    written = b"".join(file.read_bytes() for file in folder.iterdir())
    assert code.secret.encode() not in written


def test_the_key_stays_here_and_is_of_no_use_without_its_password(codes: Codes, worker: Worker, tmp_path: Path) -> None:
    profile = Enrolment(codes.new(), tmp_path / "p").run().profile
    arguments = profile.connect_args()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(**{**arguments, "sslpassword": "guessed"})
    psycopg2.connect(**arguments).close()
    assert (tmp_path / "p" / KEY_FILE).read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_twenty_with_one_code_and_one_wins(codes: Codes, worker: Worker, tmp_path: Path) -> None:
    code = codes.new()
    start = threading.Barrier(20)

    def try_it(number: int) -> type | None:
        start.wait()
        try:
            Enrolment(code, tmp_path / str(number), patience=120).run()  # five come in at a time
        except errors.DeskError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(20) as pool:
        came_of_it = list(pool.map(try_it, range(20)))
    assert came_of_it.count(None) == 1
    assert came_of_it.count(errors.UsedCodeError) == 19
    winner = tmp_path / str(came_of_it.index(None))
    assert [folder for folder in tmp_path.iterdir()] == [winner]  # the others left nothing
    log_in(Profile.load(winner))


def refusal(code: EnrolmentCode, folder: Path, **keywords: Any) -> errors.DeskError:
    with pytest.raises(errors.DeskError) as caught:
        Enrolment(code, folder, **keywords).run()
    assert code.secret not in str(caught.value)
    assert not (folder / PROFILE_FILE).exists()
    return caught.value


def test_a_wrong_a_used_and_an_expired_code(
    desk: RunningDesk, codes: Codes, worker: Worker, tmp_path: Path, owner: Any
) -> None:
    code, folder = codes.new(), tmp_path / "p"
    wrong = EnrolmentCode(code.machine, "a" * 26, code.fingerprint, code.host, code.port)
    steps = list[Step]()
    assert type(refusal(wrong, folder, on_step=steps.append)) is errors.UnknownCodeError
    assert steps == [Step.SERVER, Step.KEY]  # nobody is told that it is being signed
    Enrolment(code, tmp_path / "winner").run()
    assert type(refusal(code, folder)) is errors.UsedCodeError
    late = codes.new()
    do(owner, "UPDATE desk.enrolment_code SET expires_at = clock_timestamp() WHERE code_hash = %s", late.secret_hash())
    assert type(refusal(late, folder)) is errors.ExpiredCodeError
    withdrawn = codes.new()
    codes.new(withdrawn.machine)
    assert type(refusal(withdrawn, folder)) is errors.ExpiredCodeError
    assert not folder.exists()
    assert Enrolment(codes.new(), folder).run()


def test_a_code_whose_machine_was_changed_is_unknown_and_uses_nothing(
    desk: RunningDesk, codes: Codes, worker: Worker, tmp_path: Path, owner: Any
) -> None:
    at_work = Enrolment(codes.new(), tmp_path / "at-work").run().profile
    code = codes.new(at_work.machine)
    mistyped = EnrolmentCode.parse(code.text().replace(code.machine, f"{code.machine}x", 1))
    assert type(refusal(mistyped, tmp_path / "p")) is errors.UnknownCodeError
    used = do(owner, "SELECT used_at FROM desk.enrolment_code WHERE code_hash = %s", code.secret_hash())
    assert used == (None,)
    log_in(at_work)
    assert Enrolment(code, tmp_path / "p").run().profile.machine == at_work.machine


@pytest.mark.parametrize("days", [-1, 1, 30, -4000, 4000])
def test_a_clock_a_day_off_is_said_before_the_code_is_used(
    codes: Codes, worker: Worker, tmp_path: Path, days: int
) -> None:
    code, wrong = codes.new(), utc_now() + days * DAY
    error = refusal(code, tmp_path / "p", now=lambda: wrong)
    assert type(error) is errors.ClockError
    assert f"{wrong:%Y-%m-%d}" in str(error)
    assert Enrolment(code, tmp_path / "p", now=lambda: utc_now() + dt.timedelta(hours=1)).run()


def test_nobody_signs_and_later_the_same_code_goes_on(fresh_desk: RunningDesk, tmp_path: Path) -> None:
    code = Codes(fresh_desk).new()
    error = refusal(code, tmp_path / "p", patience=0.5)
    assert type(error) is errors.NotSignedError
    key = (tmp_path / "p" / FOLDER / KEY_FILE).read_bytes()
    with working(fresh_desk):
        done = Enrolment(code, tmp_path / "p").run()
    assert (done.profile.directory / KEY_FILE).read_bytes() == key
    assert not (tmp_path / "p" / FOLDER).exists()


def test_no_server_a_server_that_hangs_up_and_one_that_speaks_something_else(codes: Codes, tmp_path: Path) -> None:
    code = codes.new()

    def at(port: int) -> EnrolmentCode:
        return EnrolmentCode(code.machine, code.secret, code.fingerprint, "127.0.0.1", port)

    assert type(refusal(at(1), tmp_path / "p")) is errors.DatabaseUnavailableError
    for greeting in (b"", b"N", b"SSH-2.0-nothing of ours\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"):
        with listening(lambda plain, said=greeting: plain.sendall(said)) as (port, _):
            assert type(refusal(at(port), tmp_path / "p")) is errors.NotADeskError
    nowhere = EnrolmentCode(code.machine, code.secret, code.fingerprint, "no-such-host.invalid", 5432)
    assert type(refusal(nowhere, tmp_path / "p")) is errors.DatabaseUnavailableError
    assert not (tmp_path / "p").exists()


@contextmanager
def listening(
    answer: Callable[[socket.socket], object], address: str = "127.0.0.1"
) -> Iterator[tuple[int, list[bytes]]]:
    """A server that takes what comes first, then does ``answer``; what it got."""
    got: list[bytes] = []
    with socket.create_server((address, 0)) as server:

        def serve() -> None:
            while True:
                try:
                    plain, _ = server.accept()
                except OSError:
                    return
                with plain:
                    plain.settimeout(5)
                    try:
                        got.append(plain.recv(8))
                        answer(plain)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], got
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # one side has hung up
        while said := source.recv(65_536):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


def forward(plain: socket.socket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as real:
        real.sendall(SSL_REQUEST)
        back = threading.Thread(target=pass_on, args=(real, plain))
        back.start()
        pass_on(plain, real)
        back.join()


def test_a_name_that_the_server_does_not_go_by(codes: Codes, worker: Worker, tmp_path: Path) -> None:
    code = codes.new()
    with listening(lambda plain: forward(plain, code.port), "127.0.0.2") as (port, got):
        other = EnrolmentCode(code.machine, code.secret, code.fingerprint, "127.0.0.2", port)
        assert type(refusal(other, tmp_path / "p")) is errors.ServerNameError
    assert got == [SSL_REQUEST] * 2
    with listening(lambda plain: forward(plain, code.port)) as (port, _):
        known = EnrolmentCode(code.machine, code.secret, code.fingerprint, "127.0.0.1", port)
        assert Enrolment(known, tmp_path / "p").run()


def test_a_folder_of_another_machine_is_left_alone(
    desk: RunningDesk, codes: Codes, worker: Worker, tmp_path: Path
) -> None:
    shutil.copytree(desk.profile("full").directory, tmp_path / "p")
    before = {file.name: file.read_bytes() for file in (tmp_path / "p").iterdir()}
    with pytest.raises(errors.OtherMachineError, match="pc-full"):
        Enrolment(codes.new(), tmp_path / "p").run()
    assert {file.name: file.read_bytes() for file in (tmp_path / "p").iterdir()} == before
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / KEY_FILE).write_text("somebody's")
    with pytest.raises(errors.OtherMachineError, match="not ours"):
        Enrolment(codes.new(), tmp_path / "keys").run()


def test_a_machine_enrols_anew_in_its_own_folder(codes: Codes, worker: Worker, tmp_path: Path) -> None:
    first = Enrolment(codes.new(), tmp_path / "p").run().profile
    shutil.copytree(tmp_path / "p", tmp_path / "copied")
    second = Enrolment(codes.new(first.machine), tmp_path / "p").run().profile
    log_in(second)
    with pytest.raises(errors.LoginRefusedError, match="another certificate"):
        log_in(Profile.load(tmp_path / "copied"))


def test_an_attempt_that_fails_leaves_the_machines_profile_as_it_is(
    codes: Codes, worker: Worker, tmp_path: Path
) -> None:
    profile = Enrolment(codes.new(), tmp_path / "p").run().profile
    code = codes.new(profile.machine)
    wrong = EnrolmentCode(code.machine, "a" * 26, code.fingerprint, code.host, code.port)
    with pytest.raises(errors.UnknownCodeError):
        Enrolment(wrong, tmp_path / "p").run()
    log_in(profile)
    assert not (tmp_path / "p" / FOLDER).exists()


def test_a_hostile_setting_of_the_role_harms_nobody(
    desk: RunningDesk, codes: Codes, worker: Worker, tmp_path: Path, owner: Any
) -> None:
    """Whoever may log in as desk_enrol may change its settings; each of these would stop the next one."""
    for name, value in (
        ("statement_timeout", "1"), ("transaction_timeout", "1"), ("idle_session_timeout", "1"),
        ("default_transaction_read_only", "on"), ("search_path", "nowhere"), ("DateStyle", "German"),
        ("standard_conforming_strings", "off"), ("lock_timeout", "1"), ("client_min_messages", "error"),
    ):  # fmt: skip
        do(owner, f"ALTER ROLE desk_enrol SET {name} = '{value}'")
    try:
        assert Enrolment(codes.new(), tmp_path / "p").run()
    finally:
        do(owner, "ALTER ROLE desk_enrol RESET ALL")


class Killed(BaseException):
    """As if the process ended."""


KILLED_AT = [
    ((shared.enrolment, "prove_server"), "after"),
    ((shared.enrolment_attempt, "write_key"), "before"),
    ((shared.enrolment_attempt, "write_key"), "after"),
    ((Attempt, "begin"), "after"),
    ((Enrolment, "_connect"), "after"),
    ((Enrolment, "_ask"), "before"),
    ((Enrolment, "_ask"), "after"),
    ((Enrolment, "_have_signed"), "after"),
    ((Attempt, "signed"), "after"),
    ((shared.enrolment, "log_in"), "after"),
    ((Attempt, "_describe"), "before"),
    ((shared.enrolment_attempt.shutil, "rmtree"), "before"),
]


def kill_at(monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str], when: str) -> None:
    holder, name = place
    real = getattr(holder, name)

    def killed(*arguments: Any, **keywords: Any) -> Any:
        if when == "after":
            real(*arguments, **keywords)
        raise Killed

    monkeypatch.setattr(holder, name, killed)


@pytest.mark.parametrize(("place", "when"), KILLED_AT, ids=[f"{when} {name}" for (_, name), when in KILLED_AT])
@pytest.mark.parametrize("again", ["same code", "new code"])
def test_killed_at_any_point_it_goes_on(
    codes: Codes, worker: Worker, tmp_path: Path, place: tuple[Any, str], when: str, again: str
) -> None:
    code, folder = codes.new(), tmp_path / "p"
    with pytest.MonkeyPatch.context() as monkeypatch:
        kill_at(monkeypatch, place, when)
        with pytest.raises(Killed):
            Enrolment(code, folder).run()
    left = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert code.secret.encode() not in left
    profile = Enrolment(code if again == "same code" else codes.new(code.machine), folder).run().profile
    log_in(profile)
    assert {file.name for file in folder.iterdir()} == {PROFILE_FILE, KEY_FILE, PASSWORD_FILE, CA_FILE, "client.crt"}
