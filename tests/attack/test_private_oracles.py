"""A query-only machine tries to learn private values: asked for, compared, sorted, joined, by errors and by statistics.

The control of each is the full machine, to which the same statement tells the secret.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from shared.errors import DeskError
from shared.queries import lookup, tickets
from tests.attack.secrets_in_desk import COMMENT, MAIL, OLD_PHONE, PHONE, Hidden, everything_readable, hide, leaks
from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, one, refused, rows

DENIED = "42501"

# {c} is the contact, {t} its ticket, {m} the comment. To a full machine each gives a row or an error that tells.
ORACLES = {
    "column": "SELECT phone FROM desk.contact WHERE id = {c}",
    "second column": "SELECT mail FROM desk.contact WHERE id = {c}",
    "star": "SELECT * FROM desk.contact WHERE id = {c}",
    "table as a statement": "TABLE desk.contact",
    "WHERE equal": "SELECT name FROM desk.contact WHERE phone = '{phone}'",
    "WHERE like": "SELECT name FROM desk.contact WHERE phone LIKE '777%'",
    "WHERE in a subquery": "SELECT 1 FROM desk.customer WHERE id IN (SELECT id FROM desk.contact WHERE phone > '7')",
    "ORDER BY": "SELECT name FROM desk.contact ORDER BY phone",
    "ORDER BY an expression": "SELECT name FROM desk.contact ORDER BY (mail IS NULL)",
    "GROUP BY": "SELECT count(*) FROM desk.contact GROUP BY phone",
    "HAVING": "SELECT 1 FROM desk.contact GROUP BY id HAVING max(phone) > '7'",
    "DISTINCT ON": "SELECT DISTINCT ON (phone) name FROM desk.contact",
    "aggregate": "SELECT max(phone) FROM desk.contact",
    "FILTER": "SELECT count(*) FILTER (WHERE phone IS NOT NULL) FROM desk.contact",
    "window": "SELECT name, rank() OVER (ORDER BY mail) FROM desk.contact",
    "JOIN ON": "SELECT 1 FROM desk.contact AS a JOIN desk.contact AS b ON a.phone = b.phone",
    "JOIN USING": "SELECT 1 FROM desk.contact AS a JOIN desk.contact AS b USING (phone)",
    "NATURAL JOIN": "SELECT 1 FROM desk.contact NATURAL JOIN (VALUES ('{phone}')) AS v (phone)",
    "LATERAL": "SELECT x FROM desk.customer AS u, LATERAL (SELECT phone AS x FROM desk.contact WHERE id = u.id) AS l",
    "EXISTS": "SELECT EXISTS (SELECT FROM desk.contact WHERE phone = '{phone}')",
    "CTE": "WITH c AS MATERIALIZED (SELECT phone FROM desk.contact) SELECT * FROM c",
    "UNION": "SELECT name FROM desk.contact UNION SELECT phone FROM desk.contact",
    "EXCEPT": "VALUES ('{phone}') EXCEPT SELECT phone FROM desk.contact",
    "renamed columns": "SELECT c5 FROM desk.contact AS c (c1, c2, c3, c4, c5)",
    "whole row": "SELECT contact FROM desk.contact",
    "whole row as text": "SELECT contact::text FROM desk.contact",
    "whole row by a function": "SELECT to_jsonb(c) FROM desk.contact AS c",
    "row_to_json": "SELECT row_to_json(c) FROM desk.contact AS c",
    "json_agg": "SELECT json_agg(c) FROM desk.contact AS c",
    "row comparison": "SELECT 1 FROM desk.contact AS c, desk.contact AS d WHERE c > d",
    "row is null": "SELECT 1 FROM desk.contact AS c WHERE c IS NOT NULL",
    "count of the row": "SELECT count(c) FROM desk.contact AS c",
    "hash of the row": "SELECT hash_record(c) FROM desk.contact AS c",
    "field of the row": "SELECT (c).phone FROM desk.contact AS c",
    "functional notation": "SELECT phone(c) FROM desk.contact AS c",
    "star of the row": "SELECT (c).* FROM desk.contact AS c",
    "row of a join": "SELECT j FROM (desk.contact AS c CROSS JOIN desk.customer AS u) AS j",
    "size of the column": "SELECT pg_column_size(phone) FROM desk.contact",
    "cast that fails": "SELECT 1 FROM desk.contact WHERE phone::int = 1",
    "date that fails": "SELECT mail::date FROM desk.contact WHERE id = {c}",
    "divide by zero": "SELECT 1 / (CASE WHEN phone LIKE '7%' THEN 0 ELSE 1 END) FROM desk.contact WHERE id = {c}",
    "regular expression that fails": "SELECT '' ~ (mail || '(') FROM desk.contact WHERE id = {c}",
    "EXPLAIN": "EXPLAIN SELECT 1 FROM desk.contact WHERE phone = '{phone}'",
    "EXPLAIN ANALYZE": "EXPLAIN (ANALYZE, COSTS OFF) SELECT 1 FROM desk.contact WHERE phone > '7'",
    "PREPARE": "PREPARE oracle_{c} AS SELECT phone FROM desk.contact; EXECUTE oracle_{c}",
    "cursor": "BEGIN; DECLARE oracle CURSOR FOR SELECT phone FROM desk.contact; FETCH oracle",
    "xml of a table": "SELECT table_to_xml('desk.contact', true, true, '')",
    "xml of a query": "SELECT query_to_xml('SELECT phone FROM desk.contact', true, true, '')",
    "ts_stat": "SELECT * FROM ts_stat('SELECT to_tsvector(phone) FROM desk.contact')",
    "private comments": "SELECT body FROM desk.comment_private",
    "one private comment": "SELECT 1 FROM desk.comment_private WHERE comment_id = {m} AND body LIKE 'q%'",
    "count of private comments": "SELECT count(*) FROM desk.comment_private",
    "existence of private comments": "SELECT EXISTS (SELECT FROM desk.comment_private)",
    "words of private fields": "SELECT words FROM desk.search_private",
    "a private word": "SELECT 1 FROM desk.search_private WHERE words @@ 'zorblatt'",
    "source of the search": "SELECT content FROM desk.search_source",
    "RETURNING": "UPDATE desk.contact SET title = title WHERE id = {c} RETURNING phone",
    "DELETE RETURNING": "DELETE FROM desk.contact WHERE id = {c} RETURNING phone",
    "MERGE": "MERGE INTO desk.contact USING (VALUES (1)) AS v (x) ON phone = '{phone}' WHEN MATCHED THEN DO NOTHING",
}  # fmt: skip
# The full machine is refused these too: it deletes nothing, and the view is the owner's.
FULL_IS_REFUSED = {"DELETE RETURNING", "source of the search"}


@pytest.fixture(scope="module")
def hidden(desk: RunningDesk, world: World) -> Hidden:
    found = hide(desk.connect("full").cursor(), world)
    with desk.owner().cursor() as cursor:
        cursor.execute("ALTER TABLE desk.contact ALTER phone SET STATISTICS 1000")
        for number in range(30):  # the same value often: a most common value of the statistics
            cursor.execute(
                "INSERT INTO desk.contact (customer_id, name, phone, mail) VALUES (%s, %s, %s, %s)",
                (world.customer, f"Twin {number}", PHONE, MAIL),
            )
        cursor.execute("CREATE STATISTICS desk.st_contact (mcv, dependencies) ON phone, mail FROM desk.contact")
        cursor.execute("ANALYZE")
    return found


def statement(name: str, hidden: Hidden) -> str:
    return ORACLES[name].format(c=hidden.contact, t=hidden.ticket, m=hidden.comment, phone=PHONE)


@pytest.mark.parametrize("name", ORACLES)
def test_a_private_value_is_not_to_be_asked_about(query: Any, full: Any, hidden: Hidden, name: str) -> None:
    with refused(DENIED) as caught:
        query.execute(statement(name, hidden))
    assert not leaks(caught.value, *caught.value.args)
    query.execute("ROLLBACK")
    if name in FULL_IS_REFUSED:
        return
    try:
        full.execute(statement(name, hidden))
    except psycopg2.errors.DataError:
        return  # it ran, and failed on the secret itself: the oracle works where it is allowed
    except psycopg2.Error as error:
        assert error.pgcode == "DK004"  # past all rights, it is a save without its number
    finally:
        full.execute("ROLLBACK")


def test_the_tables_hold_what_is_hidden(full: Any, admin: Any, hidden: Hidden) -> None:
    """The control of all: who may, reads it, and the names beside it are read by the query machine too."""
    assert one(full, "SELECT phone || mail FROM desk.contact WHERE id = %s", hidden.contact) == PHONE + MAIL
    assert one(full, "SELECT body FROM desk.comment_private WHERE comment_id = %s", hidden.comment) == COMMENT
    assert OLD_PHONE in str(rows(admin, "SELECT values FROM desk.audit_private"))


def test_all_that_the_machine_may_read_holds_no_secret(query: Any, admin: Any, hidden: Hidden) -> None:
    """Every column of every table and view of every schema, catalogs and statistics among them, in one sweep."""
    seen = everything_readable(query)
    assert len(seen) > 100
    assert {relation: leaks(text) for relation, text in seen.items() if leaks(text)} == {}
    assert "A public remark" in seen["comment" if "comment" in seen else "desk.comment"]
    told = {relation for relation, text in everything_readable(admin).items() if leaks(text)}
    assert {name.split(".")[-1] for name in told} >= {
        "contact", "comment_private", "search_private", "audit_private", "pg_stats"}  # fmt: skip


def test_the_schema_as_xml_leaves_out_what_is_private(query: Any, full: Any, hidden: Hidden) -> None:
    """One call that walks all tables for its caller: it shows what he may read and stumbles over the rest."""
    for call in ("schema_to_xml('desk', true, true, '')", "database_to_xml(true, true, '')"):
        try:
            answer = one(query, f"SELECT {call}")
        except psycopg2.errors.InsufficientPrivilege as error:
            answer = str(error)
        assert not leaks(answer)
    assert leaks(one(full, "SELECT table_to_xml('desk.contact', true, true, '')"))


@pytest.mark.parametrize(
    "view", ["pg_stats", "pg_stats_ext", "pg_stats_ext_exprs", "pg_statistic_ext", "pg_stat_activity", "pg_cursors",
             "pg_prepared_statements", "pg_stat_user_tables", "pg_statio_user_tables", "pg_locks"]
)  # fmt: skip
def test_statistics_tell_no_private_value(query: Any, boss: Any, hidden: Hidden, view: str) -> None:
    found = rows(query, f"SELECT v::text FROM pg_catalog.{view} AS v")
    assert not leaks(found)
    if view in {"pg_stats", "pg_stats_ext"}:
        assert PHONE in str(rows(boss, f"SELECT v::text FROM pg_catalog.{view} AS v"))


def test_estimates_are_not_made_of_private_statistics(query: Any, full: Any, hidden: Hidden) -> None:
    """EXPLAIN of a permitted statement gives the same number of rows whatever the private values are."""

    def estimate(cursor: Any, condition: str) -> int:
        plan = one(cursor, f"EXPLAIN (FORMAT JSON) SELECT name FROM desk.contact WHERE {condition}")
        return int(plan[0]["Plan"]["Plan Rows"])

    assert estimate(full, f"phone = '{PHONE}'") > estimate(full, "phone = 'nobody has it'")
    for condition in (f"phone = '{PHONE}'", "phone = 'nobody has it'"):
        with refused(DENIED):
            estimate(query, condition)
    assert estimate(query, "name = 'Zhou'") >= 1


def test_a_search_for_a_private_word_finds_nothing(desk: RunningDesk, full: Any, query: Any, hidden: Hidden) -> None:
    for word in ("zorblatt", "quixotical", "42vk77"):
        found = "SELECT count(*) FROM desk.{} WHERE words @@ desk.search_query(%s)"
        assert one(query, found.format("search_public"), word) == 0
        assert one(full, found.format("search_private"), word) > 0
    assert one(query, "SELECT count(*) FROM desk.search_public WHERE words @@ desk.search_query('remark')") == 1


def test_histories_and_summaries_tell_no_private_value(query: Any, full: Any, hidden: Hidden, world: World) -> None:
    """What others write about the ticket shows that there is a private comment, its time and its writer; no word."""
    for table in ("ticket_event", "ticket_summary", "comment"):
        assert not leaks(rows(query, f"SELECT * FROM desk.{table} WHERE ticket_id = %s", hidden.ticket))
    assert rows(query, "SELECT is_private, body FROM desk.comment WHERE id = %s", hidden.comment) == [
        {"is_private": True, "body": None}
    ]


@pytest.mark.parametrize("table", ["audit_entry", "audit_private", "import_reject", "save_done", "comment_private"])
def test_tables_of_the_desk_are_closed(query: Any, admin: Any, boss: Any, hidden: Hidden, table: str) -> None:
    for wanted in ("*", "count(*)", "1"):
        with refused(DENIED):
            query.execute(f"SELECT {wanted} FROM desk.{table}")
    boss.execute(f"SELECT * FROM desk.{table}")


def test_errors_of_constraints_tell_the_writer_s_own_row_only(
    full: Any, query: Any, world: World, hidden: Hidden
) -> None:
    """A machine that may write gets a DETAIL of its own values; the query machine gets none, whatever it tries."""
    tries: tuple[Callable[[Any], object], ...] = (
        lambda c: insert(c, "contact", customer_id=-1, name="N", phone=PHONE),
        lambda c: insert(c, "contact", customer_id=world.customer, name=None, phone=PHONE),
        lambda c: insert(c, "contact", id=hidden.contact, customer_id=world.customer, name="N"),
        lambda c: c.execute("INSERT INTO desk.comment_private VALUES (%s, 'x')", (hidden.comment,)),
    )
    for attempt in tries:
        with refused(DENIED) as caught:
            attempt(query)
        assert not leaks(caught.value, caught.value.diag.message_detail, caught.value.diag.context)
        with pytest.raises(psycopg2.Error):
            attempt(full)


def test_the_desk_s_own_queries_tell_no_private_value(desk: RunningDesk, world: World, hidden: Hidden) -> None:
    """What the client asks, on a machine of each level: look-ups, search, the ticket, its history."""
    told: dict[str, set[str]] = {"query": set(), "full": set()}
    for machine, found in told.items():
        database = desk.database(machine)
        with closing(database):
            with database.reading() as connection:
                found.update(
                    leaks(
                        lookup.find_contacts(connection, world.customer, ""),
                        *(lookup.find_tickets(connection, word) for word in ("", "zorblatt", "42vk77", "quixotical")),
                        tickets.get_ticket(connection, hidden.ticket),
                        tickets.get_history(connection, hidden.ticket),
                    )
                )
            try:  # a client that lies about what its machine may read
                with database.reading() as connection:
                    private = frozenset({"comment.body"})
                    found.update(leaks(tickets.get_history(connection, hidden.ticket, readable_private=private)))
            except DeskError as error:
                assert machine == "query", error
    assert told["query"] == set()
    assert COMMENT in told["full"]
