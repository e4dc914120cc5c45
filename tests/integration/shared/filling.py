"""Rows for tests of reading, written as the import writes them: with gaps, ties and times of old."""

from __future__ import annotations

import uuid
from typing import Any

from psycopg2.extras import Json

from shared.schemas.ticket import TicketValues
from tests.desks import RunningDesk

REQUIRED = ("kind", "subject", "customer_id", "product_id", "category", "priority", "source", "channel", "status")


class Filling:
    """Inserts rows as desk_import (and what it may not, as the superuser)."""

    def __init__(self, desk: RunningDesk) -> None:
        self._import = desk.owner(role="desk_import")
        self._owner = desk.owner()

    def insert(self, table: str, **values: Any) -> int:
        """Insert one row; returns its id."""
        adapted = [Json(value) if isinstance(value, dict) else value for value in values.values()]
        marks = ", ".join(["%s"] * len(values))
        with self._import.cursor() as cursor:
            cursor.execute(f"INSERT INTO desk.{table} ({', '.join(values)}) VALUES ({marks}) RETURNING id", adapted)
            return int(cursor.fetchone()[0])

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement of the superuser; [] where it has none."""
        with self._owner.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def customer(self, name: str, **more: Any) -> int:
        return self.insert("customer", name=name, origin="import", **more)

    def product(self, code: str, **more: Any) -> int:
        return self.insert("product", code=code, name=f"Product {code}", origin="import", **more)

    def release(self, product_id: int, version: str) -> int:
        return self.insert("release", product_id=product_id, version=version, origin="import")

    def ticket(self, **values: Any) -> int:
        return self.insert("ticket", **{"status": "new", "origin": "import", **values})

    def event(self, ticket_id: int, at: Any, **more: Any) -> int:
        return self.insert("ticket_event", ticket_id=ticket_id, at=at, **{"kind": "imported", **more})

    def staff_id(self, code: str) -> int:
        return int(self.ask("SELECT id FROM desk.staff WHERE code = %s", code)[0][0])


def complete(filling: Filling, **more: Any) -> TicketValues:
    """Values that fulfil every rule of a new ticket: with a customer and a product of their own."""
    name = uuid.uuid4().hex[:8]
    values = {
        "kind": "question",
        "subject": "No picture after the update 黑屏",
        "customer_id": filling.customer(f"Customer {name}"),
        "product_id": filling.product(f"STB-{name}"),
        "category": "video",
        "priority": "normal",
        "source": "customer",
        "channel": "phone",
        "status": "new",
    }
    return TicketValues(**{**values, **more})
