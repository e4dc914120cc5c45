"""What a new ticket begins with: what is usual, what was chosen last, and the customer who is still on the phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk_client.reference_store import ReferenceStore
from desk_client.tickets.fields import BY_NAME
from desk_client.tickets.form import texts_of
from shared.schemas.ticket import TicketDetail

USUAL: dict[str, str] = {"kind": "problem", "source": "customer", "channel": "phone", "priority": "normal"}
REMEMBERED = ("source", "channel")


class StickyDefaults:
    """Lives as long as its pane. All of it is visible in the form and can be changed there."""

    def __init__(self, reference: ReferenceStore) -> None:
        self._reference = reference
        self._values: dict[str, Any] = dict(USUAL)
        self._customer: tuple[int, str] | None = None

    def for_new(self, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
        """Values of a new ticket, and the names of what they point to. The customer is kept once."""
        values = {name: code for name, code in self._values.items() if self._is_offered(name, code)}
        values["reported_at"] = now.replace(second=0, microsecond=0)
        texts: dict[str, str] = {}
        if self._customer is not None:
            values["customer_id"], texts["customer_id"] = self._customer
            self._customer = None
        return values, texts

    def remember(self, values: Mapping[str, Any]) -> None:
        """Keep what the next ticket is likely to have too."""
        self._values |= {name: values[name] for name in REMEMBERED if values.get(name) is not None}

    def keep_customer(self, detail: TicketDetail) -> None:
        """The next ticket is of the same customer."""
        customer = detail.values.customer_id
        if customer is not None:
            self._customer = (customer, texts_of(detail).get("customer_id", ""))

    def _is_offered(self, name: str, code: str) -> bool:
        return any(choice.code == code for choice in self._reference.choices(BY_NAME[name].choice_list or ""))
