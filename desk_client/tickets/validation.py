"""The rules of the database, asked before sending: quick and kind. The database has the last word.

On an update they apply, as there, to the fields that changed and to the transition made: a rule that came later
never locks an old row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.forms.entity_fields import needed_text
from desk_client.reference_store import ReferenceStore
from desk_client.tickets.fields import BY_NAME, ENTITY, TICKET
from desk_client.widgets.field_frame import Saying
from shared.domain.fields import FieldType
from shared.domain.status import Status
from shared.schemas.reference import FieldRule

Values = Mapping[str, Any]


def required_fields(values: Values, base: Values | None, reference: ReferenceStore) -> list[FieldRule]:
    """The rules whose field has to be filled now. ``base`` is the row as it was read, None for a new one."""
    status, kind = values.get("status") or Status.NEW.value, values.get("kind")
    rules = [rule for rule in reference.data.field_rules if rule.entity == ENTITY and rule.field in BY_NAME]
    needed = [rule for rule in rules if rule.required_for(status, kind)]
    if base is None:
        return needed
    return [rule for rule in needed if _is_asked_again(rule, values, base)]


def _is_asked_again(rule: FieldRule, values: Values, base: Values) -> bool:
    """Whether the field was emptied, or the status or kind that asks for it is another now."""
    return (
        base.get(rule.field) is not None
        or (rule.required_status is not None and values.get("status") != base.get("status"))
        or (rule.required_kind is not None and values.get("kind") != base.get("kind"))
    )


def check(values: Values, base: Values | None, reference: ReferenceStore, now: datetime) -> dict[str, Saying]:
    """A message for each field that breaks a rule; {} where all is well."""
    errors: dict[str, Saying] = {}
    for rule in required_fields(values, base, reference):
        if values.get(rule.field) is None:
            errors[rule.field] = partial(required_text, rule, values.get("status"))
    for name, value in values.items():
        if name not in BY_NAME or value is None or (base is not None and value == base.get(name)):
            continue
        if _value_text(name, value, now):
            errors[name] = partial(_value_text, name, value, now)
    if is_waiting_for_nobody(values, base):
        errors["waiting_for_staff_id"] = _waiting_text
    return errors


def is_waiting_for_nobody(values: Values, base: Values | None) -> bool:
    """Whether it is put on waiting for us without saying for whom."""
    return (
        values.get("status") == Status.WAITING_INTERNAL
        and (base is None or base.get("status") != Status.WAITING_INTERNAL)
        and values.get("waiting_for_staff_id") is None
        and values.get("waiting_for_department_id") is None
    )


def _waiting_text() -> str:
    return QCoreApplication.translate("TicketForm", "Say who it waits for")


def _value_text(name: str, value: Any, now: datetime) -> str:
    """What is wrong with a value in itself, '' where nothing is."""
    field = BY_NAME[name]
    too_long = TICKET.length_text(name, value)
    if too_long:
        return too_long
    if field.type is FieldType.TIME and name == "reported_at" and value > now:
        return QCoreApplication.translate("TicketForm", "This lies in the future")
    return ""


def required_text(rule: FieldRule, status: str | None) -> str:
    """Why a field is needed, in the words of the field."""
    if rule.required_status is None:
        return needed_text()
    if status in (Status.RESOLVED, Status.CLOSED):
        if rule.required_kind == ("problem",):
            return QCoreApplication.translate("TicketForm", "Needed to resolve a problem")
        return QCoreApplication.translate("TicketForm", "Needed to resolve")
    if status == Status.DUPLICATE:
        return QCoreApplication.translate("TicketForm", "Needed to mark a duplicate")
    if status in (Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_INTERNAL):
        return QCoreApplication.translate("TicketForm", "Needed while it is open")
    return QCoreApplication.translate("TicketForm", "Needed in this status")
