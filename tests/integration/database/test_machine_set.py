"""desk.machine_set by administrators' machines: the guard, names, people, levels, and the last administrator."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.machine_calls import begin, enrol, issue, set_machine
from tests.integration.database.world import insert, one, refused, rows, update

Connect = Callable[..., Any]
BY_OWNER = "SELECT desk.machine_set(%s, %s, %s)"


@pytest.fixture
def name(boss: Any) -> str:
    """A query machine of this test's own, made from the server's shell."""
    made = f"pc-{uuid.uuid4().hex[:8]}"
    boss.execute(BY_OWNER, (made, "query", ["chen"]))
    return made


@pytest.fixture
def only_admin(boss: Any) -> Iterator[None]:
    """pc-admin is the one administrator's machine."""
    others = [row["name"] for row in rows(boss, "SELECT name FROM desk.machine WHERE level = 'admin'")]
    others.remove("pc-admin")
    for other in others:
        boss.execute(BY_OWNER, (other, "query", None))
    yield
    for other in (*others, "pc-admin"):
        boss.execute(BY_OWNER, (other, "admin", None))


def state(boss: Any, name: str) -> dict[str, Any]:
    (found,) = rows(
        boss,
        "SELECT level, note, row_version, save_id, lease_token, array(SELECT s.code FROM desk.machine_person p"
        " JOIN desk.staff s ON s.id = p.staff_id WHERE p.machine_id = m.id ORDER BY 1) AS people,"
        " array(SELECT g.roleid::regrole::text FROM pg_auth_members g"
        "       WHERE g.member = ('\"m_' || name || '\"')::regrole) AS groups,"
        " (SELECT rolcanlogin FROM pg_roles WHERE rolname = 'm_' || name) AS can_login"
        " FROM desk.machine m WHERE name = %s",
        name,
    )
    return found


def test_a_machine_is_made_and_changed_like_any_record(admin: Any, boss: Any) -> None:
    set_machine(admin, "pc-0417", "query", ["chen"], note=" on the bench ")
    made = {"level": "query", "note": "on the bench", "row_version": 1, "save_id": None, "lease_token": None,
            "people": ["chen"], "groups": ["desk_query"], "can_login": True}  # fmt: skip
    assert state(boss, "pc-0417") == made
    set_machine(admin, "pc-0417", "full", ["chen", "lin"])
    changed = {"level": "full", "note": None, "row_version": 2, "people": ["chen", "lin"], "groups": ["desk_full"]}
    assert state(boss, "pc-0417") == made | changed
    set_machine(admin, "pc-0417", "none")
    assert state(boss, "pc-0417") == made | changed | {
        "level": "none", "row_version": 3, "groups": [], "can_login": False
    }  # fmt: skip
    made_by = rows(boss, "SELECT DISTINCT machine FROM desk.audit_entry WHERE entity = 'machine' AND row_key = ("
                   "SELECT id::text FROM desk.machine WHERE name = 'pc-0417')")  # fmt: skip
    assert made_by == [{"machine": "pc-admin"}]


def test_a_save_counts_once(admin: Any, boss: Any, name: str) -> None:
    save = str(uuid.uuid4())
    set_machine(admin, name, "full", save_id=save)
    for version in (1, 2):
        with refused("DK001"):
            set_machine(admin, name, "query", save_id=save, row_version=version)
    assert state(boss, name)["level"] == "full"
    with refused("DK004"):
        set_machine(admin, name, "query", save_id=None)
    made = str(uuid.uuid4())
    set_machine(admin, f"{name}-b", "query", ["chen"], save_id=made)
    with refused("DK001"):
        set_machine(admin, f"{name}-b", "query", ["chen"], save_id=made, row_version=None)


def test_a_machine_changed_meanwhile_is_a_conflict(admin: Any, boss: Any, name: str) -> None:
    set_machine(admin, name, "full")
    with refused("DK003"):
        set_machine(admin, name, "query", row_version=1)
    for odd in (-1, 0, 2**40):
        with refused("DK003"):
            set_machine(admin, name, "query", row_version=odd)
    assert state(boss, name)["level"] == "full"


def test_a_machine_that_somebody_has_open_is_not_saved(admin: Any, boss: Any, raw: Connect, name: str) -> None:
    key = one(boss, "SELECT id FROM desk.machine WHERE name = %s", name)
    other = raw("admin", session=uuid.uuid4()).cursor()
    token = one(other, "SELECT token FROM desk.lease_take('machine', %s) WHERE is_mine", key)
    with refused("DK002"):
        set_machine(admin, name, "full")
    with refused("DK002"):
        set_machine(admin, name, "full", lease_token=token + 1)
    boss.execute("UPDATE desk.edit_lease SET machine = 'pc-elsewhere' WHERE token = %s", (token,))
    with refused("DK002"):
        set_machine(other, name, "full", lease_token=token)  # the token of another machine's lease
    assert state(boss, name)["level"] == "query"
    boss.execute("UPDATE desk.edit_lease SET machine = 'pc-admin' WHERE token = %s", (token,))
    set_machine(other, name, "full", lease_token=token)


def test_only_an_administrator_opens_a_machine_for_editing(admin: Any, full: Any, query: Any, boss: Any) -> None:
    key = one(boss, "SELECT id FROM desk.machine WHERE name = 'pc-query'")
    with refused("42501"):
        full.execute("SELECT desk.lease_take('machine', %s)", (key,))
    with refused("42501"):
        query.execute("SELECT desk.lease_take('machine', %s)", (key,))
    token = one(admin, "SELECT token FROM desk.lease_take('machine', %s)", key)
    assert one(admin, "SELECT desk.lease_release('machine', %s, %s)", key, token)


@pytest.mark.parametrize(
    "odd", ["PC-1", "a" * 41, "-pc", "pc_1", "pc.1", "pc 1", "", None, "pc-1\n", 'pc"; DROP ROLE postgres; --', "机器"]
)
def test_a_name_that_is_none_is_refused(admin: Any, odd: str | None) -> None:
    with refused("23514", "name"):
        set_machine(admin, odd, "query", ["chen"])


def test_names_of_any_other_kind_are_names(admin: Any, boss: Any) -> None:
    """They are roles like the others, and nobody's superuser."""
    for odd in ("postgre", "desk_admin".replace("_", "-"), "0", "a" * 40, "public"):
        set_machine(admin, odd, "query", ["chen"])
        assert not one(boss, "SELECT rolsuper FROM pg_roles WHERE rolname = %s", f"m_{odd}")
    with refused("23505", None):
        set_machine(admin, "postgre", "admin", ["chen"], row_version=None)
    assert state(boss, "postgre")["level"] == "query"
    with refused("DK018"):
        set_machine(admin, "pc-nowhere", "query", ["chen"], row_version=3)


def test_a_role_s_name_is_no_machine_s(admin: Any, boss: Any) -> None:
    """The audit names machines without their m_: postgres would look like the server's own superuser."""
    boss.execute("CREATE ROLE payroll")
    try:
        for taken in ("postgres", "payroll"):
            with refused("DK022", "name"):
                set_machine(admin, taken, "query", ["chen"])
            with refused("DK022", "name"):
                boss.execute(BY_OWNER, (taken, "query", ["chen"]))
        assert one(boss, "SELECT count(*) FROM desk.machine WHERE name IN ('postgres', 'payroll')") == 0
    finally:
        boss.execute("DROP ROLE payroll")
    set_machine(admin, "payroll", "query", ["chen"])
    boss.execute("CREATE ROLE payroll")  # who is there already can be changed, and shut out
    set_machine(admin, "payroll", "none")
    boss.execute("DROP ROLE payroll")


@pytest.mark.parametrize(
    ("people", "answer"),
    [([], "DK010"), (["nobody"], "23503"), (["chen", None], "23503"), (["chen"] * 101, "23514"), ([""], "23503")],
)
def test_people_must_be_there(admin: Any, boss: Any, name: str, people: list[Any], answer: str) -> None:
    with refused(answer, "people"):
        set_machine(admin, name, "query", people)
    assert state(boss, name)["people"] == ["chen"]


def test_what_makes_no_machine(admin: Any, name: str) -> None:
    for level, people, answer, column in (
        (None, ["chen"], "DK010", "level"), ("query", None, "DK010", "people"), ("root", ["chen"], "23514", "level"),
        ("", ["chen"], "23514", "level"),
    ):  # fmt: skip
        with refused(answer, column):
            set_machine(admin, f"{name}-c", level, people)
    with refused("DK019", "note"):
        set_machine(admin, name, "query", note="x" * 2001)
    set_machine(admin, name, None, note="x" * 2000)


def test_the_shell_changes_what_it_names_and_no_more(boss: Any, name: str) -> None:
    boss.execute("SELECT desk.machine_set(%s, NULL, NULL, 'kept')", (name,))
    boss.execute(BY_OWNER, (name, "full", None))
    found = state(boss, name)
    assert (found["level"], found["people"], found["note"]) == ("full", ["chen"], "kept")
    boss.execute("SELECT desk.machine_set(%s, NULL, NULL, '')", (name,))
    assert state(boss, name)["note"] is None


def test_what_machine_set_is_made_of_is_nobody_s(admin: Any, name: str) -> None:
    for call in (
        f"desk.machine_role_sync('{name}')", "desk.machine_people_set(1, '{}')", "desk.has_admin_machine()",
        "desk.roles_sync()", f"desk.role_strip('m_{name}', 'desk_admin')", f"desk.role_state('m_{name}')",
        "desk.enrolment_withdraw(1)", f"desk.certificate_add('{name}', 1, now())", "desk.certificates_seen()",
        "desk.certificate_enter(1, 1, now(), true)", "desk.certificate_used(1)", "desk.presented_serial()",
        "desk.security_event_add('watchdog', NULL, NULL, NULL, false)", "desk.old_certificate_seen('a', 1, 'b')",
        "desk.certificate_issue(gen_random_uuid(), 1, now(), '')", "desk.renewal_begin(NULL, '')",
        "desk.certificate_refuse(gen_random_uuid(), '')", "desk.enrol('', '', gen_random_uuid())",
    ):  # fmt: skip
        with refused("42501"):
            admin.execute(f"SELECT {call}")
    set_machine(admin, name, "full")


def test_a_demoted_machine_s_next_write_is_refused(admin: Any, raw: Connect, world: Any) -> None:
    live = raw("full2").cursor()
    ticket = insert(live, "ticket", **world.ticket())
    set_machine(admin, "pc-full2", "query")
    try:
        with refused("42501"):
            update(live, "ticket", ticket, subject="One more")
        assert one(live, "SELECT subject FROM desk.ticket WHERE id = %s", ticket)
    finally:
        set_machine(admin, "pc-full2", "full")
    update(live, "ticket", ticket, subject="One more")


def test_a_change_of_level_wakes_the_worker(desk: RunningDesk, admin: Any, name: str) -> None:
    with closing(desk.desk.owner_connection(user="desk_worker")) as worker, worker.cursor() as cursor:
        cursor.execute("LISTEN desk_worker")
        set_machine(admin, name, "query", ["lin"])
        cursor.execute("SELECT 1")
        worker.poll()
        assert worker.notifies == []
        set_machine(admin, name, "full")
        cursor.execute("SELECT 1")
        worker.poll()
        assert [(notice.channel, notice.payload) for notice in worker.notifies] == [("desk_worker", "sessions")]


@pytest.mark.usefixtures("only_admin")
def test_the_last_administrator_stays(admin: Any, boss: Any, name: str) -> None:
    for level in ("full", "query", "none"):
        with refused("DK021", "level"):
            set_machine(admin, "pc-admin", level)
    set_machine(admin, name, "admin")  # without a certificate it is no way in
    with refused("DK021"):
        set_machine(admin, "pc-admin", "full")
    boss.execute("SELECT desk.certificate_add(%s, 4711, now() - interval '1 day')", (name,))
    with refused("DK021"):
        set_machine(admin, "pc-admin", "full")
    boss.execute("SELECT desk.certificate_add(%s, 4712, now() + interval '1 day')", (name,))
    boss.execute("UPDATE desk.machine_certificate SET replaced_at = now() WHERE serial = 4712")
    with refused("DK021"):
        set_machine(admin, "pc-admin", "full")
    assert state(boss, "pc-admin")["level"] == "admin"
    boss.execute("SELECT desk.certificate_add(%s, 4713, now() + interval '1 day')", (name,))
    set_machine(admin, "pc-admin", "full")
    with refused("42501"):
        set_machine(admin, "pc-admin", "admin")
    boss.execute(BY_OWNER, (name, "none", None))  # from the shell there is always a way back, and one out
    boss.execute(BY_OWNER, ("pc-admin", "admin", None))


@pytest.mark.usefixtures("only_admin")
@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_two_administrators_who_demote_each_other(boss: Any, desk: RunningDesk, isolation: str) -> None:
    """One of them wins: whichever way the two are interleaved, one administrator is left."""
    pairs = [("admin", "pc-full"), ("full", "pc-admin")]
    for _ in range(10):
        for machine in ("pc-admin", "pc-full"):
            boss.execute(BY_OWNER, (machine, "admin", None))
        connections = [(desk.connect(key, autocommit=False), victim) for key, victim in pairs]
        start, answers = threading.Barrier(2), list[str | None]()

        def demote(connection: Any, victim: str, start: threading.Barrier = start, answers: Any = answers) -> None:
            cursor = connection.cursor()
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
            cursor.execute("SELECT row_version FROM desk.machine WHERE name = %s", (victim,))
            version = cursor.fetchone()[0]
            start.wait()
            try:
                set_machine(cursor, victim, "query", row_version=version)
                connection.commit()
                answers.append("done")
            except psycopg2.Error as error:
                with contextlib.suppress(psycopg2.InterfaceError):  # who held the other up for long was ended by it
                    connection.rollback()
                answers.append(error.pgcode)

        threads = [threading.Thread(target=demote, args=pair) for pair in connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for connection, _victim in connections:
            connection.close()
        assert sorted(answers, key=str)[-1] == "done", answers
        assert answers.count("done") == 1, answers
        assert one(boss, "SELECT count(*) FROM desk.machine WHERE level = 'admin'") == 1
    boss.execute(BY_OWNER, ("pc-full", "full", None))


def test_revocation_takes_codes_and_requests_with_it(admin: Any, boss: Any, name: str) -> None:
    secret = begin(admin, name)
    boss.execute("SET SESSION AUTHORIZATION desk_enrol")
    boss.execute(
        "SELECT * FROM desk.enrol(%s, %s, %s)", (secret, "-----BEGIN CERTIFICATE REQUEST-----", str(uuid.UUID(int=7)))
    )
    boss.execute("RESET SESSION AUTHORIZATION")
    begin_again = f"{name}-x"
    boss.execute(BY_OWNER, (begin_again, "query", ["chen"]))
    begin(admin, begin_again)
    for machine in (name, begin_again):
        set_machine(admin, machine, "none")
    assert not issue(boss, uuid.UUID(int=7), 99)
    assert one(boss, "SELECT count(*) FROM desk.machine_certificate WHERE serial = 99") == 0
    assert one(boss, "SELECT withdrawn_at IS NOT NULL FROM desk.enrolment_code c JOIN desk.machine m"
               " ON m.id = c.machine_id WHERE m.name = %s", begin_again)  # fmt: skip


def test_a_level_that_somebody_else_gave_is_not_thought_taken(admin: Any, boss: Any, name: str) -> None:
    """Given by hand, it is not desk_roles' to take: a demotion that did nothing must not look like one."""
    boss.execute(f'GRANT desk_admin TO "m_{name}"')
    with refused("0LP01"):
        set_machine(admin, name, "full")
    boss.execute("SELECT * FROM desk.roles_sync()")
    set_machine(admin, name, "full")
    assert state(boss, name)["groups"] == ["desk_full"]


def test_codes_do_not_outlive_the_administrator_who_gave_them(admin: Any, boss: Any, raw: Connect, name: str) -> None:
    boss.execute(BY_OWNER, ("pc-full2", "admin", None))
    of_both = [begin(raw("full2").cursor(), name), begin(admin, "pc-query")]
    set_machine(admin, "pc-full2", "full")
    boss.execute("SET SESSION AUTHORIZATION desk_enrol")
    with refused("DK032"):
        enrol(boss, of_both[0], uuid.uuid4())
    assert enrol(boss, of_both[1], uuid.uuid4())["state"] == "waiting"
    boss.execute("RESET SESSION AUTHORIZATION")


def test_certificates_and_last_sight_are_no_edit(boss: Any, name: str) -> None:
    before = state(boss, name)["row_version"]
    boss.execute("SELECT desk.certificate_add(%s, 4801, now() + interval '1 day')", (name,))
    boss.execute("SELECT desk.certificates_seen()")
    assert state(boss, name)["row_version"] == before
