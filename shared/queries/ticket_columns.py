"""The columns of a list line and of an opened ticket, and what must be joined for them."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, FromClause, and_, func, literal_column, select
from sqlalchemy.orm import aliased

from shared.models import (
    Contact,
    Customer,
    Department,
    EditLease,
    Product,
    Project,
    Release,
    Staff,
    Ticket,
    TicketSummary,
)
from shared.queries.rows import AnySelect
from shared.schemas.ticket import TicketDetail, TicketRow, TicketValues

_ASSIGNEE = aliased(Staff, name="assignee")
_WAITING_FOR = aliased(Staff, name="waiting_for")
_EDITOR = aliased(Staff, name="editor")
_ORIGINAL = aliased(Ticket, name="original")

PAGE_COLUMNS: tuple[Any, ...] = (
    Ticket.id,
    Ticket.number,
    Ticket.priority,
    Ticket.kind,
    Ticket.subject,
    Ticket.status,
    Ticket.reported_at,
    Ticket.due_at,
    Ticket.customer_id,
    Ticket.product_id,
    Ticket.found_in_release_id,
    Ticket.assignee_id,
    Ticket.waiting_for_staff_id,
    Ticket.waiting_for_department_id,
)
"""What a page must have of the ticket itself."""

VALUE_NAMES: tuple[str, ...] = tuple(TicketValues.model_fields)
_OWN_NAMES = ("id", "number", "row_version", "origin", "external_id", "created_at", "updated_at", *VALUE_NAMES)
_NOW = func.statement_timestamp()


def select_rows(page: FromClause) -> AnySelect:
    """The columns of a TicketRow, and the page's others, for a ``page`` of PAGE_COLUMNS.

    Names come by nested selects: eleven joins cost PostgreSQL more to plan than the whole page to find.
    """
    of = page.c
    return (
        select(
            *of,
            _value(Customer.name, Customer.id == of.customer_id).label("customer"),
            _value(Product.code, Product.id == of.product_id).label("product"),
            _value(Release.version, Release.id == of.found_in_release_id).label("release"),
            _value(_ASSIGNEE.name, _ASSIGNEE.id == of.assignee_id).label("assignee"),
            _value(_WAITING_FOR.name, _WAITING_FOR.id == of.waiting_for_staff_id).label("waiting_for"),
            _value(Department.code, Department.id == of.waiting_for_department_id).label("waiting_for_department"),
            TicketSummary.last_activity_at,
            EditLease.machine.label("edited_by"),
            _value(_EDITOR.name, _EDITOR.id == EditLease.person_id).label("edited_person"),
            EditLease.taken_at.label("edited_since"),
            EditLease.beat_at.label("edited_seen"),
        )
        .select_from(page)
        .join(TicketSummary, TicketSummary.ticket_id == of.id)
        .outerjoin(EditLease, and_(*_live_lease(of.id)))
    )


@cache
def detail_columns() -> tuple[Any, ...]:
    """The columns of a TicketDetail, each a column of ticket or a nested select: they fit RETURNING as well."""
    lease = _live_lease(_outer("id"))
    editor = select(_EDITOR.name).join(EditLease, EditLease.person_id == _EDITOR.id).where(*lease).scalar_subquery()
    return (
        *(getattr(Ticket, own) for own in _OWN_NAMES),
        _value(Customer.name, Customer.id == _outer("customer_id")).label("customer"),
        _value(Contact.name, Contact.id == _outer("contact_id")).label("contact"),
        _value(Project.code, Project.id == _outer("project_id")).label("project"),
        _value(_ORIGINAL.number, _ORIGINAL.id == _outer("duplicate_of_id")).label("duplicate_of"),
        _value(EditLease.machine, *lease).label("edited_by"),
        editor.label("edited_person"),
        _value(EditLease.taken_at, *lease).label("edited_since"),
        _value(EditLease.beat_at, *lease).label("edited_seen"),
    )


def _value(column: Any, *found_by: Any) -> Any:
    """One column of one row; NULL where there is no such row."""
    return select(column).where(*found_by).scalar_subquery()


def _live_lease(ticket_id: Any) -> tuple[Any, ...]:
    return EditLease.entity == "ticket", EditLease.entity_id == ticket_id, EditLease.expires_at > _NOW


def _outer(name: str) -> Any:
    """A column of the ticket outside; as text, since SQLAlchemy correlates nothing inside INSERT ... RETURNING."""
    return literal_column(f"desk.ticket.{name}", BigInteger)


def row_of(found: Any) -> TicketRow:
    """A row of ``select_rows`` as a TicketRow. What the database holds is not validated again."""
    return TicketRow.model_construct(**{name: found[name] for name in TicketRow.model_fields})


def detail_of(found: Any) -> TicketDetail:
    """A row of ``detail_columns`` as a TicketDetail. An imported text may be longer than a form allows: no check."""
    values = TicketValues.model_construct(**{name: found[name] for name in VALUE_NAMES})
    own = {name: found[name] for name in TicketDetail.model_fields if name != "values"}
    return TicketDetail.model_construct(**own, values=values)
