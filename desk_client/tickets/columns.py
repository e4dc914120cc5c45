"""The columns of the ticket list: what each shows, in words, and by what it sorts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desk_client.listing.columns import Column, ColumnSet, own_edit_text, seen_text, time_text
from desk_client.reference_store import ReferenceStore
from desk_client.tickets.age import age_text
from shared.domain.status import ENDED, Status
from shared.schemas.ticket import TicketRow
from shared.schemas.ticket_listing import SortKey


class ColumnId(StrEnum):
    """The columns, in their first order."""

    NUMBER = "number"
    PRIORITY = "priority"
    SUBJECT = "subject"
    CUSTOMER = "customer"
    PRODUCT = "product"
    STATUS = "status"
    ASSIGNEE = "assignee"
    WAITING = "waiting_for"
    AGE = "age"
    EDITED = "edited"
    KIND = "kind"
    DUE = "due"
    ACTIVITY = "activity"


COLUMNS: tuple[Column, ...] = (
    Column(ColumnId.NUMBER, QT_TRANSLATE_NOOP("Columns", "Number"), 96, SortKey.NUMBER, align_right=True),
    Column(ColumnId.PRIORITY, QT_TRANSLATE_NOOP("Columns", "Priority"), 84, SortKey.PRIORITY, glyph_only=True),
    Column(ColumnId.SUBJECT, QT_TRANSLATE_NOOP("Columns", "Subject"), 340),
    Column(ColumnId.CUSTOMER, QT_TRANSLATE_NOOP("Columns", "Customer"), 104, SortKey.CUSTOMER),
    Column(ColumnId.PRODUCT, QT_TRANSLATE_NOOP("Columns", "Product"), 120, SortKey.PRODUCT),
    Column(ColumnId.STATUS, QT_TRANSLATE_NOOP("Columns", "Status"), 174, SortKey.STATUS),
    Column(ColumnId.ASSIGNEE, QT_TRANSLATE_NOOP("Columns", "Assignee"), 96, SortKey.ASSIGNEE),
    Column(ColumnId.WAITING, QT_TRANSLATE_NOOP("Columns", "Waiting for"), 104),
    Column(ColumnId.AGE, QT_TRANSLATE_NOOP("Columns", "Age"), 68, SortKey.REPORTED, inverted=True, align_right=True),
    Column(ColumnId.EDITED, QT_TRANSLATE_NOOP("Columns", "Edited"), 110, hidden=True),
    Column(ColumnId.KIND, QT_TRANSLATE_NOOP("Columns", "Kind"), 90, hidden=True),
    Column(ColumnId.DUE, QT_TRANSLATE_NOOP("Columns", "Due"), 130, SortKey.DUE, hidden=True),
    Column(ColumnId.ACTIVITY, QT_TRANSLATE_NOOP("Columns", "Last activity"), 116, SortKey.ACTIVITY, inverted=True,
           hidden=True, align_right=True),
)  # fmt: skip
TICKET_COLUMNS = ColumnSet(
    COLUMNS,
    SortKey.REPORTED,
    descending=True,
    filling=ColumnId.SUBJECT,
    yielding=ColumnId.WAITING,
    say=lambda title: QCoreApplication.translate("Columns", title),
)
INDEX = {column.id: index for index, column in enumerate(COLUMNS)}
PRIORITY_GLYPHS = {"urgent": "up-up", "high": "up", "normal": "dash", "low": "down"}
STATUS_GLYPHS = {
    Status.NEW: "ring",
    Status.OPEN: "disc",
    Status.WAITING_CUSTOMER: "square",
    Status.WAITING_INTERNAL: "square-half",
    Status.RESOLVED: "disc-done",
    Status.CLOSED: "dash",
    Status.CANCELLED: "cross",
    Status.DUPLICATE: "pair",
}


def is_ended(row: TicketRow) -> bool:
    """Whether nobody has to do anything any more."""
    return row.status in ENDED


class TicketTexts:
    """Words for the cells of a row, in the language of the window. Pure look-ups in memory."""

    def __init__(self, reference: ReferenceStore, now: Callable[[], datetime], own_machine: str = "") -> None:
        self._reference, self._own_machine = reference, own_machine
        self._now = now
        self._texts: dict[str, Callable[[TicketRow], str]] = {
            ColumnId.NUMBER: lambda row: str(row.number),
            ColumnId.PRIORITY: lambda row: self._choice("priority", row.priority),
            ColumnId.SUBJECT: lambda row: row.subject or "",
            ColumnId.CUSTOMER: lambda row: row.customer or "",
            ColumnId.PRODUCT: self._product,
            ColumnId.STATUS: lambda row: self._choice("status", row.status),
            ColumnId.ASSIGNEE: self._assignee,
            ColumnId.WAITING: self._waiting_for,
            ColumnId.AGE: lambda row: age_text(row.reported_at, self._now()),
            ColumnId.EDITED: lambda row: row.edited_by or "",
            ColumnId.KIND: lambda row: self._choice("ticket_kind", row.kind),
            ColumnId.DUE: lambda row: time_text(row.due_at) if row.due_at else "",
            ColumnId.ACTIVITY: lambda row: age_text(row.last_activity_at, self._now()),
        }

    def text(self, row: TicketRow, column: str) -> str:
        """What the cell says; for a glyph, the word it stands for."""
        return self._texts[column](row)

    def tooltip(self, row: TicketRow, column: str) -> str:
        """What there is to know beyond the cell."""
        if column == ColumnId.AGE:
            return QCoreApplication.translate("Columns", "Reported {time}").format(time=time_text(row.reported_at))
        if column == ColumnId.ACTIVITY:
            return time_text(row.last_activity_at)
        if column == ColumnId.EDITED or (column == ColumnId.NUMBER and row.edited_by):
            return seen_text(self.edited(row), row.edited_seen)
        if column == ColumnId.PRIORITY:
            priority = self._choice("priority", row.priority)
            return QCoreApplication.translate("Columns", "Priority: {priority}").format(priority=priority)
        return self.text(row, column)

    def edited(self, row: TicketRow) -> str:
        """Who edits the ticket, where and since when; '' where nobody does."""
        if row.edited_by is None:
            return ""
        since = time_text(row.edited_since) if row.edited_since else ""
        if row.edited_by == self._own_machine:
            return own_edit_text(since)
        if row.edited_person:
            text = QCoreApplication.translate("Columns", "{person} is editing this on {machine} since {time}")
            return text.format(person=row.edited_person, machine=row.edited_by, time=since)
        text = QCoreApplication.translate("Columns", "{machine} is editing this since {time}")
        return text.format(machine=row.edited_by, time=since)

    def spoken(self, row: TicketRow) -> str:
        """The row as a screen reader says it."""
        said = [str(row.number), row.subject or ""]
        for column in (ColumnId.STATUS, ColumnId.PRIORITY, ColumnId.CUSTOMER, ColumnId.PRODUCT, ColumnId.ASSIGNEE):
            said.append(self.text(row, column))
        said.append(self.edited(row))
        return ", ".join(part for part in said if part)

    def _choice(self, list_code: str, code: str | None) -> str:
        return self._reference.choice_label(list_code, code)

    def _product(self, row: TicketRow) -> str:
        return " / ".join(part for part in (row.product, row.release) if part)

    def _waiting_for(self, row: TicketRow) -> str:
        department = self._reference.department_by_code(row.waiting_for_department)
        place = department.label(self._reference.language) if department else (row.waiting_for_department or "")
        return row.waiting_for or place

    def _assignee(self, row: TicketRow) -> str:
        if row.assignee:
            return row.assignee
        return "" if is_ended(row) else QCoreApplication.translate("Columns", "nobody")
