"""A small filled desk for the database's own tests, and raw SQL that machines send: no product code in between."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import psycopg2.extras
import pytest


@dataclass(frozen=True)
class World:
    """Ids of what ``fill`` makes: two customers and two products, each with what belongs to it."""

    customer: int
    other_customer: int
    contact: int
    other_contact: int
    project: int
    other_project: int
    product: int
    other_product: int
    release: int
    bare_release: int  # of ``product``, runs on no hardware
    other_release: int  # of ``other_product``
    hardware: int
    other_hardware: int
    retired_product: int
    staff: dict[str, int]
    department: dict[str, int]

    def ticket(self, **changes: Any) -> dict[str, Any]:
        """Values of a new ticket that breaks no rule."""
        values = {
            "kind": "problem", "subject": "Garbled picture after the update", "customer_id": self.customer,
            "product_id": self.product, "category": "video", "symptom": "garbled_picture", "priority": "high",
            "source": "customer", "channel": "phone", "status": "new",
        }  # fmt: skip
        return {**values, **changes}


def one(cursor: Any, statement: str, *parameters: Any) -> Any:
    """The first column of the first row."""
    cursor.execute(statement, parameters or None)
    return cursor.fetchone()[0]


def rows(cursor: Any, statement: str, *parameters: Any) -> list[dict[str, Any]]:
    """All rows as dictionaries."""
    cursor.execute(statement, parameters or None)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def insert(cursor: Any, table: str, **values: Any) -> int:
    """INSERT by a machine: a save_id of its own, unless one is given. Returns the id."""
    values.setdefault("save_id", str(uuid.uuid4()))
    return insert_plain(cursor, table, **values)


def insert_plain(cursor: Any, table: str, **values: Any) -> int:
    """INSERT as it stands (of the owner, or of the import)."""
    marks = ", ".join(["%s"] * len(values))
    statement = f"INSERT INTO desk.{table} ({', '.join(values)}) VALUES ({marks}) RETURNING id"
    cursor.execute(statement, [_adapted(value) for value in values.values()])
    return int(cursor.fetchone()[0])


def update(cursor: Any, table: str, row: int, **values: Any) -> None:
    """UPDATE by a machine that has just read the row: save_id and the next version, unless they are given."""
    values.setdefault("save_id", str(uuid.uuid4()))
    if "row_version" not in values:
        values["row_version"] = one(cursor, f"SELECT row_version + 1 FROM desk.{table} WHERE id = %s", row)
    if values["row_version"] is None:
        del values["row_version"]
    sets = ", ".join(f"{name} = %s" for name in values)
    cursor.execute(f"UPDATE desk.{table} SET {sets} WHERE id = %s", [*map(_adapted, values.values()), row])
    assert cursor.rowcount == 1


def mark(cursor: Any, field: str, *, is_private: bool, entity: str = "contact", moves: bool = True) -> int:
    """An administrator marks a field, and moves what there is to move. Answers how much that was."""
    version = one(cursor, "SELECT row_version FROM desk.field_rule WHERE entity = %s AND field = %s", entity, field)
    left = one(
        cursor,
        "SELECT desk.field_private_set(%s, %s, %s, gen_random_uuid(), NULL, %s)", entity, field, is_private, version,
    )  # fmt: skip
    while moves and one(cursor, "SELECT desk.field_private_move(1000)"):
        pass
    return int(left)


def _adapted(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    return psycopg2.extras.Json(value) if isinstance(value, dict) else value


@contextmanager
def refused(state: str, column: str | None = None) -> Iterator[Any]:
    """The block must raise this SQLSTATE, at this column where one is named; yields the exception's info."""
    with pytest.raises(psycopg2.Error) as caught:
        yield caught
    assert caught.value.pgcode == state, f"{caught.value.pgcode}: {caught.value}"
    if column is not None:
        assert caught.value.diag.column_name == column


def fill(cursor: Any) -> World:
    """Fill an empty migrated desk; ``cursor`` is the owner's."""
    make = lambda table, **values: insert_plain(cursor, table, **values)  # noqa: E731 - shorter than a def, used below
    customer, other = make("customer", name="Hisense"), make("customer", name="Skyworth")
    product, other_product = (
        make("product", code="STB-300", name="STB 300"),
        make("product", code="RT-20", name="RT 20"),
    )
    release = make("release", product_id=product, version="2.1")
    hardware = make("hardware_revision", product_id=product, code="A1")
    cursor.execute("INSERT INTO desk.release_hardware VALUES (%s, %s)", (release, hardware))
    return World(
        customer=customer,
        other_customer=other,
        contact=make("contact", customer_id=customer, name="Gao", phone="555-0101", mail="gao@example.com"),
        other_contact=make("contact", customer_id=other, name="Ma"),
        project=make("project", code="P1", name="P1", customer_id=customer, product_id=product),
        other_project=make("project", code="P2", name="P2", customer_id=other, product_id=product),
        product=product,
        other_product=other_product,
        release=release,
        bare_release=make("release", product_id=product, version="2.2"),
        other_release=make("release", product_id=other_product, version="9.0"),
        hardware=hardware,
        other_hardware=make("hardware_revision", product_id=other_product, code="R1"),
        retired_product=make("product", code="OLD", name="Old", retired_at="2020-01-01"),
        staff={row["code"]: row["id"] for row in rows(cursor, "SELECT code, id FROM desk.staff")},
        department={row["code"]: row["id"] for row in rows(cursor, "SELECT code, id FROM desk.department")},
    )
