"""The lines of a CSV file of the audit, in the language of the window as it was when the export began."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.audit.field_words import field_label
from desk_client.audit.words import action_text, entity_text
from desk_client.reference_store import ReferenceStore
from shared.schemas.audit import AuditRow

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class CsvLines:
    """Words are fetched once by whoever needs them first; what is stored of a value stays as it is stored."""

    heading: tuple[str, ...]
    private: str
    forgotten: str
    server: str
    reference: ReferenceStore
    _entities: dict[str, str]
    _actions: dict[str, str]
    _fields: dict[tuple[str, str], str]

    @classmethod
    def now(cls, reference: ReferenceStore) -> CsvLines:
        """In the language of the window."""
        return cls(
            _heading(),
            QCoreApplication.translate("AuditFile", "private"),
            QCoreApplication.translate("AuditFile", "private values forgotten"),
            QCoreApplication.translate("AuditFile", "server ({role})"),
            reference, {}, {}, {},
        )  # fmt: skip

    def of(self, row: AuditRow) -> Iterator[tuple[str, ...]]:
        """One for each changed field, and one where private values were forgotten; no cell is taken for a formula."""
        head = self._head(row)
        for name, (old, new) in row.changes.items() or [("", (None, None))]:
            mark = self.private if name in row.private else ""
            yield tuple(map(_cell, (*head, self._field(row.entity, name), _text(old), _text(new), mark)))
        if row.is_forgotten:
            yield tuple(map(_cell, (*head, "", "", "", self.forgotten)))

    def _head(self, row: AuditRow) -> tuple[str, ...]:
        entity = self._entities.get(row.entity) or self._entities.setdefault(row.entity, entity_text(row.entity))
        action = self._actions.get(row.action) or self._actions.setdefault(row.action, action_text(row.action))
        machine = self.server.format(role=row.machine) if row.is_server else row.machine
        at = row.at.astimezone().isoformat(sep=" ", timespec="milliseconds")
        return (
            str(row.id), at, machine, row.person or "", row.version or "", action, entity, row.row_key, row.label or "",
        )  # fmt: skip

    def _field(self, entity: str, name: str) -> str:
        if not name:
            return ""
        known = self._fields.get((entity, name))
        return known or self._fields.setdefault((entity, name), field_label(entity, name, self.reference))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value


def _heading() -> tuple[str, ...]:
    return (
        QCoreApplication.translate("AuditFile", "Entry"),
        QCoreApplication.translate("AuditFile", "Time"),
        QCoreApplication.translate("AuditFile", "Machine (proved)"),
        QCoreApplication.translate("AuditFile", "Person (stated)"),
        QCoreApplication.translate("AuditFile", "Version"),
        QCoreApplication.translate("AuditFile", "Action"),
        QCoreApplication.translate("AuditFile", "Entity"),
        QCoreApplication.translate("AuditFile", "Row key"),
        QCoreApplication.translate("AuditFile", "Row"),
        QCoreApplication.translate("AuditFile", "Field"),
        QCoreApplication.translate("AuditFile", "Old"),
        QCoreApplication.translate("AuditFile", "New"),
        QCoreApplication.translate("AuditFile", "Mark"),
    )
