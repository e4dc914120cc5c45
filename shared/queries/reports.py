"""Figures of the desk: how long tickets took to be resolved or closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, String, cast, func, literal, null, select, union_all

from shared.domain.status import ENDED
from shared.errors import UserError
from shared.models import Customer, Product, Setting, Staff, Ticket, TicketSummary
from shared.queries.rows import AnySelect
from shared.schemas.reports import DurationReport, DurationRow

MEASURES = ("resolution", "closing")
GROUPINGS = ("product", "priority", "customer", "assignee", "month")
SECONDS_PER_DAY = 86_400.0
_LAST_EVENT = {"resolution": TicketSummary.last_resolved_at, "closing": TicketSummary.last_closed_at}
_STATED = {"resolution": "resolved", "closing": "closed"}
_GROUP_CODE: dict[str, Any] = {
    "product": Product.code,
    "priority": Ticket.priority,
    "customer": Customer.number,
    "assignee": Staff.code,
}


def get_duration_report(
    conn: Connection, measure: str, by: str | None = None, start: date | None = None, end: date | None = None
) -> DurationReport:
    """Days from report to the last resolved ('resolution') or closed ('closing') event, by group. One statement.

    ``start`` and ``end`` are days in the desk's time zone, both included. ``by`` is one of GROUPINGS; None: one row
    over all. Groups that have open tickets alone are there with n = 0. UserError for an unknown measure or grouping.
    """
    if measure not in MEASURES:
        raise UserError(f"There is no report {measure}; there are {', '.join(MEASURES)}.")
    if by is not None and by not in GROUPINGS:
        raise UserError(f"No grouping by {by}; there are {', '.join(GROUPINGS)}.")
    found = conn.execute(_statistics(measure, by, start, end)).mappings().all()
    return DurationReport(definition=_definition(measure), rows=tuple(DurationRow(**row) for row in found))


def _statistics(measure: str, by: str | None, start: date | None, end: date | None) -> AnySelect:
    """Two rows a ticket at most: its days at the time of its last event, and its being open at the time of report."""
    last = _LAST_EVENT[measure]
    days = cast(func.extract("epoch", last - Ticket.reported_at), Float(53)) / SECONDS_PER_DAY
    lines = union_all(
        _lines(by, last, days, literal(0)).where(last.is_not(None), *_within(last, start, end)),
        _lines(by, Ticket.reported_at, cast(null(), Float(53)), literal(1)).where(
            Ticket.status.not_in(ENDED), *_within(Ticket.reported_at, start, end)
        ),
    ).subquery("lines")
    value = lines.c.days
    statement = select(
        (null() if by is None else lines.c.group).label("group"),
        func.count(value).label("n"),
        func.avg(value).label("mean_days"),
        func.var_samp(value).label("variance_days"),
        func.stddev_samp(value).label("sd_days"),
        func.percentile_cont(0.5).within_group(value).label("median_days"),
        func.percentile_cont(0.9).within_group(value).label("p90_days"),
        func.min(value).label("min_days"),
        func.max(value).label("max_days"),
        func.coalesce(func.sum(lines.c.open), 0).label("open"),
    )
    return statement if by is None else statement.group_by(lines.c.group).order_by(lines.c.group.collate("C"))


def _lines(by: str | None, at: Any, days: Any, is_open: Any) -> AnySelect:
    statement = (
        select(_group(by, at).label("group"), days.label("days"), is_open.label("open"))
        .select_from(Ticket)
        .join(TicketSummary, TicketSummary.ticket_id == Ticket.id)
        .where(Ticket.deleted_at.is_(None))
    )
    if by == "product":
        return statement.outerjoin(Product, Product.id == Ticket.product_id)
    if by == "customer":
        return statement.outerjoin(Customer, Customer.id == Ticket.customer_id)
    if by == "assignee":
        return statement.outerjoin(Staff, Staff.id == Ticket.assignee_id)
    return statement


def _group(by: str | None, at: Any) -> ColumnElement[Any]:
    if by is None:
        return cast(null(), String)
    if by == "month":
        return func.to_char(_local(at), "YYYY-MM")
    return func.coalesce(_GROUP_CODE[by], "")


def _within(at: Any, start: date | None, end: date | None) -> list[ColumnElement[bool]]:
    day = func.date(_local(at))
    return [*([day >= start] if start else []), *([day <= end] if end else [])]


def _local(at: Any) -> ColumnElement[Any]:
    """``at`` on the clock of the desk's time zone."""
    zone = select(func.coalesce(func.max(Setting.value), "UTC")).where(Setting.key == "time_zone").scalar_subquery()
    return func.timezone(zone, at)


def _definition(measure: str) -> str:
    return (
        f"{measure.capitalize()} days = (last event that states '{_STATED[measure]}' - reported at) / 86400 s, "
        "calendar time. n: tickets with such an event, reopened or not; open: tickets that are in none of resolved, "
        "closed, cancelled, duplicate, so n + open may exceed the number of tickets. Variance and standard deviation "
        "are of the sample (n - 1); median and P90 are interpolated linearly. Period and month go by that event, for "
        "open tickets by reported at, in the desk's time zone."
    )
