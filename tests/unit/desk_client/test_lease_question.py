"""Our question for another's lease: how it stands by what is seen of the lease, and what is offered then."""

from __future__ import annotations

import datetime as dt
from typing import Any

from desk_client.forms.lease_notices import Holder, LeaseView, Question, Standing, button_names, view_text
from desk_client.forms.lease_question import LeaseQuestion
from shared.schemas.lease import LeaseAsk, LeaseState

TAKEN = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
ASKED = TAKEN + dt.timedelta(minutes=5)
SECOND = dt.timedelta(seconds=1)


def asked(*, is_first: bool = True) -> LeaseQuestion:
    """Ours, put to pc-2; or another's was there before."""
    question = LeaseQuestion()
    question.note_asking(
        LeaseAsk(
            entity="ticket", entity_id=7, machine="pc-2", person=None, taken_at=TAKEN, beat_at=ASKED, expires_at=ASKED,
            asked_machine="pc-1" if is_first else "pc-3", asked_at=ASKED, answered_at=None,
            take_over_at=ASKED + 30 * SECOND if is_first else None,
        )
    )  # fmt: skip
    return question


def seen(**how: Any) -> LeaseState:
    """The lease as it was read: ours stands before its holder."""
    stands = {"taken_at": TAKEN, "asked_at": ASKED, **how}
    return LeaseState(entity="ticket", entity_id=7, machine="pc-2", person=None, beat_at=ASKED, **stands)


def offered(question: LeaseQuestion, *, is_admin: bool = False) -> list[str]:
    return button_names(
        LeaseView(Standing.ELSEWHERE, Holder("pc-2", None), question=question.stands, may_take_over=is_admin)
    )


def test_a_question_that_the_holder_has_before_him_goes_on() -> None:
    question = asked()
    assert not question.note_seen(seen())
    assert question.note_told(seen(told_at=ASKED + SECOND), 30)
    assert (question.stands, question.at) == (Question.WAITS, ASKED + 31 * SECOND)
    question.note_overdue()
    assert not question.note_seen(seen(told_at=ASKED + SECOND))
    assert "takeOver" in offered(question)


def test_what_was_read_before_the_question_says_nothing_of_it() -> None:
    question = asked()
    assert not question.note_seen(seen(asked_at=None))
    assert not question.note_seen(seen(asked_at=ASKED - SECOND, answered_at=ASKED - SECOND))
    assert not question.note_seen(seen(taken_at=TAKEN - SECOND, asked_at=None))
    assert question.stands is Question.WAITS


def test_an_answer_ends_it_and_it_may_be_asked_again() -> None:
    question = asked()
    assert question.note_seen(seen(answered_at=ASKED + SECOND))
    assert (question.stands, question.at) == (Question.KEPT, ASKED + SECOND)
    assert "askForIt" in offered(question)


def test_a_lease_that_went_straight_to_another_is_asked_for_anew() -> None:
    for was_overdue in (False, True):
        question = asked()
        if was_overdue:
            question.note_overdue()
        assert question.note_seen(seen(taken_at=ASKED + SECOND, asked_at=None))
        assert "askForIt" in offered(question) and "takeOver" not in offered(question)


def test_who_has_answered_is_not_said_to_go_on_once_another_has_it() -> None:
    question = asked()
    question.note_seen(seen(answered_at=ASKED + SECOND))
    assert question.note_seen(seen(taken_at=ASKED + 2 * SECOND, asked_at=None))
    assert question.stands is Question.NONE


def test_another_s_question_takes_the_place_of_one_that_lay_for_long() -> None:
    question = asked()
    question.note_overdue()
    assert question.note_seen(seen(asked_at=ASKED + 90 * SECOND))
    assert "askForIt" in offered(question) and "takeOver" not in offered(question)


def test_who_came_second_may_ask_once_the_first_has_his_answer() -> None:
    for end in ({"answered_at": ASKED + SECOND}, {"asked_at": None}, {"taken_at": ASKED + SECOND, "asked_at": None}):
        question = asked(is_first=False)
        assert not question.note_seen(seen(told_at=ASKED + SECOND))
        assert "askForIt" not in offered(question)
        assert question.note_seen(seen(**end))
        assert "askForIt" in offered(question)


def test_an_administrator_is_told_of_no_time_to_wait_for() -> None:
    question = asked()
    assert offered(question, is_admin=True)[0] == "takeOver"
    view = LeaseView(Standing.ELSEWHERE, Holder("pc-2", None, TAKEN), question=question.stands, at=question.at)
    assert "Asked: without an answer by" in view_text(view)
    admins = LeaseView(
        Standing.ELSEWHERE, Holder("pc-2", None, TAKEN), question=question.stands, at=question.at, may_take_over=True
    )
    assert view_text(admins).endswith("Asked, not answered yet: you can take it over at once.")
