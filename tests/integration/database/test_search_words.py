"""Search words against a normaliser written here, in Python, letter by letter; and what triggers keep in the index."""

from __future__ import annotations

import functools
import random
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, mark, one, rows, update

CJK = (
    (0x3005, 0x3005), (0x3007, 0x3007), (0x3041, 0x3096), (0x309D, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF),
    (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xAC00, 0xD7A3), (0x20000, 0x3FFFF),
)  # fmt: skip
LETTERS = st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x24F),  # Latin, with its accents
    st.characters(min_codepoint=0x391, max_codepoint=0x3C9, exclude_characters="\u03a2"),  # Greek
    st.characters(min_codepoint=0x410, max_codepoint=0x44F),  # Cyrillic
    st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),  # Japanese
    st.characters(min_codepoint=0x4E00, max_codepoint=0x4E20),
    st.characters(min_codepoint=0xFF01, max_codepoint=0xFF5E),  # full width
    st.sampled_from("花屏黑升级, 。_-/.\n\u00ad\u200b\U00020000ﬁ①㎏½"),
)
TEXTS = st.lists(st.one_of(LETTERS, st.sampled_from([" ", "STB-300", "花屏", "v2.1.3"]))).map("".join)


class Rules(dict[str, str]):
    """PostgreSQL's own unaccent.rules."""

    def __repr__(self) -> str:
        return "<unaccent.rules>"


@functools.cache
def unaccent_rules(share: Path) -> Rules:
    pairs = [line.split("\t") for line in (share / "tsearch_data/unaccent.rules").read_text("utf-8").splitlines()]
    return Rules({pair[0]: pair[1].strip('"') if len(pair) > 1 else "" for pair in pairs})


def is_cjk(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in CJK)


def is_word(letter: str) -> bool:
    return is_cjk(letter) or unicodedata.category(letter)[0] == "L" or letter in "0123456789"


def runs(text: str, rules: dict[str, str]) -> list[str]:
    """The runs of a text, in order, each of one sort of letters."""
    plain = "".join(letter.lower()[0] for letter in unicodedata.normalize("NFKC", text))  # no final sigma, no dotted i
    plain = "".join(rules.get(letter, letter) for letter in plain).lower()
    found = [""]
    for letter in plain:
        if not is_word(letter):
            found.append("")
        elif found[-1] and is_cjk(found[-1][-1]) != is_cjk(letter):
            found.append(letter)
        else:
            found[-1] += letter
    return [run for run in found if run]


def words(text: str, rules: dict[str, str]) -> set[str]:
    answer: set[str] = set()
    for run in runs(text, rules):
        if is_cjk(run[0]):
            answer |= set(run) | {run[i : i + 2] for i in range(len(run) - 1)}
        else:
            answer.add(run[:100])
    return answer


@pytest.fixture(scope="module")
def rules(desk: RunningDesk) -> dict[str, str]:
    with desk.owner().cursor() as cursor:
        return unaccent_rules(Path(one(cursor, "SELECT setting FROM pg_config WHERE name = 'SHAREDIR'")))


@pytest.fixture(scope="module")
def cursor(desk: RunningDesk, world: World) -> Any:
    return desk.connect("query").cursor()


PROPERTY = settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],  # how busy this computer is
)


@PROPERTY
@given(TEXTS)
def test_words_are_those_of_the_plain_normaliser(cursor: Any, rules: dict[str, str], text: str) -> None:
    text = text.replace("\x00", "")
    stored = one(cursor, "SELECT tsvector_to_array(desk.search_words(%s))", text)
    assert set(stored) == words(text, rules)


@PROPERTY
@given(TEXTS, st.data())
def test_a_part_of_a_text_finds_the_text(cursor: Any, rules: dict[str, str], text: str, data: Any) -> None:
    found = runs(text, rules)
    if not found:
        return
    part = data.draw(st.sampled_from(found))
    if is_cjk(part[0]):
        start = data.draw(st.integers(0, len(part) - 1))
        part = part[start : data.draw(st.integers(start + 1, len(part)))]
    else:
        part = part[: data.draw(st.integers(1, len(part)))]
    assert one(cursor, "SELECT desk.search_words(%s) @@ desk.search_query(%s)", text, part)


@PROPERTY
@given(TEXTS)
def test_any_question_is_a_question(cursor: Any, text: str) -> None:
    cursor.execute("SELECT desk.search_words('x') @@ desk.search_query(%s)", (text.replace("\x00", ""),))


@pytest.mark.parametrize(
    ("text", "question", "is_found"),
    [
        ("STB-300 花屏了", "花屏", True),
        ("STB-300 花屏了", "屏花", False),
        ("花了，屏", "花屏", False),
        ("花屏", "花", True),
        ("ＳＴＢ－３００", "stb-300", True),
        ("Überhitzung", "uberhitz", True),
        ("uberhitzung", "Über", True),
        ("the picture freezes", "pict freezes", False),  # only the last word may be unfinished
        ("the picture freezes", "picture free", True),
        ("the picture freezes", "freezes pict", True),
        ("SN_0042", "0042", True),
        ("ГОСТ", "гост", True),
    ],
)
def test_what_a_question_finds(cursor: Any, text: str, question: str, is_found: bool) -> None:
    assert one(cursor, "SELECT desk.search_words(%s) @@ desk.search_query(%s)", text, question) is is_found


@pytest.mark.parametrize("question", ["", "  ", "-- !!", "'"])
def test_a_question_without_words_is_null(cursor: Any, question: str) -> None:
    assert one(cursor, "SELECT desk.search_query(%s)", question) is None


def test_the_longest_texts_fit_and_are_quick(cursor: Any) -> None:
    """Hardly a pair of letters twice: about the largest possible set of words of a row."""
    varied = "".join(map(chr, random.Random(1).choices(range(0x20000, 0x2A6D0), k=100_000)))
    cursor.execute("SET statement_timeout = '10s'")
    assert one(cursor, "SELECT length(desk.search_words(%s))", varied) > 130_000
    assert one(cursor, "SELECT length(desk.search_words(%s))", "花" * 200_000) == 2
    assert one(cursor, "SELECT length(desk.search_words(%s))", "x" * 200_000) == 1


def found(cursor: Any, question: str, table: str = "search_public") -> set[tuple[str, int]]:
    cursor.execute(f"SELECT entity, entity_id FROM desk.{table} WHERE words @@ desk.search_query(%s)", (question,))
    return set(cursor.fetchall())


def test_the_index_follows_the_rows(full: Any, query: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(subject="Quagmire 泥潭", description="deep", serial="QX-77"))
    assert found(query, "泥潭") == found(query, "quagmire deep") == found(query, "qx 77") == {("ticket", ticket)}
    update(full, "ticket", ticket, subject="Swamp", priority="low")
    assert found(query, "quagmire") == set()
    assert found(query, "swamp") == {("ticket", ticket)}
    update(full, "ticket", ticket, deleted_at="now")
    assert found(query, "swamp") == set()
    update(full, "ticket", ticket, deleted_at=None)
    assert found(query, "swamp") == {("ticket", ticket)}


def test_comments_and_interactions_lead_to_their_ticket(full: Any, query: Any, ticket: int) -> None:
    comment = insert(full, "comment", ticket_id=ticket, body="Zebrafish 斑马鱼")
    interaction = insert(
        full, "interaction", ticket_id=ticket, direction="in", channel="phone", summary="zebrafish again"
    )
    assert found(query, "zebrafish") == {("comment", comment), ("interaction", interaction)}
    assert one(
        query,
        "SELECT array_agg(DISTINCT ticket_id) FROM desk.search_public WHERE words @@ desk.search_query('zebrafish')",
    ) == [ticket]
    update(full, "interaction", interaction, summary=None)
    assert found(query, "zebrafish") == {("comment", comment)}


def test_private_words_lie_apart(full: Any, query: Any, ticket: int, world: World) -> None:
    comment = insert(full, "comment", ticket_id=ticket, body="Hippogriff", is_private=True)
    contact = insert(
        full, "contact", customer_id=world.customer, name="Ou", phone="6400812", mail="hippogriff@example.com"
    )
    assert found(query, "hippogriff") == found(query, "6400812") == set()
    assert found(full, "hippogriff", "search_private") == {("comment", comment), ("contact", contact)}
    assert found(query, "ou") == {("contact", contact)}


def test_what_is_marked_private_moves_to_the_private_index_and_out_of_sight(
    admin: Any, full: Any, query: Any, world: World
) -> None:
    contact = insert(full, "contact", customer_id=world.customer, name="Xi", note="Chimaera")
    assert found(query, "chimaera") == {("contact", contact)}
    assert one(query, "SELECT note FROM desk.contact WHERE id = %s", contact) == "Chimaera"
    mark(admin, "note", is_private=True)
    assert found(query, "chimaera") == set()
    assert found(full, "chimaera", "search_private") == {("contact", contact)}
    assert not one(query, "SELECT has_column_privilege('desk.contact', 'note', 'SELECT')")
    mark(admin, "note", is_private=False)
    assert found(query, "chimaera") == {("contact", contact)}
    assert one(query, "SELECT note FROM desk.contact WHERE id = %s", contact) == "Chimaera"


def test_what_the_triggers_kept_is_what_a_rebuild_makes(boss: Any, full: Any) -> None:
    content = {
        t: rows(boss, f"SELECT * FROM desk.{t} ORDER BY entity, entity_id") for t in ("search_public", "search_private")
    }
    assert all(content.values())
    assert one(boss, "SELECT desk.rebuild_search()") == sum(map(len, content.values()))
    for table, before in content.items():
        assert rows(boss, f"SELECT * FROM desk.{table} ORDER BY entity, entity_id") == before
