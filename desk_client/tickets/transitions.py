"""What each change of status is called and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.reference_store import ReferenceStore
from desk_client.tickets.fields import BY_NAME, ENTITY
from shared.domain.status import ENDED, Status

ASSIGN_FIELDS = ("assignee_id", "department_id")
WAITING_FOR = ("waiting_for_staff_id", "waiting_for_department_id")
_ASKED: dict[Status, tuple[str, ...]] = {
    Status.OPEN: ("assignee_id",),
    Status.WAITING_CUSTOMER: ("next_step", "next_step_at"),
    Status.WAITING_INTERNAL: (*WAITING_FOR, "next_step", "next_step_at"),
    Status.RESOLVED: ("resolution",),
    Status.DUPLICATE: ("duplicate_of_id",),
}
# These open a dialog even where nothing is missing: they say something about the ticket that is worth a sentence.
_ALWAYS_ASKED = (Status.RESOLVED, Status.WAITING_INTERNAL, Status.DUPLICATE, Status.CANCELLED)


def asked_fields(target: Status, values: Mapping[str, Any], reference: ReferenceStore) -> list[str]:
    """The fields that the dialog of a transition shows, each behind what it depends on."""
    names = list(_ASKED.get(target, ()))
    names += [name for name in required_by(target, values, reference) if name not in names]
    for name in tuple(names):
        _put_parents_before(names, name, values)
    return names


def required_by(target: Status, values: Mapping[str, Any], reference: ReferenceStore) -> list[str]:
    """The fields that the status asks for, and not every status."""
    return [
        rule.field
        for rule in sorted(reference.data.field_rules, key=lambda rule: rule.position)
        if rule.entity == ENTITY
        and rule.field in BY_NAME
        and rule.required_status is not None
        and rule.required_for(target, values.get("kind"))
    ]


def _put_parents_before(names: list[str], name: str, values: Mapping[str, Any]) -> None:
    """A cause can't be chosen without a symptom: ask for what is missing on the way down."""
    parent = BY_NAME[name].depends_on
    if parent and values.get(parent) is None and parent not in names:
        names.insert(names.index(name), parent)
        _put_parents_before(names, parent, values)


def needs_dialog(target: Status, values: Mapping[str, Any], reference: ReferenceStore) -> bool:
    """Whether something has to be asked before the status can change."""
    missing = [name for name in required_by(target, values, reference) if values.get(name) is None]
    return bool(missing) or target in _ALWAYS_ASKED


def brought_along(current: str | None, target: Status) -> dict[str, Any]:
    """What the transition writes by itself: the status, and whom it waited for is emptied once it waits no more."""
    waits_no_more = current == Status.WAITING_INTERNAL and target is not Status.WAITING_INTERNAL
    return {**(dict.fromkeys(WAITING_FOR) if waits_no_more else {}), "status": target.value}


def transition_verb(current: str | None, target: Status) -> str:
    """What the person does, for menus and buttons."""
    if target is Status.OPEN:
        if current in ENDED:
            return QCoreApplication.translate("Transition", "Reopen")
        if current in (Status.WAITING_CUSTOMER, Status.WAITING_INTERNAL):
            return QCoreApplication.translate("Transition", "Go on working")
        return QCoreApplication.translate("Transition", "Open")
    words = {
        Status.WAITING_CUSTOMER: QCoreApplication.translate("Transition", "Wait for the customer"),
        Status.WAITING_INTERNAL: QCoreApplication.translate("Transition", "Wait for us"),
        Status.RESOLVED: QCoreApplication.translate("Transition", "Resolve"),
        Status.CLOSED: QCoreApplication.translate("Transition", "Close"),
        Status.CANCELLED: QCoreApplication.translate("Transition", "Cancel the ticket"),
        Status.DUPLICATE: QCoreApplication.translate("Transition", "Mark as duplicate"),
    }
    return words.get(target, target.value)


def impossible_text(current: str | None, target: Status | None, reference: ReferenceStore) -> str:
    """Why a ticket in ``current`` can't become ``target`` (None: any other), and what leads there."""
    stands = reference.choice_label("status", current)
    if target is None:
        text = QCoreApplication.translate("Transition", "The status stays: {status} is an end")
        return text.format(status=stands)
    wanted = reference.choice_label("status", target)
    if current == target:
        return QCoreApplication.translate("Transition", "This ticket is {status} already").format(status=stands)
    if current == Status.NEW:
        text = QCoreApplication.translate("Transition", "A new ticket can't become {wanted}: take or assign it first")
        return text.format(wanted=wanted)
    text = QCoreApplication.translate("Transition", "A ticket that is {status} can't become {wanted}")
    return text.format(status=stands, wanted=wanted)
