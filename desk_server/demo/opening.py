"""How a ticket begins: who reports what, about which product, how urgent. A pure function of its number."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from datetime import date

from desk_server.demo import texts
from desk_server.demo.company import Company, DemoProduct, DemoRelease, make_company
from desk_server.demo.customers import DemoContact, DemoCustomer, DemoProject, make_customers, number_of_customers
from desk_server.demo.dice import Dice, Weighted
from desk_server.demo.rhythm import DAY, HOUR, beginning_of, first_day, logged_times

BAD_DAYS = 120
_KINDS = Weighted(("problem", "question", "request"), (64, 24, 12))
_CHANNELS = Weighted(("phone", "mail", "chat", "on_site", "portal"), (27, 42, 17, 5, 9))
_SOURCES = Weighted(("customer", "field_engineer", "agent", "sales"), (69, 12, 11, 8))
_SEVERITIES = {
    "problem": Weighted(("critical", "major", "minor", "trivial"), (8, 34, 47, 11)),
    "question": Weighted(("minor", "trivial"), (30, 70)),
    "request": Weighted(("major", "minor", "trivial"), (10, 60, 30)),
}
_PRIORITIES = {
    "critical": Weighted(("urgent", "high", "normal"), (45, 45, 10)),
    "major": Weighted(("urgent", "high", "normal", "low"), (8, 42, 46, 4)),
    "minor": Weighted(("urgent", "high", "normal", "low"), (1, 11, 70, 18)),
    "trivial": Weighted(("high", "normal", "low"), (3, 52, 45)),
}
# How long a report lies before it is logged: median in seconds and sigma.
_DELAYS = {
    "phone": (5 * 60, 0.5),
    "chat": (4 * 60, 0.6),
    "mail": (80 * 60, 1.0),
    "portal": (45 * 60, 1.0),
    "on_site": (9 * HOUR, 0.7),
}


@dataclass(frozen=True, slots=True)
class World:
    """What all tickets of one stream share."""

    seed: int
    until: date
    begin: int
    horizon: int
    company: Company
    customers: tuple[DemoCustomer, ...]
    callers: Weighted[DemoCustomer]
    logged: array[int]


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when the ticket is logged. ``facts`` fill the texts that come later."""

    index: int
    created_at: int
    reported_at: int
    customer: DemoCustomer
    contact: DemoContact | None
    project: DemoProject | None
    product: DemoProduct
    release: DemoRelease
    names_release: bool
    hardware: str | None
    serial: str | None
    kind: str
    category: str
    symptom: str | None
    severity: str
    priority: str
    source: str
    channel: str
    language: str
    is_bad_release: bool
    subject: str
    description: str
    facts: texts.Facts


def make_world(tickets: int, seed: int, until: date) -> World:
    """Company, customers and the times of all tickets: what depends on the arguments alone."""
    company = make_company(until)
    customers = make_customers(company, number_of_customers(tickets))
    return World(
        seed=seed,
        until=until,
        begin=beginning_of(first_day(until)),
        horizon=beginning_of(until),
        company=company,
        customers=customers,
        callers=Weighted(customers, [customer.weight for customer in customers]),
        logged=logged_times(tickets, seed, until),
    )


def _bad_release(product: DemoProduct, second: int) -> DemoRelease | None:
    for release in product.releases:
        if release.version == product.bad_release and release.since <= second < release.since + BAD_DAYS * DAY:
            return release
    return None


def _product(dice: Dice, world: World, customer: DemoCustomer, second: int) -> DemoProduct:
    sold = [product for product in world.company.products if product.launched_at <= second < product.retired_at]
    own = {project.product for project in customer.projects}
    weights = []
    for product in sold:
        ramp = min(1.0, 0.25 + (second - product.launched_at) / (300 * DAY)) if product.launched_at else 1.0
        bad = 2.4 if _bad_release(product, second) else 1.0
        weights.append(product.weight * ramp * bad * (4.0 if product.code in own else 1.0) * product.weakness**0.5)
    return dice.weighted(Weighted(sold, weights))


def _release(dice: Dice, product: DemoProduct, second: int) -> tuple[DemoRelease, bool]:
    """The release in the field: mostly one of the newest four; and whether it is the one that made things worse."""
    bad = _bad_release(product, second)
    if bad and dice.chance(0.55):
        return bad, True
    newest = product.releases_at(second)[-4:]
    return dice.weighted(Weighted(newest, (1, 3, 6, 8)[-len(newest) :])), False


def _hardware(dice: Dice, product: DemoProduct, release: DemoRelease, category: str) -> tuple[str | None, str | None]:
    if not release.hardware or not dice.chance(0.95 if category == "hardware" else 0.6):
        return None, None
    serial = f"{product.code.replace('-', '')}{dice.whole(23, 26)}{dice.whole(1, 52):02d}{dice.whole(1, 99_999):05d}"
    return dice.pick(release.hardware), serial if dice.chance(0.55) else None


def _priority(dice: Dice, customer: DemoCustomer, severity: str) -> str:
    priority = dice.weighted(_PRIORITIES[severity])
    if customer.tier == "key" and priority == "normal" and dice.chance(0.3):
        return "high"
    return priority


def _times(dice: Dice, world: World, index: int, channel: str) -> tuple[int, int]:
    created = world.logged[index]
    median, sigma = _DELAYS[channel]
    delay = min(int(dice.lognormal(median, sigma)), 4 * DAY)
    return created, max(world.begin, created - max(60, delay // 60 * 60))


def _fault(dice: Dice, product: DemoProduct, is_bad: bool) -> tuple[str, str, str | None]:
    """Kind, category, and for a problem its symptom."""
    kind = "problem" if is_bad and dice.chance(0.6) else dice.weighted(_KINDS)
    category = product.bad_category if is_bad and dice.chance(0.6) else dice.weighted(product.categories)
    return kind, category, dice.pick(texts.symptoms_of(category)) if kind == "problem" else None


def _facts(product: DemoProduct, release: DemoRelease, hardware: str | None, who: str) -> texts.Facts:
    older = product.releases[max(0, product.releases.index(release) - 1)]
    return {
        "product": product.code,
        "release": release.version,
        "old": older.version,
        "hw": hardware or (product.hardware[-1] if product.hardware else "A0"),
        "contact": who,
    }


def make_opening(world: World, index: int) -> Opening:
    """The beginning of ticket ``index``."""
    dice = Dice("opening", world.seed, index)
    channel = dice.weighted(_CHANNELS)
    created, reported = _times(dice, world, index, channel)
    customer = dice.weighted(world.callers)
    product = _product(dice, world, customer, reported)
    release, is_bad = _release(dice, product, reported)
    kind, category, symptom = _fault(dice, product, is_bad)
    severity = dice.weighted(_SEVERITIES[kind])
    names_release = dice.chance(0.96 if symptom else 0.5)
    hardware, serial = _hardware(dice, product, release, category) if symptom and names_release else (None, None)
    contact = dice.pick(customer.contacts) if dice.chance(0.93) else None
    projects = [project for project in customer.projects if project.product == product.code]
    language = customer.language if dice.chance(0.93) else "en"
    facts = texts.numbers(dice) | _facts(product, release, hardware, contact.name if contact else customer.short_name)
    facts["symptom"] = texts.symptom_words(dice, category, symptom, language, facts) if symptom else product.code
    subject, description = texts.subject_and_description(dice, kind, category, language, facts)
    return Opening(
        index=index,
        created_at=created,
        reported_at=reported,
        customer=customer,
        contact=contact,
        project=dice.pick(projects) if projects and dice.chance(0.85) else None,
        product=product,
        release=release,
        names_release=names_release,
        hardware=hardware,
        serial=serial,
        kind=kind,
        category=category,
        symptom=symptom,
        severity=severity,
        priority=_priority(dice, customer, severity),
        source="agent" if customer.kind == "agent" else dice.weighted(_SOURCES),
        channel=channel,
        language=language,
        is_bad_release=is_bad,
        subject=subject,
        description=description,
        facts=facts,
    )


def repeat(original: Opening, opening: Opening) -> Opening:
    """A second report of what ``original`` was about: the same matter in other words, at the time of ``opening``."""
    dice = Dice("repeat", original.index, opening.index)
    customer = original.customer
    subject, description = texts.subject_and_description(
        dice, original.kind, original.category, original.language, original.facts
    )
    return replace(
        original,
        index=opening.index,
        created_at=opening.created_at,
        reported_at=opening.reported_at,
        contact=dice.pick(customer.contacts),
        source=opening.source,
        channel=opening.channel,
        serial=None,
        subject=subject,
        description=description,
    )
