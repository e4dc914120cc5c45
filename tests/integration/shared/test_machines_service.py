"""Machines by the administrator's own certificate: pages, searching, saving, sessions, one-time codes, refusals."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from shared.database import Database
from shared.domain.enrolment import EnrolmentCode
from shared.domain.level import Level
from shared.errors import (
    AlreadySavedError,
    ConflictError,
    DuplicateError,
    FieldError,
    LastAdminError,
    LeaseLostError,
    PermissionDeniedError,
    RequiredFieldError,
    RoleNameError,
)
from shared.queries.machines import get_machine, get_machine_anchors, get_machine_row, list_machines, list_sessions
from shared.queries.security_events import get_event_row, list_events, open_alarms
from shared.schemas.listing import PageKey
from shared.schemas.machine import (
    EventFilter,
    EventListing,
    EventSort,
    MachineDetail,
    MachineFilter,
    MachineListing,
    MachineRow,
    MachineSave,
    MachineSort,
    MachineValues,
)
from shared.services.leases import take_lease
from shared.services.machines import begin_enrolment, end_sessions, mark_event_seen, revoke_machine, set_machine
from tests.desks import RunningDesk
from tests.integration.server.enrolling import wait_until


@pytest.fixture(scope="module")
def admin(desk: RunningDesk) -> Iterator[Database]:
    """The database as an administrator's machine has it."""
    database = desk.database("admin", session=uuid.uuid4())
    yield database
    database.close()


@pytest.fixture(scope="module")
def full(desk: RunningDesk) -> Iterator[Database]:
    database = desk.database("full")
    yield database
    database.close()


def save(database: Database, values: MachineValues, **more: Any) -> MachineDetail:
    with database.unit_of_work() as session:
        return set_machine(session, MachineSave(values=values, **({"save_id": uuid.uuid4()} | more)))


def make(database: Database, name: str, **values: Any) -> MachineDetail:
    given = {"name": name, "level": Level.QUERY, "people": ("lin",)} | values
    return save(database, MachineValues(**given))


def change(database: Database, machine: MachineDetail, **values: Any) -> MachineDetail:
    more = {name: values.pop(name) for name in ("save_id", "row_version", "lease_token") if name in values}
    given = MachineValues(**{**machine.values.model_dump(), **values})
    return save(database, given, **({"row_version": machine.row_version} | more))


def read(database: Database, op: Any, *arguments: Any, **keywords: Any) -> Any:
    with database.reading() as connection:
        return op(connection, *arguments, **keywords)


def named(database: Database, name: str) -> MachineDetail:
    rows = read(database, list_machines, MachineListing(filter=MachineFilter(text=name))).rows
    return read(database, get_machine, next(row.id for row in rows if row.name == name))


# -- lists -------------------------------------------------------------------------------------------------------------


def test_the_list_has_what_an_administrator_asks_for(admin: Database, desk: RunningDesk) -> None:
    make(admin, "new-one", people=("zhao", "lin"), level=Level.FULL)
    page = read(admin, list_machines, MachineListing())
    rows = {row.name: row for row in page.rows}

    assert list(rows) == sorted(rows)
    assert rows["pc-shared"].level is Level.FULL
    assert rows["pc-shared"].people == ("lin", "zhao")
    assert rows["pc-admin"].certificate_ends is not None
    assert rows["pc-admin"].sessions == 1, "this one"
    assert rows["new-one"].certificate_ends is None
    assert rows["new-one"].sessions == 0
    assert rows["new-one"].code_ends is None


@pytest.mark.parametrize("sort", list(MachineSort))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_every_machine_once_in_order(admin: Database, sort: MachineSort, descending: bool) -> None:
    listing = MachineListing(sort=sort, descending=descending)
    whole = read(admin, list_machines, listing).rows
    found, after = [], None
    while True:
        page = read(admin, list_machines, listing, after, limit=2)
        found += page.rows
        if page.next_key is None:
            break
        after = page.next_key
    assert [row.id for row in found] == [row.id for row in whole]

    anchors = read(admin, get_machine_anchors, listing, limit=2)
    assert anchors.count == len(whole)
    assert isinstance(anchors.keys[1], PageKey)
    second = read(admin, list_machines, listing, anchors.keys[1], limit=2)
    assert [row.id for row in second.rows] == [row.id for row in whole[2:4]]


def test_levels_sort_by_what_they_allow(admin: Database) -> None:
    rows = read(admin, list_machines, MachineListing(sort=MachineSort.LEVEL)).rows
    levels = [list(Level).index(row.level) for row in rows]
    assert levels == sorted(levels)


@pytest.mark.parametrize(
    ("text", "levels", "expected"),
    [
        ("PC-SHARED", (), {"pc-shared"}),
        ("zhao", (), {"pc-shared", "new-one"}),
        ("shelf 3", (), {"noted"}),
        ("50%", (), set()),
        ("pc-", (Level.FULL,), {"pc-full", "pc-full2", "pc-shared"}),
        ("pc- zhao", (), {"pc-shared"}),
    ],
)
def test_machines_are_found_by_what_is_known_of_them(
    admin: Database, text: str, levels: tuple[Level, ...], expected: set[str]
) -> None:
    make_once(admin, "noted", note="Lab, shelf 3")
    make_once(admin, "new-one", people=("zhao", "lin"), level=Level.FULL)
    listing = MachineListing(filter=MachineFilter(text=text, levels=levels))
    assert {row.name for row in read(admin, list_machines, listing).rows} == expected


def make_once(database: Database, name: str, **values: Any) -> None:
    if not read(database, list_machines, MachineListing(filter=MachineFilter(text=name))).rows:
        make(database, name, **values)


def test_what_the_worker_saw_is_in_the_list(admin: Database, owner: Any) -> None:
    machine = make(admin, "seen-one")
    with owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO desk.machine_seen SELECT id, '2026-11-20 09:00+00', '192.0.2.7' FROM desk.machine"
            " WHERE name = 'seen-one'"
        )
    row = read(admin, get_machine_row, machine.id)
    assert (row.address, row.last_seen_at.isoformat()) == ("192.0.2.7", "2026-11-20T09:00:00+00:00")
    found = read(admin, list_machines, MachineListing(filter=MachineFilter(text="192.0.2.7")))
    assert [one.name for one in found.rows] == ["seen-one"]


def test_only_administrators_read_certificates_and_sessions(admin: Database, full: Database) -> None:
    assert read(admin, list_machines, MachineListing()).rows
    with pytest.raises(PermissionDeniedError):
        read(full, list_machines, MachineListing())
    with pytest.raises(PermissionDeniedError):
        read(full, list_sessions, "pc-admin")
    with pytest.raises(PermissionDeniedError):
        read(full, open_alarms)


# -- saving ------------------------------------------------------------------------------------------------------------


def test_a_machine_is_made_changed_and_read_again(admin: Database) -> None:
    made = make(admin, "made-one", note="at the door")
    assert (made.level, made.values.people, made.values.note) == (Level.QUERY, ("lin",), "at the door")
    changed = change(admin, made, level=Level.FULL, people=("sun", "lin"), note=None)
    assert changed.row_version == made.row_version + 1
    assert (changed.level, set(changed.values.people), changed.values.note) == (Level.FULL, {"lin", "sun"}, None)
    assert read(admin, get_machine, made.id) == changed


def test_the_audit_says_who_did_it(admin: Database, owner: Any) -> None:
    made = make(admin, "audited-one")
    change(admin, made, level=Level.NONE)
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT a.machine, s.code, a.changes -> 'level' FROM desk.audit_entry a LEFT JOIN desk.staff s"
            " ON s.id = a.person_id WHERE a.entity = 'machine' AND a.row_key = %s ORDER BY a.id",
            (str(made.id),),
        )
        assert cursor.fetchall() == [
            ("pc-admin", "wang", [None, "query"]), ("pc-admin", "wang", ["query", "none"])
        ]  # fmt: skip


def test_the_same_save_counts_once(admin: Database) -> None:
    save_id = uuid.uuid4()
    made = make(admin, "once-one")
    change(admin, made, note="first", save_id=save_id)
    with pytest.raises(AlreadySavedError) as caught:
        change(admin, made, note="first", save_id=save_id)
    assert (caught.value.entity, caught.value.entity_id) == ("machine", made.id)
    assert read(admin, get_machine, made.id).row_version == made.row_version + 1


def test_a_newer_version_is_not_overwritten(admin: Database) -> None:
    made = make(admin, "contested-one")
    change(admin, made, note="theirs")
    with pytest.raises(ConflictError):
        change(admin, made, note="mine")
    assert read(admin, get_machine, made.id).values.note == "theirs"


def test_a_lease_keeps_others_out(admin: Database, desk: RunningDesk) -> None:
    made = make(admin, "leased-one")
    lease = read(admin, take_lease, "machine", made.id)
    assert lease.is_mine
    row = read(admin, get_machine_row, made.id)
    assert row.edited_by == "pc-admin"
    other = desk.database("admin", session=uuid.uuid4())
    try:
        with pytest.raises(LeaseLostError):
            change(other, made, note="from elsewhere")
        assert not read(other, take_lease, "machine", made.id).is_mine
    finally:
        other.close()
    assert change(admin, made, note="mine", lease_token=lease.token).values.note == "mine"


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"name": "pc-full"}, DuplicateError, "name"),
        ({"name": "Not A Name"}, FieldError, "name"),
        ({"name": "postgres"}, RoleNameError, "name"),
        ({"people": ("nobody",)}, FieldError, "people"),
        ({"people": ()}, RequiredFieldError, "people"),
        ({"level": None}, RequiredFieldError, "level"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    admin: Database, values: dict[str, Any], error: type[FieldError], field: str
) -> None:
    with pytest.raises(error) as caught:
        make(admin, "wrong-one", **values) if "name" not in values else make(admin, values["name"])
    assert caught.value.field == field
    assert make(admin, f"right-{uuid.uuid4().hex[:8]}").id


def test_the_last_administrator_stays(admin: Database) -> None:
    rows = read(admin, list_machines, MachineListing(filter=MachineFilter(levels=(Level.ADMIN,)))).rows
    others = [row for row in rows if row.name != "pc-admin"]
    for row in others:
        change(admin, read(admin, get_machine, row.id), level=Level.FULL)  # of several one may go
    last = named(admin, "pc-admin")
    with pytest.raises(LastAdminError):
        change(admin, last, level=Level.FULL)
    assert named(admin, "pc-admin").level is Level.ADMIN
    for row in others:
        change(admin, read(admin, get_machine, row.id), level=Level.ADMIN)


def test_a_window_s_connections_count_as_one_session_other_programs_each_as_one(
    admin: Database, desk: RunningDesk
) -> None:
    wait_until(lambda: read(admin, list_sessions, "pc-shared") == ())
    window, other_window = uuid.uuid4(), uuid.uuid4()
    connections = [desk.connect("shared", session=mark) for mark in (window, window, window, other_window)]
    try:
        assert row_of_machine(admin, "pc-shared").sessions == 2
        connections += [desk.connect("shared", application_name=name) for name in ("psql", "psql")]
        assert row_of_machine(admin, "pc-shared").sessions == 4
        assert len(read(admin, list_sessions, "pc-shared")) == 6
    finally:
        for connection in connections:
            connection.close()


def row_of_machine(database: Database, name: str) -> MachineRow:
    rows = read(database, list_machines, MachineListing()).rows
    return next(row for row in rows if row.name == name)


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one(admin: Database, desk: RunningDesk, raw: Any) -> None:
    wait_until(
        lambda: read(admin, list_sessions, "pc-shared") == ()
    )  # those of before end a moment after their clients
    first, second = raw("shared", person="lin"), raw("shared", person="zhao")
    listed = read(admin, list_sessions, "pc-shared")
    assert {session.pid for session in listed} == {first.info.backend_pid, second.info.backend_pid}
    assert {session.machine for session in listed} == {"pc-shared"}
    assert all(session.address for session in listed)

    with admin.unit_of_work() as session:
        assert end_sessions(session, "pc-shared", first.info.backend_pid) == 1
    wait_until_gone(first)
    wait_until(lambda: len(read(admin, list_sessions, "pc-shared")) == 1)  # it says so a moment before it has ended
    assert [one.pid for one in read(admin, list_sessions, "pc-shared")] == [second.info.backend_pid]
    with admin.unit_of_work() as session:
        assert end_sessions(session, "pc-shared") == 1
    wait_until_gone(second)
    wait_until(lambda: read(admin, list_sessions, "pc-shared") == ())


def wait_until_gone(connection: Any) -> None:
    with pytest.raises(psycopg2.Error):
        for _ in range(3000):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            time.sleep(0.02)


def test_ones_own_session_is_never_ended(admin: Database) -> None:
    with admin.unit_of_work() as session:
        assert end_sessions(session, "pc-admin") == 0
    assert read(admin, list_sessions, "pc-admin")


def test_an_administrator_gives_up_its_own_level(admin: Database, desk: RunningDesk, owner: Any) -> None:
    with owner.cursor() as cursor:
        cursor.execute("SELECT desk.machine_set('pc-full2', 'admin', NULL)")
    own = desk.database("full2")
    machine = named(own, "pc-full2")
    saved = change(own, machine, level=Level.FULL)  # it may not read the row any more that it has just written
    own.close()
    assert (saved.level, saved.row_version) == (Level.FULL, machine.row_version + 1)
    now = named(admin, "pc-full2")
    assert (now.level, now.row_version) == (Level.FULL, saved.row_version)


def test_a_machine_is_revoked_while_another_edits_it(admin: Database, desk: RunningDesk) -> None:
    machine = make(admin, "revoked-one")
    other = desk.database("admin", session=uuid.uuid4())
    assert read(other, take_lease, "machine", machine.id).is_mine
    save_id = uuid.uuid4()
    with admin.unit_of_work() as session:
        assert revoke_machine(session, "revoked-one", save_id) == machine.id
    assert read(admin, get_machine, machine.id).level is Level.NONE
    with pytest.raises(AlreadySavedError), admin.unit_of_work() as session:
        revoke_machine(session, "revoked-one", save_id)
    other.close()


# -- one-time codes ----------------------------------------------------------------------------------------------------


def test_a_code_is_stored_as_its_hash_alone(admin: Database, owner: Any) -> None:
    machine = make(admin, "coded-one")
    code = EnrolmentCode.new("coded-one", "0" * 64, "desk.example", 5432)
    with admin.unit_of_work() as session:
        term = begin_enrolment(session, "coded-one", code.secret_hash())
    assert 14 * 60 < term.lasts.total_seconds() <= 15 * 60
    assert read(admin, get_machine, machine.id).code_ends == term.ends
    with owner.cursor() as cursor:
        cursor.execute("SELECT code_hash FROM desk.enrolment_code WHERE machine_id = %s", (machine.id,))
        assert bytes(cursor.fetchone()[0]) == hashlib.sha256(code.claim.encode()).digest()
        cursor.execute("SELECT count(*) FROM desk.audit_entry AS a WHERE a::text LIKE %s", (f"%{code.secret}%",))
        assert cursor.fetchone() == (0,)
    change(admin, read(admin, get_machine, machine.id), level=Level.NONE)
    assert read(admin, get_machine, machine.id).code_ends is None, "a revoked machine has no open code"
    with pytest.raises(FieldError), admin.unit_of_work() as session:
        begin_enrolment(session, "coded-one", hashlib.sha256(b"another").digest())


# -- security events ---------------------------------------------------------------------------------------------------


def add_event(owner: Any, kind: str, machine: str, *, is_alarm: bool) -> int:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT desk.security_event_add(%s, %s, '192.0.2.9', '{\"serial\": \"42\"}', %s)", (kind, machine, is_alarm)
        )
        return int(cursor.fetchone()[0])


def test_alarms_are_open_until_they_are_seen(admin: Database, owner: Any) -> None:
    alarm = add_event(owner, "old_certificate", "pc-full", is_alarm=True)
    quiet = add_event(owner, "renewed", "pc-full", is_alarm=False)
    alarms = read(admin, open_alarms)
    assert alarm in [event.id for event in alarms.events]
    assert quiet not in [event.id for event in alarms.events]

    with admin.unit_of_work() as session:
        mark_event_seen(session, alarm)
    row = read(admin, get_event_row, alarm)
    assert (row.is_open, row.seen_by) == (False, "pc-admin")
    assert read(admin, open_alarms).count == alarms.count - 1
    listing = EventListing(filter=EventFilter(is_open=True))
    assert alarm not in [event.id for event in read(admin, list_events, listing).rows]


@pytest.mark.parametrize("sort", list(EventSort))
def test_events_come_in_pages(admin: Database, owner: Any, sort: EventSort) -> None:
    for number in range(3):
        add_event(owner, "watchdog", f"pc-{number}", is_alarm=number == 0)
    listing = EventListing(sort=sort, filter=EventFilter(text="192.0.2.9"))
    whole = read(admin, list_events, listing).rows
    found, after = [], None
    while True:
        page = read(admin, list_events, listing, after, limit=2)
        found += page.rows
        if page.next_key is None:
            break
        after = page.next_key
    assert [row.id for row in found] == [row.id for row in whole]
    assert len(whole) >= 3
