"""The server's real log after attacks that carry secrets: none of them is in it; what should be in it is."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.jobs.signing import sign_requests
from desk_server.machines import add_by_code, add_machine
from tests.attack.forging import Signer, forge, request
from tests.attack.secrets_in_desk import COMMENT, MAIL, OLD_PHONE, PHONE, Hidden, hide
from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, one
from tests.integration.server.enrolling import Applicant, enrol_login, wait_until

PASSWORD = "pass-word-of-a-role-5511"
WRONG_CODE = "zzzzyyyyxxxxwwwwvvvvuuuutt"
SECRETS = (PHONE, MAIL, COMMENT, OLD_PHONE, PASSWORD, WRONG_CODE, "quixotical", "zorblatt")


def log_text(desk: RunningDesk) -> str:
    """All that the server has written, also before its log's collector ran."""
    files = [*(desk.desk.cluster_folder / "log").glob("*"), desk.desk.cluster_folder / "startup.log"]
    return "".join(file.read_text("utf-8", "replace") for file in files if file.exists())


@pytest.fixture(scope="module")
def hidden(desk: RunningDesk, world: World) -> Hidden:
    return hide(desk.connect("full").cursor(), world)


@pytest.fixture
def attack(raw: Any) -> Iterator[Callable[[str, str], None]]:
    """Runs a statement as a machine of a level; whatever it answers."""
    cursors = {}

    def run(level: str, statement: str) -> None:
        if level not in cursors or cursors[level].connection.closed:
            cursors[level] = raw(level).cursor()
        with contextlib.suppress(psycopg2.Error):
            cursors[level].execute(statement)

    yield run


NEW_CONTACT = "INSERT INTO desk.contact (customer_id, name, phone, mail, save_id) VALUES "
NEW_COMMENT = "INSERT INTO desk.comment (ticket_id, body, is_private, save_id) VALUES "
FAILING = (
    NEW_CONTACT + "(-1, 'x', '{phone}', '{mail}', gen_random_uuid())",
    NEW_CONTACT + "(1, NULL, '{phone}', '{mail}', gen_random_uuid())",
    NEW_COMMENT + "(-1, '{comment}', true, gen_random_uuid())",
    NEW_COMMENT + "(-1, '{comment}', NULL, gen_random_uuid())",
    "UPDATE desk.contact SET phone = '{phone}' WHERE id = {contact}",
    "SELECT phone::int FROM desk.contact", "SELECT mail::date FROM desk.contact",
    "SELECT ('{phone}' || mail)::int FROM desk.contact",
    "SELECT '{comment}' ~ '('", "SELECT 1 / 0 AS \"{comment}\"", "SELECT * FROM \"{mail}\"", "SELEC '{phone}'",
    "SELECT body::xml FROM desk.comment_private", "SELECT body::json FROM desk.comment_private",
    "SELECT xmlparse(DOCUMENT body) FROM desk.comment_private",
    "SELECT to_tsquery(body || ' & (') FROM desk.comment_private",
    "ALTER ROLE CURRENT_USER PASSWORD '{password}'", "ALTER ROLE \"m_pc-full2\" PASSWORD '{password}'",
    "SELECT desk.enrol('{code}', 'x', gen_random_uuid())", "SELECT desk.cert_renew('{code}')",
    "NOTIFY desk, '{phone}'", "LISTEN \"{phone}\"", "SET desk.person = '{mail}'", "SET application_name = 'ordinary'",
    "DO $$ BEGIN RAISE LOG '{phone}'; RAISE WARNING '{comment}'; RAISE EXCEPTION '{mail}'; END $$",
    "PREPARE p AS SELECT '{phone}'::int", "COPY (SELECT '{phone}') TO PROGRAM '{comment}'",
    "SET client_min_messages = debug5; SELECT phone::int FROM desk.contact; RESET client_min_messages",
    "SET debug_print_parse = on; SET debug_print_plan = on; SELECT '{phone}'", "SELECT '{comment}'", "RESET ALL",
    "SET log_lock_waits = on", "SET log_parser_stats = on", "SET log_statement_stats = on", "SET trace_sort = on",
    "SET log_min_duration_statement = 0; SELECT '{phone}'",
    "SET log_parameter_max_length_on_error = -1; SELECT '{phone}'::int",
    "SET auto_explain.log_min_duration = 0; LOAD 'auto_explain'; SELECT '{phone}'",
    "SET statement_timeout = 1; SELECT count(*), '{phone}' FROM generate_series(1, 10000000)",
    "RESET statement_timeout",
)  # fmt: skip


@pytest.mark.parametrize("level", ["query", "full", "admin"])
def test_statements_that_fail_with_secrets_in_them(
    desk: RunningDesk, attack: Callable[[str, str], None], hidden: Hidden, level: str
) -> None:
    values = {"phone": PHONE, "mail": MAIL, "comment": COMMENT, "password": PASSWORD, "code": WRONG_CODE,
              "contact": hidden.contact}  # fmt: skip
    for statement in FAILING:
        attack(level, statement.format(**values))
    with contextlib.suppress(psycopg2.OperationalError):  # its line is the last: what came before is written too
        desk.connect(level, dbname="postgres")
    wait_until(lambda: f"m_{desk.profile(level).machine}@postgres" in log_text(desk), 30)
    text = log_text(desk)
    assert [secret for secret in SECRETS if secret in text] == []
    machine = desk.profile(level).machine
    assert f"user=m_{machine}" in text  # the control: it is that log, and it tells who came


def test_codes_keys_and_certificates(desk: RunningDesk, world: World, tmp_path: Path, raw: Any) -> None:
    """A whole enrolment, wrong codes, a renewal, a refused certificate: no code, key or request is written down."""
    code = add_by_code(desk.desk, f"pc-{uuid.uuid4().hex[:8]}", "query", ["chen"])
    applicant = Applicant.of(desk, code)
    applicant.ask()
    worker = desk.desk.owner_connection(user="desk_worker")
    sign_requests(worker, desk.desk)
    worker.close()
    certificate = str(applicant.ask()[2])
    with contextlib.suppress(psycopg2.Error):
        Applicant(desk, WRONG_CODE).ask()
    csr = request("pc-query")
    raw("query").cursor().execute("SELECT desk.cert_renew(%s)", (csr,))
    profile = add_machine(desk.desk, "pc-log", "full", ["lin"], tmp_path / "profile")
    for overrides in ({"password": PASSWORD}, {"sslpassword": PASSWORD}, {"user": "postgres", "password": PASSWORD}):
        with contextlib.suppress(psycopg2.Error):
            psycopg2.connect(**{**profile.connect_args(), **overrides}).close()
    with contextlib.suppress(psycopg2.Error):
        psycopg2.connect(**enrol_login(desk, password=PASSWORD, options=f"-c desk.person={WRONG_CODE}")).close()
    forged = forge(tmp_path / "forged", Signer.of(desk.desk.authority.folder), "pc-full")
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        raw("full", **forged.keywords)
    refusal = f"desk refused machine pc-full with serial {forged.serial}"  # what the alarm is made of
    wait_until(lambda: refusal in log_text(desk), 30)
    text = log_text(desk)
    key = (forged.folder / "forged.key").read_text().splitlines()[1]
    hidden_texts = (
        code.code.secret,
        WRONG_CODE,
        PASSWORD,
        key,
        csr.splitlines()[2],
        certificate.splitlines()[2],
        "BEGIN ",
    )
    assert [secret for secret in hidden_texts if secret in text] == []


def test_a_marker_that_the_owner_logs_is_found(desk: RunningDesk, boss: Any, full: Any, world: World) -> None:
    """The control of this file: had logging been as PostgreSQL's defaults have it, the secrets would be there."""
    boss.execute("SET log_min_error_statement = 'error'; SET log_min_messages = 'warning'")
    with contextlib.suppress(psycopg2.Error):
        insert(full, "contact", customer_id=-1, name="x", phone="marker-of-a-machine-9911")
    with contextlib.suppress(psycopg2.Error):
        boss.execute("SELECT 'marker-of-the-owner-7788'::int")
    wait_until(lambda: "marker-of-the-owner-7788" in log_text(desk), 30)  # what came before is written too
    assert "marker-of-a-machine-9911" not in log_text(desk)
    assert one(full, "SHOW log_min_messages") == "fatal"
