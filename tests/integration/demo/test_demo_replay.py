"""Every seeded ticket could have been made by hand: its history is done again under all the rules, and compared."""

from __future__ import annotations

from collections.abc import Callable

import psycopg2
import pytest

from tests.desks import RunningDesk
from tests.integration.demo.replay import TICKETS, Replay, Story


def test_every_ticket_is_accepted_from_a_full_machine_and_gets_the_same_history(
    replay: Replay, stories: list[Story]
) -> None:
    assert len(stories) == TICKETS
    for story in stories:
        copy = replay.play(story)
        assert replay.written_events(copy) == story.events, story.name


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("customer", "*"),
        ("contact", "*"),
        ("project", "*"),
        ("interaction", "*"),
        ("complaint", "*"),
        ("comment", "c.ticket_id, c.is_private, coalesce(c.body, p.body) AS body"),
    ],
)
def test_every_other_row_is_accepted_from_a_full_machine(
    replay: Replay, seeded: RunningDesk, table: str, what: str
) -> None:
    private = "LEFT JOIN desk.comment_private p ON p.comment_id = c.id" if table == "comment" else ""
    with seeded.owner().cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(r) FROM (SELECT {what} FROM desk.{table} c {private} WHERE origin = 'seed') AS r"
        )
        rows = [row for (row,) in cursor.fetchall()]
    assert rows
    for row in rows:
        replay.insert(table, row | ({"code": row["code"] + "-again"} if table == "project" else {}))


def _resolved_problem(story: Story) -> bool:
    return story.first["kind"] == "problem" and [event.status for event in story.events][:3] == [
        "new", "open", "resolved",
    ]  # fmt: skip


# what is broken, and the SQLSTATE that the database must answer with
BREAKS: list[tuple[str, Callable[[Story], Story], str]] = [
    ("subject", lambda story: story.with_first(subject=None), "DK010"),
    ("category", lambda story: story.with_first(category="weather"), "DK011"),
    ("symptom", lambda story: story.with_first(category="sdk", symptom="black_screen"), "DK013"),
    ("future", lambda story: story.with_first(reported_at="2999-01-01T00:00:00+00:00"), "DK016"),
    ("assignee", lambda story: story.with_change(1, assignee_id=None), "DK010"),
    ("resolution", lambda story: story.with_change(2, resolution=None), "DK010"),
    ("cause", lambda story: story.with_change(2, cause=None), "DK010"),
    ("fixed in", lambda story: story.with_change(2, fixed_in_release_id=None), "DK010"),
    ("status", lambda story: story.with_change(1, status=["new", "closed"]), "DK014"),
]


@pytest.mark.parametrize(("name", "broken", "state"), BREAKS, ids=[name for name, _, _ in BREAKS])
def test_a_broken_history_would_be_noticed(
    replay: Replay, stories: list[Story], name: str, broken: Callable[[Story], Story], state: str
) -> None:
    story = next(story for story in stories if _resolved_problem(story))
    replay.play(story)  # the same ticket unbroken passes
    with pytest.raises(psycopg2.Error) as refusal:
        replay.play(broken(story))
    assert refusal.value.pgcode == state


def test_a_wrong_history_line_would_be_noticed(replay: Replay, stories: list[Story]) -> None:
    story = next(story for story in stories if _resolved_problem(story))
    wrong = story.with_change(1, next_step=["one", "two"])
    assert replay.written_events(replay.play(wrong)) != wrong.events
