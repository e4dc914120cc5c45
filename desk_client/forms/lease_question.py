"""Our question for another's lease: how it stands, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk_client.forms.lease_notices import Question
from shared.schemas.lease import LeaseAsk, LeaseState


class LeaseQuestion:
    """One for each edit; nothing is asked at first."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Nothing is asked."""
        self.stands = Question.NONE
        self.at: datetime | None = None  # when it may be taken over, or when it was answered
        self._asked_at: datetime | None = None

    def note_asking(self, ask: LeaseAsk) -> None:
        """It was put to the holder, unless another asked first."""
        self._asked_at, self.at = ask.asked_at, ask.take_over_at
        self.stands = Question.BEHIND_ANOTHER if ask.take_over_at is None else Question.WAITS

    def is_open(self, state: LeaseState) -> bool:
        """Whether it is this one that the holder has before him, or has answered."""
        return self.stands in (Question.WAITS, Question.UNANSWERED) and state.asked_at == self._asked_at

    def note_seen(self, state: LeaseState) -> bool:
        """Whether the holder has answered it meanwhile: that one goes on."""
        if self.is_open(state) and state.answered_at is not None:
            self.stands, self.at = Question.KEPT, state.answered_at
            return True
        return False

    def note_told(self, state: LeaseState, ask_seconds: float) -> bool:
        """Whether the holder knows of it; his time counts from there."""
        if self.stands is not Question.WAITS or not self.is_open(state) or state.told_at is None:
            return False
        self.at = state.told_at + timedelta(seconds=ask_seconds)
        return True

    def note_overdue(self) -> None:
        """The holder's time is up."""
        if self.stands is Question.WAITS:
            self.stands = Question.UNANSWERED
