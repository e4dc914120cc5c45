"""What the audit is called in words: entities, actions, fields and values."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from desk_client.audit.field_words import field_label, is_plain
from desk_client.forms.entity_fields import EntityFields
from desk_client.machine_words import level_text
from desk_client.reference_store import ReferenceStore
from desk_client.security_event_words import detail_words, kind_text
from shared.domain.fields import FIELDS
from shared.domain.level import Level
from shared.schemas.audit import AuditAction, AuditRow

SECONDS_FORMAT = "%Y-%m-%d %H:%M:%S"
LONG = 80  # of a value in the list: what comes after it is to be seen, too
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d(:\d\d)?|Z)")
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
    "status_transition": QT_TRANSLATE_NOOP("Audit", "Way between statuses"),
    "ticket_event": QT_TRANSLATE_NOOP("Audit", "Event of a ticket"),
    "complaint": QT_TRANSLATE_NOOP("Audit", "Complaint"),
    "version_gate": QT_TRANSLATE_NOOP("Audit", "Versions let in"),
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


def machine_text(row: AuditRow) -> str:
    """Which machine; where it was none, that it was the server, and as which role."""
    return server_text(row.machine) if row.is_server else row.machine


def server_text(role: str) -> str:
    """The server itself: its own programs, or who works at its shell."""
    return QCoreApplication.translate("Audit", "server ({role})").format(role=role)


def row_text(row: AuditRow, reference: ReferenceStore) -> str:
    """Which row it was: what people call it, else its key."""
    name = row.label or row.row_key
    if row.entity == "field_rule" and row.label:
        entity, _, field = row.label.partition(".")
        said = QCoreApplication.translate("Audit", "{entity}: {field}")
        name = said.format(entity=entity_text(entity), field=field_label(entity, field, reference))
    said = QCoreApplication.translate("Audit", "{entity} {row}")
    return said.format(entity=entity_text(row.entity), row=name)


def field_text(row: AuditRow, name: str, reference: ReferenceStore) -> str:
    """What a field is called, and whether it is private."""
    label = field_label(row.entity, name, reference)
    if name not in row.private:
        return label
    return QCoreApplication.translate("Audit", "{field} (private)").format(field=label)


def value_text(row: AuditRow, name: str, value: Any, reference: ReferenceStore) -> str:
    """What a value is called, in the reader's language and zone; behind it what is stored, where only that is exact."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return QCoreApplication.translate("Audit", "yes") if value else QCoreApplication.translate("Audit", "no")
    special = _SPECIAL.get((row.entity, name))
    if special is not None:
        return special(value)
    raw = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and _TIME.fullmatch(value):
        return instant_text(datetime.fromisoformat(value))
    called = _called(row.entity, name, value, reference)
    return raw if called in ("", raw) else f"{called} ({raw})"


def instant_text(at: datetime) -> str:
    """A time in the viewer's zone, to the second."""
    return at.astimezone().strftime(SECONDS_FORMAT)


def _called(entity: str, name: str, value: Any, reference: ReferenceStore) -> str:
    if name in ("staff_id", "person_id") and isinstance(value, int):
        person = reference.person(value)
        return person.name if person else ""
    spec = _SPECS.get(entity)
    field = spec.by_name.get(name) if spec is not None else None
    if spec is None or field is None or isinstance(value, dict | list):
        return ""
    return spec.value_text(field, value, reference)


def _level(value: Any) -> str:
    return level_text(Level(value)) if value in list(Level) else str(value)


def _forgotten(value: Any) -> str:
    """What ``desk.forget_contact`` notes of itself: ids, of which the number is what one wants to read."""
    if not isinstance(value, dict):
        return str(value)
    said = QCoreApplication.translate(
        "Audit", "private values of {entries} entries, {comments} private comments, {files} files"
    )
    counts = {name: QLocale().toString(len(value.get(name) or ())) for name in ("entries", "comments", "attachments")}
    return said.format(entries=counts["entries"], comments=counts["comments"], files=counts["attachments"])


def _detail(value: Any) -> str:
    return detail_words(value) or NOTHING if isinstance(value, dict) else str(value)


_TAKE_OVERS: dict[str, Any] = {
    "expired": QT_TRANSLATE_NOOP("Audit", "it had ended"),
    "unanswered": QT_TRANSLATE_NOOP("Audit", "the question went unanswered"),
    "admin": QT_TRANSLATE_NOOP("Audit", "an administrator took it"),
}


def _take_over_reason(value: Any) -> str:
    word = _TAKE_OVERS.get(str(value))
    return str(value) if word is None else QCoreApplication.translate("Audit", word)


_SPECIAL: dict[tuple[str, str], Callable[[Any], str]] = {
    ("machine", "level"): _level,
    ("contact", "forgotten"): _forgotten,
    ("edit_lease", "reason"): _take_over_reason,
    ("security_event", "kind"): lambda value: kind_text(str(value)),
    ("security_event", "detail"): _detail,
}


def changes_text(row: AuditRow, reference: ReferenceStore) -> str:
    """All changes of an entry in one line; of a new or a removed row what a person entered."""
    said = []
    for name, (old, new) in row.changes.items():
        is_update = row.action == AuditAction.UPDATE
        shown = old if row.action == AuditAction.DELETE else new
        if not is_update and (shown is None or is_plain(row.entity, name)):
            continue
        text = _short(value_text(row, name, shown, reference))
        if is_update:
            text = f"{_short(value_text(row, name, old, reference))} \N{RIGHTWARDS ARROW} {text}"
        said.append(
            QCoreApplication.translate("Audit", "{field}: {value}").format(
                field=field_text(row, name, reference), value=text
            )
        )
    if row.is_forgotten:
        said.append(forgotten_text())
    return QCoreApplication.translate("Audit", ";  ").join(said)


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG].rstrip()}\N{HORIZONTAL ELLIPSIS}"


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


def fault_text(fault: OSError) -> str:
    """Why a file could not be written, in the language of the window: the system says it in its own."""
    if isinstance(fault, FileNotFoundError | NotADirectoryError):
        return QCoreApplication.translate("Audit", "the folder is not there")
    if isinstance(fault, IsADirectoryError):
        return QCoreApplication.translate("Audit", "a folder has this name")
    if isinstance(fault, PermissionError):
        return QCoreApplication.translate("Audit", "that is not allowed there, or the file is open in another program")
    if fault.errno == errno.ENOSPC:
        return QCoreApplication.translate("Audit", "the disk is full")
    return QCoreApplication.translate("Audit", "the drive or the system reports error {number}").format(
        number=fault.errno
    )
