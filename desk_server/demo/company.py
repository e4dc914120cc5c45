"""Our side of the demo: staff, products, releases, hardware revisions and which go together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from desk_server.demo import catalogue
from desk_server.demo.dice import Weighted
from desk_server.demo.rhythm import beginning_of

FOREVER = 1 << 60


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One of our people. ``department`` is today's, ``before`` the one until ``moved_at``; seconds since 1970."""

    code: str
    name: str
    department: str
    before: str
    moved_at: int
    joined_at: int
    left_at: int
    machine: str

    def department_at(self, second: int) -> str:
        """The department as it was then."""
        return self.before if second < self.moved_at else self.department

    def is_here(self, second: int) -> bool:
        """Whether the person worked for us then."""
        return self.joined_at <= second < self.left_at


@dataclass(frozen=True, slots=True)
class DemoRelease:
    """A software version; ``hardware`` are the revisions that it runs on."""

    version: str
    released_on: date
    since: int
    hardware: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A product with its releases, oldest first. ``weakness`` lengthens its tickets, 1 is ordinary."""

    code: str
    name: str
    family: str
    weight: float
    weakness: float
    launched_at: int
    retired_at: int
    bad_release: str
    bad_category: str
    releases: tuple[DemoRelease, ...]
    hardware: tuple[str, ...]
    categories: Weighted[str]

    def releases_at(self, second: int) -> tuple[DemoRelease, ...]:
        """The releases that were out then, oldest first; at least the first one."""
        return tuple(release for release in self.releases if release.since <= second) or self.releases[:1]


@dataclass(frozen=True, slots=True)
class Company:
    """All of it, as it was over the years up to the end of the history."""

    staff: tuple[StaffMember, ...]
    products: tuple[DemoProduct, ...]

    def colleagues(self, department: str, second: int) -> list[StaffMember]:
        """Who worked in that department then."""
        return [
            person for person in self.staff if person.department_at(second) == department and person.is_here(second)
        ]


def _staff(until: date, number: int, entry: dict[str, Any]) -> StaffMember:
    def back(key: str, otherwise: int) -> int:
        return beginning_of(until - timedelta(days=entry[key])) if key in entry else otherwise

    return StaffMember(
        code=entry["code"],
        name=entry["name"],
        department=entry["department"],
        before=entry.get("before", entry["department"]),
        moved_at=back("moved", 0),
        joined_at=back("joined", 0),
        left_at=back("left", FOREVER),
        machine=f"pc-{401 + number:04d}",
    )


def _hardware_of(version: str, entry: dict[str, Any]) -> tuple[str, ...]:
    order = [release[0] for release in entry["releases"]]
    here = order.index(version)
    return tuple(
        code
        for code, first, last in entry["hardware"]
        if order.index(first) <= here and (not last or here <= order.index(last))
    )


def _product(until: date, entry: dict[str, Any]) -> DemoProduct:
    releases = []
    for version, days in entry["releases"]:
        released_on = until - timedelta(days=days)
        releases.append(DemoRelease(version, released_on, beginning_of(released_on), _hardware_of(version, entry)))
    shares: dict[str, float] = catalogue.read("company")["categories"][entry["family"]]
    launched = entry.get("launched")
    retired = entry.get("retired")
    return DemoProduct(
        code=entry["code"],
        name=entry["name"],
        family=entry["family"],
        weight=entry["weight"],
        weakness=entry["weakness"],
        launched_at=beginning_of(until - timedelta(days=launched)) if launched else 0,
        retired_at=beginning_of(until - timedelta(days=retired)) if retired else FOREVER,
        bad_release=entry.get("bad_release", ""),
        bad_category=entry.get("bad_category", ""),
        releases=tuple(releases),
        hardware=tuple(code for code, _, _ in entry["hardware"]),
        categories=Weighted(list(shares), list(shares.values())),
    )


def make_company(until: date) -> Company:
    """The company whose history ends with the day before ``until``."""
    data = catalogue.read("company")
    return Company(
        staff=tuple(_staff(until, number, entry) for number, entry in enumerate(data["staff"])),
        products=tuple(_product(until, entry) for entry in data["product"]),
    )
