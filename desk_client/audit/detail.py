"""One entry in full: who, what, and each changed field with its old and new value, as text that can be copied."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QLabel, QTextBrowser, QVBoxLayout, QWidget

from desk_client.audit.words import (
    action_text,
    entity_text,
    field_text,
    instant_text,
    machine_text,
    person_text,
    row_text,
    value_text,
)
from desk_client.reference_store import ReferenceStore
from desk_client.theme import Role, Theme, set_role
from desk_client.widgets.translated import Translated
from shared.schemas.audit import AuditRow


class AuditDetail(Translated, QFrame):
    """Shows an entry, or nothing."""

    def __init__(self, reference: ReferenceStore, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("auditDetail")
        set_role(self, Role.CARD)
        self._reference, self._theme = reference, theme
        self._row: AuditRow | None = None
        self._title, self._head = QLabel(self), QLabel(self)
        self._title.setObjectName("auditTitle")
        self._head.setObjectName("auditHead")
        set_role(self._title, Role.TITLE)
        set_role(self._head, Role.MUTED)
        self._head.setWordWrap(True)
        self.values = QTextBrowser(self)
        self.values.setObjectName("auditValues")
        self.values.setFrameShape(QFrame.Shape.NoFrame)
        self.values.setOpenLinks(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        for widget in (self._title, self._head, self.values):
            layout.addWidget(widget)
        theme.changed.connect(self.retranslate)
        reference.changed.connect(self.retranslate)
        self.retranslate()

    def show_entry(self, row: AuditRow) -> None:
        """Show this one."""
        if row != self._row:
            self._row = row
            self.retranslate()
            self.values.verticalScrollBar().setValue(0)

    def entry_id(self) -> int | None:
        """Which entry is shown."""
        return self._row.id if self._row is not None else None

    def clear(self) -> None:
        """Show none."""
        self._row = None
        self.hide()

    def text(self) -> str:
        """All that is said, for who looks for a word."""
        return "\n".join((self._title.text(), self._head.text(), self.values.toPlainText()))

    def retranslate(self) -> None:
        """Say it again: another language, other colours."""
        self.setAccessibleName(QCoreApplication.translate("Audit", "Entry"))
        self.values.setAccessibleName(QCoreApplication.translate("Audit", "Old and new values"))
        row = self._row
        if row is not None:
            self._title.setText(f"{row_text(row, self._reference)}  \N{MIDDLE DOT}  {action_text(row.action)}")
            self._head.setText(self._head_text(row))
            self.values.setHtml(self._table(row))

    def _head_text(self, row: AuditRow) -> str:
        if row.is_server:
            machine = QCoreApplication.translate("Audit", "By the {machine} itself, from no machine")
        else:
            machine = QCoreApplication.translate("Audit", "Machine {machine}, proved by its login")
        person = QCoreApplication.translate("Audit", "person {person}, as stated there, not proved")
        parts = [instant_text(row.at), machine.format(machine=machine_text(row))]
        if row.person or not row.is_server:
            parts.append(person.format(person=person_text(row)))
        if row.version:
            parts.append(QCoreApplication.translate("Audit", "version {version}").format(version=row.version))
        entry = QCoreApplication.translate("Audit", "entry {entry}, {entity} with key {key}")
        parts.append(entry.format(entry=row.id, entity=entity_text(row.entity), key=row.row_key))
        if row.block_id is None:
            parts.append(QCoreApplication.translate("Audit", "not sealed yet"))
        else:
            parts.append(QCoreApplication.translate("Audit", "sealed in block {block}").format(block=row.block_id))
        return "   \N{MIDDLE DOT}   ".join(parts)

    def _table(self, row: AuditRow) -> str:
        colours = self._theme.colours
        titles = (
            QCoreApplication.translate("Audit", "Field"),
            QCoreApplication.translate("Audit", "Before"),
            QCoreApplication.translate("Audit", "After"),
        )
        head = "".join(f'<td><span style="color:{colours.muted}">{escape(title)}</span></td>' for title in titles)
        lines = [f"<tr>{head}</tr>", *(self._line(row, name) for name in row.changes)]
        table = f'<table width="100%" cellspacing="0" cellpadding="5">{"".join(lines)}</table>'
        return table + (self._forgotten() if row.is_forgotten else "")

    def _line(self, row: AuditRow, name: str) -> str:
        colours, (old, new) = self._theme.colours, row.changes[name]
        colour = colours.amber if name in row.private else colours.text
        cells = [
            f'<td width="22%"><span style="color:{colour}">{escape(field_text(row, name, self._reference))}</span></td>'
        ]
        for value, shade in ((old, colours.muted), (new, colours.text)):
            said = escape(value_text(row, name, value, self._reference)).replace("\n", "<br>")
            cells.append(f'<td width="39%"><span style="color:{shade}">{said}</span></td>')
        return f"<tr>{''.join(cells)}</tr>"

    def _forgotten(self) -> str:
        said = QCoreApplication.translate(
            "Audit",
            "This entry had private values. They were forgotten with the person they belonged to; that there were some,"
            " the seal still shows.",
        )
        return f'<p style="color:{self._theme.colours.amber}">{escape(said)}</p>'
