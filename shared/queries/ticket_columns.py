"""The columns of a list line and of an opened ticket, and what must be joined for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

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

ROW_COLUMNS: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...] = (
    Ticket.id,
    Ticket.number,
    Ticket.priority,
    Ticket.kind,
    Ticket.subject,
    Customer.name.label("customer"),
    Product.code.label("product"),
    Release.version.label("release"),
    Ticket.status,
    _ASSIGNEE.name.label("assignee"),
    _WAITING_FOR.name.label("waiting_for"),
    Department.code.label("waiting_for_department"),
    Ticket.reported_at,
    Ticket.due_at,
    func.coalesce(TicketSummary.last_activity_at, Ticket.updated_at).label("last_activity_at"),
    EditLease.machine.label("edited_by"),
    _EDITOR.name.label("edited_person"),
    EditLease.taken_at.label("edited_since"),
)
VALUE_NAMES: tuple[str, ...] = tuple(TicketValues.model_fields)
_OWN_NAMES = ("id", "number", "row_version", "origin", "external_id", "created_at", "updated_at", *VALUE_NAMES)
_NOW = func.statement_timestamp()


def select_rows(*more: Any) -> AnySelect:
    """The columns of a TicketRow, and ``more``, of all tickets."""
    return (
        select(*ROW_COLUMNS, *more)
        .select_from(Ticket)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .outerjoin(Product, Product.id == Ticket.product_id)
        .outerjoin(Release, Release.id == Ticket.found_in_release_id)
        .outerjoin(_ASSIGNEE, _ASSIGNEE.id == Ticket.assignee_id)
        .outerjoin(_WAITING_FOR, _WAITING_FOR.id == Ticket.waiting_for_staff_id)
        .outerjoin(Department, Department.id == Ticket.waiting_for_department_id)
        .outerjoin(TicketSummary, TicketSummary.ticket_id == Ticket.id)
        .outerjoin(
            EditLease,
            and_(EditLease.entity == "ticket", EditLease.entity_id == Ticket.id, EditLease.expires_at > _NOW),
        )
        .outerjoin(_EDITOR, _EDITOR.id == EditLease.person_id)
    )


def detail_columns() -> list[Any]:
    """The columns of a TicketDetail, each a column of ticket or a nested select: they fit RETURNING as well."""
    return [
        *(getattr(Ticket, own) for own in _OWN_NAMES),
        _name(Customer.name, Customer.id, "customer_id").label("customer"),
        _name(Contact.name, Contact.id, "contact_id").label("contact"),
        _name(Project.code, Project.id, "project_id").label("project"),
        _name(_ORIGINAL.number, _ORIGINAL.id, "duplicate_of_id").label("duplicate_of"),
        _lease(EditLease.machine).scalar_subquery().label("edited_by"),
        _lease(_EDITOR.name).join(_EDITOR, _EDITOR.id == EditLease.person_id).scalar_subquery().label("edited_person"),
        _lease(EditLease.taken_at).scalar_subquery().label("edited_since"),
    ]


def _outer(name: str) -> Any:
    """A column of the ticket outside; as text, since SQLAlchemy correlates nothing inside INSERT ... RETURNING."""
    return literal_column(f"desk.ticket.{name}", BigInteger)


def _name(column: Any, key: Any, reference: str) -> Any:
    return select(column).where(key == _outer(reference)).scalar_subquery()


def _lease(column: Any) -> Any:
    live = (EditLease.entity == "ticket", EditLease.entity_id == _outer("id"), EditLease.expires_at > _NOW)
    return select(column).select_from(EditLease).where(*live)


def row_of(found: Any) -> TicketRow:
    """A row of ``select_rows`` as a TicketRow. What the database holds is not validated again."""
    return TicketRow.model_construct(**{name: found[name] for name in TicketRow.model_fields})


def detail_of(found: Any) -> TicketDetail:
    """A row of ``detail_columns`` as a TicketDetail. An imported text may be longer than a form allows: no check."""
    values = TicketValues.model_construct(**{name: found[name] for name in VALUE_NAMES})
    own = {name: found[name] for name in TicketDetail.model_fields if name != "values"}
    return TicketDetail.model_construct(**own, values=values)
