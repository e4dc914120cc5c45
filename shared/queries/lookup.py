"""Type-ahead: the rows that a few typed letters may mean. Beginnings come before what contains the letters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, String, case, cast, func, or_, select

from shared.models import Contact, Customer, Project, SearchPublic, Ticket
from shared.queries.rows import AnySelect
from shared.queries.ticket_listing import search_query
from shared.schemas.base import storable
from shared.schemas.reference import Named

LOOKUP_ROWS = 20
_LARGEST_NUMBER = 2**63 - 1


def find_customers(conn: Connection, text: str, limit: int = LOOKUP_ROWS) -> tuple[Named, ...]:
    """Customers whose name, short name or number begins with or contains ``text``; ``code`` is the number."""
    statement = select(
        Customer.id, Customer.number.label("code"), Customer.name, Customer.retired_at.is_not(None).label("is_retired")
    ).where(Customer.deleted_at.is_(None), Customer.retired_at.is_(None))
    return _matching(conn, statement, text, (Customer.name, Customer.short_name, Customer.number), limit)


def find_contacts(conn: Connection, customer_id: int, text: str, limit: int = LOOKUP_ROWS) -> tuple[Named, ...]:
    """People at this customer by name; ``code`` is their title, ``parent_id`` the customer."""
    statement = select(
        Contact.id, func.coalesce(Contact.title, "").label("code"), Contact.name, Contact.customer_id.label("parent_id")
    ).where(Contact.customer_id == customer_id, Contact.deleted_at.is_(None), Contact.retired_at.is_(None))
    return _matching(conn, statement, text, (Contact.name,), limit)


def find_projects(conn: Connection, customer_id: int, text: str, limit: int = LOOKUP_ROWS) -> tuple[Named, ...]:
    """Projects with this customer by code or name; ``parent_id`` is the customer."""
    statement = select(Project.id, Project.code, Project.name, Project.customer_id.label("parent_id")).where(
        Project.customer_id == customer_id, Project.deleted_at.is_(None), Project.retired_at.is_(None)
    )
    return _matching(conn, statement, text, (Project.name, Project.code), limit)


def find_tickets(conn: Connection, text: str, limit: int = LOOKUP_ROWS) -> tuple[Named, ...]:
    """Tickets by number or words of their subject and texts, newest first, an exact number before all.

    ``code`` is the number, ``name`` the subject. Without ``text``: the newest tickets.
    """
    wanted = storable(text).strip().removeprefix("#")
    number = int(wanted) if wanted.isdecimal() and int(wanted) <= _LARGEST_NUMBER else None
    statement = select(
        Ticket.id, cast(Ticket.number, String).label("code"), func.coalesce(Ticket.subject, "").label("name")
    ).where(Ticket.deleted_at.is_(None))
    if wanted:
        hits = select(SearchPublic.entity_id).where(
            SearchPublic.entity == "ticket", SearchPublic.words.op("@@")(search_query(wanted))
        )
        statement = statement.where(Ticket.id.in_(hits))  # the number is among the words
        statement = statement.order_by(case((Ticket.number == number, 0), else_=1))
    return _named(conn, statement.order_by(Ticket.id.desc()).limit(limit))


def _matching(
    conn: Connection, statement: AnySelect, text: str, columns: tuple[Any, ...], limit: int
) -> tuple[Named, ...]:
    folded = [func.desk.search_text(column) for column in columns]  # accents, width and case, as the search has it
    if storable(text).strip():
        wanted = func.desk.search_text(storable(text).strip())
        statement = statement.where(or_(*(func.strpos(column, wanted) > 0 for column in folded)))
        begins: ColumnElement[bool] = or_(*(func.starts_with(column, wanted) for column in folded))
        statement = statement.order_by(case((begins, 0), else_=1))
    return _named(conn, statement.order_by(folded[0], statement.selected_columns[0]).limit(limit))


def _named(conn: Connection, statement: AnySelect) -> tuple[Named, ...]:
    return tuple(Named(**row) for row in conn.execute(statement).mappings())
