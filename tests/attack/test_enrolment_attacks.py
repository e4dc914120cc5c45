"""The one role that anybody on the network may become, while a code is out: what can be done with it, and with codes.

Races of many with one code, killed clients and the worker's refusals are in tests/integration/{shared,server}.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from desk_server.jobs.signing import sign_requests
from desk_server.machines import NewCode, add_by_code
from shared.key_store import new_key
from tests.attack.forging import CN, public_bytes, request, rsa_key
from tests.desks import RunningDesk
from tests.integration.database.races import admitted
from tests.integration.database.world import World, one, refused, rows
from tests.integration.server.enrolling import Applicant, enrol_login, wait_until

DENIED = "42501"
HANDS_IN = "SELECT state, machine, certificate, reason FROM desk.enrol(%s, %s, %s)"


@pytest.fixture
def code(desk: RunningDesk, world: World) -> NewCode:
    """An open code of a machine of this test's own."""
    return add_by_code(desk.desk, f"pc-{uuid.uuid4().hex[:8]}", "full", ["lin"])


@pytest.fixture
def intruder(desk: RunningDesk, code: NewCode) -> Iterator[Callable[..., Any]]:
    """Connections as desk_enrol without any code, while somebody else has one."""
    opened = []

    def connect(**overrides: Any) -> Any:
        connection = psycopg2.connect(**enrol_login(desk, **overrides))
        connection.autocommit = True
        opened.append(connection)
        return connection.cursor()

    yield connect
    for connection in opened:
        connection.close()
    with desk.owner().cursor() as cursor:
        present = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'desk_enrol'"
        wait_until(lambda: one(cursor, present) == 0, 30)  # the next test finds all five places free
        cursor.execute("ALTER ROLE desk_enrol RESET ALL; ALTER ROLE desk_enrol IN DATABASE desk RESET ALL")
        cursor.execute("ALTER ROLE desk_enrol SET track_activities = off")


@pytest.fixture
def worker(desk: RunningDesk) -> Iterator[Any]:
    """The worker's connection; what earlier tests left to sign is signed."""
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        sign_requests(connection, desk.desk)
        yield connection


def test_read_or_write_anything(intruder: Callable[..., Any], boss: Any) -> None:
    cursor = intruder()
    relations = rows(
        boss, "SELECT 'desk.' || quote_ident(relname) AS name FROM pg_class"
              " WHERE relnamespace = 'desk'::regnamespace AND relkind IN ('r', 'S')")  # fmt: skip
    for row in relations:
        for statement in (f"SELECT * FROM {row['name']}", f"SELECT 1 FROM {row['name']}", f"DELETE FROM {row['name']}"):
            with refused(DENIED):
                cursor.execute(statement)
    assert not rows(
        boss, """SELECT attrelid::regclass FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'desk'::regnamespace AND attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'v')
            AND has_column_privilege('desk_enrol', c.oid, attnum, 'SELECT, INSERT, UPDATE')""")  # fmt: skip
    callable_ = rows(
        boss, """SELECT p.oid::regprocedure::text AS routine FROM pg_proc AS p
        WHERE p.pronamespace = 'desk'::regnamespace AND has_function_privilege('desk_enrol', p.oid, 'EXECUTE')
            AND p.proowner = 'desk_owner'::regrole""")  # fmt: skip
    assert callable_ == [{"routine": "desk.enrol(text,text,uuid)"}]


@pytest.mark.parametrize(
    "statement",
    ["SET ROLE desk_query", "SET ROLE desk_admin", "SET SESSION AUTHORIZATION postgres",
     "GRANT desk_admin TO desk_enrol",
     "ALTER ROLE desk_enrol CONNECTION LIMIT 100", "ALTER ROLE desk_enrol SUPERUSER", "CREATE TEMP TABLE t (i int)",
     "ALTER ROLE desk_enrol SET track_activities = on", "SET track_activities = on", "SELECT pg_advisory_lock(1)",
     "SET log_min_messages = debug5", "ALTER ROLE desk_enrol SET log_min_messages = debug5", "SELECT lo_create(0)",
     "DO $$ BEGIN NULL; END $$", "SELECT pg_sleep(0)", "SELECT desk.cert_renew('x')", "SELECT desk.presented_serial()",
     "SELECT desk.enrolment_begin('pc-full', sha256('x'))", "SELECT pg_terminate_backend(1)",
     "SELECT desk.machine_sessions()", "SELECT desk.machine_set('pc-evil', 'admin', '{wang}')"],
)  # fmt: skip
def test_become_more_than_it_is(intruder: Callable[..., Any], statement: str) -> None:
    cursor = intruder()
    if "pg_terminate_backend" in statement:
        assert one(cursor, statement) is False  # there is no such session
        return
    with refused(DENIED):
        cursor.execute(statement)
    assert one(cursor, "SELECT session_user") == "desk_enrol"


def test_other_ways_in_as_desk_enrol(raw: Any, desk: RunningDesk, code: NewCode) -> None:
    """By a machine's own certificate it is the same powerless role; without TLS and elsewhere it is none."""
    cursor = raw("query", user="desk_enrol").cursor()
    with refused(DENIED):
        cursor.execute("SELECT 1 FROM desk.ticket")
    with refused(DENIED):
        cursor.execute("SELECT desk.cert_renew('x')")
    for change in ({"sslmode": "disable"}, {"dbname": "postgres"}):
        with pytest.raises(psycopg2.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg2.connect(**enrol_login(desk, **change))


def test_no_code_out_no_way_in(desk: RunningDesk, boss: Any, code: NewCode) -> None:
    psycopg2.connect(**enrol_login(desk)).close()
    boss.execute("BEGIN; UPDATE desk.enrolment_code SET issued_at = issued_at - interval '2 days'; COMMIT")
    with pytest.raises(psycopg2.OperationalError, match="no enrolment is open"):
        psycopg2.connect(**enrol_login(desk))


def test_guess_a_code(intruder: Callable[..., Any], code: NewCode, boss: Any) -> None:
    """128 bits: what can be tried in a year is nothing. And a guess tells nothing, near or far."""
    cursor, secret = intruder(), code.code.claim
    answers = set()
    for guess in (secret[:-1], secret + "a", secret.upper(), secret[::-1], "", "%", "'", code.code.machine, "x" * 200):
        with refused("DK030") as caught:
            cursor.execute(HANDS_IN, (guess, request("x"), str(uuid.uuid4())))
        answers.add(str(caught.value).splitlines()[0])
    assert len(answers) == 1
    digest = one(boss, "SELECT encode(code_hash, 'hex') FROM desk.enrolment_code ORDER BY id DESC LIMIT 1")
    with refused("DK030"):  # the stored hash is no code
        cursor.execute(HANDS_IN, (digest, request("x"), str(uuid.uuid4())))
    cursor.execute(HANDS_IN, (secret, request("x"), str(uuid.uuid4())))
    assert cursor.fetchone()[0] == "waiting"
    assert len(secret) >= 26


def test_replay_another_s_request(intruder: Callable[..., Any], desk: RunningDesk, code: NewCode, worker: Any) -> None:
    """The number of a request is no secret and no right: without the code it tells nothing, with it nothing new."""
    applicant = Applicant.of(desk, code)
    applicant.ask()
    sign_requests(worker, desk.desk)
    thief = intruder()
    with refused("DK030"):
        thief.execute(HANDS_IN, ("guessed", request("x"), applicant.request))
    with refused("DK031"):  # the code itself, with another key and number
        thief.execute(HANDS_IN, (code.code.claim, request("x"), str(uuid.uuid4())))
    thief.execute(HANDS_IN, (code.code.claim, request("thief"), applicant.request))
    certificate = x509.load_pem_x509_certificate(thief.fetchone()[2].encode())
    assert certificate.public_key() == applicant.key.public_key()  # the first one's key, of no use to the thief


def test_two_codes_one_request_number(intruder: Callable[..., Any], desk: RunningDesk, code: NewCode) -> None:
    """A number that another's request has is refused, and takes nothing of the other's away."""
    applicant = Applicant.of(desk, code)
    applicant.ask()
    second = add_by_code(desk.desk, f"pc-{uuid.uuid4().hex[:8]}", "query", ["chen"])
    with refused("23505"):
        intruder().execute(HANDS_IN, (second.code.claim, request("x"), applicant.request))
    assert applicant.ask()[:2] == ("waiting", code.code.machine)
    assert Applicant.of(desk, second).ask()[0] == "waiting"


def test_read_codes_in_others_sessions(
    intruder: Callable[..., Any], query: Any, admin: Any, desk: RunningDesk, code: NewCode
) -> None:
    """Sessions of one role see one another's statements: this one shows none, in pg_stat_activity or elsewhere."""
    victim, thief = intruder(), intruder()
    with contextlib.suppress(psycopg2.Error):
        victim.execute(HANDS_IN, ("a-secret-code", request("x"), str(uuid.uuid4())))
    pid = one(victim, "SELECT pg_backend_pid()")
    for cursor in (thief, query, admin):
        seen = str(rows(cursor, "SELECT * FROM pg_stat_activity WHERE pid = %s", pid))
        assert "a-secret-code" not in seen
    victim.execute("PREPARE kept AS SELECT 'a-secret-code'")
    assert "a-secret-code" not in str(rows(thief, "SELECT * FROM pg_prepared_statements"))
    full = desk.connect("full").cursor()
    full.execute("SELECT 'a marker of pc-full'")
    other = desk.connect("full").cursor()
    assert "a marker of pc-full" in str(rows(other, "SELECT query FROM pg_stat_activity"))  # the control
    desk.close_connections()


def test_set_the_role_a_password_or_a_trap(
    intruder: Callable[..., Any], desk: RunningDesk, code: NewCode, boss: Any
) -> None:
    """It may do that to itself. A password is never asked for; settings do not reach who states his own."""
    cursor = intruder()
    cursor.execute("ALTER ROLE desk_enrol PASSWORD 'mine now'")
    for setting in ("default_transaction_read_only = on", "statement_timeout = 1", "search_path = pg_temp",
                    "idle_session_timeout = 1", "local_preload_libraries = evil"):  # fmt: skip
        cursor.execute(f"ALTER ROLE desk_enrol SET {setting}")
    with pytest.raises(psycopg2.OperationalError):
        intruder()
    stated = ("local_preload_libraries=", "default_transaction_read_only=off", "statement_timeout=5s",
              "search_path=pg_catalog", "idle_session_timeout=0")  # fmt: skip
    honest = intruder(options=" ".join(f"-c {setting}" for setting in stated))
    honest.execute(HANDS_IN, (code.code.claim, request("x"), str(uuid.uuid4())))
    assert honest.fetchone()[0] == "waiting"
    boss.execute("ALTER ROLE desk_enrol PASSWORD NULL")


def test_hold_all_its_slots(intruder: Callable[..., Any], raw: Any) -> None:
    """Five, and no more: enrolment waits (the watchdog ends long sessions), machines do not notice."""
    held = [admitted(intruder) for _ in range(5)]
    with pytest.raises(psycopg2.OperationalError, match="too many connections for role"):
        intruder()
    assert one(raw("full").cursor(), "SELECT 1") == 1
    assert len(held) == 5


HOSTILE: dict[str, Callable[[], str]] = {
    "another's public key": lambda: request("x", new_key(), signed_by=new_key()),
    "RSA of 1024 bits": lambda: request("x", rsa_key(1024)),
    "RSA of 4096 bits": lambda: request("x", rsa_key(4096)),
    "another curve": lambda: request("x", ec.generate_private_key(ec.SECP384R1())),
    "garbage in its frame": lambda: "-----BEGIN CERTIFICATE REQUEST-----\n!!!\n-----END CERTIFICATE REQUEST-----\n",
    "an empty frame": lambda: "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n",
    "a deep nest": lambda: (
        "-----BEGIN CERTIFICATE REQUEST-----\n" + "MIAwgDCAMIA" * 300 + "\n-----END CERTIFICATE REQUEST-----"
    ),
}
NOT_EVEN_STORED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "ten megabytes": lambda: "-----BEGIN CERTIFICATE REQUEST-----\n" + "A" * 10_000_000,
    "a certificate": lambda: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "a private key": lambda: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
    "a statement": lambda: "'; DROP TABLE desk.ticket; --",
}
CHARMING: dict[str, Callable[[Any], str]] = {
    "another machine's name": lambda key: request("pc-admin", key),
    "the owner's name": lambda key: request("owner.local", key),
    "the superuser's name": lambda key: request("postgres", key),
    "two names": lambda key: request([(CN, "pc-x"), (CN, "pc-admin")], key),
    "an authority": lambda key: request("x", key, extensions=(x509.BasicConstraints(ca=True, path_length=None),)),
    "a server": lambda key: request(
        "localhost", key, extensions=(x509.SubjectAlternativeName([x509.DNSName("localhost")]),)
    ),
    "any usage": lambda key: request(
        "x", key, extensions=(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]),)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_request_gets_no_certificate(desk: RunningDesk, code: NewCode, worker: Any, kind: str) -> None:
    applicant = Applicant.of(desk, code, csr=HOSTILE[kind]())
    assert applicant.ask()[0] == "waiting"
    assert sign_requests(worker, desk.desk) == 0
    state, _, certificate, reason = applicant.ask()
    assert (state, certificate) == ("refused", None)
    assert reason and "Traceback" not in reason


@pytest.mark.parametrize("kind", NOT_EVEN_STORED)
def test_what_is_no_request_is_not_even_stored(
    intruder: Callable[..., Any], desk: RunningDesk, code: NewCode, boss: Any, kind: str
) -> None:
    """And it does not use the code up."""
    before = one(boss, "SELECT count(*) FROM desk.signing_request")
    with refused("DK019"):
        intruder().execute(HANDS_IN, (code.code.claim, NOT_EVEN_STORED[kind](), str(uuid.uuid4())))
    assert one(boss, "SELECT count(*) FROM desk.signing_request") == before
    assert Applicant.of(desk, code).ask()[0] == "waiting"


@pytest.mark.parametrize("kind", CHARMING)
def test_of_a_request_the_public_key_alone_is_taken(desk: RunningDesk, code: NewCode, worker: Any, kind: str) -> None:
    key = new_key()
    applicant = Applicant(desk, code.code.claim, key, csr=CHARMING[kind](key))
    applicant.ask()
    assert sign_requests(worker, desk.desk) == 1
    signed = x509.load_pem_x509_certificate(str(applicant.ask()[2]).encode())
    assert signed.subject.rfc4514_string() == f"CN={code.code.machine}"
    assert signed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = signed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
    with pytest.raises(x509.ExtensionNotFound):
        signed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    public = signed.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public_bytes(public) == public_bytes(key.public_key())
    assert (signed.not_valid_after_utc - signed.not_valid_before_utc).days <= 91


def test_renew_in_another_s_name(query: Any, full: Any, boss: Any, worker: Any, desk: RunningDesk) -> None:
    """A renewal is of the machine whose certificate the session shows; what the request says does not count."""
    boss.execute("UPDATE desk.setting SET value = '0' WHERE key = 'renew_after_days'")
    try:
        query.execute("SELECT * FROM desk.cert_renew(%s)", (request("pc-admin"),))
        mine = request("pc-admin")
        query.execute("SELECT state FROM desk.cert_renew(%s)", (mine,))
        sign_requests(worker, desk.desk)
        query.execute("SELECT state, certificate FROM desk.cert_renew(%s)", (mine,))
        state, certificate = query.fetchone()
        assert state == "signed"
        assert x509.load_pem_x509_certificate(certificate.encode()).subject.rfc4514_string() == "CN=pc-query"
        full.execute("SELECT certificate FROM desk.cert_renew(%s)", (mine,))  # another's request by its text
        assert full.fetchone()[0] is None
        query.execute("SELECT state FROM desk.cert_renew(%s)", (request("pc-query"),))
        assert query.fetchone()[0] == "early"  # in a loop it gets no certificates in a loop
    finally:
        boss.execute("UPDATE desk.setting SET value = '60' WHERE key = 'renew_after_days'")
