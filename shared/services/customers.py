"""Writes of customers and their contacts."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.models import Contact, Customer
from shared.schemas.customer import ContactCreate, CustomerCreate
from shared.schemas.reference import Named


def create_customer(session: Session, new: CustomerCreate) -> Named:
    """Insert a customer; its number comes from the database."""
    values = {name: value for name, value in new.model_dump().items() if value is not None}
    statement = insert(Customer).values(**values).returning(Customer.id, Customer.number, Customer.name)
    row = session.execute(statement).one()
    return Named(id=row.id, code=row.number, name=row.name)


def create_contact(session: Session, new: ContactCreate) -> Named:
    """Insert a person at a customer."""
    values = {name: value for name, value in new.model_dump().items() if value is not None}
    statement = insert(Contact).values(**values).returning(Contact.id, Contact.name)
    row = session.execute(statement).one()
    return Named(id=row.id, code=new.title or "", name=row.name, parent_id=new.customer_id)
