"""A session that reads literals in PostgreSQL's old way is served the same: no body means something else there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.integration.database.world import World, insert, one, refused, rows

OLD_WAY = "SET standard_conforming_strings = off; SET escape_string_warning = off"
TEXT = "STB_300 花屏了 Überhitzung\U00020000 back\\slash"
# what comes first wins: comments and other sorts of literals before plain ones
TOKENS = re.compile(
    r"--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|\"[^\"]*\"|\b[eE]'(?:[^'\\]|\\.|'')*'|('(?:[^']|'')*')", re.DOTALL
)


def _plain_literals_with_backslash(body: str) -> list[str]:
    return [token[2] for token in TOKENS.finditer(body) if token[2] and "\\" in token[2]]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (r"RETURN x ~ '\S'", 1),
        (r"RETURN x ~ 'it''s \d' || E'\\S'", 1),
        (r"RETURN x ~ E'it\'s \S' -- '\S'", 0),
        (r"/* '\S' */ RETURN x ~ '[^[:space:]]'", 0),
    ],
)
def test_the_search_for_literals_finds_plain_ones(body: str, count: int) -> None:
    assert len(_plain_literals_with_backslash(body)) == count


def test_no_function_has_a_backslash_in_a_plain_literal(boss: Any) -> None:
    bodies = rows(
        boss,
        "SELECT pg_proc.oid::regprocedure::text AS name, prosrc FROM pg_proc JOIN pg_language l ON l.oid = prolang"
        " WHERE pronamespace = 'desk'::regnamespace AND l.lanname IN ('sql', 'plpgsql')",
    )
    assert len(bodies) > 50
    odd = {row["name"]: found for row in bodies if (found := _plain_literals_with_backslash(row["prosrc"]))}
    assert odd == {}


def _saved_and_found(cursor: Any, world: World) -> list[Any]:
    """What a session stores and finds, without ids and times."""
    ticket = insert(cursor, "ticket", **world.ticket(subject=TEXT, serial=" \u3000", custom={"a": " ", "b": "x"}))
    with refused("DK010", "body"):
        insert(cursor, "comment", ticket_id=ticket, body="\t\u200b")
    insert(cursor, "comment", ticket_id=ticket, body=TEXT)
    stored = rows(cursor, "SELECT subject, serial, custom FROM desk.ticket WHERE id = %s", ticket)
    words = rows(
        cursor,
        "SELECT entity, array_remove(tsvector_to_array(words), (SELECT number::text FROM desk.ticket WHERE id = %s))"
        " AS words FROM desk.search_public WHERE ticket_id = %s ORDER BY entity",
        ticket,
        ticket,
    )
    questions = ("花屏", "stb", "stb_3", "überh", "back\\sl", "nowhere")
    statement = "SELECT count(*) FROM desk.search_public WHERE ticket_id = %s AND words @@ desk.search_query(%s)"
    return [stored, words, [one(cursor, statement, ticket, question) for question in questions]]


def test_a_session_of_the_old_way_saves_and_finds_the_same(raw: Any, world: World) -> None:
    usual = _saved_and_found(raw("full").cursor(), world)
    old = raw("full").cursor()
    old.execute(OLD_WAY)
    assert one(old, "SELECT length('\\S')") == 1  # the control: literals are read the other way
    assert _saved_and_found(old, world) == usual
    assert usual[0] == [{"subject": TEXT, "serial": None, "custom": {"b": "x"}}]
    assert usual[2] == [2, 2, 2, 2, 2, 0]
