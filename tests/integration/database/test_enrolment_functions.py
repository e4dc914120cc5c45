"""One-time codes in the database: who may begin, who claims, what each answer is, and what a stranger can do."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.machine_calls import CSR, begin, enrol, issue, set_machine
from tests.integration.database.races import admitted, at_once, make_patient
from tests.integration.database.world import one, refused, rows
from tests.integration.server.enrolling import settle_log

EnrolLogin = Callable[..., Any]


@pytest.fixture
def name(boss: Any) -> str:
    """A machine of this test's own, without a certificate."""
    made = f"pc-{uuid.uuid4().hex[:8]}"
    boss.execute("SELECT desk.machine_set(%s, 'query', ARRAY['chen'])", (made,))
    return made


@pytest.fixture
def stranger(desk: RunningDesk) -> Iterator[EnrolLogin]:
    """Connections as desk_enrol over the network, without any certificate."""
    made: list[Any] = []

    def connect(**overrides: Any) -> Any:
        """Whoever has five already is told so at once; else those of the test before may still be leaving."""
        login = {
            "host": "localhost", "port": desk.port, "dbname": "desk", "user": "desk_enrol", "sslmode": "verify-full",
            "sslrootcert": str(desk.desk.authority.certificate_file), "sslcertmode": "disable", "gssencmode": "disable",
        }  # fmt: skip
        patience = 30 if sum(not connection.closed for connection in made) < 5 else 0
        made.append(admitted(lambda: psycopg2.connect(**{**login, **overrides}), patience))
        made[-1].autocommit = True
        return made[-1].cursor()

    yield connect
    for connection in made:
        connection.close()


@pytest.fixture
def enroller(desk: RunningDesk, boss: Any) -> Any:
    """A cursor as desk_enrol by the owner's way in; closed with those of ``boss``."""
    cursor = desk.owner().cursor()
    cursor.execute("SET SESSION AUTHORIZATION desk_enrol")
    return cursor


def test_a_code_leads_to_a_certificate(admin: Any, boss: Any, stranger: EnrolLogin, name: str) -> None:
    secret, request = begin(admin, name), uuid.uuid4()
    cursor = stranger()
    waiting = {"state": "waiting", "machine": name, "certificate": None, "reason": None}
    assert enrol(cursor, secret, request) == waiting
    assert enrol(cursor, secret, request) == waiting  # the answer was lost
    asked = rows(boss, "SELECT csr, address, code_id IS NOT NULL AS by_code FROM desk.signing_request"
                 " WHERE request = %s", str(request))  # fmt: skip
    assert asked == [{"csr": CSR.format("key"), "address": "127.0.0.1", "by_code": True}]
    assert issue(boss, request, 1001)
    assert not issue(boss, request, 1002)
    assert enrol(cursor, secret, request) == waiting | {"state": "signed", "certificate": "the certificate"}
    kinds = rows(boss, "SELECT kind, is_alarm FROM desk.security_event WHERE machine = %s ORDER BY id", name)
    assert kinds == [{"kind": kind, "is_alarm": False} for kind in ("enrolment_started", "enrolled")]
    assert one(boss, "SELECT count(*) FROM desk.audit_entry WHERE entity = 'security_event'"
               " AND changes -> 'machine' ->> 1 = %s", name) == 2  # fmt: skip


def test_twenty_with_one_code_and_one_wins(desk: RunningDesk, admin: Any, boss: Any, name: str) -> None:
    """The role has five connections; so the twenty come in by the owner's way, as that role."""
    secret, start, answers = begin(admin, name), threading.Barrier(20), list[str]()
    connections = [desk.owner() for _ in range(20)]

    def claim(cursor: Any) -> None:
        cursor.execute("SET SESSION AUTHORIZATION desk_enrol")
        start.wait()
        try:
            answers.append(enrol(cursor, secret, uuid.uuid4())["state"])
        except psycopg2.Error as error:
            answers.append(error.pgcode)

    threads = [threading.Thread(target=claim, args=(connection.cursor(),)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for connection in connections:
        connection.close()
    assert sorted(answers) == ["DK031"] * 19 + ["waiting"]
    assert one(boss, "SELECT count(*) FROM desk.signing_request r JOIN desk.machine m ON m.id = r.machine_id"
               " WHERE m.name = %s", name) == 1  # fmt: skip


def test_each_code_that_is_none_has_its_answer(admin: Any, boss: Any, enroller: Any, name: str) -> None:
    withdrawn, request = begin(admin, name), uuid.uuid4()
    used = begin(admin, name)
    with refused("DK032"):
        enrol(enroller, withdrawn, request)
    with refused("DK030"):
        enrol(enroller, used[:-1], request)
    assert enrol(enroller, used, request)["state"] == "waiting"
    with refused("DK031"):
        enrol(enroller, used, uuid.uuid4())
    expired = begin(admin, name)
    boss.execute("UPDATE desk.enrolment_code SET expires_at = clock_timestamp() WHERE used_at IS NULL")
    with refused("DK032"):
        enrol(enroller, expired, uuid.uuid4())


@pytest.mark.parametrize(
    ("secret", "csr", "request_id", "answer"),
    [
        (None, CSR, uuid.uuid4(), "DK030"),
        ("", CSR, uuid.uuid4(), "DK030"),
        ("x" * 201, CSR, uuid.uuid4(), "DK030"),
        ("x" * 10_000_000, CSR, uuid.uuid4(), "DK030"),
        ("known", None, uuid.uuid4(), "DK019"),
        ("known", "", uuid.uuid4(), "DK019"),
        ("known", "key", uuid.uuid4(), "DK019"),
        ("known", CSR.format("k" * 8000), uuid.uuid4(), "DK019"),
        ("known", CSR, None, "DK010"),
        ("known", CSR, "no number", "22P02"),
    ],
)
def test_odd_arguments_claim_nothing_and_no_message_quotes_the_code(
    admin: Any, enroller: Any, name: str, secret: Any, csr: Any, request_id: Any, answer: str
) -> None:
    known = begin(admin, name)
    secret = known if secret == "known" else secret
    with refused(answer) as caught:
        enroller.execute("SELECT * FROM desk.enrol(%s, %s, %s)", (secret, csr, request_id and str(request_id)))
    said = "".join(filter(None, (caught.value.diag.message_primary, caught.value.diag.message_detail)))
    assert not secret or secret not in said
    assert enrol(enroller, known, uuid.uuid4())["state"] == "waiting"


def test_a_request_s_number_taken_by_another_claims_nothing(admin: Any, enroller: Any, name: str) -> None:
    first, request = begin(admin, name), uuid.uuid4()
    enrol(enroller, first, request)
    second = begin(admin, name)
    with refused("23505"):
        enrol(enroller, second, request)
    assert enrol(enroller, second, uuid.uuid4())["state"] == "waiting"


def test_who_may_begin_and_for_whom(admin: Any, full: Any, boss: Any, name: str) -> None:
    call = "SELECT desk.enrolment_begin(%s, %s)"
    good = hashlib.sha256(b"a").digest()
    with refused("42501"):
        full.execute(call, (name, good))
    for who in ("pc-nowhere", name.upper(), None):
        with refused("DK018", "name"):
            admin.execute(call, (who, good))
    for odd in (b"", good[:-1], good + b"x", None):
        with refused("23514", "code_hash"):
            admin.execute(call, (name, odd))
    minutes = "SELECT round(extract(epoch FROM desk.enrolment_begin(%s, %s) - clock_timestamp()) / 60)"
    assert one(admin, minutes, name, good) == 15
    with refused("23505"):
        admin.execute(call, (name, good))
    set_machine(admin, name, "none")
    with refused("23514", "level"):
        admin.execute(call, (name, hashlib.sha256(b"b").digest()))


@pytest.mark.parametrize("level", ["admin", "query"])
def test_a_code_is_for_the_level_it_was_given_out_at(admin: Any, enroller: Any, name: str, level: str) -> None:
    set_machine(admin, name, "full")
    kept = begin(admin, name)
    set_machine(admin, name, "full")
    assert enrol(enroller, kept, uuid.uuid4())["state"] == "waiting"
    secret = begin(admin, name)
    set_machine(admin, name, level)
    with refused("DK032"):
        enrol(enroller, secret, uuid.uuid4())


def test_two_administrators_begin_and_one_code_is_open(desk: RunningDesk, boss: Any, name: str) -> None:
    connections = [admitted(lambda: desk.connect("admin")) for _ in range(4)]
    make_patient(*connections)
    secrets = at_once(connections, lambda cursor: begin(cursor, name))
    assert [len(secret) for secret in secrets] == [32] * 4, secrets  # none was refused
    desk.close_connections(1)
    assert one(boss, "SELECT count(*) FILTER (WHERE withdrawn_at IS NULL) || '/' || count(*) FROM desk.enrolment_code c"
               " JOIN desk.machine m ON m.id = c.machine_id WHERE m.name = %s", name) == "1/4"  # fmt: skip


def test_a_machine_is_enrolled_anew(admin: Any, boss: Any, enroller: Any, name: str) -> None:
    """The old certificate is good until the new one is there, and no longer."""
    good = "SELECT array_agg(serial::int ORDER BY serial) FROM desk.machine_certificate c JOIN desk.machine m" \
           " ON m.id = c.machine_id WHERE m.name = %s AND replaced_at IS NULL"  # fmt: skip
    first, second = uuid.uuid4(), uuid.uuid4()
    enrol(enroller, begin(admin, name), first)
    issue(boss, first, 2001)
    enrol(enroller, begin(admin, name), second)
    assert one(boss, good, name) == [2001]
    issue(boss, second, 2002)
    assert one(boss, good, name) == [2002]


def test_refused_by_the_worker(admin: Any, boss: Any, enroller: Any, name: str) -> None:
    secret, request = begin(admin, name), uuid.uuid4()
    enrol(enroller, secret, request)
    assert one(boss, "SELECT desk.certificate_refuse(%s, 'no P-256 key')", str(request))
    assert not one(boss, "SELECT desk.certificate_refuse(%s, 'again')", str(request))
    assert not issue(boss, request, 3001)
    answer = enrol(enroller, secret, request)
    assert (answer["state"], answer["reason"]) == ("refused", "no P-256 key")


def test_a_stranger_has_one_function_and_no_table(admin: Any, stranger: EnrolLogin, boss: Any, name: str) -> None:
    secret = begin(admin, name)
    cursor = stranger()
    callable_ = rows(cursor, "SELECT proname FROM pg_proc WHERE pronamespace = 'desk'::regnamespace"
                     " AND has_function_privilege(oid, 'EXECUTE')")  # fmt: skip
    assert [row["proname"] for row in callable_ if not row["proname"].startswith("unaccent")] == ["enrol"]
    for row in rows(boss, "SELECT relname FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r'"):
        with refused("42501"):
            cursor.execute(f"SELECT count(*) FROM desk.{row['relname']}")
    for statement in (
        "CREATE TEMP TABLE t (i int)", "DO 'BEGIN END'", "SELECT pg_notify('desk_worker', 'sign')",
        "SELECT lo_create(0)", "SELECT pg_sleep(1)", "SET ROLE desk_query", "SET log_min_messages = debug5",
        "SET track_activities = on", "ALTER ROLE desk_enrol SET log_min_messages = 'debug5'",
        "ALTER ROLE desk_enrol CONNECTION LIMIT 1", "ALTER ROLE desk_enrol NOLOGIN",
    ):  # fmt: skip
        with refused("42501"):
            cursor.execute(statement)
    assert enrol(cursor, secret, uuid.uuid4())["state"] == "waiting"


def test_one_enroller_does_not_read_the_other_s_code(admin: Any, stranger: EnrolLogin, name: str) -> None:
    secret = begin(admin, name)
    first, second = stranger(), stranger()
    enrol(first, secret, uuid.uuid4())
    second.execute("SELECT pid, query FROM pg_stat_activity WHERE usename = 'desk_enrol'")
    assert {query for _pid, query in second.fetchall()} == {""}
    admin.execute("SELECT 'seen'")
    admin.execute("SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()")
    assert admin.fetchone()[0]  # the control: of others it is shown


def test_nobody_gets_in_to_enrol_while_no_code_was_given_out(
    admin: Any, boss: Any, stranger: EnrolLogin, name: str
) -> None:
    begin(admin, name)
    stranger()
    boss.execute("UPDATE desk.enrolment_code SET issued_at = issued_at - interval '25 hours'")
    with pytest.raises(psycopg2.OperationalError, match="no enrolment is open"):
        stranger()
    begin(admin, name)
    stranger()


def test_five_strangers_at_a_time(admin: Any, stranger: EnrolLogin, raw: Any, name: str) -> None:
    begin(admin, name)
    for _ in range(5):
        stranger()
    with pytest.raises(psycopg2.OperationalError, match="too many connections for role"):
        stranger()
    raw("full").cursor().execute("SELECT 1")


def test_the_code_is_nowhere_in_the_desk(
    admin: Any, boss: Any, desk: RunningDesk, stranger: EnrolLogin, name: str
) -> None:
    secret, request = begin(admin, name), uuid.uuid4()
    cursor = stranger()
    enrol(cursor, secret, request)
    with refused("22P02"):
        cursor.execute("SELECT %s::int", (secret,))
    for row in rows(boss, "SELECT relname FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r'"):
        found = one(boss, f"SELECT count(*) FROM desk.{row['relname']} AS t WHERE strpos(t::text, %s) > 0", secret)
        assert found == 0, row["relname"]
    settle_log(desk, boss.connection)
    logs = [file.read_text("utf-8", "replace") for file in (desk.desk.cluster_folder / "log").iterdir()]
    assert any("desk_enrol" in text for text in logs)
    assert not any(secret in text for text in logs)
