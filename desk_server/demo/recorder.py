"""Writes one ticket's history down, step by step, and stops where the history ends."""

from __future__ import annotations

from typing import Any

from desk_server.demo import texts
from desk_server.demo.company import StaffMember
from desk_server.demo.dice import Dice
from desk_server.demo.history import DemoComment, DemoInteraction, DemoTicket, Step, Values
from desk_server.demo.opening import Opening, World
from desk_server.demo.rhythm import at_work

# Where there is no fault, other words for the same occasion.
_WITHOUT_FAULT = {
    "triage": "clarify",
    "work": "progress",
    "report": "inquiry",
    "ask": "detail",
    "reply": "answer",
}


class EndOfHistoryError(Exception):
    """The next moment lies after the end of the history: the ticket stays as it is."""


class Recorder:
    """One ticket while it is being told. ``now`` only moves forward; nothing is recorded after the horizon.

    Attributes:
        values: the ticket's values as they are now.
        now: the second of the last thing that happened.
    """

    def __init__(self, world: World, opening: Opening, dice: Dice, first: Values, creator: StaffMember) -> None:
        self.world, self.opening, self.dice = world, opening, dice
        self.facts = dict(opening.facts)
        self._said: set[str] = set()
        self.now = opening.created_at
        self.values = dict(first)
        created = Step(self.now, creator.code, creator.department_at(self.now), creator.machine, {})
        self.ticket = DemoTicket(opening.index, created, first)

    def moment(self, second: float, *, office: bool = True) -> int:
        """Goes to that moment (or a little later), or ends the ticket where the history ends."""
        at = max(int(second), self.now + self.dice.whole(60, 900))
        if office:
            at = max(at_work(at, self.dice), self.now + 60)
        if at >= self.world.horizon:
            raise EndOfHistoryError
        self.now = at
        return at

    def change(self, person: StaffMember, **values: Any) -> None:
        """One save by that person, now; fields that keep their value are left out."""
        changes = {name: (self.values[name], new) for name, new in values.items() if self.values[name] != new}
        if not changes:
            return
        self.ticket.steps.append(Step(self.now, person.code, person.department_at(self.now), person.machine, changes))
        self.values.update(values)

    def _new_words(self, section: str, key: str) -> str:
        """What fits, and was not said on this ticket before where there is a choice."""
        if self.opening.kind != "problem":
            key = _WITHOUT_FAULT.get(key, key)
        for _ in range(4):
            text = texts.said(self.dice, section, key, self.opening.language, self.facts)
            if text not in self._said:
                break
        self._said.add(text)
        return text

    def comment(self, person: StaffMember, key: str, *, is_private: bool = False) -> None:
        """A comment by that person, a minute or some after now."""
        at = self.now + self.dice.whole(20, 600)
        if at < self.world.horizon:
            body = self._new_words("comments", key)
            department = person.department_at(at)
            comment = DemoComment(at, person.code, department, person.machine, body, is_private)
            self.ticket.comments.append(comment)

    def exchange(
        self,
        person: StaffMember,
        direction: str,
        key: str,
        *,
        at: int | None = None,
        channel: str | None = None,
        minutes: float = 8,
    ) -> None:
        """An interaction about this ticket, handled by that person; ``at`` may lie before it is logged."""
        opening, dice = self.opening, self.dice
        if channel is None:
            channel = opening.channel if dice.chance(0.6) else dice.pick(("mail", "phone", "mail", "chat"))
        moment = self.now if at is None else at
        self.ticket.interactions.append(
            DemoInteraction(
                at=moment,
                logged_at=self.now,
                on_ticket=True,
                customer=opening.customer.index,
                contact=opening.contact.key if opening.contact else None,
                channel=channel,
                direction=direction,
                person=person.code,
                department=person.department_at(moment),
                machine=person.machine,
                minutes=max(1, min(240, round(dice.lognormal(minutes, 0.7)))),
                summary=self._new_words("exchanges", key),
            )
        )
