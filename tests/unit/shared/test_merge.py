"""The three-way merge: nothing that one side changed is lost unseen, whatever the two did."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.merge import Clash, merge

NAMES = ("subject", "priority", "category", "symptom", "cause", "people", "custom")
LINKED = {"symptom": ("category",), "cause": ("category", "symptom")}
SCALARS = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["", "a", "三川"]))
PEOPLE = st.lists(st.sampled_from("abcde"), unique=True).map(tuple)
CUSTOM = st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2))
ROWS = st.fixed_dictionaries({name: SCALARS for name in NAMES[:5]} | {"people": PEOPLE, "custom": CUSTOM})


def merged(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], **more: Any) -> Any:
    return merge(base, mine, theirs, sets=("people",), keyed=("custom",), **more)


def test_disjoint_changes_are_put_together() -> None:
    base = {"subject": "No picture", "priority": "normal", "serial": "SN 1"}
    result = merge(base, {"subject": "No picture at all"}, {"priority": "urgent"})
    assert result.values == {"subject": "No picture at all", "priority": "urgent", "serial": "SN 1"}
    assert result.clashes == ()
    assert result.taken == ("priority",)


def test_one_field_changed_on_both_sides_is_a_clash_and_mine_stays() -> None:
    result = merge({"priority": "normal"}, {"priority": "low"}, {"priority": "urgent"})
    assert result.clashes == (Clash("priority", before="normal", mine="low", theirs="urgent"),)
    assert result.values == {"priority": "low"}
    assert result.taken == ()


def test_the_same_change_on_both_sides_is_none() -> None:
    result = merge({"priority": "normal"}, {"priority": "low"}, {"priority": "low"})
    assert (result.values, result.clashes, result.taken) == ({"priority": "low"}, (), ())


def test_an_emptied_field_is_a_change() -> None:
    assert merge({"serial": "SN 1"}, {"serial": None}, {}).values == {"serial": None}
    assert merge({"serial": "SN 1"}, {}, {"serial": None}).taken == ("serial",)
    assert merge({"serial": "SN 1"}, {"serial": "SN 2"}, {"serial": None}).clashes


def test_of_a_set_both_additions_and_both_removals_count() -> None:
    result = merge(
        {"people": ("lin", "zhao")}, {"people": ("lin", "sun")}, {"people": ("wang", "lin", "zhao")}, sets=("people",)
    )
    assert result.values["people"] == ("wang", "lin", "sun")
    assert result.clashes == ()


@pytest.mark.parametrize("empty", [None, ()])
def test_a_set_may_have_been_empty(empty: Any) -> None:
    result = merge({"people": empty}, {"people": ("lin",)}, {"people": ("sun",)}, sets=("people",))
    assert result.values["people"] == ("sun", "lin")


def test_custom_fields_are_merged_key_by_key() -> None:
    base = {"custom": {"colour": "red", "size": 1, "old": True}}
    mine = {"custom": {"colour": "blue", "size": 2, "new": "x"}}
    theirs = {"custom": {"colour": "green", "size": 1, "old": True, "theirs": 5}}
    result = merge(base, mine, theirs, keyed=("custom",))
    assert result.values["custom"] == {"colour": "blue", "size": 2, "new": "x", "theirs": 5}
    assert result.clashes == (Clash("custom", before="red", mine="blue", theirs="green", key="colour"),)


def test_a_custom_field_that_was_taken_away_here_and_changed_there_is_a_clash() -> None:
    result = merge({"custom": {"a": 1}}, {"custom": {}}, {"custom": {"a": 2}}, keyed=("custom",))
    assert result.clashes == (Clash("custom", before=1, mine=None, theirs=2, key="a"),)
    assert result.values["custom"] == {}


def test_what_was_chosen_under_a_value_that_changed_there_is_a_clash() -> None:
    base = {"category": "video", "symptom": "black", "cause": None}
    linked = {"symptom": ("category",), "cause": ("category", "symptom")}
    chosen_here = merge(base, {"symptom": "green"}, {"category": "audio"}, linked=linked)
    assert [clash.field for clash in chosen_here.clashes] == ["symptom"]
    chosen_there = merge(base, {"category": "audio", "symptom": None}, {"cause": "codec"}, linked=linked)
    assert [(clash.field, clash.mine, clash.theirs) for clash in chosen_there.clashes] == [("cause", None, "codec")]
    theirs_alone = merge(base, {"serial": "1"}, {"category": "audio", "symptom": "silent"}, linked=linked)
    assert theirs_alone.clashes == ()
    assert theirs_alone.values["symptom"] == "silent"


def test_two_that_shut_each_other_out_are_a_clash() -> None:
    linked = {"staff": ("department",), "department": ("staff",)}
    result = merge({"staff": None, "department": None}, {"staff": 1}, {"department": 2}, linked=linked)
    assert {clash.field for clash in result.clashes} == {"staff", "department"}


@given(ROWS, ROWS)
def test_who_changed_nothing_takes_the_other_side(base: dict[str, Any], changed: dict[str, Any]) -> None:
    theirs = merged(base, {}, changed, linked=LINKED)
    mine = merged(base, changed, base, linked=LINKED)
    for result in (theirs, mine):
        assert result.clashes == ()
        assert {**result.values, "people": set(result.values["people"])} == {
            **changed,
            "people": set(changed["people"]),
        }
    assert mine.taken == ()


@given(ROWS, ROWS, ROWS)
def test_no_change_is_lost_unseen(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    result = merged(base, mine, theirs)
    clashing = {clash.field for clash in result.clashes if clash.key is None}
    for name in NAMES[:5]:
        before, own, other, after = base[name], mine[name], theirs[name], result.values[name]
        if own != before and other not in (before, own):
            assert name in clashing
        else:
            assert name not in clashing
            assert after == (own if own != before else other)
        assert (name in result.taken) == (after != own)
    for key in "xyz":
        sides = (row["custom"].get(key) for row in (base, mine, theirs, result.values))
        before, own, other, after = sides
        if own != before and other not in (before, own):
            assert ("custom", key) in {(clash.field, clash.key) for clash in result.clashes}
        else:
            assert after == (own if own != before else other)


@given(ROWS, ROWS, ROWS)
def test_a_set_is_what_both_made_of_it(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    before, own, other = (set(row["people"]) for row in (base, mine, theirs))
    result = merged(base, mine, theirs).values["people"]
    assert set(result) == (before & own & other) | (own - before) | (other - before)
    assert len(result) == len(set(result))


@given(ROWS, ROWS, ROWS)
def test_both_sides_meet_the_same_clashes(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    one = merged(base, mine, theirs, linked=LINKED)
    other = merged(base, theirs, mine, linked=LINKED)
    assert {(c.field, c.key, str(c.mine), str(c.theirs)) for c in one.clashes} == {
        (c.field, c.key, str(c.theirs), str(c.mine)) for c in other.clashes
    }


@given(ROWS, ROWS, ROWS)
def test_a_decided_merge_saved_on_theirs_has_no_clash_left(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    decided = merged(base, mine, theirs).values
    again = merged(theirs, decided, theirs, linked=LINKED)
    assert again.clashes == ()
    assert again.values == {**decided, "people": again.values["people"]}
    assert set(again.values["people"]) == set(decided["people"])
