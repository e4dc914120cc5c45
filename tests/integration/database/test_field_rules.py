"""Required fields, choices, dependent choices, references, lengths and times: broken by raw SQL, beside what passes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.database.world import World, insert, insert_plain, one, refused, update

REQUIRED = ("kind", "subject", "customer_id", "product_id", "category", "priority", "source", "channel")
CHOICES = ("kind", "category", "symptom", "priority", "severity", "source", "channel", "status")


@pytest.mark.parametrize("field", [*REQUIRED, "status"])
def test_a_required_field_may_not_be_empty(full: Any, world: World, field: str) -> None:
    with refused("DK010", field):
        insert(full, "ticket", **world.ticket(**{field: None}))
    insert(full, "ticket", **world.ticket())


@pytest.mark.parametrize("field", REQUIRED)
def test_a_required_field_may_not_be_emptied(full: Any, ticket: int, field: str) -> None:
    with refused("DK010", field):
        update(full, "ticket", ticket, **{field: None})
    update(full, "ticket", ticket, severity=None)


@pytest.mark.parametrize("blank", ["", "   ", "\t\n", "\u3000", "\u200b", " \u200c\u200d\u2060\ufeff"])
def test_a_blank_text_counts_as_empty(full: Any, world: World, blank: str) -> None:
    with refused("DK010", "subject"):
        insert(full, "ticket", **world.ticket(subject=blank))
    ticket = insert(full, "ticket", **world.ticket(serial=blank))
    assert one(full, "SELECT serial FROM desk.ticket WHERE id = %s", ticket) is None


def test_reported_at_is_now_unless_typed(full: Any, world: World) -> None:
    now, typed = (
        insert(full, "ticket", **world.ticket()),
        insert(full, "ticket", **world.ticket(reported_at="2024-02-29 08:00Z")),
    )
    age = "SELECT extract(epoch FROM clock_timestamp() - reported_at) FROM desk.ticket WHERE id = %s"
    assert 0 <= one(full, age, now) < 60
    assert one(full, "SELECT reported_at = '2024-02-29 08:00Z' FROM desk.ticket WHERE id = %s", typed)


@pytest.mark.parametrize("field", CHOICES)
def test_a_value_must_be_among_the_choices(full: Any, world: World, ticket: int, field: str) -> None:
    with refused("DK011", field):
        insert(full, "ticket", **world.ticket(**{field: "no_such_choice"}))
    with refused("DK011", field):
        update(full, "ticket", ticket, **{field: "no_such_choice"})
    insert(full, "ticket", **world.ticket(severity="major"))


@pytest.fixture
def retired(boss: Any) -> Any:
    """Retire a choice of the priority list for the length of a test."""
    boss.execute("UPDATE desk.choice SET retired_at = now() WHERE list_code = 'priority' AND code = 'low'")
    yield "low"
    boss.execute("UPDATE desk.choice SET retired_at = NULL WHERE list_code = 'priority' AND code = 'low'")


def test_a_retired_choice_is_not_taken_any_more(full: Any, world: World, ticket: int, retired: str) -> None:
    with refused("DK012", "priority"):
        insert(full, "ticket", **world.ticket(priority=retired))
    with refused("DK012", "priority"):
        update(full, "ticket", ticket, priority=retired)
    update(full, "ticket", ticket, priority="normal")


def test_a_choice_retired_since_does_not_lock_an_old_row(full: Any, boss: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(severity="trivial"))
    boss.execute("UPDATE desk.choice SET retired_at = now() WHERE list_code = 'severity' AND code = 'trivial'")
    update(full, "ticket", ticket, subject="Another field")
    update(full, "ticket", ticket, severity="minor")
    with refused("DK012", "severity"):
        update(full, "ticket", ticket, severity="trivial")


def test_a_field_required_since_does_not_lock_an_old_row(full: Any, boss: Any, world: World, ticket: int) -> None:
    boss.execute("UPDATE desk.field_rule SET is_required = true WHERE entity = 'ticket' AND field = 'serial'")
    update(full, "ticket", ticket, subject="Another field")
    update(full, "ticket", ticket, status="open", assignee_id=world.staff["lin"])
    with refused("DK010", "serial"):
        insert(full, "ticket", **world.ticket())
    update(full, "ticket", ticket, serial="SN-1")
    with refused("DK010", "serial"):
        update(full, "ticket", ticket, serial=None)
    boss.execute("UPDATE desk.field_rule SET is_required = false WHERE entity = 'ticket' AND field = 'serial'")


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("symptom", {"symptom": "no_sound"}, {"category": "audio", "symptom": "no_sound"}),
        ("cause", {"cause": "flash_wear"}, {"cause": "decoder_defect"}),
        ("symptom", {"category": "audio"}, {"category": "audio", "symptom": None}),
    ],
    ids=["symptom of another category", "cause of another symptom", "category moved away"],
)
def test_a_dependent_choice_must_go_with_its_parent(
    full: Any, ticket: int, field: str, wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    with refused("DK013", field):
        update(full, "ticket", ticket, **wrong)
    update(full, "ticket", ticket, **right)


def test_a_pair_taken_out_of_the_matrix_does_not_lock_an_old_row(full: Any, admin: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(category="remote", symptom="wrong_key"))
    pair = one(
        admin,
        "SELECT array[p.id, c.id] FROM desk.choice p, desk.choice c WHERE p.code = 'remote' AND c.code = 'wrong_key'",
    )
    admin.execute("SELECT desk.dependent_choice_set(%s, %s, false)", pair)
    update(full, "ticket", ticket, subject="Another field")
    with refused("DK013", "symptom"):
        insert(full, "ticket", **world.ticket(category="remote", symptom="wrong_key"))
    admin.execute("SELECT desk.dependent_choice_set(%s, %s, true)", pair)
    insert(full, "ticket", **world.ticket(category="remote", symptom="wrong_key"))


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("found_in_release_id", {"found_in_release_id": "other_release"}, {"found_in_release_id": "release"}),
        ("fixed_in_release_id", {"fixed_in_release_id": "other_release"}, {"fixed_in_release_id": "release"}),
        ("hardware_revision_id", {"hardware_revision_id": "other_hardware"}, {"hardware_revision_id": "hardware"}),
        (
            "hardware_revision_id",
            {"found_in_release_id": "bare_release", "hardware_revision_id": "hardware"},
            {"found_in_release_id": "release", "hardware_revision_id": "hardware"},
        ),
        ("contact_id", {"contact_id": "other_contact"}, {"contact_id": "contact"}),
        ("project_id", {"project_id": "other_project"}, {"project_id": "project"}),
    ],
    ids=["found in", "fixed in", "hardware of another product", "hardware of no such release", "contact", "project"],
)
def test_references_must_go_together(
    full: Any, world: World, ticket: int, field: str, wrong: dict[str, str], right: dict[str, str]
) -> None:
    ids = lambda names: {column: getattr(world, name) for column, name in names.items()}  # noqa: E731 - short
    with refused("DK013", field):
        insert(full, "ticket", **world.ticket(**ids(wrong)))
    with refused("DK013", field):
        update(full, "ticket", ticket, **ids(wrong))
    insert(full, "ticket", **world.ticket(**ids(right)))
    update(full, "ticket", ticket, **ids(right))


def test_another_product_leaves_no_release_of_the_old_one(full: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(found_in_release_id=world.release, contact_id=world.contact))
    with refused("DK013", "found_in_release_id"):
        update(full, "ticket", ticket, product_id=world.other_product)
    with refused("DK013", "contact_id"):
        update(full, "ticket", ticket, customer_id=world.other_customer)
    update(full, "ticket", ticket, product_id=world.other_product, found_in_release_id=world.other_release)


@pytest.mark.parametrize(
    "field", ["customer_id", "product_id", "assignee_id", "department_id", "duplicate_of_id", "contact_id"]
)
def test_a_reference_must_be_there(full: Any, ticket: int, field: str) -> None:
    with refused("23503", field):
        update(full, "ticket", ticket, **{field: 10**9})
    update(full, "ticket", ticket, subject="Other")


def test_what_was_deleted_or_retired_is_not_pointed_to_any_more(
    full: Any, boss: Any, world: World, ticket: int
) -> None:
    gone = insert(full, "customer", name="Gone")
    old = insert(full, "ticket", **world.ticket(customer_id=gone))
    update(full, "customer", gone, deleted_at="now")
    with refused("23503", "customer_id"):
        update(full, "ticket", ticket, customer_id=gone)
    update(full, "ticket", old, subject="Its old ticket is not locked")
    with refused("DK012", "product_id"):
        insert(full, "ticket", **world.ticket(product_id=world.retired_product))
    left = insert_plain(
        boss, "staff", code="left", name="Left", department_id=world.department["rd"], retired_at="2020-01-01"
    )
    with refused("DK012", "assignee_id"):
        update(full, "ticket", ticket, assignee_id=left)
    update(full, "ticket", ticket, assignee_id=world.staff["lin"])


@pytest.mark.parametrize("future", ["clock_timestamp() + interval '1 minute'", "'infinity'", "'3000-01-01'"])
def test_a_ticket_is_not_reported_in_the_future(full: Any, world: World, ticket: int, future: str) -> None:
    moment = str(one(full, f"SELECT (({future})::timestamptz)::text"))
    with refused("DK016", "reported_at"):
        insert(full, "ticket", **world.ticket(reported_at=moment))
    with refused("DK016", "reported_at"):
        update(full, "ticket", ticket, reported_at=moment)
    update(full, "ticket", ticket, reported_at="2026-01-01")


@pytest.mark.parametrize("odd", ["infinity", "-infinity", "20000-01-01", "2026-01-01 BC", "0001-01-01"])
def test_a_time_is_one_that_every_client_can_read(full: Any, world: World, ticket: int, odd: str) -> None:
    for field in ("due_at", "next_step_at"):
        with refused("DK019", field):
            update(full, "ticket", ticket, **{field: odd})
    with refused("DK019", "closed_at"):
        insert(full, "complaint", customer_id=world.customer, subject="S", reported_at="2026-01-01", closed_at=odd)
    update(full, "ticket", ticket, due_at="2030-01-01", next_step_at="1999-12-31")
    full.execute("SELECT due_at, next_step_at FROM desk.ticket WHERE id = %s", (ticket,))
    assert [moment.year for moment in full.fetchone()] == [2030, 1999]


def test_contacts_and_complaints_do_not_lie_in_the_future_either(full: Any, world: World) -> None:
    with refused("DK016", "at"):
        insert(full, "interaction", channel="phone", direction="in", at="3000-01-01")
    with refused("DK016", "reported_at"):
        insert(full, "complaint", customer_id=world.customer, subject="Late", reported_at="3000-01-01")
    insert(full, "interaction", channel="phone", direction="in", at="2026-01-01")
    insert(full, "complaint", customer_id=world.customer, subject="Late", reported_at="2026-01-01")


@pytest.mark.parametrize(
    ("field", "longest"),
    [("subject", 300), ("serial", 100), ("next_step", 1000), ("description", 100_000), ("resolution", 100_000)],
)
def test_a_text_has_its_length(full: Any, ticket: int, field: str, longest: int) -> None:
    with refused("DK019", field):
        update(full, "ticket", ticket, **{field: "测" * (longest + 1)})
    update(full, "ticket", ticket, **{field: "测" * longest})


def test_a_comment_has_a_text(full: Any, ticket: int) -> None:
    for body, state in ((None, "DK010"), (" ", "DK010"), ("x" * 100_001, "DK019")):
        for private in (False, True):
            with refused(state, "body"):
                insert(full, "comment", ticket_id=ticket, body=body, is_private=private)
    insert(full, "comment", ticket_id=ticket, body="x" * 100_000)


def test_rules_of_other_tables(full: Any, admin: Any, world: World) -> None:
    with refused("DK010", "name"):
        insert(full, "customer", name="")
    with refused("DK011", "tier"):
        insert(full, "customer", name="N", tier="huge")
    with refused("DK013", "contact_id"):
        insert(
            full,
            "interaction",
            channel="phone",
            direction="in",
            customer_id=world.customer,
            contact_id=world.other_contact,
        )
    with refused("DK010", "channel"):
        insert(full, "interaction", direction="in")
    with refused("DK011", "stage"):
        insert(
            full, "project", code="Q", name="Q", customer_id=world.customer, product_id=world.product, stage="dreaming"
        )
    insert(full, "customer", name="N", tier="key", served_by_id=world.staff["lin"])
    insert(full, "interaction", channel="phone", direction="in", customer_id=world.customer, contact_id=world.contact)
    insert(full, "project", code="Q", name="Q", customer_id=world.customer, product_id=world.product, stage="pilot")


def test_custom_fields_behave_like_built_in_ones(full: Any, admin: Any, boss: Any, world: World) -> None:
    boss.execute("INSERT INTO desk.choice_list (code, label_en, label_zh) VALUES ('region', 'Region', '地区')")
    insert(admin, "choice", list_code="region", code="north", label_en="North", label_zh="北方")
    rule = {"entity": "ticket", "field": "region", "label_en": "Region", "label_zh": "地区", "choice_list": "region"}
    insert(admin, "field_rule", **rule, is_required=True, is_custom=True)
    with refused("DK010", "region"):
        insert(full, "ticket", **world.ticket())
    with refused("DK010", "region"):
        insert(full, "ticket", **world.ticket(custom={"region": "  "}))
    with refused("DK011", "region"):
        insert(full, "ticket", **world.ticket(custom={"region": "south"}))
    ticket = insert(full, "ticket", **world.ticket(custom={"region": "north"}))
    with refused("DK010", "region"):
        update(full, "ticket", ticket, custom={})
    made = one(admin, "SELECT id FROM desk.field_rule WHERE field = 'region'")
    update(admin, "field_rule", made, is_required=False)
    update(full, "ticket", ticket, custom={})


def test_letters_without_width_stay_in_a_text_that_has_others(full: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket(subject="\u200bA", custom={"note": "\u2060", "kept": "\ufeffx"}))
    assert one(full, "SELECT subject FROM desk.ticket WHERE id = %s", ticket) == "\u200bA"
    assert one(full, "SELECT custom FROM desk.ticket WHERE id = %s", ticket) == {"kept": "\ufeffx"}
    with refused("DK010", "body"):
        insert(full, "comment", ticket_id=ticket, body="\u200b \u2060")
    insert(full, "comment", ticket_id=ticket, body="\u200b!")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "EST5MARS", "CEST", "asia/shanghai"])
def test_a_time_zone_is_one_that_there_is(full: Any, zone: str) -> None:
    with refused("DK019", "time_zone"):
        insert(full, "customer", name="Z", time_zone=zone)
    customer = insert(full, "customer", name="Z", time_zone="Asia/Shanghai")
    with refused("DK019", "time_zone"):
        update(full, "customer", customer, time_zone=zone)
    for known in ("Europe/Berlin", "UTC", None, " "):
        update(full, "customer", customer, time_zone=known)


def test_a_time_zone_that_has_gone_does_not_lock_an_old_row(full: Any, boss: Any) -> None:
    customer = insert(full, "customer", name="Z")
    boss.execute("ALTER TABLE desk.customer DISABLE TRIGGER d_time_zone")
    boss.execute("UPDATE desk.customer SET time_zone = 'Asia/Peking' WHERE id = %s", (customer,))
    boss.execute("ALTER TABLE desk.customer ENABLE TRIGGER d_time_zone")
    update(full, "customer", customer, name="Y")


@pytest.mark.parametrize("minutes", [-1, 10_001])
def test_an_exchange_takes_a_time_that_can_be(full: Any, minutes: int) -> None:
    values = {"channel": "phone", "direction": "in"}
    with refused("23514"):
        insert(full, "interaction", minutes=minutes, **values)
    for possible in (0, 10_000, None):
        insert(full, "interaction", minutes=possible, **values)


def test_custom_fields_are_an_object(full: Any, ticket: int) -> None:
    for odd in ("[]", "null", '"text"'):
        with refused("23514"):
            update(full, "ticket", ticket, custom=odd)
    update(full, "ticket", ticket, custom={})


def test_a_machine_s_message_quotes_no_value(full: Any, world: World) -> None:
    with refused("DK011") as caught:
        insert(full, "ticket", **world.ticket(priority="very-secret-value"))
    assert "secret" not in str(caught.value)
