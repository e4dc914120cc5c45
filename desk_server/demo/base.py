"""The demo's company and customers in the database: what is there already under the same code or name is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from desk_server.demo.company import FOREVER, Company
from desk_server.demo.customers import DemoCustomer
from desk_server.demo.opening import World
from desk_server.demo.rows import Ids, Row, time_text
from shared.errors import UserError


def insert(cursor: Any, table: str, rows: Sequence[Row], returning: str = "", conflict: str = "") -> list[Any]:
    """Insert the rows with one statement, in their order; ``returning`` names columns to give back."""
    if not rows:
        return []
    names = ", ".join(rows[0])
    statement = (
        f"INSERT INTO desk.{table} ({names})"  # noqa: S608 - names of our own tables and columns
        f" SELECT {names} FROM jsonb_populate_recordset(NULL::desk.{table}, %s::jsonb) {conflict}"
    )
    cursor.execute(f"{statement} RETURNING {returning}" if returning else statement, (json.dumps(rows),))
    found: list[Any] = cursor.fetchall() if returning else []
    return found


def _insert_missing(cursor: Any, table: str, rows: Iterable[Row]) -> None:
    insert(cursor, table, list(rows), conflict="ON CONFLICT DO NOTHING")


def _fetch(cursor: Any, statement: str) -> list[Any]:
    cursor.execute(statement)
    found: list[Any] = cursor.fetchall()
    return found


def _retired(second: int, horizon: int) -> str | None:
    return time_text(second) if second < min(FOREVER, horizon) else None


def _mapping(cursor: Any, table: str) -> dict[str, int]:
    return dict(_fetch(cursor, f"SELECT code, id FROM desk.{table}"))  # noqa: S608 - a table of ours


def write_base(cursor: Any, world: World) -> Ids:
    """Insert what is missing of company and customers; the ids of all of it. Runs under SET ROLE desk_import."""
    ids = Ids(department=_mapping(cursor, "department"))
    _check_departments(world.company, ids)
    _write_staff(cursor, world, ids)
    _write_products(cursor, world, ids)
    _write_customers(cursor, world, ids)
    _write_contacts(cursor, world.customers, ids)
    _write_projects(cursor, world.customers, ids)
    return ids


def _check_departments(company: Company, ids: Ids) -> None:
    missing = {person.department for person in company.staff} - ids.department.keys()
    if missing:
        raise UserError(f"The demo needs departments that this desk does not have: {', '.join(sorted(missing))}.")


def _write_staff(cursor: Any, world: World, ids: Ids) -> None:
    _insert_missing(
        cursor,
        "staff",
        (
            {
                "code": person.code,
                "name": person.name,
                "department_id": ids.department[person.department],
                "mail": f"{person.code}@desk.example",
                "retired_at": _retired(person.left_at, world.horizon),
                "created_at": time_text(world.begin),
                "updated_at": time_text(world.begin),
            }
            for person in world.company.staff
        ),
    )
    ids.staff = _mapping(cursor, "staff")


def _write_products(cursor: Any, world: World, ids: Ids) -> None:
    common = {"origin": "seed", "created_at": time_text(world.begin), "updated_at": time_text(world.begin)}
    products = world.company.products
    _insert_missing(
        cursor,
        "product",
        (
            {"code": product.code, "name": product.name, "family": product.family}
            | {"retired_at": _retired(product.retired_at, world.horizon)}
            | common
            for product in products
        ),
    )
    ids.product = _mapping(cursor, "product")
    parents = {product.code: common | {"product_id": ids.product[product.code]} for product in products}
    _insert_missing(
        cursor,
        "release",
        (
            parents[product.code] | {"version": release.version, "released_on": release.released_on.isoformat()}
            for product in products
            for release in product.releases
        ),
    )
    _insert_missing(
        cursor,
        "hardware_revision",
        (parents[product.code] | {"code": revision} for product in products for revision in product.hardware),
    )
    ids.release = _of_products(cursor, "release", "version")
    ids.hardware_revision = _of_products(cursor, "hardware_revision", "code")
    _write_matrix(cursor, world, ids)


def _of_products(cursor: Any, table: str, column: str) -> dict[tuple[str, str], int]:
    found = _fetch(
        cursor,
        f"SELECT p.code, r.{column}, r.id FROM desk.{table} r JOIN desk.product p ON p.id = r.product_id",  # noqa: S608 - ours
    )
    return {(product, name): row_id for product, name, row_id in found}


def _write_matrix(cursor: Any, world: World, ids: Ids) -> None:
    """Which release runs on which hardware revision."""
    _insert_missing(
        cursor,
        "release_hardware",
        (
            {
                "release_id": ids.release[product.code, release.version],
                "hardware_revision_id": ids.hardware_revision[product.code, revision],
            }
            for product in world.company.products
            for release in product.releases
            for revision in release.hardware
        ),
    )


def _write_customers(cursor: Any, world: World, ids: Ids) -> None:
    """Customers have no code of ours: a seeded one is known by its name."""
    known = dict(_fetch(cursor, "SELECT name, id FROM desk.customer WHERE origin = 'seed' ORDER BY id DESC"))
    missing = [customer for customer in world.customers if customer.name not in known]
    known.update(
        insert(
            cursor,
            "customer",
            [
                {
                    "name": customer.name,
                    "short_name": customer.short_name,
                    "kind": customer.kind,
                    "tier": customer.tier,
                    "country": customer.country,
                    "time_zone": customer.time_zone,
                    "served_by_id": ids.staff[customer.served_by],
                    "origin": "seed",
                    "created_at": time_text(world.begin),
                    "updated_at": time_text(world.begin),
                }
                for customer in missing
            ],
            returning="name, id",
        )
    )
    ids.customer = {customer.index: known[customer.name] for customer in world.customers}
    new = {customer.name for customer in missing}
    _add_contacts(cursor, world, [customer for customer in world.customers if customer.name in new], ids)


def _add_contacts(cursor: Any, world: World, customers: Sequence[DemoCustomer], ids: Ids) -> None:
    insert(
        cursor,
        "contact",
        [
            {
                "customer_id": ids.customer[customer.index],
                "name": contact.name,
                "title": contact.title,
                "phone": contact.phone,
                "mail": contact.mail,
                "origin": "seed",
                "created_at": time_text(world.begin),
                "updated_at": time_text(world.begin),
            }
            for customer in customers
            for contact in customer.contacts
        ],
    )


def _write_contacts(cursor: Any, customers: Sequence[DemoCustomer], ids: Ids) -> None:
    """Contacts are added with their customer, in order: the n-th seeded one is the n-th of the catalogue."""
    found: dict[int, list[int]] = {}
    for customer_id, contact_id in _fetch(
        cursor, "SELECT customer_id, id FROM desk.contact WHERE origin = 'seed' ORDER BY id"
    ):
        found.setdefault(customer_id, []).append(contact_id)
    for customer in customers:
        contacts = zip(customer.contacts, found.get(ids.customer[customer.index], ()), strict=True)
        ids.contact.update({contact.key: contact_id for contact, contact_id in contacts})


def _write_projects(cursor: Any, customers: Sequence[DemoCustomer], ids: Ids) -> None:
    _insert_missing(
        cursor,
        "project",
        (
            {
                "code": project.code,
                "name": project.name,
                "customer_id": ids.customer[customer.index],
                "product_id": ids.product[project.product],
                "stage": project.stage,
                "manager_id": ids.staff[project.manager],
                "origin": "seed",
            }
            for customer in customers
            for project in customer.projects
        ),
    )
    ids.project = _mapping(cursor, "project")
