"""The stream of demo tickets: the same for the same arguments, within the rules, and like the real thing."""

from __future__ import annotations

import csv
import math
import os
import statistics
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from desk_server.demo import catalogue
from desk_server.demo.company import make_company
from desk_server.demo.customers import make_customers
from desk_server.demo.fate import LOOK_BACK, fate_of
from desk_server.demo.history import DemoTicket, event_kind
from desk_server.demo.rhythm import DAY
from desk_server.demo.stream import DemoStream
from shared.domain.fields import SUBJECT_LENGTH, TICKET_FIELDS
from shared.domain.status import INITIAL, TRANSITIONS, Status

UNTIL = date(2026, 6, 1)
TICKETS = 4000
BASELINE = Path(__file__).parents[4] / "migrations" / "data" / "0001"


@pytest.fixture(scope="module")
def stream() -> DemoStream:
    return DemoStream.make(TICKETS, 1, UNTIL)


@pytest.fixture(scope="module")
def tickets(stream: DemoStream) -> list[DemoTicket]:
    return list(stream.part(0, TICKETS))


def statuses(ticket: DemoTicket) -> list[str]:
    changed = [step.changes["status"][1] for step in ticket.steps if "status" in step.changes]
    return [ticket.first["status"], *changed]


def days(ticket: DemoTicket) -> float | None:
    """DESIGN 8: the last resolved minus reported, in days."""
    ends = [step.at for step in ticket.steps if step.changes.get("status", ("", ""))[1] == "resolved"]
    if ticket.first["status"] == "resolved":
        ends.append(ticket.created.at)
    return (max(ends) - ticket.first["reported_at"]) / DAY if ends else None


def median_days(tickets: list[DemoTicket], **values: str) -> float:
    found = [days(t) for t in tickets if all(t.first[name] == value for name, value in values.items())]
    return statistics.median(value for value in found if value is not None)


# --- determinism


def test_the_same_arguments_give_the_same_stream_in_another_process_whatever_its_hash_seed_and_time_zone() -> None:
    here = DemoStream.make(120, 3, UNTIL).fingerprint()
    code = (
        "from datetime import date; from desk_server.demo.stream import DemoStream;"
        "print(DemoStream.make(120, 3, date(2026, 6, 1)).fingerprint())"
    )
    for hash_seed, zone in (("1", "UTC"), ("77", "America/New_York")):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": zone}
        answer = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
        assert answer.stdout.decode().strip() == here


@pytest.mark.parametrize("arguments", [(121, 3, UNTIL), (120, 4, UNTIL), (120, 3, date(2026, 6, 2))])
def test_other_arguments_give_another_stream(arguments: tuple[int, int, date]) -> None:
    assert DemoStream.make(*arguments).fingerprint() != DemoStream.make(120, 3, UNTIL).fingerprint()


def test_any_part_is_the_same_whatever_was_asked_before(stream: DemoStream, tickets: list[DemoTicket]) -> None:
    assert list(stream.part(3000, 5)) == tickets[3000:3005]
    assert list(stream.part(TICKETS - 2, 500)) == tickets[-2:]


# --- rules


def test_statuses_follow_the_graph(tickets: list[DemoTicket]) -> None:
    for ticket in tickets:
        told = [Status(status) for status in statuses(ticket)]
        assert told[0] in INITIAL
        assert all(after in TRANSITIONS[before] for before, after in pairwise(told))


def test_times_rise_and_end_before_the_end(stream: DemoStream, tickets: list[DemoTicket]) -> None:
    for ticket in tickets:
        times = [ticket.first["reported_at"], *(event.at for event in ticket.events)]
        assert times[0] <= times[1]
        assert all(before < after for before, after in pairwise(times[1:]))
        others = [*ticket.comments, *ticket.interactions, *ticket.complaints]
        assert max([times[-1], *(other.at for other in others)]) < stream.world.horizon


def test_every_event_changes_something_and_every_field_is_one_of_the_specification(tickets: list[DemoTicket]) -> None:
    names = {field.name for field in TICKET_FIELDS}
    for ticket in tickets:
        assert set(ticket.first) <= names
        for step in ticket.steps:
            assert step.changes
            assert set(step.changes) <= names
            assert all(old != new for old, new in step.changes.values())
    kinds = Counter(event_kind(step.changes) for ticket in tickets for step in ticket.steps)
    assert set(kinds) == {"status", "handed_over", "assigned", "changed"}


def test_a_duplicate_is_about_the_same_as_its_original(tickets: list[DemoTicket]) -> None:
    duplicates = [ticket for ticket in tickets if ticket.values()["duplicate_of_id"] is not None]
    assert len(duplicates) > TICKETS / 100
    for ticket in duplicates:
        original = tickets[ticket.values()["duplicate_of_id"]]
        assert 0 < ticket.index - original.index <= LOOK_BACK
        assert fate_of(1, original.index) == "solved"
        for name in ("customer_id", "product_id", "category", "symptom"):
            assert ticket.first[name] == original.first[name]


def test_nobody_works_before_joining_after_leaving_or_from_another_department(
    stream: DemoStream, tickets: list[DemoTicket]
) -> None:
    people = {person.code: person for person in stream.world.company.staff}
    done: list[Any] = [event for ticket in tickets for event in ticket.events]
    done += [entry for ticket in tickets for entry in (*ticket.comments, *ticket.interactions)]
    for entry in done:
        assert entry.department == people[entry.person].department_at(entry.at)
    for ticket in tickets:
        for event in ticket.events:
            assert people[event.person].is_here(event.at)
    moved = next(person for person in people.values() if person.before != person.department)
    assert {entry.department for entry in done if entry.person == moved.code} == {moved.before, moved.department}


# --- the catalogue and the desk's choices


def _column(file: str, *names: str) -> set[Any]:
    with (BASELINE / file).open(encoding="utf-8", newline="") as text:
        return {tuple(row[name] for name in names) for row in csv.DictReader(text)}


def test_the_catalogue_knows_the_symptoms_and_causes_of_the_baseline() -> None:
    symptoms = catalogue.read("symptoms")
    known = {
        (category, code, " ".join(entry["causes"]))
        for category, all_ in symptoms.items()
        for code, entry in all_.items()
    }
    assert known == _column("symptom.csv", "category", "code", "causes")
    assert {(code,) for code in catalogue.read("causes")} == _column("cause.csv", "code")


def test_every_value_is_a_choice_of_the_baseline(tickets: list[DemoTicket]) -> None:
    choices = _column("choice.csv", "list_code", "code")
    for ticket in tickets:
        for name, list_code in (
            ("kind", "ticket_kind"),
            *((n, n) for n in ("priority", "severity", "source", "channel")),
        ):
            assert (list_code, ticket.first[name]) in choices
        assert {("channel", entry.channel) for entry in (*ticket.interactions, *ticket.complaints)} <= choices


def test_all_symptoms_and_products_occur(tickets: list[DemoTicket]) -> None:
    seen = {(ticket.first["category"], ticket.first["symptom"]) for ticket in tickets if ticket.first["symptom"]}
    assert len(seen) == len(_column("symptom.csv", "category", "code"))
    assert {ticket.first["product_id"] for ticket in tickets} == {p.code for p in make_company(UNTIL).products}


def test_texts_are_filled_in_and_of_both_languages(tickets: list[DemoTicket]) -> None:
    texts = [ticket.first[name] for ticket in tickets for name in ("subject", "description")]
    texts += [ticket.values()["resolution"] or "-" for ticket in tickets]
    texts += [comment.body for ticket in tickets for comment in ticket.comments]
    texts += [entry.summary for ticket in tickets for entry in ticket.interactions]
    assert not [text for text in texts if "{" in text or "}" in text or not text.strip()]
    assert max(len(ticket.first["subject"]) for ticket in tickets) <= SUBJECT_LENGTH
    chinese = sum(any("\u4e00" <= letter <= "\u9fff" for letter in ticket.first["subject"]) for ticket in tickets)
    assert 0.3 < chinese / TICKETS < 0.7
    assert len({ticket.first["subject"] for ticket in tickets}) > 0.6 * TICKETS


def test_customers_have_names_of_their_own_contacts_and_projects() -> None:
    customers = make_customers(make_company(UNTIL), 2000)
    assert len({customer.name for customer in customers}) == 2000
    assert all(customer.contacts and customer.projects for customer in customers)
    assert all(contact.mail.endswith(".example") for customer in customers for contact in customer.contacts)
    assert customers[:50] == make_customers(make_company(UNTIL), 50)


# --- shares


def test_a_realistic_share_is_open_at_the_end_and_most_of_it_is_recent(tickets: list[DemoTicket]) -> None:
    now = Counter(statuses(ticket)[-1] for ticket in tickets)
    is_open = sum(now[status] for status in ("new", "open", "waiting_customer", "waiting_internal"))
    assert 0.02 < is_open / TICKETS < 0.05
    assert now["new"] and now["waiting_customer"] and now["waiting_internal"]
    assert 0.85 < now["closed"] / TICKETS < 0.95
    assert 0.01 < now["cancelled"] / TICKETS < 0.06
    last = tickets[-20:]
    assert sum(statuses(ticket)[-1] in ("new", "open", "waiting_customer", "waiting_internal") for ticket in last) > 5


def test_some_are_reopened(tickets: list[DemoTicket]) -> None:
    back = [("resolved", "open"), ("closed", "open")]
    reopened = [ticket for ticket in tickets if any(step in back for step in pairwise(statuses(ticket)))]
    assert 0.045 < len(reopened) / TICKETS < 0.08


def test_resolution_takes_log_normal_days_that_go_with_priority_product_and_kind(tickets: list[DemoTicket]) -> None:
    found = [value for value in map(days, tickets) if value and value > 1]
    assert statistics.mean(found) > 1.5 * statistics.median(found)
    logs = [math.log(value) for value in found]
    assert abs(statistics.mean(logs) - statistics.median(logs)) < 0.25 * statistics.stdev(logs)
    assert median_days(tickets, kind="problem", priority="urgent") < median_days(
        tickets, kind="problem", priority="low"
    )
    assert median_days(tickets, kind="question") < median_days(tickets, kind="problem")
    assert median_days(tickets, product_id="STB-700") > median_days(tickets, product_id="STB-500")


def test_most_contacts_go_through_support_and_more_of_them_every_year(
    stream: DemoStream, tickets: list[DemoTicket]
) -> None:
    entries = [entry for ticket in tickets for entry in ticket.interactions]
    assert 0.65 < sum(entry.department == "support" for entry in entries) / len(entries) < 0.76
    assert {entry.department for entry in entries} == {"support", "rd", "pm", "sales", "test", "management"}
    middle = (stream.world.begin + stream.world.horizon) / 2
    halves = [[entry for entry in entries if (entry.at >= middle) == late] for late in (False, True)]
    early, late = (sum(entry.department == "support" for entry in half) / len(half) for half in halves)
    assert late > early + 0.02


def test_the_release_that_made_things_worse_stands_out(stream: DemoStream, tickets: list[DemoTicket]) -> None:
    product = next(product for product in stream.world.company.products if product.bad_release)
    bad = next(release for release in product.releases if release.version == product.bad_release)

    def video_share(of: list[DemoTicket]) -> float:
        return sum(ticket.first["category"] == product.bad_category for ticket in of) / len(of)

    window = range(bad.since, bad.since + 120 * DAY)
    own = [ticket for ticket in tickets if ticket.first["product_id"] == product.code]
    within = [ticket for ticket in own if ticket.first["reported_at"] in window]
    before = [ticket for ticket in own if ticket.first["reported_at"] in range(bad.since - 120 * DAY, bad.since)]
    assert len(within) > 1.3 * len(before)
    assert video_share(within) > 1.4 * video_share(before)


def test_complaints_and_private_comments_are_rare_but_there(tickets: list[DemoTicket]) -> None:
    assert 0.015 < sum(len(ticket.complaints) for ticket in tickets) / TICKETS < 0.06
    comments = [comment for ticket in tickets for comment in ticket.comments]
    assert 0.01 < sum(comment.is_private for comment in comments) / len(comments) < 0.15
