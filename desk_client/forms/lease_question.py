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
        self._taken_at: datetime | None = None  # the lease that was asked for

    def note_asking(self, ask: LeaseAsk) -> None:
        """It was put to the holder, unless another asked first."""
        self._asked_at, self._taken_at, self.at = ask.asked_at, ask.taken_at, ask.take_over_at
        self.stands = Question.BEHIND_ANOTHER if ask.take_over_at is None else Question.WAITS

    def is_open(self, state: LeaseState) -> bool:
        """Whether it is this one that the holder has before him, or has answered."""
        return self.stands in (Question.WAITS, Question.UNANSWERED) and state.asked_at == self._asked_at

    def note_seen(self, state: LeaseState) -> bool:
        """Whether it has ended meanwhile: the holder has answered that he goes on, or it is not before him any more."""
        if self.stands is Question.NONE:
            return False
        if self._is_void(state):
            self.forget()
        elif self.is_open(state) and state.answered_at is not None:
            self.stands, self.at = Question.KEPT, state.answered_at
        else:
            return False
        return True

    def _is_void(self, state: LeaseState) -> bool:
        """Whether the lease passed on to another, or another's question took the place of ours or has left it.

        What was read may be older than our question: an earlier lease, or none asked for, says nothing of it.
        """
        if self._asked_at is None or self._taken_at is None:
            return True  # it had ended when we asked, and has gone on since
        if state.taken_at > self._taken_at:
            return True
        if self.stands is Question.BEHIND_ANOTHER and (state.asked_at is None or state.answered_at is not None):
            return True  # who asked first has his answer: asked again, it is our turn
        return state.asked_at is not None and state.asked_at > self._asked_at

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
