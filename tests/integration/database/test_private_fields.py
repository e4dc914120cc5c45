"""Marking a field private: at once for whoever reads, in portions for the search, and never a word in between."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.database.races import at_once, make_patient
from tests.integration.database.world import World, insert, mark, one, refused, rows, update

SOME, MANY = 3_000, 20_000
PORTION = 2_000
FOUND = "SELECT count(*) FROM desk.search_public WHERE words @@ desk.search_query(%s)"
FOUND_PRIVATE = FOUND.replace("search_public", "search_private")
SET = "SELECT desk.field_private_set('contact', %s, %s, %s, %s, %s)"
VERSION = "SELECT row_version FROM desk.field_rule WHERE entity = 'contact' AND field = %s"


def _add(desk: RunningDesk, world: World, first: int, last: int) -> None:
    """Contacts, each with a note of its own and one word in common."""
    with desk.owner().cursor() as boss:
        boss.execute(
            "INSERT INTO desk.contact (customer_id, name, note)"
            " SELECT %s, 'Person' || n, 'Gryphon nest' || n FROM generate_series(%s, %s) AS n",
            (world.customer, first, last),
        )


@pytest.fixture(scope="module")
def some(desk: RunningDesk, world: World) -> None:
    _add(desk, world, 1, SOME)


@pytest.fixture(scope="module")
def many(desk: RunningDesk, world: World, some: None) -> None:
    _add(desk, world, SOME + 1, MANY)


@pytest.fixture
def admin(admin: Any) -> Any:
    """Who waits for a lock here waits until it is free: how long is of one test only, which says so."""
    make_patient(admin.connection)
    return admin


@pytest.fixture(autouse=True)
def open_again(desk: RunningDesk) -> Iterator[None]:
    """Each test finds the note open to everybody and leaves it so."""
    yield
    with desk.owner().cursor() as boss:
        boss.execute(
            "UPDATE desk.field_rule SET is_private = false WHERE entity = 'contact' AND field = 'note' AND is_private"
        )
        while one(boss, "SELECT desk.field_private_move(2000)"):
            pass


@contextmanager
def reader(desk: RunningDesk, ask: Callable[[Any], Any]) -> Iterator[list[Any]]:
    """A query-only machine that asks in a loop while the block runs; what it was told, in order."""
    told: list[Any] = []
    is_over = threading.Event()
    connection = desk.connect("query")
    make_patient(connection)
    cursor = connection.cursor()

    def loop() -> None:
        while not is_over.is_set():
            told.append(ask(cursor))

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield told
    finally:
        is_over.set()
        thread.join()


def wait_for_answers(told: list[Any], number: int) -> None:
    """Until the reader was told so many."""
    deadline = time.monotonic() + 60
    while len(told) < number:
        assert time.monotonic() < deadline, f"the reader stands still: {told[-3:]}"
        time.sleep(0.005)


def entries_written(cursor: Any) -> int:
    """Search entries that this session wrote and has not told the statistics yet: what was done, not what was said."""
    return int(
        one(
            cursor,
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE relname IN ('search_public', 'search_private')",
        )
    )


def test_a_portion_is_never_the_whole(some: None, admin: Any) -> None:
    left = mark(admin, "note", is_private=True, moves=False)
    assert one(admin, "SELECT desk.field_private_move(1000000)") == left - 2_000
    assert one(admin, "SELECT desk.field_private_move(NULL)") == left - 2_500
    for nothing in (0, -5):
        assert one(admin, "SELECT desk.field_private_move(%s)", nothing) == left - 2_500
    assert one(admin, "SELECT desk.field_private_left()") == left - 2_500


def test_a_portion_that_was_cut_off_is_done_again(desk: RunningDesk, some: None, admin: Any, full: Any) -> None:
    left = mark(admin, "note", is_private=True, moves=False)
    killed = desk.connect("admin", autocommit=False)
    assert one(killed.cursor(), "SELECT desk.field_private_move(2000)") == left - 2_000
    killed.close()  # without a commit
    assert one(admin, "SELECT desk.field_private_left()") == left
    while one(admin, "SELECT desk.field_private_move(2000)"):
        pass
    assert one(full, FOUND_PRIVATE, "gryphon") == SOME


def test_rows_of_the_meantime_are_right_at_once(some: None, admin: Any, full: Any, query: Any, world: World) -> None:
    old = insert(full, "contact", customer_id=world.customer, name="Early", note="Basilisk")
    mark(admin, "note", is_private=True, moves=False)
    new = insert(full, "contact", customer_id=world.customer, name="Late", note="Manticore")
    update(full, "contact", old, note="Manticore")
    assert one(query, FOUND, "manticore") == 0
    assert one(full, FOUND_PRIVATE, "manticore") == 2
    mark(admin, "note", is_private=False, moves=False)
    update(full, "contact", new, note="Manticores")
    assert one(query, FOUND, "manticores") == 1


def test_whoever_saves_while_a_field_is_marked_leaves_no_word(
    desk: RunningDesk, admin: Any, query: Any, full: Any, world: World
) -> None:
    """The save began under the old rule: the mark waits for it. A snapshot older than the mark is refused."""
    saver = desk.connect("full", autocommit=False)
    insert(saver.cursor(), "contact", customer_id=world.customer, name="Slow", note="Cockatrice")
    admin.execute("RESET lock_timeout")  # a machine's own
    with refused("55P03"):  # it passes as soon as the save has ended
        mark(admin, "note", is_private=True, moves=False)
    make_patient(admin.connection)
    saver.commit()
    mark(admin, "note", is_private=False)

    saver.set_session(isolation_level="REPEATABLE READ")
    with saver.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM desk.field_rule")
        mark(admin, "note", is_private=True)
        with refused("40001"):
            insert(cursor, "contact", customer_id=world.customer, name="Old snapshot", note="Cockatrice")
    saver.rollback()
    assert one(query, FOUND, "cockatrice") == 0
    assert one(full, FOUND_PRIVATE, "cockatrice") == 1


def test_the_column_is_refused_the_moment_it_is_marked(desk: RunningDesk, admin: Any, query: Any, some: None) -> None:
    """Also to sessions that are open, and to plans that were made before."""
    query.execute("PREPARE known AS SELECT note FROM desk.contact WHERE id = $1")
    for _ in range(7):  # from the sixth time on the plan is kept
        query.execute("EXECUTE known(1)")
    mark(admin, "note", is_private=True, moves=False)
    for statement in ("EXECUTE known(1)", "SELECT note FROM desk.contact", "SELECT count(note) FROM desk.contact"):
        with refused("42501"):
            query.execute(statement)
    query.execute("SELECT name FROM desk.contact LIMIT 1")
    mark(admin, "note", is_private=False, moves=False)
    query.execute("EXECUTE known(1)")


def test_a_reader_in_a_loop_is_refused_from_the_mark_on(desk: RunningDesk, admin: Any, some: None) -> None:
    def ask(cursor: Any) -> str:
        try:
            return "read" if one(cursor, "SELECT count(note) FROM desk.contact") else "nothing"
        except psycopg2.Error as error:
            return str(error.pgcode)

    with reader(desk, ask) as told:
        wait_for_answers(told, 5)
        before = len(told)
        mark(admin, "note", is_private=True, moves=False)
        after = len(told)
        wait_for_answers(told, after + 10)
    # The mark is in force some time before `mark` returns: between the two, only the order is certain.
    turned = told.index("42501")
    assert before <= turned <= after + 1, "the question that was under way may have begun before the mark"
    assert set(told[:turned]) == {"read"}
    assert set(told[turned:]) == {"42501"}


def test_statistics_tell_no_word(admin: Any, query: Any, boss: Any, some: None) -> None:
    boss.execute("ANALYZE desk.search_public, desk.contact")
    frequent = (
        "SELECT array_to_string(most_common_elems::text::text[], ' ') LIKE '%gryphon%' FROM pg_stats"
        " WHERE tablename = 'search_public' AND attname = 'words'"
    )

    def guess() -> int:
        (plan,) = one(query, "EXPLAIN (FORMAT json) SELECT FROM desk.search_public WHERE words @@ 'gryphon'::tsquery")
        return int(plan["Plan"]["Plan Rows"])

    assert one(query, frequent)
    assert guess() > SOME / 2
    mark(admin, "note", is_private=True, moves=False)
    assert not one(query, frequent)
    assert guess() < SOME / 10
    assert not rows(query, "SELECT FROM pg_stats WHERE tablename = 'contact' AND attname = 'note'")
    assert rows(boss, "SELECT FROM pg_stats WHERE tablename = 'contact' AND attname = 'note'")


def test_the_mark_is_saved_under_the_guard(admin: Any, full: Any, query: Any, boss: Any) -> None:
    version, save = one(admin, VERSION, "note"), str(uuid.uuid4())
    for machine in (full, query):
        with refused("42501"):
            machine.execute(SET, ("note", True, save, None, version))
        with refused("42501"):
            machine.execute("SELECT desk.field_private_move(10)")
    with refused("DK004"):
        admin.execute(SET, ("note", True, None, None, version))
    with refused("DK002"):
        admin.execute(SET, ("note", True, save, 42, version))
    with refused("DK003"):
        admin.execute(SET, ("note", True, save, None, version - 1))
    with refused("DK018"):
        admin.execute(SET, ("nothing", True, save, None, version))
    admin.execute(SET, ("note", True, save, None, version))
    with refused("DK001"):
        admin.execute(SET, ("note", True, save, None, version))
    entry = rows(boss, "SELECT * FROM desk.audit_entry WHERE entity = 'field_rule' ORDER BY id DESC LIMIT 1")[0]
    assert (entry["machine"], entry["changes"]) == ("pc-admin", {"is_private": [False, True]})


def test_every_field_that_may_be_private_can_be(admin: Any, full: Any, query: Any, boss: Any, world: World) -> None:
    """Whoever lets the schema declare another one must make its grants, search and audit follow."""
    fields = rows(boss, "SELECT entity, field, is_private FROM desk.field_rule WHERE may_be_private ORDER BY id")
    assert {(row["entity"], row["field"]) for row in fields} == {("contact", f) for f in ("phone", "mail", "note")}
    for row in fields:
        field, word = row["field"], f"Hydra{row['field']}"
        contact = insert(full, "contact", customer_id=world.customer, name="Hu", **{field: word})
        for is_private in (not row["is_private"], row["is_private"]):
            mark(admin, field, is_private=is_private)
            assert one(query, FOUND, word) == int(not is_private)
            assert one(full, FOUND_PRIVATE, word) == int(is_private)
            privilege = "SELECT has_column_privilege('desk.contact', %s, 'SELECT')"
            assert one(query, privilege, field) is not is_private
        entry = rows(boss, "SELECT * FROM desk.audit_entry WHERE entity = 'contact' AND row_key = %s", str(contact))[0]
        assert field not in entry["changes"]  # also of a field that is open now: it may be marked later
        private = one(boss, "SELECT values FROM desk.audit_private WHERE entry_id = %s", entry["id"])
        assert private[field] == [None, word]


def test_no_field_of_a_ticket_may_be_private(boss: Any) -> None:
    with refused("23514"):
        boss.execute("UPDATE desk.field_rule SET may_be_private = true WHERE entity = 'ticket' AND field = 'serial'")


def test_two_administrators_mark_two_fields_at_once(desk: RunningDesk, admin: Any, query: Any) -> None:
    """Each makes the grants of the whole table: they must see one another's rule."""
    fields = {desk.connect("admin"): field for field in ("phone", "mail")}
    make_patient(*fields)
    for is_private in (False, True) * 3:
        answers = at_once(
            list(fields),
            lambda cursor, is_private=is_private: mark(
                cursor, fields[cursor.connection], is_private=is_private, moves=False
            ),
        )
        assert all(isinstance(left, int) for left in answers), answers
        for field in ("phone", "mail"):
            privilege = "SELECT has_column_privilege('desk.contact', %s, 'SELECT')"
            assert one(query, privilege, field) is not is_private


def test_entries_move_in_portions_and_no_word_is_found_meanwhile(
    desk: RunningDesk, many: None, admin: Any, query: Any, full: Any, boss: Any
) -> None:
    assert one(query, FOUND, "gryphon") == MANY
    with reader(desk, lambda cursor: one(cursor, FOUND, "gryphon")) as told:
        left = mark(admin, "note", is_private=True, moves=False)
        assert left >= MANY
        told.clear()  # one answer may still be on its way
        calls = 0
        while left:
            admin.execute("BEGIN")
            before = entries_written(admin)
            rest, left = left, one(admin, "SELECT desk.field_private_move(%s)", PORTION)
            written = entries_written(admin) - before
            admin.execute("COMMIT")
            assert 0 < written <= 2 * PORTION + 1
            assert 0 <= rest - left <= PORTION
            calls += 1
            wait_for_answers(told, len(told) + 2)  # of which one was asked between this portion and the next
        assert calls >= MANY / PORTION
    assert len(told) >= 2 * calls
    assert set(told[1:]) == {0}
    assert one(full, FOUND_PRIVATE, "gryphon") == MANY
    assert one(query, FOUND, "person77") >= 1
    mark(admin, "note", is_private=False)
    assert one(query, FOUND, "gryphon") == MANY
    assert one(full, FOUND_PRIVATE, "gryphon") == 0


def test_several_callers_share_the_work(desk: RunningDesk, many: None, admin: Any, query: Any, full: Any) -> None:
    mark(admin, "note", is_private=True, moves=False)
    worker = desk.desk.owner_connection(user="desk_worker")
    movers = [desk.connect("admin"), desk.connect("admin"), worker]
    make_patient(*movers)
    failures: list[BaseException] = []

    def move(cursor: Any) -> None:
        try:
            while one(cursor, "SELECT desk.field_private_move(500)"):
                pass
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=move, args=(connection.cursor(),)) for connection in movers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.close()
    assert failures == []
    assert one(query, FOUND, "gryphon") == 0
    assert one(full, FOUND_PRIVATE, "gryphon") == MANY
