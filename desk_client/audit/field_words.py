"""What fields are called in the audit that no administrator's rule names, and which of them say nothing in a list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desk_client.reference_store import ReferenceStore

_FIELDS: dict[str, Any] = {
    "address": QT_TRANSLATE_NOOP("AuditFields", "Address"),
    "at": QT_TRANSLATE_NOOP("AuditFields", "Time"),
    "body": QT_TRANSLATE_NOOP("AuditFields", "Text"),
    "channel": QT_TRANSLATE_NOOP("AuditFields", "Channel"),
    "child_id": QT_TRANSLATE_NOOP("AuditFields", "Choice below"),
    "choice_list": QT_TRANSLATE_NOOP("AuditFields", "Choice list"),
    "closed_at": QT_TRANSLATE_NOOP("AuditFields", "Closed at"),
    "code": QT_TRANSLATE_NOOP("AuditFields", "Code"),
    "comment_id": QT_TRANSLATE_NOOP("AuditFields", "Comment"),
    "contact_id": QT_TRANSLATE_NOOP("AuditFields", "Contact"),
    "content": QT_TRANSLATE_NOOP("AuditFields", "Content"),
    "country": QT_TRANSLATE_NOOP("AuditFields", "Country"),
    "created_at": QT_TRANSLATE_NOOP("AuditFields", "Created at"),
    "customer_id": QT_TRANSLATE_NOOP("AuditFields", "Customer"),
    "deleted_at": QT_TRANSLATE_NOOP("AuditFields", "Deleted at"),
    "department_id": QT_TRANSLATE_NOOP("AuditFields", "Department"),
    "depends_on": QT_TRANSLATE_NOOP("AuditFields", "Depends on"),
    "description": QT_TRANSLATE_NOOP("AuditFields", "Description"),
    "detail": QT_TRANSLATE_NOOP("AuditFields", "Details"),
    "direction": QT_TRANSLATE_NOOP("AuditFields", "Direction"),
    "entity": QT_TRANSLATE_NOOP("AuditFields", "Entity"),
    "entity_id": QT_TRANSLATE_NOOP("AuditFields", "Row"),
    "external_id": QT_TRANSLATE_NOOP("AuditFields", "External number"),
    "family": QT_TRANSLATE_NOOP("AuditFields", "Family"),
    "field": QT_TRANSLATE_NOOP("AuditFields", "Field"),
    "first_used_at": QT_TRANSLATE_NOOP("AuditFields", "First used at"),
    "forgotten": QT_TRANSLATE_NOOP("AuditFields", "Forgotten"),
    "from_status": QT_TRANSLATE_NOOP("AuditFields", "From status"),
    "hardware_revision_id": QT_TRANSLATE_NOOP("AuditFields", "Hardware revision"),
    "help_en": QT_TRANSLATE_NOOP("AuditFields", "Help, English"),
    "help_zh": QT_TRANSLATE_NOOP("AuditFields", "Help, Chinese"),
    "id": QT_TRANSLATE_NOOP("AuditFields", "Key"),
    "is_alarm": QT_TRANSLATE_NOOP("AuditFields", "Is an alarm"),
    "is_custom": QT_TRANSLATE_NOOP("AuditFields", "Is the site's own"),
    "is_fixed": QT_TRANSLATE_NOOP("AuditFields", "Is fixed"),
    "is_private": QT_TRANSLATE_NOOP("AuditFields", "Is private"),
    "is_required": QT_TRANSLATE_NOOP("AuditFields", "Is required"),
    "is_support": QT_TRANSLATE_NOOP("AuditFields", "Is support"),
    "issued_at": QT_TRANSLATE_NOOP("AuditFields", "Issued at"),
    "key": QT_TRANSLATE_NOOP("AuditFields", "Key"),
    "kind": QT_TRANSLATE_NOOP("AuditFields", "Kind"),
    "label_en": QT_TRANSLATE_NOOP("AuditFields", "Label, English"),
    "label_zh": QT_TRANSLATE_NOOP("AuditFields", "Label, Chinese"),
    "level": QT_TRANSLATE_NOOP("AuditFields", "Level"),
    "level_since": QT_TRANSLATE_NOOP("AuditFields", "Level since"),
    "list_code": QT_TRANSLATE_NOOP("AuditFields", "Choice list"),
    "machine": QT_TRANSLATE_NOOP("AuditFields", "Machine"),
    "machine_id": QT_TRANSLATE_NOOP("AuditFields", "Machine"),
    "mail": QT_TRANSLATE_NOOP("AuditFields", "Mail"),
    "manager_id": QT_TRANSLATE_NOOP("AuditFields", "Manager"),
    "may_be_private": QT_TRANSLATE_NOOP("AuditFields", "May be private"),
    "media_type": QT_TRANSLATE_NOOP("AuditFields", "Kind of file"),
    "min_client": QT_TRANSLATE_NOOP("AuditFields", "Oldest client"),
    "minutes": QT_TRANSLATE_NOOP("AuditFields", "Minutes"),
    "name": QT_TRANSLATE_NOOP("AuditFields", "Name"),
    "name_en": QT_TRANSLATE_NOOP("AuditFields", "Name, English"),
    "name_zh": QT_TRANSLATE_NOOP("AuditFields", "Name, Chinese"),
    "not_after": QT_TRANSLATE_NOOP("AuditFields", "Good until"),
    "note": QT_TRANSLATE_NOOP("AuditFields", "Note"),
    "number": QT_TRANSLATE_NOOP("AuditFields", "Number"),
    "origin": QT_TRANSLATE_NOOP("AuditFields", "Origin"),
    "parent_id": QT_TRANSLATE_NOOP("AuditFields", "Choice above"),
    "person_id": QT_TRANSLATE_NOOP("AuditFields", "Person"),
    "phone": QT_TRANSLATE_NOOP("AuditFields", "Phone"),
    "position": QT_TRANSLATE_NOOP("AuditFields", "Position"),
    "product_id": QT_TRANSLATE_NOOP("AuditFields", "Product"),
    "reason": QT_TRANSLATE_NOOP("AuditFields", "Reason"),
    "release_id": QT_TRANSLATE_NOOP("AuditFields", "Release"),
    "released_on": QT_TRANSLATE_NOOP("AuditFields", "Released on"),
    "replaced_at": QT_TRANSLATE_NOOP("AuditFields", "Replaced at"),
    "reported_at": QT_TRANSLATE_NOOP("AuditFields", "Reported at"),
    "required_kind": QT_TRANSLATE_NOOP("AuditFields", "Required for kinds"),
    "required_status": QT_TRANSLATE_NOOP("AuditFields", "Required for statuses"),
    "resolution": QT_TRANSLATE_NOOP("AuditFields", "Resolution"),
    "retired_at": QT_TRANSLATE_NOOP("AuditFields", "Retired at"),
    "schema_revision": QT_TRANSLATE_NOOP("AuditFields", "Schema"),
    "seen_at": QT_TRANSLATE_NOOP("AuditFields", "Seen at"),
    "seen_by": QT_TRANSLATE_NOOP("AuditFields", "Seen by"),
    "serial": QT_TRANSLATE_NOOP("AuditFields", "Serial number"),
    "served_by_id": QT_TRANSLATE_NOOP("AuditFields", "Served by"),
    "severity": QT_TRANSLATE_NOOP("AuditFields", "Severity"),
    "sha256": QT_TRANSLATE_NOOP("AuditFields", "Checksum"),
    "short_name": QT_TRANSLATE_NOOP("AuditFields", "Short name"),
    "size": QT_TRANSLATE_NOOP("AuditFields", "Size"),
    "staff_id": QT_TRANSLATE_NOOP("AuditFields", "Person"),
    "stage": QT_TRANSLATE_NOOP("AuditFields", "Stage"),
    "status": QT_TRANSLATE_NOOP("AuditFields", "Status"),
    "subject": QT_TRANSLATE_NOOP("AuditFields", "Subject"),
    "summary": QT_TRANSLATE_NOOP("AuditFields", "Summary"),
    "taken_at": QT_TRANSLATE_NOOP("AuditFields", "Taken at"),
    "ticket_id": QT_TRANSLATE_NOOP("AuditFields", "Ticket"),
    "tier": QT_TRANSLATE_NOOP("AuditFields", "Tier"),
    "time_zone": QT_TRANSLATE_NOOP("AuditFields", "Time zone"),
    "title": QT_TRANSLATE_NOOP("AuditFields", "Title"),
    "to_status": QT_TRANSLATE_NOOP("AuditFields", "To status"),
    "updated_at": QT_TRANSLATE_NOOP("AuditFields", "Updated at"),
    "value": QT_TRANSLATE_NOOP("AuditFields", "Value"),
    "version": QT_TRANSLATE_NOOP("AuditFields", "Version"),
    "what": QT_TRANSLATE_NOOP("AuditFields", "What"),
}
_OF_THE_DESK = frozenset(
    {"id", "origin", "created_at", "updated_at", "level_since", "row_version", "save_id", "touched"}
)
_TOLD_BY_THE_ROW = {
    "machine_person": frozenset({"machine_id", "staff_id"}),
    "machine_certificate": frozenset({"machine_id"}),
    "field_rule": frozenset({"entity", "field"}),
    "security_event": frozenset({"at", "kind"}),
}


def field_label(entity: str, name: str, reference: ReferenceStore) -> str:
    """What a field is called: by the administrator's rule, else by us."""
    if reference.rule(entity, name) is None and name in _FIELDS:
        return QCoreApplication.translate("AuditFields", _FIELDS[name])
    return reference.field_label(entity, name)


def any_label(name: str, reference: ReferenceStore) -> str:
    """What a field is called, of whatever entity: of several names the first one's."""
    rule = next((rule for rule in reference.data.field_rules if rule.field == name), None)
    return field_label(rule.entity if rule is not None else "", name, reference)


def is_plain(entity: str, name: str) -> bool:
    """Whether a field of a row that was added or removed says nothing that the row's name and time do not say."""
    return name in _OF_THE_DESK or name in _TOLD_BY_THE_ROW.get(entity, ())
