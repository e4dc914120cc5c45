"""The outside of the demo: customers with their contacts and projects, each made from its own number alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from desk_server.demo import catalogue
from desk_server.demo.company import Company
from desk_server.demo.dice import Dice, Weighted

FEWEST, MOST, TICKETS_EACH = 24, 2_000, 45
_KINDS = Weighted(("device_maker", "agent", "operator", "integrator"), (56, 19, 15, 10))
_TIERS = Weighted(("key", "standard", "small"), (16, 50, 34))
_STAGES = Weighted(("inquiry", "evaluation", "design_in", "pilot", "production", "ended"), (8, 14, 20, 14, 34, 10))
_TIER_WEIGHT = {"key": 4.0, "standard": 1.2, "small": 0.4}


@dataclass(frozen=True, slots=True)
class DemoContact:
    """A person at a customer."""

    key: str
    name: str
    title: str
    phone: str
    mail: str


@dataclass(frozen=True, slots=True)
class DemoProject:
    """A customer's engagement with a product."""

    code: str
    name: str
    product: str
    stage: str
    manager: str


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """An organisation. ``language`` is the one its people write in; ``weight`` how often they call."""

    index: int
    name: str
    short_name: str
    kind: str
    tier: str
    country: str
    time_zone: str
    language: str
    served_by: str
    weight: float
    contacts: tuple[DemoContact, ...]
    projects: tuple[DemoProject, ...]


def number_of_customers(tickets: int) -> int:
    """How many customers a desk with so many tickets has."""
    return max(FEWEST, min(MOST, tickets // TICKETS_EACH))


def _organisation(dice: Dice, region: dict[str, Any], kind: str) -> tuple[str, str]:
    stem, form = dice.pick(region["stems"]), dice.pick(region["forms"][kind])
    city = dice.pick(region["cities"])
    if region["language"] == "zh":
        return f"{city}{stem}{form}", stem
    return f"{stem} {form}" if dice.chance(0.5) else f"{stem} {city} {form}", stem


def _contact(dice: Dice, region: dict[str, Any], customer: int, number: int) -> DemoContact:
    family = dice.pick(region["family_names"]["names"])
    given = dice.pick(region["given_names"]["names"])
    chinese = region["language"] == "zh"
    return DemoContact(
        key=f"{customer}/{number}",
        name=f"{family}{given}" if chinese else f"{given} {family}",
        title=dice.pick(catalogue.read("customers")["titles"][region["language"]]),
        phone=f"{region['phone']}{customer % 1000:03d}{number}",
        mail=f"contact{number}@customer{customer:04d}.example",
    )


def _projects(dice: Dice, company: Company, customer: int, language: str) -> tuple[DemoProject, ...]:
    names = catalogue.read("customers")["projects"][f"names_{language}"]
    products = Weighted(company.products, [product.weight for product in company.products])
    managers = [person for person in company.staff if person.department == "pm"]
    chosen = {dice.weighted(products).code: None for _ in range(dice.whole(1, 3))}
    return tuple(
        DemoProject(
            code=f"D{customer:04d}-{product}",
            name=dice.pick(names).format(product=product),
            product=product,
            stage=dice.weighted(_STAGES),
            manager=dice.pick(managers).code,
        )
        for product in chosen
    )


def _make_customer(company: Company, index: int) -> DemoCustomer:
    dice = Dice("customer", index)
    regions = catalogue.read("customers")["region"]
    region = dice.weighted(Weighted(regions, [entry["weight"] for entry in regions]))
    kind, tier = dice.weighted(_KINDS), dice.weighted(_TIERS)
    name, short_name = _organisation(dice, region, kind)
    support = [person for person in company.staff if person.department == "support" and person.joined_at == 0]
    sales = [person for person in company.staff if person.department == "sales"]
    return DemoCustomer(
        index=index,
        name=name,
        short_name=short_name,
        kind=kind,
        tier=tier,
        country=region["country"],
        time_zone=region["time_zone"],
        language=region["language"],
        served_by=dice.pick(sales if kind == "agent" else support[:10]).code,
        weight=_TIER_WEIGHT[tier] * dice.lognormal(1.0, 0.7),
        contacts=tuple(_contact(dice, region, index, number) for number in range(dice.whole(2, 6))),
        projects=_projects(dice, company, index, region["language"]),
    )


def make_customers(company: Company, number: int) -> tuple[DemoCustomer, ...]:
    """The first ``number`` customers; names are unique, the same number is always the same customer."""
    taken: dict[str, int] = {}
    customers = []
    for index in range(number):
        customer = _make_customer(company, index)
        count = taken[customer.name] = taken.get(customer.name, 0) + 1
        if count > 1:
            suffix = f"（{count}分公司）" if customer.language == "zh" else f" ({count})"
            customer = replace(customer, name=customer.name + suffix)
        customers.append(customer)
    return tuple(customers)
