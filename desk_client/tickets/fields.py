"""The fields of a ticket: what the form asks the general specification, and what only a ticket knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from desk_client.forms.entity_fields import EntityFields
from desk_client.reference_store import ReferenceStore
from desk_client.widgets.choice_combo import ChoiceItem
from shared.domain.fields import TICKET_FIELDS, Field
from shared.domain.status import Status, next_statuses

ENTITY = "ticket"
Values = Mapping[str, Any]


class TicketFields(EntityFields):
    """Status by the graph; releases and hardware revisions by the product; stars by status and kind."""

    def required_names(self, values: Values, reference: ReferenceStore) -> Collection[str]:
        """What the rules ask for in this status."""
        status, kind = values.get("status") or Status.NEW.value, values.get("kind")
        rules = [rule for rule in reference.data.field_rules if rule.entity == ENTITY]
        return {rule.field for rule in rules if rule.required_for(status, kind)}

    def offered_items(self, field: Field, values: Values, reference: ReferenceStore) -> list[ChoiceItem]:
        """What the dropdown of a field offers, given the other values; nothing that is retired."""
        if field.name == "status":
            return _status_items(values.get("stored_status"), reference)
        if field.reference == "release":
            rows = reference.releases(values.get("product_id"))
        elif field.reference == "hardware_revision":
            rows = reference.hardware_revisions(values.get("product_id"), values.get("found_in_release_id"))
        else:
            return super().offered_items(field, values, reference)
        return [ChoiceItem(row.id, row.name, row.code) for row in rows]

    def is_possible(self, field: Field, values: Values, reference: ReferenceStore) -> bool:
        """Whether a field's value goes with its parents' values, retired or not. An empty one always does."""
        value = values.get(field.name)
        if value is not None and field.reference == "release":
            release = reference.release(value)
            return release is not None and release.parent_id == values.get("product_id")
        if value is not None and field.reference == "hardware_revision":
            return _is_possible_hardware(value, values, reference)
        return super().is_possible(field, values, reference)


TICKET = TicketFields(
    ENTITY,
    TICKET_FIELDS,
    wide=("subject",),
    exclusive={  # waiting is for one: a person or a department
        "waiting_for_staff_id": "waiting_for_department_id",
        "waiting_for_department_id": "waiting_for_staff_id",
    },
)
BY_NAME = TICKET.by_name


def _status_items(stored: str | None, reference: ReferenceStore) -> list[ChoiceItem]:
    codes = [*([Status(stored)] if stored else []), *next_statuses(stored)]
    return [ChoiceItem(code.value, reference.choice_label("status", code), code.value) for code in codes]


def _is_possible_hardware(value: int, values: Values, reference: ReferenceStore) -> bool:
    revision, release = reference.hardware_revision(value), values.get("found_in_release_id")
    if revision is None or revision.parent_id != values.get("product_id"):
        return False
    return release is None or (release, revision.id) in reference.data.release_hardware
