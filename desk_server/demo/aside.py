"""What happens beside a ticket: complaints, and exchanges that other departments have with customers directly."""

from __future__ import annotations

from desk_server.demo import texts
from desk_server.demo.dice import Weighted
from desk_server.demo.history import DemoComplaint, DemoInteraction
from desk_server.demo.recorder import Recorder
from desk_server.demo.rhythm import DAY, at_work

_DEPARTMENTS = Weighted(("pm", "sales", "rd", "support", "test", "management"), (33, 30, 21, 6, 6, 4))
_CHANNELS = Weighted(("mail", "phone", "chat", "on_site"), (38, 34, 18, 10))
_COMPLAINT = 0.014
# Direct exchanges a ticket at the beginning and at the end of the history: support takes over more and more.
_DIRECT = (1.6, 0.85)


def _complaint_chance(log: Recorder) -> float:
    opening = log.opening
    chance = _COMPLAINT * opening.product.weakness
    chance *= 3.0 if opening.severity == "critical" else 1.0
    chance *= 2.5 if opening.is_bad_release else 1.0
    chance *= 3.0 if (log.now - opening.reported_at) > 40 * DAY else 1.0
    return chance * (1.6 if opening.customer.tier == "key" else 1.0)


def add_complaint(log: Recorder) -> None:
    """Perhaps a complaint: likelier for long, critical and repeated trouble."""
    dice, opening = log.dice, log.opening
    if not dice.chance(_complaint_chance(log)):
        return
    at = at_work(opening.created_at + int(dice.lognormal(9.0, 0.8) * DAY), dice)
    if at >= log.world.horizon:
        return
    closed: int | None = at_work(at + int(dice.lognormal(8.0, 0.7) * DAY), dice)
    if closed is not None and closed >= log.world.horizon:
        closed = None
    language = opening.language
    log.ticket.complaints.append(
        DemoComplaint(
            at=at,
            on_ticket=dice.chance(0.85),
            customer=opening.customer.index,
            contact=opening.contact.key if opening.contact else None,
            product=opening.product.code,
            channel=dice.weighted(_CHANNELS),
            severity=opening.severity,
            subject=texts.said(dice, "complaints", "subject", language, log.facts),
            description=texts.said(dice, "complaints", "text", language, log.facts),
            department=dice.pick(("support", "support", "rd", "pm", "sales")),
            resolution=texts.said(dice, "complaints", "answer", language, log.facts) if closed else None,
            closed_at=closed,
        )
    )


def _direct_contact(log: Recorder) -> DemoInteraction | None:
    """An exchange of another department, about this ticket or about something else."""
    dice, world, opening = log.dice, log.world, log.opening
    department = dice.weighted(_DEPARTMENTS)
    at = at_work(opening.created_at + int(dice.between(0, 6 * DAY)), dice)
    if at >= world.horizon:
        return None
    on_ticket = department in ("pm", "rd") and opening.created_at < at <= log.now and dice.chance(0.5)
    customer = opening.customer if on_ticket else dice.weighted(world.callers)
    contact = opening.contact if on_ticket else dice.pick(customer.contacts)
    person = dice.pick(world.company.colleagues(department, at))
    return DemoInteraction(
        at=at,
        logged_at=at,
        on_ticket=on_ticket,
        customer=customer.index,
        contact=contact.key if contact else None,
        channel=dice.weighted(_CHANNELS),
        direction="out" if dice.chance(0.55) else "in",
        person=person.code,
        department=department,
        machine=person.machine,
        minutes=max(2, min(240, round(dice.lognormal(18.0, 0.8)))),
        summary=texts.said(dice, "direct", department, customer.language, log.facts),
    )


def add_direct_contacts(log: Recorder) -> None:
    """Exchanges of sales, project managers, developers ... in the days after the ticket was logged."""
    world = log.world
    position = (log.opening.created_at - world.begin) / (world.horizon - world.begin)
    for _ in range(log.dice.count(_DIRECT[0] + (_DIRECT[1] - _DIRECT[0]) * position)):
        contact = _direct_contact(log)
        if contact is not None:
            log.ticket.interactions.append(contact)
    log.ticket.interactions.sort(key=lambda interaction: (interaction.logged_at, interaction.at))
