"""The ticket form: its cards, and which fields belong to which status."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desk_client.forms.form import EntityForm
from desk_client.reference_store import ReferenceStore
from desk_client.tickets import validation
from desk_client.tickets.fields import TICKET
from desk_client.widgets.field_frame import Saying
from shared.domain.status import Status
from shared.schemas.ticket import TicketDetail

NOT_IN_FORM = ("number",)
PLAN = ("next_step", "next_step_at", "due_at", "waiting_for_staff_id", "waiting_for_department_id")
SOLUTION = ("resolution", "fixed_in_release_id", "duplicate_of_id")
CARDS = ("main", "solution", "plan")


def is_shown(name: str, status: str, values: Mapping[str, Any]) -> bool:
    """Whether a field is on the form in this status; a value that is there is always shown."""
    if values.get(name) is not None:
        return True
    if name.startswith("waiting_for_"):
        return status == Status.WAITING_INTERNAL
    if name in ("resolution", "fixed_in_release_id"):
        return status in (Status.RESOLVED, Status.CLOSED)
    if name == "duplicate_of_id":
        return status == Status.DUPLICATE
    return True


class TicketForm(EntityForm[TicketDetail]):
    """Shows a ticket or a new one."""

    cards = CARDS
    refreshing = ("status", "kind")

    def __init__(
        self, reference: ReferenceStore, now: Callable[[], datetime], *, read_only: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(TICKET, reference, now, read_only=read_only, name="ticketForm", parent=parent)
        if not read_only:
            self.setFocusProxy(self.fields.frames["subject"].editor)

    def left_out(self) -> Collection[str]:
        """The number, and where nothing is entered what the head of the pane shows already."""
        return (*NOT_IN_FORM, "status", "subject") if self._read_only else NOT_IN_FORM

    def card_of(self, name: str) -> str:
        """What was wrong, how it was solved, what comes next."""
        if name in PLAN:
            return "plan"
        return "solution" if name in SOLUTION else "main"

    def card_title(self, card: str) -> str:
        """The first card needs none."""
        if card == "solution":
            return QCoreApplication.translate("TicketForm", "Solution")
        return QCoreApplication.translate("TicketForm", "Next") if card == "plan" else ""

    def is_shown(self, name: str, values: Mapping[str, Any]) -> bool:
        """By the status."""
        return is_shown(name, values.get("status") or Status.NEW.value, values)

    def texts_of(self, detail: TicketDetail) -> Mapping[str, str]:
        """Customer, contact, project and the original of a duplicate."""
        return texts_of(detail)

    def take_context(self) -> None:
        """The stored status says what the status may become."""
        self.fields.context["stored_status"] = None if self._base is None else self._base.get("status")

    def new_values(self) -> Mapping[str, Any]:
        """It is new."""
        return {"status": Status.NEW.value}

    def check_values(self) -> dict[str, Saying]:
        """The rules of the database, asked before sending."""
        return validation.check(self.values(), self._base, self.reference, self._now())

    def retranslate(self) -> None:
        """Its name, and everything in it."""
        self.setAccessibleName(QCoreApplication.translate("TicketForm", "Ticket form"))
        super().retranslate()


def texts_of(detail: TicketDetail) -> dict[str, str]:
    """The names of what a ticket points to and only the server knows."""
    named = {
        "customer_id": detail.customer,
        "contact_id": detail.contact,
        "project_id": detail.project,
        "duplicate_of_id": None if detail.duplicate_of is None else str(detail.duplicate_of),
    }
    return {name: text for name, text in named.items() if text}
