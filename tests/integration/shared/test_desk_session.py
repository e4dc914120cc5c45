"""The first questions of a client, the reference data, type-ahead."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from shared import SCHEMA_REVISION, __version__, errors
from shared.database import Database
from shared.domain.level import Level
from shared.domain.status import Status
from shared.queries.lookup import find_contacts, find_customers, find_projects, find_tickets
from shared.queries.reference import get_reference
from shared.queries.session import check_gate, get_session, get_version_gate
from shared.queries.tickets import find_ticket_by_number, list_tickets
from shared.schemas.ticket_listing import TicketFilter, TicketListing
from tests.desks import MACHINES, RunningDesk
from tests.integration.shared.filling import Filling

EVERYTHING = frozenset({"contact.phone", "contact.mail", "comment.body", "search.private"})


@pytest.fixture(scope="module")
def filling(desk: RunningDesk) -> Filling:
    return Filling(desk)


def test_this_client_passes_the_gate(query: Database) -> None:
    with query.reading() as conn:
        gate = get_version_gate(conn)
    check_gate(gate, __version__, SCHEMA_REVISION)
    assert gate.schema_revision >= SCHEMA_REVISION


def test_a_gate_that_rose_refuses_in_a_sentence(query: Database, filling: Filling) -> None:
    filling.ask("UPDATE desk.version_gate SET min_client = '99.0'")
    with query.reading() as conn:
        gate = get_version_gate(conn)
    filling.ask("UPDATE desk.version_gate SET min_client = '0.1.0'")
    with pytest.raises(errors.VersionGateError, match=r"at least 99\.0"):
        check_gate(gate, __version__, SCHEMA_REVISION)


@pytest.mark.parametrize("key", MACHINES)
def test_who_is_connected(desk: RunningDesk, key: str) -> None:
    name, level, people = MACHINES[key]
    database = desk.database(key)
    with database.reading() as conn:
        session = get_session(conn)
    database.close()
    assert (session.machine, session.level) == (name, Level(level))
    assert sorted(person.code for person in session.people) == sorted(people)
    assert (session.person.code if session.person else None) == (people[0] if len(people) == 1 else None)
    assert session.readable_private == (EVERYTHING if session.level.can_write else frozenset())
    assert abs(session.clock_ahead) < timedelta(minutes=1)
    assert session.time_zone


@pytest.mark.parametrize(("stated", "known"), [("zhao", "zhao"), ("lin", "lin"), ("wang", None)])
def test_the_stated_person_counts_where_bound(desk: RunningDesk, stated: str, known: str | None) -> None:
    database = desk.database("shared", person=stated, session=uuid.uuid4())
    with database.reading() as conn:
        session = get_session(conn)
    database.close()
    assert (session.person.code if session.person else None) == known


def test_the_superuser_is_no_machine(desk: RunningDesk) -> None:
    database = Database(desk.desk.owner_connect_args())
    with pytest.raises(errors.LoginRefusedError), database.reading() as conn:
        get_session(conn)
    database.close()


def test_reference_data_is_whole(query: Database, filling: Filling) -> None:
    product = filling.product("STB-REF", retired_at=datetime.now(UTC))
    release = filling.release(product, "1.0")
    hardware = filling.insert("hardware_revision", product_id=product, code="A1", origin="import")
    filling.ask("INSERT INTO desk.release_hardware VALUES (%s, %s)", release, hardware)
    with query.reading() as conn:
        reference = get_reference(conn)
    lists = {choice.list_code for choice in reference.choices}
    assert {"ticket_kind", "priority", "severity", "category", "symptom", "cause", "status"} <= lists
    assert {choice.code for choice in reference.choices if choice.list_code == "status"} == set(Status)
    ids = {choice.id for choice in reference.choices}
    assert reference.dependent_choices
    assert all(parent in ids and child in ids for parent, child in reference.dependent_choices)
    assert {"subject", "customer_id"} <= {rule.field for rule in reference.field_rules if rule.is_required}
    assert next(found for found in reference.products if found.id == product).is_retired
    assert next(found for found in reference.releases if found.id == release).parent_id == product
    assert (release, hardware) in reference.release_hardware
    assert {"lin", "chen"} <= {person.code for person in reference.staff}
    assert next(found for found in reference.departments if found.code == "support").is_support
    assert all(choice.label("en") and choice.label("zh_CN") for choice in reference.choices)


def test_customers_by_beginning_then_by_part(query: Database, filling: Filling) -> None:
    for name in ("Nova Display", "Supernova", "novatek", "创维数字", "100% Box_Ltd", "Backslash \\ Co", "Sông Lam"):
        filling.customer(name)
    filling.customer("Nova Retired", retired_at=datetime.now(UTC))
    with query.reading() as conn:

        def names(text: str, limit: int = 20) -> list[str]:
            return [found.name for found in find_customers(conn, text, limit)]

        assert names("NOVA") == ["Nova Display", "novatek", "Supernova"]
        assert names("nova", 1) == ["Nova Display"]
        assert names("维数") == ["创维数字"]
        assert names("%") == ["100% Box_Ltd"]
        assert names("_") == ["100% Box_Ltd"]
        assert names("\\") == ["Backslash \\ Co"]
        assert names("/") == []
        assert names("song l") == names("ＳÔNG") == ["Sông Lam"]  # accents and width do not matter
        assert len(names("")) == 7
        (found,) = find_customers(conn, "创维")
        assert find_customers(conn, found.code) == (found,)


def test_contacts_and_projects_are_the_customers_own(query: Database, filling: Filling) -> None:
    one, other = filling.customer("Own One"), filling.customer("Own Other")
    product = filling.product("STB-OWN")
    for customer in (one, other):
        filling.insert("contact", customer_id=customer, name=f"王小明 {customer}", origin="import")
        filling.insert(
            "project",
            code=f"PRJ-{customer}",
            name="客厅盒子",
            customer_id=customer,
            product_id=product,
            origin="import",
        )
    with query.reading() as conn:
        assert [found.name for found in find_contacts(conn, one, "小明")] == [f"王小明 {one}"]
        assert [found.code for found in find_projects(conn, one, "prj")] == [f"PRJ-{one}"]
        assert [found.parent_id for found in find_projects(conn, other, "客厅")] == [other]
        assert find_contacts(conn, one, "nobody") == ()


def test_tickets_by_number_words_and_foreign_name(query: Database, filling: Filling) -> None:
    first = filling.ticket(subject="Zylophone flickers 花屏", external_id="Case 17", import_source="old desk")
    second = filling.ticket(subject="zylophone again")
    gone = filling.ticket(subject="zylophone deleted")
    filling.ask("UPDATE desk.ticket SET deleted_at = now() WHERE id = %s", gone)
    ((number,),) = filling.ask("SELECT number FROM desk.ticket WHERE id = %s", first)
    with query.reading() as conn:
        assert [found.id for found in find_tickets(conn, "zyloph")] == [second, first]
        assert [found.id for found in find_tickets(conn, "花屏")] == [first]
        assert find_tickets(conn, f"#{number}")[0].id == first
        assert len(find_tickets(conn, "", limit=1)) == 1
        assert find_ticket_by_number(conn, f" #{number} ") == first
        assert find_ticket_by_number(conn, "Case 17") == first
        assert find_ticket_by_number(conn, str(2**70)) is None
        assert find_ticket_by_number(conn, "none") is None


TYPED = ("\0", "a\0b", "\ud83d", "!!!", "' OR 1=1 --", "\\", "%", ":* & |", "花" * 2_000, "①½", "x" * 9_000)


@pytest.mark.parametrize("place", range(len(TYPED)))
def test_whatever_is_typed_is_searched_for(query: Database, place: int) -> None:
    with query.reading() as conn:
        find_customers(conn, TYPED[place])
        find_tickets(conn, TYPED[place])
        find_ticket_by_number(conn, TYPED[place])
        page = list_tickets(conn, TicketListing(filter=TicketFilter(text=TYPED[place])))
        is_empty = not TYPED[place].strip("\0")
        assert bool(page.rows) == is_empty
