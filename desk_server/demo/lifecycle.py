"""The life of a ticket: triage, waiting, hand-overs, solution, closing, reopening; a pure function of its number."""

from __future__ import annotations

from desk_server.demo import texts
from desk_server.demo.aside import add_complaint, add_direct_contacts
from desk_server.demo.company import DemoRelease, StaffMember
from desk_server.demo.dice import Dice
from desk_server.demo.fate import (
    DUE_DAYS,
    PAUSES,
    REOPENED,
    REOPENED_AGAIN,
    SOLVED_AT_ONCE,
    fate_of,
    original_of,
    solution_seconds,
    triage_seconds,
)
from desk_server.demo.history import DemoTicket, Values
from desk_server.demo.opening import Opening, World, make_opening, repeat
from desk_server.demo.recorder import EndOfHistoryError, Recorder
from desk_server.demo.rhythm import DAY, HOUR
from shared.domain.fields import TICKET_FIELDS


def _first_values(opening: Opening) -> Values:
    values: Values = {field.name: None for field in TICKET_FIELDS if not field.read_only}
    product = opening.product.code
    values.update(
        kind=opening.kind,
        subject=opening.subject,
        description=opening.description,
        customer_id=opening.customer.index,
        contact_id=opening.contact.key if opening.contact else None,
        project_id=opening.project.code if opening.project else None,
        product_id=product,
        found_in_release_id=(product, opening.release.version) if opening.names_release else None,
        hardware_revision_id=(product, opening.hardware) if opening.hardware else None,
        serial=opening.serial,
        category=opening.category,
        symptom=opening.symptom,
        severity=opening.severity,
        priority=opening.priority,
        source=opening.source,
        channel=opening.channel,
        reported_at=opening.reported_at,
        status="new",
        department_id="support",
    )
    return values


class Story:
    """Tells one ticket, from the report to its end or to the end of the history."""

    def __init__(self, world: World, opening: Opening, original: int | None) -> None:
        self.world, self.opening, self.original = world, opening, original
        self.dice = Dice("life", world.seed, opening.index)
        self.creator = self._somebody("support", opening.created_at)
        self.owner = self.creator
        self.cause: str | None = None

    def _somebody(self, department: str, second: int) -> StaffMember:
        return self.dice.pick(self.world.company.colleagues(department, second))

    def _solution(self, log: Recorder) -> Values:
        """What resolving fills in."""
        opening, dice = self.opening, self.dice
        newest = opening.product.releases_at(log.now)[-1]
        values: Values = {"status": "resolved", "next_step": None, "next_step_at": None}
        fixed = newest
        if opening.symptom:
            self.cause = self.cause or dice.pick(texts.causes_of(opening.category, opening.symptom))
            defect = texts.defect_share(self.cause)
            if dice.chance(defect):
                fixed = self._next_release(log.now)
            elif opening.release.since <= newest.since:
                fixed = opening.release
            values["cause"] = self.cause
            values["fixed_in_release_id"] = (opening.product.code, fixed.version)
        log.facts["fixed"] = fixed.version
        values["resolution"] = texts.resolution(dice, opening.kind, self.cause, opening.language, log.facts)
        return values

    def _next_release(self, second: int) -> DemoRelease:
        """The release that brings a correction: newer than the faulty one wherever there is a newer one."""
        releases, dice = self.opening.product.releases, self.dice
        newest = self.opening.product.releases_at(second)[-1]
        planned = [release for release in releases if release.since > second]
        if planned and (newest.since <= self.opening.release.since or dice.chance(0.3)):
            return planned[0]
        return newest

    def tell(self) -> DemoTicket:
        """The ticket as it stands at the end of the history."""
        opening, dice = self.opening, self.dice
        fate = fate_of(self.world.seed, opening.index)
        first = _first_values(opening)
        log = Recorder(self.world, opening, dice, first, self.creator)
        on_phone = fate == "solved" and opening.kind != "problem" and opening.channel in ("phone", "chat")
        if on_phone and dice.chance(SOLVED_AT_ONCE):
            self._solve_at_once(log)
        elif dice.chance(0.16):
            log.values.update(status="open", assignee_id=self.owner.code)
        log.ticket.first = dict(log.values)
        try:
            self._report(log)
            if log.values["status"] != "resolved":
                self._work(log, fate)
            self._finish(log)
        except EndOfHistoryError:
            pass
        add_complaint(log)
        add_direct_contacts(log)
        return log.ticket

    def _solve_at_once(self, log: Recorder) -> None:
        log.values.update(self._solution(log), assignee_id=self.owner.code)
        log.values["resolution"] = texts.said(self.dice, "answers", "phone", self.opening.language, log.facts)

    def _report(self, log: Recorder) -> None:
        """The incoming exchange; what sales brings in was their exchange, not ours."""
        opening = self.opening
        taker = self._somebody("sales", opening.reported_at) if opening.source == "sales" else self.creator
        log.exchange(taker, "in", "report", at=opening.reported_at, channel=opening.channel, minutes=9)
        if opening.channel in ("phone", "chat"):
            log.exchange(self.creator, "out", "first", channel=opening.channel, minutes=4)

    def _triage(self, log: Recorder) -> None:
        """Somebody takes it: new becomes open; the rest of the fields is filled in."""
        opening, dice = self.opening, self.dice
        log.moment(log.now + triage_seconds(opening, dice))
        if log.values["status"] == "new":
            self.owner = self._owner(log.now)
            triager = self.owner if dice.chance(0.7) else self._somebody("support", log.now)
            log.change(triager, status="open", assignee_id=self.owner.code, **self._plan(log, "triage"))
        if opening.channel not in ("phone", "chat"):
            log.exchange(self.owner, "out", "first", minutes=6)
        if dice.chance(0.55):
            log.comment(self.owner, "triage")
        if dice.chance(0.09):
            log.moment(log.now + HOUR)
            higher = {"low": "normal", "normal": "high", "high": "urgent", "urgent": "high"}
            log.change(self.owner, priority=higher[opening.priority])

    def _owner(self, second: int) -> StaffMember:
        served_by = [
            p for p in self.world.company.colleagues("support", second) if p.code == self.opening.customer.served_by
        ]
        if served_by and self.dice.chance(0.35):
            return served_by[0]
        return self._somebody("support", second)

    def _plan(self, log: Recorder, step: str) -> Values:
        """A next step with its time, and the day by which the customer expects the end."""
        dice, opening = self.dice, self.opening
        due = opening.reported_at + DUE_DAYS[log.values["priority"]] * DAY
        values: Values = {"due_at": log.values["due_at"] or (due if dice.chance(0.8) else None)}
        if dice.chance(0.7):
            values["next_step"] = texts.said(dice, "steps", step, opening.language, log.facts)
            values["next_step_at"] = log.now // HOUR * HOUR + dice.whole(1, 5) * DAY
        return values

    def _work(self, log: Recorder, fate: str) -> None:
        dice = self.dice
        end = log.now + solution_seconds(self.opening, dice)
        if fate == "duplicate" and self._close_as_duplicate(log):
            return
        self._triage(log)
        if fate == "cancelled":
            log.moment(log.now + dice.lognormal(3.0, 1.0) * DAY)
            log.change(self.owner, status="cancelled", next_step=None, next_step_at=None)
            return
        rounds = min(4, dice.count(PAUSES[self.opening.kind]))
        begin = log.now
        for turn in range(rounds):
            part = (end - begin) / rounds
            leave, back = turn + dice.between(0.0, 0.3), turn + dice.between(0.7, 1.0)
            self._pause(log, begin + leave * part, begin + back * part)
        log.moment(end)
        self._resolve(log)

    def _close_as_duplicate(self, log: Recorder) -> bool:
        if self.original is None:
            return False
        log.moment(log.now + self.dice.lognormal(5.0, 0.9) * HOUR)
        person = self._somebody("support", log.now)
        log.change(person, status="duplicate", duplicate_of_id=self.original)
        log.exchange(person, "out", "first", minutes=4)
        return True

    def _pause(self, log: Recorder, leave: float, back: float) -> None:
        """A part of the work: a wait for the customer, a wait for colleagues, or a hand-over."""
        log.moment(leave)
        self._keep_owner(log)
        what = self.dice.share()
        if what < 0.45:
            self._wait_for_customer(log, back)
        elif what < 0.72:
            self._wait_for_colleagues(log, back)
        else:
            self._hand_over(log)
        if self.dice.chance(0.6):
            log.comment(self.owner, "work")
        if self.dice.chance(0.06):
            log.comment(self.owner, "private", is_private=True)
        if self.dice.chance(0.12):
            log.exchange(self._somebody("support", log.now), "in", "chase", minutes=4)

    def _keep_owner(self, log: Recorder) -> None:
        """Whoever left hands the ticket to a colleague."""
        if not self.owner.is_here(log.now):
            self.owner = self._somebody("support", log.now)
            log.change(self.owner, assignee_id=self.owner.code)
            log.moment(log.now)

    def _wait_for_customer(self, log: Recorder, back: float) -> None:
        log.change(self.owner, status="waiting_customer", **self._plan(log, "customer"))
        log.exchange(self.owner, "out", "ask", minutes=7)
        log.moment(back)
        self._keep_owner(log)
        log.exchange(self.owner, "in", "reply", minutes=6)
        log.change(self.owner, status="open")

    def _wait_for_colleagues(self, log: Recorder, back: float) -> None:
        department = self.dice.pick(("rd", "rd", "test", "pm"))
        waiting: Values = {"waiting_for_department_id": department}
        if self.dice.chance(0.45):
            waiting = {"waiting_for_staff_id": self._somebody(department, log.now).code}
        log.change(self.owner, status="waiting_internal", **waiting, **self._plan(log, "internal"))
        log.moment(back)
        self._keep_owner(log)
        log.change(self.owner, status="open", waiting_for_department_id=None, waiting_for_staff_id=None)

    def _hand_over(self, log: Recorder) -> None:
        """To another department and its person, or back to support, or within support."""
        here = log.values["department_id"]
        if here != "support":
            target = "support"
        else:
            target = self.dice.pick(
                {
                    "problem": ("rd", "rd", "test", "support"),
                    "request": ("pm", "pm", "sales", "rd"),
                    "question": ("rd", "support", "pm"),
                }[self.opening.kind]
            )
        giver, self.owner = self.owner, self._somebody(target, log.now)
        log.change(giver, department_id=target, assignee_id=self.owner.code)
        if target != "support" and self.dice.chance(0.5):
            log.exchange(self.owner, "out", "ask", minutes=12)

    def _resolve(self, log: Recorder) -> None:
        self._keep_owner(log)
        log.change(self.owner, **self._solution(log))
        if self.dice.chance(0.85):
            log.exchange(self.owner, "out", "solved", minutes=6)

    def _finish(self, log: Recorder) -> None:
        """Closing, or a reopening first: also of tickets that were closed already."""
        dice = self.dice
        again = REOPENED
        while log.values["status"] == "resolved" and dice.chance(again):
            if dice.chance(0.3):
                log.moment(log.now + dice.lognormal(3.5, 0.7) * DAY)
                log.change(self._somebody("support", log.now), status="closed")
            log.moment(log.now + dice.lognormal(4.0, 0.8) * DAY)
            self.owner = self._somebody("support", log.now)
            log.exchange(self.owner, "in", "again", minutes=8)
            log.change(self.owner, status="open", assignee_id=self.owner.code, department_id="support")
            log.comment(self.owner, "reopen")
            log.moment(log.now + 0.5 * solution_seconds(self.opening, dice))
            self._resolve(log)
            again = REOPENED_AGAIN
        if log.values["status"] == "resolved":
            log.moment(log.now + dice.lognormal(4.0, 0.7) * DAY)
            log.change(self._somebody("support", log.now), status="closed")


def make_ticket(world: World, index: int) -> DemoTicket:
    """Ticket ``index`` of the stream; a duplicate takes over what its original was about."""
    opening = make_opening(world, index)
    original = original_of(world.seed, index) if fate_of(world.seed, index) == "duplicate" else None
    if original is not None:
        model = make_opening(world, original)
        if model.product.retired_at <= opening.created_at:
            original = None
        else:
            opening = repeat(model, opening)
    return Story(world, opening, original).tell()
