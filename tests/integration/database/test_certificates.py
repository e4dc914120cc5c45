"""Certificates in the database: renewal, what is good meanwhile, what the worker sees, the alarm of an old one."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.authority import key_pem
from shared.key_store import new_key
from tests.desks import RunningDesk
from tests.integration.database.leasing import is_waiting
from tests.integration.database.machine_calls import CSR, issue, renew
from tests.integration.database.races import begun, make_patient
from tests.integration.database.world import one, refused, rows
from tests.integration.server.enrolling import wait_until

Connect = Callable[..., Any]
FIRST, SECOND, THIRD = CSR.format("first"), CSR.format("second"), CSR.format("third")


class Machine:
    """A machine of a test's own with certificates by real keys; ``files(serial)`` are libpq's words for one."""

    def __init__(self, desk: RunningDesk, boss: Any, folder: Path) -> None:
        self.name = f"pc-{uuid.uuid4().hex[:8]}"
        self._desk, self._boss, self._folder = desk, boss, folder
        boss.execute("SELECT desk.machine_set(%s, 'query', ARRAY['chen'])", (self.name,))
        self.first = self.sign()
        boss.execute("SELECT desk.certificate_add(%s, %s, now() + interval '90 days')", (self.name, self.first))
        self.age(70)

    def sign(self) -> int:
        """A certificate by our authority, of which the database does not know; its serial."""
        key = new_key()
        signed = self._desk.desk.authority.sign_machine(self.name, key.public_key())
        (self._folder / f"{signed.serial}.key").write_bytes(key_pem(key))
        (self._folder / f"{signed.serial}.key").chmod(0o600)
        (self._folder / f"{signed.serial}.crt").write_bytes(signed.pem)
        return int(signed.serial)

    def age(self, days: int) -> None:
        self._boss.execute(
            "UPDATE desk.machine_certificate c SET issued_at = now() - make_interval(days => %s)"
            " FROM desk.machine m WHERE m.id = c.machine_id AND m.name = %s AND first_used_at IS NULL",
            (days, self.name),
        )

    def login(self, serial: int) -> Any:
        """A cursor of a session that shows this certificate."""
        return self._desk.connect(
            "query",
            user=f"m_{self.name}",
            sslkey=str(self._folder / f"{serial}.key"),
            sslcert=str(self._folder / f"{serial}.crt"),
            sslpassword=None,
        ).cursor()

    def sign_what_is_asked(self) -> int:
        """What the worker does with the open request; the new serial."""
        serial = self.sign()
        request = one(
            self._boss,
            "SELECT request FROM desk.signing_request r JOIN desk.machine m ON m.id = r.machine_id"
            " WHERE m.name = %s AND signed_at IS NULL AND refused IS NULL",
            self.name,
        )
        assert issue(self._boss, request, serial, certificate=f"number {serial}")
        return serial

    def good(self) -> list[int]:
        """What the machine may come in by, once the worker has looked."""
        self._boss.execute("SELECT desk.certificates_seen()")
        found = rows(
            self._boss,
            "SELECT serial FROM desk.machine_certificate c JOIN desk.machine m ON m.id = c.machine_id"
            " WHERE m.name = %s AND replaced_at IS NULL ORDER BY c.id",
            self.name,
        )
        return [int(row["serial"]) for row in found]


@pytest.fixture
def machine(desk: RunningDesk, boss: Any, tmp_path: Path) -> Machine:
    made = Machine(desk, boss, tmp_path)
    session = made.login(made.first)
    boss.execute("SELECT desk.certificates_seen()")
    session.connection.close()
    return made


def test_a_renewal_from_beginning_to_end(machine: Machine) -> None:
    old = machine.login(machine.first)
    assert renew(old, FIRST) == ("waiting", None)
    assert renew(old, FIRST) == ("waiting", None)
    second = machine.sign_what_is_asked()
    assert renew(old, FIRST) == ("signed", f"number {second}")
    assert machine.good() == [machine.first, second]
    machine.login(machine.first).connection.close()  # good until the new one is first used
    new = machine.login(second)
    assert renew(new, FIRST) == ("in_use", None)
    assert machine.good() == [second]
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        machine.login(machine.first)
    with refused("42501"):
        renew(old, FIRST)  # the session is there still, until the worker ends it; it gets nothing any more
    assert renew(new, SECOND) == ("early", None)
    assert renew(machine.login(second), FIRST) == ("in_use", None)


def test_the_server_says_when(machine: Machine, boss: Any) -> None:
    old = machine.login(machine.first)
    boss.execute("UPDATE desk.machine_certificate SET issued_at = now() - interval '59 days' WHERE serial = %s",
                 (machine.first,))  # fmt: skip
    assert renew(old, FIRST) == ("early", None)
    boss.execute("UPDATE desk.setting SET value = '58.5' WHERE key = 'renew_after_days'")
    assert renew(old, FIRST) == ("waiting", None)
    boss.execute("UPDATE desk.setting SET value = '60' WHERE key = 'renew_after_days'")


def test_a_key_lost_on_the_way(machine: Machine, boss: Any) -> None:
    """Another request takes the place of the one not answered yet; of a signed one, after an hour."""
    old = machine.login(machine.first)
    assert renew(old, FIRST) == ("waiting", None)
    assert renew(old, SECOND) == ("waiting", None)
    asked = rows(boss, "SELECT csr FROM desk.signing_request r JOIN desk.machine m ON m.id = r.machine_id"
                 " WHERE m.name = %s", machine.name)  # fmt: skip
    assert asked == [{"csr": SECOND}]
    second = machine.sign_what_is_asked()
    assert renew(old, THIRD) == ("early", None)
    boss.execute("UPDATE desk.signing_request SET signed_at = signed_at - interval '61 minutes' WHERE serial = %s",
                 (second,))  # fmt: skip
    assert renew(old, THIRD) == ("waiting", None)
    third = machine.sign_what_is_asked()
    assert machine.good() == [machine.first, second, third]
    assert renew(machine.login(third), THIRD) == ("in_use", None)
    assert machine.good() == [third]


def test_two_sessions_ask_and_one_request_is_open(machine: Machine, boss: Any) -> None:
    """The second waits for the first and then takes its place, without an error."""
    first, second = (machine.login(machine.first) for _ in range(2))
    first.connection.autocommit = False
    assert renew(first, FIRST)[0] == "waiting"
    make_patient(second.connection)
    pid = second.connection.info.backend_pid
    asking = begun(lambda: renew(second, SECOND))
    wait_until(lambda: is_waiting(boss, pid) or asking.done(), 30)
    assert not asking.done()
    first.connection.commit()
    assert asking.result(30)[0] == "waiting"
    asked = rows(boss, "SELECT csr FROM desk.signing_request r JOIN desk.machine m ON m.id = r.machine_id"
                 " WHERE m.name = %s", machine.name)  # fmt: skip
    assert asked == [{"csr": SECOND}]


@pytest.mark.parametrize("odd", [None, "", "key", CSR.format("k" * 8000), "-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_request_is_refused(machine: Machine, odd: str | None) -> None:
    session = machine.login(machine.first)
    with refused("DK019", "csr"):
        renew(session, odd)
    assert renew(session, FIRST)[0] == "waiting"


def test_a_request_that_the_worker_refused(machine: Machine, boss: Any) -> None:
    session = machine.login(machine.first)
    renew(session, FIRST)
    boss.execute("SELECT desk.certificate_refuse(request, 'no P-256 key') FROM desk.signing_request WHERE csr = %s"
                 " AND refused IS NULL AND signed_at IS NULL", (FIRST,))  # fmt: skip
    assert renew(session, FIRST) == ("refused", None)
    assert renew(session, SECOND) == ("waiting", None)


def test_nobody_renews_for_another(boss: Any, full: Any, machine: Machine) -> None:
    """There is no argument for whom; and the superuser, who shows no certificate, is no machine."""
    with refused("42501"):
        renew(boss, FIRST)
    assert renew(full, FIRST)[0] in ("in_use", "early")


def test_no_certificate_for_a_machine_shut_out_meanwhile(machine: Machine, boss: Any) -> None:
    session = machine.login(machine.first)
    renew(session, FIRST)
    request = one(boss, "SELECT max(request::text) FROM desk.signing_request WHERE csr = %s AND refused IS NULL"
                  " AND signed_at IS NULL", FIRST)  # fmt: skip
    boss.execute("UPDATE desk.machine SET level = 'none' WHERE name = %s", (machine.name,))
    with refused("42501"):
        renew(session, FIRST)
    assert not issue(boss, request, 12345)
    assert machine.good() == [machine.first]


def test_the_worker_sees_who_is_there(machine: Machine, desk: RunningDesk, boss: Any) -> None:
    old = machine.login(machine.first)
    renew(old, FIRST)
    second = machine.sign_what_is_asked()
    worker = desk.desk.owner_connection(user="desk_worker")
    cursor = worker.cursor()
    cursor.execute("SELECT desk.certificates_seen()")
    assert machine.good() == [machine.first, second]  # the new one was not used yet
    machine.login(second)
    cursor.execute("SELECT desk.certificates_seen()")
    assert machine.good() == [second]
    seen = rows(boss, "SELECT address, last_seen_at BETWEEN m.created_at AND now() AS is_now FROM desk.machine_seen s"
                " JOIN desk.machine m ON m.id = s.machine_id WHERE name = %s", machine.name)  # fmt: skip
    assert seen == [{"address": "127.0.0.1", "is_now": True}]
    found = rows(cursor, "SELECT serial, address, application FROM desk.machine_sessions() WHERE machine = %s"
                 " ORDER BY since", machine.name)  # fmt: skip
    assert [(int(row["serial"]), row["address"]) for row in found][-1] == (second, "127.0.0.1")
    worker.close()


def test_an_old_certificate_is_an_alarm_once_an_hour(machine: Machine, desk: RunningDesk, boss: Any) -> None:
    call = "SELECT desk.old_certificate_seen(%s, %s, %s)"
    for name, serial in ((machine.name, machine.first), (machine.name, 1), ("pc-full", machine.first), (None, None)):
        assert not one(boss, call, name, serial, "10.0.0.9")
    boss.execute("SELECT desk.certificate_add(%s, %s, now() + interval '90 days')", (machine.name, machine.sign()))
    answers = [
        one(boss, call, machine.name, machine.first, where) for where in ("10.0.0.9", "10.0.0.9", "10.0.0.8", None)
    ]
    assert answers == [True, False, True, True]
    boss.execute("UPDATE desk.security_event SET at = at - interval '61 minutes' WHERE machine = %s", (machine.name,))
    assert one(boss, call, machine.name, machine.first, "10.0.0.9")
    alarms = "SELECT count(*) FROM desk.security_event WHERE machine = %s AND kind = 'old_certificate' AND is_alarm"
    assert one(boss, alarms, machine.name) == 4


def test_an_alarm_is_seen_by_an_administrator(machine: Machine, admin: Any, full: Any, boss: Any) -> None:
    event = one(boss, "SELECT desk.security_event_add('watchdog', %s, NULL, NULL, true)", machine.name)
    with refused("42501"):
        full.execute("SELECT desk.security_event_seen(%s)", (event,))
    assert one(admin, "SELECT desk.security_event_seen(%s)", event)
    assert not one(admin, "SELECT desk.security_event_seen(%s)", event)
    assert not one(admin, "SELECT desk.security_event_seen(NULL)")
    found = rows(boss, "SELECT seen_by, seen_at IS NOT NULL AS is_seen FROM desk.security_event WHERE id = %s", event)
    assert found == [{"seen_by": "pc-admin", "is_seen": True}]
    for odd in ("SELECT desk.security_event_add('odd', NULL, NULL, NULL, true)",
                "SELECT desk.security_event_add('watchdog', NULL, NULL, '[]', true)"):  # fmt: skip
        with refused("23514"):
            boss.execute(odd)


def test_sessions_end_all_or_one_and_never_the_own(machine: Machine, admin: Any, full: Any, boss: Any) -> None:
    sessions = [machine.login(machine.first) for _ in range(2)]
    pid = one(sessions[0], "SELECT pg_backend_pid()")
    with refused("42501"):
        full.execute("SELECT desk.machine_sessions_end(%s)", (machine.name,))
    with refused("42501"):
        full.execute("SELECT * FROM desk.machine_sessions()")
    own = one(admin, "SELECT pg_backend_pid()")
    for name, other in (("pc-admin", own), ("pc-admin", None), (None, None), (None, pid), ("pc-full", pid), ("", pid)):
        assert one(admin, "SELECT desk.machine_sessions_end(%s, %s)", name, other) == 0
    assert one(admin, "SELECT desk.machine_sessions_end(%s, %s)", machine.name, pid) == 1
    with pytest.raises(psycopg2.OperationalError):
        sessions[0].execute("SELECT 1")
    assert one(sessions[1], "SELECT 1") == 1
    assert one(admin, "SELECT desk.machine_sessions_end(%s)", machine.name) >= 1
    with pytest.raises(psycopg2.OperationalError):
        sessions[1].execute("SELECT 1")
    told = rows(boss, "SELECT detail ->> 'sessions' AS n FROM desk.security_event WHERE machine = %s"
                " AND kind = 'sessions_ended' ORDER BY id", machine.name)  # fmt: skip
    assert told[0] == {"n": "1"}


def test_a_machine_s_errors_stay_out_of_the_log_and_its_refusal_does_not(
    machine: Machine, desk: RunningDesk, boss: Any
) -> None:
    session = machine.login(machine.first)
    for attempt in (
        "SET log_min_messages = 'error'", "RESET log_min_messages", "ALTER ROLE CURRENT_USER RESET log_min_messages",
        "ALTER ROLE CURRENT_USER SET log_min_messages = 'error'",
    ):  # fmt: skip
        with refused("42501"):
            session.execute(attempt)
    session.execute("ALTER ROLE CURRENT_USER RESET ALL")
    again = machine.login(machine.first)
    with refused("22P02"):
        again.execute("SELECT '+86 138-0000-4711'::int")
    with refused("22P02"):
        boss.execute("SELECT 'the control of 4711'::int")
    boss.execute("UPDATE desk.machine_certificate SET replaced_at = now() WHERE serial = %s", (machine.first,))
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        machine.login(machine.first)
    refusal = f"m_{machine.name}@desk 127.0.0.1 FATAL:  machine certificate is not the enrolled one"
    log, deadline = "", time.monotonic() + 30
    while refusal not in log and time.monotonic() < deadline:  # PostgreSQL's collector writes a moment later
        log = "".join(file.read_text("utf-8", "replace") for file in (desk.desk.cluster_folder / "log").iterdir())
    assert refusal in log
    assert "138-0000-4711" not in log
    assert "the control of 4711" in log
    assert f"LOG:  desk refused machine {machine.name} with serial {machine.first} from 127.0.0.1" in log
