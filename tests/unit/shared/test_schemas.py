"""What goes into the database can be held by it."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.fields import SUBJECT_LENGTH, TICKET_FIELDS
from shared.domain.status import ACTIVE, ENDED, Status
from shared.schemas.reference import FieldRule
from shared.schemas.ticket import CommentText, TicketUpdate, TicketValues


@given(st.text(st.characters(), max_size=SUBJECT_LENGTH))
def test_any_text_becomes_one_that_postgresql_can_hold(text: str) -> None:
    subject = TicketValues(subject=text).subject
    assert subject is not None
    assert "\0" not in subject
    subject.encode("utf-8")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=SUBJECT_LENGTH))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert TicketValues(subject=text).subject == text


def test_texts_are_limited() -> None:
    assert TicketValues(subject="花" * SUBJECT_LENGTH).subject
    with pytest.raises(ValidationError):
        TicketValues(subject="花" * (SUBJECT_LENGTH + 1))
    with pytest.raises(ValidationError):
        CommentText(body="")


def test_an_update_knows_which_fields_were_set() -> None:
    values = TicketValues(cause=None, subject="x")
    update = TicketUpdate(id=1, row_version=1, save_id=uuid.uuid4(), values=values)
    assert update.values.model_fields_set == {"cause", "subject"}


def test_values_and_field_specification_name_the_same_fields() -> None:
    entered = {field.name for field in TICKET_FIELDS if not field.read_only}
    assert entered == set(TicketValues.model_fields) - {"custom"}


def test_a_status_is_active_or_ended() -> None:
    assert set(ACTIVE) | set(ENDED) == set(Status)
    assert not set(ACTIVE) & set(ENDED)


@pytest.mark.parametrize(
    ("required", "statuses", "kinds", "expected"),
    [
        (True, None, None, True),
        (False, None, None, False),
        (True, ("resolved",), None, True),
        (True, ("open",), None, False),
        (True, ("resolved",), ("problem",), True),
        (True, ("resolved",), ("question",), False),
    ],
)
def test_when_a_field_is_required(
    required: bool, statuses: tuple[str, ...] | None, kinds: tuple[str, ...] | None, expected: bool
) -> None:
    rule = FieldRule(
        entity="ticket",
        field="cause",
        label_en="Cause",
        label_zh="原因",
        help_en=None,
        help_zh=None,
        is_required=required,
        required_status=statuses,
        required_kind=kinds,
        is_custom=False,
        position=1,
    )
    assert rule.required_for("resolved", "problem") is expected
