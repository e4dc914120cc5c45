"""Machines from the server's shell: codes, levels, the list, the roles, and the way back in when nobody else is."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.authority import fingerprint
from desk_server.jobs.signing import sign_requests
from shared.config import Profile
from shared.domain.enrolment import EnrolmentCode
from tests.desks import RunningDesk, assert_refused, desk_server
from tests.integration.server.enrolling import Applicant, one, rows
from tests.integration.server.storm import let_in_again

BROKEN_TRIGGER = """
CREATE OR REPLACE FUNCTION desk.on_login() RETURNS event_trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'broken'; END $$
"""


def _run(desk: RunningDesk, *words: str | Path) -> str:
    answer = desk_server(*words, "--data", desk.desk.data)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def _json(desk: RunningDesk, *words: str | Path) -> Any:
    return json.loads(_run(desk, *words, "--json"))


def _machine(desk: RunningDesk, name: str) -> dict[str, Any]:
    (row,) = [row for row in _json(desk, "machine", "list") if row["name"] == name]
    return dict(row)


def _gets_in(arguments: dict[str, Any]) -> bool:
    with contextlib.suppress(psycopg2.OperationalError):
        psycopg2.connect(**arguments).close()
        return True
    return False


def test_add_gives_a_code_that_enrols_once(desk: RunningDesk, owner: Any, tmp_path: Path) -> None:
    words = ("machine", "add", "PC-0700", "--level", "query", "--person", "chen", "--person", "New Hand")
    given = _json(desk, *words)
    code = EnrolmentCode.parse(given["code"])
    assert (given["machine"], given["level"], code.machine) == ("pc-0700", "query", "pc-0700")
    assert code.fingerprint == fingerprint(desk.desk.authority.certificate_file)
    assert given["server"] == f"{code.host}:{code.port}" == f"localhost:{desk.port}"
    left = dt.datetime.fromisoformat(given["expires_at"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(minutes=14) < left <= dt.timedelta(minutes=15)
    assert code.secret not in str(rows(owner, "SELECT c::text FROM desk.enrolment_code c"))
    listed = _machine(desk, "pc-0700")
    assert (listed["people"], listed["certificate_ends"], listed["last_seen_at"]) == (["chen", "new-hand"], None, None)
    assert listed["code_until"]

    applicant = Applicant(desk, code.claim)
    applicant.ask()
    before = dt.datetime.now(dt.UTC)
    with closing(desk.desk.owner_connection(user="desk_worker")) as worker:
        sign_requests(worker, desk.desk)
    assert _gets_in(applicant.login(tmp_path, applicant.ask()[2]))
    listed = _machine(desk, "pc-0700")
    assert (listed["code_until"], listed["level"]) == (None, "query")
    signed_between = (before, dt.datetime.now(dt.UTC))  # midnight may be among them
    assert listed["certificate_ends"] in {f"{at + dt.timedelta(days=90):%Y-%m-%d}" for at in signed_between}


def test_add_without_json_is_for_people_and_a_newer_code_withdraws_the_earlier(desk: RunningDesk) -> None:
    told = _run(desk, "machine", "add", "pc-0701", "--level", "full", "--person", "lin")
    (first,) = [line for line in told.splitlines() if line.startswith("pc-0701.")]
    assert "desk-client enrol" in told
    second = _json(desk, "machine", "code", "pc-0701")["code"]
    with pytest.raises(psycopg2.Error) as refused:
        Applicant(desk, EnrolmentCode.parse(first).claim).ask()
    assert refused.value.pgcode == "DK032"
    assert Applicant(desk, EnrolmentCode.parse(second).claim).ask()[0] == "waiting"


def test_set_changes_level_people_and_note_and_ends_sessions(desk: RunningDesk, tmp_path: Path) -> None:
    made = _json(desk, "machine", "add", "pc-0702", "--level", "full", "--person", "lin", "--profile", tmp_path / "p")
    assert made["is_anew"] is False
    arguments = Profile.load(Path(made["profile"])).connect_args()
    live = psycopg2.connect(**arguments)
    _run(desk, "machine", "code", "pc-0702")
    (line,) = [line for line in _run(desk, "machine", "list").splitlines() if line.startswith("pc-0702 ")]
    assert re.search(r"until \d{4}-\d\d-\d\d, code until \d{4}", line)
    shown = _machine(desk, "pc-0702")
    assert (shown["sessions"], shown["note"]) == (1, None)
    assert _json(desk, "machine", "set", "pc-0702", "--note", "by the door", "--person", "sun")["ended_sessions"] == 0
    assert one(live, "SELECT 1") == 1
    # the second look, a second later, counts one that takes its time to end once more
    ended = _run(desk, "machine", "set", "PC-0702", "--level", "query")
    assert re.search(r"\d of its sessions (was|were) ended", ended)
    with pytest.raises(psycopg2.OperationalError):
        one(live, "SELECT 1")
    live.close()
    changed = _machine(desk, "pc-0702")
    assert (changed["level"], changed["people"], changed["note"]) == ("query", ["sun"], "by the door")
    assert _gets_in(arguments)
    _run(desk, "machine", "set", "pc-0702", "--level", "none")
    assert not _gets_in(arguments)
    assert_refused(desk_server("machine", "code", "pc-0702", "--data", desk.desk.data), "shut out", "--level full")


def test_add_refuses_a_machine_that_is_there_and_again_says_what_it_changes(desk: RunningDesk) -> None:
    """Who mistypes a name must not take another machine's level."""
    data = ("--data", desk.desk.data)
    words = ("machine", "add", "pc-0703", "--level")
    first = _json(desk, *words, "admin", "--person", "lin")["code"]
    refused = desk_server(*words, "query", "--person", "sun", *data)
    assert_refused(refused, "pc-0703 is there already, level admin", "machine set pc-0703", "machine code pc-0703")
    shown = _machine(desk, "pc-0703")
    assert (shown["level"], shown["people"]) == ("admin", ["lin"])
    assert Applicant(desk, EnrolmentCode.parse(first).claim).ask()[0] == "waiting"
    _run(desk, "machine", "code", "pc-0703")
    again = desk_server(*words, "query", "--person", "sun", "--again", *data)
    assert again.returncode == 0
    for sentence in ("was admin and is query now", "were lin and are sun now", "An earlier code for it was withdrawn"):
        assert sentence in again.stderr


def test_a_person_nobody_knows_is_said_with_who_may_be_meant(desk: RunningDesk) -> None:
    data = ("--data", desk.desk.data)
    words = ("machine", "add", "pc-0704", "--level", "query")
    known = desk_server(*words, "--person", "lin", *data)
    assert "New person" not in known.stderr
    desk_server("machine", "set", "pc-0704", "--person", "Wilhelmina Marsh", *data)
    typed = desk_server(*words, "--person", "wilhelmine marsh", "--person", "Zacharias Quill", "--again", *data)
    assert typed.returncode == 0
    meant = "Or did you mean Wilhelmina Marsh (wilhelmina-marsh)?"
    assert f"New person: wilhelmine marsh (wilhelmine-marsh). {meant}" in typed.stderr
    assert "New person: Zacharias Quill (zacharias-quill).\n" in typed.stderr
    assert "New person: Zoe" in desk_server("machine", "set", "pc-0704", "--person", "Zoe", *data).stderr


def test_a_code_that_nobody_signs_or_no_other_computer_can_use_says_so(desk: RunningDesk) -> None:
    desk_server("machine", "add", "pc-0705", "--level", "query", "--person", "lin", "--data", desk.desk.data)
    told = desk_server("machine", "code", "pc-0705", "--json", "--data", desk.desk.data)
    assert json.loads(told.stdout)["machine"] == "pc-0705"
    assert "nobody signs until desk-server start" in told.stderr
    assert "names localhost: no other computer can use it" in told.stderr
    assert "--host NAME" in told.stderr


def test_nobody_administers_any_more_is_said_and_found(desk: RunningDesk) -> None:
    data = ("--data", desk.desk.data)
    admins = [row["name"] for row in _json(desk, "machine", "list") if row["level"] == "admin"]
    last = admins.pop()
    try:
        for name in admins:
            _run(desk, "machine", "set", name, "--level", "query")
        assert desk_server("machine", "set", last, "--note", "the last", *data).stderr == ""
        told = desk_server("machine", "set", last, "--level", "full", *data)
        assert told.returncode == 0
        assert "no administrator's machine can get in now" in told.stderr
        findings = {row["check"]: row for row in json.loads(desk_server("doctor", "--json", *data).stdout)}
        assert not findings["an administrator's machine can get in"]["is_ok"]
    finally:
        for name in (last, *admins):
            _run(desk, "machine", "set", name, "--level", "admin")
    findings = {row["check"]: row for row in json.loads(desk_server("doctor", "--json", *data).stdout)}
    assert findings["an administrator's machine can get in"]["is_ok"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("set", "pc-nobody", "--level", "full"), 1, "There is no machine pc-nobody"),
        (("code", "pc-nobody"), 1, "There is no machine pc-nobody"),
        (("set", "pc-full"), 2, "say what to change"),
        (("set", "pc-full", "--level", "root"), 2, "query, full, admin or none"),
        (("add", "pc.x", "--level", "full", "--person", "lin"), 1, "is no machine name"),
        (
            ("add", "postgres", "--level", "full", "--person", "lin"),
            1,
            "A role of the database server is called postgres",
        ),
        (("add", "pc-x", "--level", "none", "--person", "lin"), 2, "query, full or admin"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    desk: RunningDesk, words: tuple[str, ...], code: int, sentence: str
) -> None:
    answer = desk_server("machine", *words, "--data", desk.desk.data)
    assert answer.returncode == code
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_roles_sync_makes_the_roles_what_the_table_says(desk: RunningDesk, owner: Any) -> None:
    with owner.cursor() as cursor:
        cursor.execute("CREATE ROLE m_stray LOGIN; GRANT desk_admin TO m_stray")
        cursor.execute('REVOKE desk_full FROM "m_pc-full2" GRANTED BY desk_roles; ALTER ROLE "m_pc-full2" NOLOGIN')
    assert not _gets_in(desk.profile("full2").connect_args())
    done = {row["role"]: row["what"] for row in _json(desk, "roles", "sync")}
    assert {"m_stray": "shut out", "m_pc-full2": "mended"}.items() <= done.items()
    assert _gets_in(desk.profile("full2").connect_args())
    assert not one(
        owner, "SELECT rolcanlogin OR pg_has_role(oid, 'desk_query', 'USAGE') FROM pg_roles WHERE rolname='m_stray'"
    )
    assert _json(desk, "roles", "sync") == []


def test_the_servers_shell_lets_an_administrator_in_again(desk: RunningDesk, tmp_path: Path) -> None:
    """No administrator's machine is left, by whatever mistake; the owner of the server makes one."""
    admins = [row["name"] for row in _json(desk, "machine", "list") if row["level"] == "admin"]
    for name in admins:
        _run(desk, "machine", "set", name, "--level", "none")
    assert not _gets_in(desk.profile("admin").connect_args())
    _run(desk, "machine", "add", "rescue", "--level", "admin", "--person", "wang", "--profile", tmp_path / "rescue")
    with closing(psycopg2.connect(**Profile.load(tmp_path / "rescue").connect_args())) as connection:
        assert one(connection, "SELECT pg_has_role(session_user, 'desk_admin', 'USAGE')")
    words = ("machine", "set", "pc-admin", "--level", "admin", "--data", desk.desk.data)
    assert "It comes back by a new code alone: desk-server machine code pc-admin" in desk_server(*words).stderr
    assert not _gets_in(desk.profile("admin").connect_args())
    for name in admins:
        let_in_again(desk.desk, name, "admin")
    assert _gets_in(desk.profile("admin").connect_args())


def test_a_broken_login_trigger_shuts_out_everybody_but_the_servers_shell(desk: RunningDesk, tmp_path: Path) -> None:
    """psql of the owner comes in by PGOPTIONS='-c event_triggers=off', as our commands do; migrate mends it."""
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(BROKEN_TRIGGER)
    arguments = desk.desk.owner_connect_args()
    assert not _gets_in(desk.profile("admin").connect_args())
    assert not _gets_in({**arguments, "options": ""})
    assert _gets_in({**arguments, "options": "-c event_triggers=off"})
    words = ("machine", "add", "rescue-2", "--level", "admin", "--person", "wang", "--profile", tmp_path / "rescue")
    _run(desk, *words)
    assert not _gets_in(Profile.load(tmp_path / "rescue").connect_args())
    _run(desk, "migrate")
    assert _gets_in(Profile.load(tmp_path / "rescue").connect_args())
    assert _gets_in({**arguments, "options": ""})


def test_machines_cannot_switch_the_login_trigger_off(desk: RunningDesk) -> None:
    arguments = desk.profile("admin").connect_args()
    assert _gets_in(arguments)
    options = f"{arguments['options']} -c event_triggers=off"
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(**{**arguments, "options": options})
