"""What editing must do, as if everything happened one thing after another: the oracle of test_editing_model.py.

No database in here, and no time: leases are ended, and questions grow old, when somebody says so.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

ADMIN: Final = "pc-admin"


@dataclass(frozen=True)
class Who:
    """A session of a machine."""

    machine: str
    session: uuid.UUID


@dataclass(frozen=True)
class Save:
    """A save as it is sent, and sent again."""

    save_id: uuid.UUID
    token: int | None
    version: int  # that was read
    value: int


class Age(IntEnum):
    """Of a question: just put; long enough unanswered; left lying, so that anybody may put his."""

    FRESH = 0
    RIPE = 1
    STALE = 2


@dataclass
class Question:
    """Who asks for the lease. Its age counts anew from the holder's first sign of life: he could know of it then."""

    asker: Who
    age: Age = Age.FRESH
    is_told: bool = False
    is_answered: bool = False

    def tell(self) -> None:
        if not self.is_told:
            self.is_told, self.age = True, Age.FRESH


@dataclass
class Held:
    """The lease's row. It stays after its end: while nobody takes it, it is still good for its holder."""

    holder: Who
    token: int
    is_ended: bool = False
    question: Question | None = None


@dataclass
class EditingModel:
    """One row, its lease, and the saves that were done."""

    version: int = 1
    value: int = 0
    lease: Held | None = None
    done: set[uuid.UUID] = field(default_factory=set)
    last_token: int = 0

    # -- leases --------------------------------------------------------------------------------------------------------

    def live(self) -> Held | None:
        """The lease while it runs."""
        return self.lease if self.lease is not None and not self.lease.is_ended else None

    def may_take(self, who: Who) -> bool:
        live = self.live()
        return live is None or live.holder == who

    def take(self, who: Who, token: int) -> None:
        """It was taken under ``token``, which must be higher than any before."""
        assert token > self.last_token, "a token that was given before"
        self.last_token = token
        live = self.live()
        question = live.question if live is not None and live.holder == who else None
        self.lease = Held(who, token, question=question)
        if question is not None:
            question.tell()

    def holds(self, who: Who, token: int | None) -> bool:
        """Whether this token counts for this machine; ended or not."""
        return self.lease is not None and self.lease.token == token and self.lease.holder.machine == who.machine

    def beat(self, who: Who, token: int | None) -> tuple[bool, str | None, str | None]:
        """Is it his, whose is it, who asks for it."""
        is_his = self.holds(who, token)
        if self.lease is not None and is_his:
            self.lease.is_ended = False
            if self.lease.question is not None:
                self.lease.question.tell()
        live = self.live()
        question = live.question if live is not None and is_his else None
        asker = question.asker.machine if question is not None and not question.is_answered else None
        return is_his, live.holder.machine if live is not None else None, asker

    def release(self, who: Who, token: int | None) -> bool:
        if not self.holds(who, token):
            return False
        self.lease = None
        return True

    def release_all(self, who: Who) -> int:
        if self.lease is None or self.lease.holder != who:
            return 0
        self.lease = None
        return 1

    def end(self) -> None:
        if self.lease is not None:
            self.lease.is_ended = True

    # -- questions -----------------------------------------------------------------------------------------------------

    def ask(self, who: Who) -> tuple[str | None, bool]:
        """Whose question there is now, and whether he may ever take over by how things stand."""
        live = self.live()
        if live is not None and live.holder != who:
            question = live.question
            if question is None or question.is_answered or (question.age is Age.STALE and question.asker != who):
                live.question = Question(who)
        asked = self.lease.question if self.lease is not None else None
        may = live is None or live.holder == who or who.machine == ADMIN
        is_open = asked is not None and asked.asker == who and not asked.is_answered
        return asked.asker.machine if asked is not None else None, may or is_open

    def answer(self, who: Who, token: int | None, *, keeps: bool) -> bool:
        if not keeps:
            return self.release(who, token)
        if self.lease is None or not self.holds(who, token) or self.lease.question is None:
            return False
        self.lease.question.is_answered = True
        return True

    def grow_old(self, age: Age) -> None:
        if self.lease is not None and self.lease.question is not None:
            self.lease.question.age = max(age, self.lease.question.age)

    def may_take_over(self, who: Who) -> bool:
        if self.may_take(who) or who.machine == ADMIN:
            return True
        question = self.lease.question if self.lease is not None else None
        if question is None or question.asker != who:
            return False
        return question.is_told and question.age > Age.FRESH and not question.is_answered

    # -- saves ---------------------------------------------------------------------------------------------------------

    def verdict(self, who: Who, save: Save) -> str:
        """done, already, lost (the lease) or conflict, in the order in which they are looked at."""
        if save.save_id in self.done:
            return "already"
        if not (self.may_take(who) if save.token is None else self.holds(who, save.token)):
            return "lost"
        return "done" if save.version == self.version else "conflict"

    def save(self, who: Who, save: Save) -> str:
        verdict = self.verdict(who, save)
        if verdict == "done":
            self.done.add(save.save_id)
            self.version, self.value = self.version + 1, save.value
            if save.token is not None:
                self.lease = None
        return verdict
