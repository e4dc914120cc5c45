"""Writes of customers and their contacts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shared.models import Contact, Customer
from shared.schemas.customer import ContactCreate, ContactValues, CustomerCreate, CustomerValues
from shared.schemas.reference import Named
from shared.schemas.saving import RowUpdate, SavedRow
from shared.services.saving import given, insert_row, save_change


def create_customer(session: Session, new: CustomerCreate) -> Named:
    """Insert a customer; its number comes from the database."""
    values = given(new, filled_only=True, leave_out=("save_id",))
    returning = (Customer.id, Customer.number, Customer.name)
    row = insert_row(session, Customer, values, save_id=new.save_id, returning=returning)
    return Named(id=row["id"], code=row["number"], name=row["name"])


def update_customer(session: Session, change: RowUpdate[CustomerValues]) -> SavedRow:
    """Change a customer."""
    return save_change(session, Customer, change)


def create_contact(session: Session, new: ContactCreate) -> Named:
    """Insert a person at a customer."""
    values = given(new, filled_only=True, leave_out=("save_id",))
    row = insert_row(session, Contact, values, save_id=new.save_id, returning=(Contact.id, Contact.name))
    return Named(id=row["id"], code=new.title or "", name=row["name"], parent_id=new.customer_id)


def update_contact(session: Session, change: RowUpdate[ContactValues]) -> SavedRow:
    """Change a person at a customer."""
    return save_change(session, Contact, change)
