"""What the audit is called in words: entities, actions, fields and values."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from desk_client.forms.entity_fields import EntityFields
from desk_client.reference_store import ReferenceStore
from shared.domain.fields import FIELDS
from shared.schemas.audit import AuditAction, AuditRow

NOTHING = "\N{EN DASH}"
_ENTITIES: dict[str, Any] = {
    "ticket": QT_TRANSLATE_NOOP("Audit", "Ticket"),
    "comment": QT_TRANSLATE_NOOP("Audit", "Comment"),
    "interaction": QT_TRANSLATE_NOOP("Audit", "Interaction"),
    "attachment": QT_TRANSLATE_NOOP("Audit", "Attachment"),
    "customer": QT_TRANSLATE_NOOP("Audit", "Customer"),
    "contact": QT_TRANSLATE_NOOP("Audit", "Contact"),
    "contact_private": QT_TRANSLATE_NOOP("Audit", "Contact, private part"),
    "comment_private": QT_TRANSLATE_NOOP("Audit", "Comment, private part"),
    "project": QT_TRANSLATE_NOOP("Audit", "Project"),
    "product": QT_TRANSLATE_NOOP("Audit", "Product"),
    "release": QT_TRANSLATE_NOOP("Audit", "Release"),
    "hardware_revision": QT_TRANSLATE_NOOP("Audit", "Hardware revision"),
    "release_hardware": QT_TRANSLATE_NOOP("Audit", "Release on hardware"),
    "staff": QT_TRANSLATE_NOOP("Audit", "Person of ours"),
    "department": QT_TRANSLATE_NOOP("Audit", "Department"),
    "choice": QT_TRANSLATE_NOOP("Audit", "Choice"),
    "choice_list": QT_TRANSLATE_NOOP("Audit", "Choice list"),
    "dependent_choice": QT_TRANSLATE_NOOP("Audit", "Dependent choice"),
    "field_rule": QT_TRANSLATE_NOOP("Audit", "Field rule"),
    "machine": QT_TRANSLATE_NOOP("Audit", "Machine"),
    "machine_person": QT_TRANSLATE_NOOP("Audit", "Person of a machine"),
    "machine_certificate": QT_TRANSLATE_NOOP("Audit", "Certificate of a machine"),
    "enrolment_code": QT_TRANSLATE_NOOP("Audit", "One-time code"),
    "signing_request": QT_TRANSLATE_NOOP("Audit", "Request for a certificate"),
    "security_event": QT_TRANSLATE_NOOP("Audit", "Security event"),
    "setting": QT_TRANSLATE_NOOP("Audit", "Setting"),
    "edit_lease": QT_TRANSLATE_NOOP("Audit", "Edit lease"),
}
_ACTIONS: dict[str, Any] = {
    AuditAction.INSERT: QT_TRANSLATE_NOOP("Audit", "added"),
    AuditAction.UPDATE: QT_TRANSLATE_NOOP("Audit", "changed"),
    AuditAction.DELETE: QT_TRANSLATE_NOOP("Audit", "removed"),
}
_SPECS = {entity: EntityFields(entity, fields) for entity, fields in FIELDS.items()}


def entity_text(entity: str) -> str:
    """What an entity is called; its own name where it has no other."""
    title = _ENTITIES.get(entity)
    return entity.replace("_", " ") if title is None else QCoreApplication.translate("Audit", title)


def action_text(action: str) -> str:
    """What was done."""
    word = _ACTIONS.get(action)
    return action if word is None else QCoreApplication.translate("Audit", word)


def row_text(row: AuditRow) -> str:
    """Which row it was: what people call it, else its key."""
    name = row.label or row.row_key
    return f"{entity_text(row.entity)} {name}"


def field_text(row: AuditRow, name: str, reference: ReferenceStore) -> str:
    """What a field is called, and whether it is private."""
    label = reference.field_label(row.entity, name)
    if name not in row.private:
        return label
    return QCoreApplication.translate("Audit", "{field} (private)").format(field=label)


def value_text(row: AuditRow, name: str, value: Any, reference: ReferenceStore) -> str:
    """A value as it is stored, behind what it is called where that is something else."""
    if value is None:
        return NOTHING
    raw = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    spec = _SPECS.get(row.entity)
    field = spec.by_name.get(name) if spec is not None else None
    if spec is None or field is None or isinstance(value, dict | list | bool):
        return raw
    called = spec.value_text(field, value, reference)
    return raw if called in ("", raw) else f"{called} ({raw})"


def changes_text(row: AuditRow, reference: ReferenceStore) -> str:
    """All changes of an entry in one line."""
    said = []
    for name, (old, new) in row.changes.items():
        label, after = field_text(row, name, reference), value_text(row, name, new, reference)
        if row.action == AuditAction.UPDATE:
            before = value_text(row, name, old, reference)
            said.append(f"{label}: {before} \N{RIGHTWARDS ARROW} {after}")
        elif row.action == AuditAction.DELETE:
            said.append(f"{label}: {value_text(row, name, old, reference)}")
        elif new is not None:
            said.append(f"{label}: {after}")
    if row.is_forgotten:
        said.append(forgotten_text())
    return QCoreApplication.translate("Audit", ";  ").join(said)


def forgotten_text() -> str:
    """What is said where private values were."""
    return QCoreApplication.translate("Audit", "private values: forgotten")


def person_text(row: AuditRow) -> str:
    """Who was stated to sit there."""
    return row.person or NOTHING


def count_text(count: int, *, is_exact: bool) -> str:
    """How many entries there are, as far as is known."""
    number = QLocale().toString(count)
    if is_exact:
        return QCoreApplication.translate("Audit", "Entries: {count}").format(count=number)
    return QCoreApplication.translate("Audit", "Entries: more than {count}").format(count=number)
