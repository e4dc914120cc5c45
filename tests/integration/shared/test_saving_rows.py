"""The one protocol of saving, for each entity that it serves: done once, refused as it should be, never overwritten."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from shared import errors
from shared.database import Database
from shared.models import Choice, Contact, Customer, FieldRule, Interaction
from shared.schemas.choice import ChoiceCreate, ChoiceValues, FieldRuleValues
from shared.schemas.contact_log import InteractionCreate, InteractionValues
from shared.schemas.customer import ContactCreate, ContactValues, CustomerCreate, CustomerValues
from shared.schemas.saving import RowUpdate, SavedRow
from shared.services.choices import create_choice, update_choice, update_field_rule
from shared.services.contact_log import add_interaction, update_interaction
from shared.services.customers import create_contact, create_customer, update_contact, update_customer
from shared.services.leases import take_lease
from shared.services.saving import EDITABLE, delete_row, insert_row, restore_row, saved_row, update_row
from tests.desks import RunningDesk
from tests.integration.shared.filling import Filling, complete

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass
class Entity:
    """One entity on an administrator's machine: how a row of it is made, and a change of it."""

    name: str
    values: dict[str, Any]
    change: dict[str, Any]
    database: Database

    @property
    def model(self) -> Any:
        return EDITABLE[self.name]

    def insert(self, save_id: uuid.UUID | None = None, **more: Any) -> SavedRow:
        with self.database.unit_of_work() as session:
            found = insert_row(session, self.model, {**self.values, **more}, save_id=save_id or uuid.uuid4())
            return saved_row(found)

    def update(self, row: SavedRow, save_id: uuid.UUID | None = None, **keywords: Any) -> SavedRow:
        with self.database.unit_of_work() as session:
            given = {"row_version": row.row_version, "save_id": save_id or uuid.uuid4(), **keywords}
            return saved_row(update_row(session, self.model, row.id, self.change, **given))

    def stored(self, row_id: int) -> dict[str, Any]:
        columns = [getattr(self.model, name) for name in ("row_version", "deleted_at", *self.change)]
        with self.database.reading() as conn:
            return dict(conn.execute(select(*columns).where(self.model.id == row_id)).mappings().one())


@pytest.fixture(scope="module")
def filling(desk: RunningDesk) -> Filling:
    return Filling(desk)


@pytest.fixture(scope="module")
def admin(desk: RunningDesk) -> Iterator[Database]:
    database = desk.database("admin", session=uuid.uuid4())
    yield database
    database.close()


@pytest.fixture(scope="module")
def samples(filling: Filling) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Of each entity the values of a row (without what must differ from row to row), and a change of it."""
    customer, product = filling.customer("Nordwave"), filling.product("STB-1")
    department = int(filling.ask("SELECT min(id) FROM desk.department")[0][0])
    ticket = {k: v for k, v in complete(filling).model_dump().items() if v is not None}
    return {
        "ticket": (ticket, {"subject": "Changed"}),
        "customer": ({"name": "Sanchuan"}, {"note": "Changed"}),
        "contact": ({"name": "Li Na", "customer_id": customer}, {"phone": "+86 1"}),
        "project": ({"name": "Hotel", "customer_id": customer, "product_id": product}, {"name": "Changed"}),
        "product": ({"name": "Box"}, {"name": "Changed"}),
        "release": ({"product_id": product}, {"released_on": AT.date()}),
        "hardware_revision": ({"product_id": product}, {"retired_at": AT}),
        "interaction": ({"customer_id": customer, "at": AT, "channel": "phone", "direction": "in"}, {"minutes": 5}),
        "complaint": ({"customer_id": customer, "reported_at": AT, "subject": "Late"}, {"subject": "Changed"}),
        "department": ({"name_en": "Lab", "name_zh": "实验室"}, {"name_en": "Changed"}),
        "staff": ({"name": "Zhou", "department_id": department}, {"name": "Changed"}),
        "choice": ({"list_code": "channel", "label_en": "Fax", "label_zh": "传真"}, {"position": 7}),
        "field_rule": (
            {"entity": "ticket", "label_en": "Colour", "label_zh": "颜色", "is_custom": True}, {"position": 7},
        ),
    }  # fmt: skip


DIFFERS = {
    "project": "code", "product": "code", "release": "version", "hardware_revision": "code", "department": "code",
    "staff": "code", "choice": "code", "field_rule": "field",
}  # fmt: skip


@pytest.fixture(params=list(EDITABLE))
def entity(request: pytest.FixtureRequest, samples: dict[str, Any], admin: Database) -> Entity:
    name = str(request.param)
    values, change = samples[name]
    own = {DIFFERS[name]: f"x{uuid.uuid4().hex[:8]}"} if name in DIFFERS else {}
    return Entity(name, {**values, **own}, change, admin)


def test_every_entity_under_the_guard_is_saved_this_way(filling: Filling) -> None:
    guarded = filling.ask(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'desk.guard_update'::regproc ORDER BY 1"
    )
    assert {name.removeprefix("desk.") for (name,) in guarded} - {"machine"} == set(EDITABLE)


def test_a_row_is_made_once_and_changed_once(entity: Entity) -> None:
    made_by, changed_by = uuid.uuid4(), uuid.uuid4()
    row = entity.insert(made_by)
    assert row.row_version == 1
    with pytest.raises(errors.AlreadySavedError) as again:
        entity.insert(made_by)
    assert (again.value.entity, again.value.entity_id) == (entity.name, row.id)
    changed = entity.update(row, changed_by)
    assert (changed.id, changed.row_version) == (row.id, 2)
    assert changed.updated_at > row.updated_at
    with pytest.raises(errors.AlreadySavedError) as again:
        entity.update(row, changed_by)
    assert (again.value.entity, again.value.entity_id) == (entity.name, row.id)
    stored = entity.stored(row.id)
    assert stored["row_version"] == 2
    assert {name: stored[name] for name in entity.change} == entity.change


def test_a_version_that_moved_on_is_a_conflict(entity: Entity) -> None:
    row = entity.insert()
    newer = entity.update(row)
    with pytest.raises(errors.ConflictError):
        entity.update(row)
    assert entity.update(newer).row_version == 3


def test_another_s_lease_refuses_and_its_own_token_passes(entity: Entity, desk: RunningDesk) -> None:
    row = entity.insert()
    other = desk.database("admin", session=uuid.uuid4())
    with other.reading() as conn:
        lease = take_lease(conn, entity.name, row.id)
    other.close()
    with pytest.raises(errors.LeaseLostError):
        entity.update(row)
    assert entity.stored(row.id)["row_version"] == 1
    assert entity.update(row, lease_token=lease.token).row_version == 2


def test_deleting_and_restoring_are_saves_like_any(entity: Entity) -> None:
    row, deleted_by = entity.insert(), uuid.uuid4()
    with entity.database.unit_of_work() as session:
        gone = delete_row(session, entity.model, row.id, row_version=row.row_version, save_id=deleted_by)
    assert entity.stored(row.id)["deleted_at"] is not None
    with pytest.raises(errors.AlreadySavedError), entity.database.unit_of_work() as session:
        delete_row(session, entity.model, row.id, row_version=row.row_version, save_id=deleted_by)
    with pytest.raises(errors.NotFoundError):
        entity.update(gone)
    with pytest.raises(errors.ConflictError), entity.database.unit_of_work() as session:
        restore_row(session, entity.model, row.id, row_version=row.row_version, save_id=uuid.uuid4())
    with entity.database.unit_of_work() as session:
        back = restore_row(session, entity.model, row.id, row_version=gone.row_version, save_id=uuid.uuid4())
    assert entity.stored(row.id)["deleted_at"] is None
    assert entity.update(back).row_version == 4


def test_what_is_not_there_is_said(entity: Entity) -> None:
    row = entity.insert()
    with pytest.raises(errors.NotFoundError):
        entity.update(row.model_copy(update={"id": 2**40}))
    entity.update(row)


def test_the_named_services_use_it(admin: Database, filling: Filling) -> None:
    with admin.unit_of_work() as session:
        customer = create_customer(session, CustomerCreate(save_id=uuid.uuid4(), name="Lumora"))
        contact = create_contact(
            session, ContactCreate(save_id=uuid.uuid4(), customer_id=customer.id, name="Li Na", title="Lab")
        )
        exchange = add_interaction(
            session,
            InteractionCreate(save_id=uuid.uuid4(), customer_id=customer.id, at=AT, channel="phone", direction="in"),
        )
        telex = ChoiceValues(label_en="Telex", label_zh="电传")
        choice = create_choice(
            session, ChoiceCreate(save_id=uuid.uuid4(), list_code="channel", code="telex", values=telex)
        )
    rule_id, version = filling.ask("SELECT id, row_version FROM desk.field_rule WHERE field = 'subject'")[0]

    def of(row_id: int, values: Any, row_version: int = 1) -> Any:
        return RowUpdate[Any](id=row_id, row_version=row_version, save_id=uuid.uuid4(), values=values)

    with admin.unit_of_work() as session:
        assert update_customer(session, of(customer.id, CustomerValues(note="A", country=None))).row_version == 2
        assert update_contact(session, of(contact.id, ContactValues(title=None, phone="1"))).row_version == 2
        assert update_interaction(session, of(exchange, InteractionValues(minutes=3))).row_version == 2
        assert update_choice(session, of(choice.id, ChoiceValues(retired_at=AT))).row_version == 2
        changed = update_field_rule(session, of(rule_id, FieldRuleValues(help_en="Short"), version))
        assert changed.row_version == version + 1
    with admin.reading() as conn:
        found = conn.execute(select(Contact.title, Contact.phone).where(Contact.id == contact.id)).one()
        assert tuple(found) == (None, "1")
        assert conn.execute(select(Customer.note).where(Customer.id == customer.id)).scalar_one() == "A"
        assert conn.execute(select(Interaction.minutes).where(Interaction.id == exchange)).scalar_one() == 3
        assert conn.execute(select(Choice.retired_at).where(Choice.id == choice.id)).scalar_one() == AT
        assert conn.execute(select(FieldRule.help_en).where(FieldRule.id == rule_id)).scalar_one() == "Short"


def test_one_entity_s_change_leaves_a_machine_that_may_not_write_it(desk: RunningDesk, filling: Filling) -> None:
    """The mechanism asks nobody's level: the grants do."""
    full = desk.database("full")
    values = {"code": f"x{uuid.uuid4().hex[:8]}", "name": "Box"}
    with pytest.raises(errors.PermissionDeniedError), full.unit_of_work() as session:
        insert_row(session, EDITABLE["product"], values, save_id=uuid.uuid4())
    with full.unit_of_work() as session:
        assert insert_row(session, EDITABLE["customer"], {"name": "N"}, save_id=uuid.uuid4())["row_version"] == 1
    full.close()
