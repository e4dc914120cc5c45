"""A desk whose audit has some thousand entries: demo tickets, a contact with private values, one that was forgotten."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from desk_server.demo.loader import seed
from tests.desks import RunningDesk

TICKETS = 150


def add_contact(desk: RunningDesk, name: str, phone: str) -> int:
    """A contact made and changed by the full machine; its id."""
    cursor = desk.connect("full").cursor()
    cursor.execute("SELECT min(id) FROM desk.customer")
    customer = cursor.fetchone()[0]
    cursor.execute(
        "INSERT INTO desk.contact (customer_id, name, phone, save_id) VALUES (%s, %s, %s, %s) RETURNING id",
        (customer, name, phone, str(uuid.uuid4())),
    )
    contact = int(cursor.fetchone()[0])
    cursor.execute(
        "UPDATE desk.contact SET phone = %s, save_id = %s, row_version = row_version + 1 WHERE id = %s",
        (f"{phone}-9", str(uuid.uuid4()), contact),
    )
    return contact


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    """Seeded once a file."""
    seed(desk.desk, TICKETS, 7, dt.date(2026, 1, 1))
    add_contact(desk, "Ren Kept", "555-0101")
    gone = add_contact(desk, "Moe Gone", "555-0777")
    desk.owner().cursor().execute("SELECT desk.forget_contact(%s, '{}', '{}')", (gone,))
    desk.close_connections()
    return desk
