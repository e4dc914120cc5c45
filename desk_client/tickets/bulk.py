"""Many tickets changed at once: what only tickets know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from desk_client.bulk.entity import BulkEntity
from desk_client.reference_store import ReferenceStore
from desk_client.tickets.fields import TICKET, TicketFields
from desk_client.tickets.transitions import WAITING_FOR, required_by
from desk_client.widgets.choice_combo import ChoiceItem
from shared.domain.fields import TICKET_FIELDS, Field
from shared.domain.status import Status
from shared.schemas.ticket import TicketValues


class ManyTicketsFields(TicketFields):
    """Every status is offered: which ticket can take it, the desk says of each."""

    def offered_items(self, field: Field, values: Mapping[str, Any], reference: ReferenceStore) -> list[ChoiceItem]:
        """What the dropdown of a field offers."""
        if field.name != "status":
            return super().offered_items(field, values, reference)
        wanted = [status for status in Status if status is not Status.NEW]
        return [ChoiceItem(code.value, reference.choice_label("status", code), code.value) for code in wanted]


class TicketBulk(BulkEntity):
    """Changes of many tickets."""

    def __init__(self) -> None:
        super().__init__(ManyTicketsFields("ticket", TICKET_FIELDS, wide=("subject",), exclusive=TICKET.exclusive))

    def completed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Whom a ticket waited for is over once it waits no more."""
        status = values.get("status")
        over = dict.fromkeys(WAITING_FOR) if status and status != Status.WAITING_INTERNAL else {}
        return {**over, **values}

    def as_json(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Checked as a form's are."""
        return TicketValues(**values).model_dump(mode="json", include=set(values))

    def note(self, name: str, values: Mapping[str, Any], reference: ReferenceStore) -> str:
        """What the status asks for: a ticket that lacks it stays as it is."""
        if name != "status" or not values.get("status"):
            return ""
        needed = required_by(Status(values["status"]), {"kind": "problem"}, reference)
        labels = [self.spec.label(one, reference) for one in needed if one not in values]
        if not labels:
            return ""
        text = QCoreApplication.translate("Bulk", "Tickets may lack for it: {fields}")
        return text.format(fields=QCoreApplication.translate("EntityForm", ", ").join(labels))

    def count_text(self, count: int) -> str:
        """So many tickets."""
        return count_text(count)


def count_text(count: int) -> str:
    """The one plural of the client: English has its own word for one, and no .qm in which Qt would find plurals."""
    if count == 1:
        text = QCoreApplication.translate("TicketsPage", "{count} ticket")
    else:
        text = QCoreApplication.translate("TicketsPage", "{count} tickets")
    return text.format(count=QLocale().toString(count))
