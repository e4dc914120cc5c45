"""A ticket's history: events, comments, interactions, attachments, newest first, as text that can be copied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QPalette, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QTextBrowser, QVBoxLayout, QWidget

from desk_client.reference_store import ReferenceStore
from desk_client.theme import SMALL_PX, Role, set_role
from desk_client.tickets.fields import BY_NAME, ENTITY, TICKET
from shared.domain.fields import Field, FieldType
from shared.schemas.ticket import HistoryLine

LONG = 90
PORTION = 40  # lines rendered at a time
LINE_MARGIN = 10  # px above each line but the first
NOTHING = "\N{EN DASH}"


def change_text(name: str, old: Any, new: Any, reference: ReferenceStore) -> str:
    """One changed field as "Status New → Open"; texts and rows that only the server can name: what changed."""
    if name == "deleted_at":  # no field of the form: what was done says it
        if new is None:
            return QCoreApplication.translate("History", "Deletion taken back")
        return QCoreApplication.translate("History", "Deleted")
    if name == "duplicate_of_id":
        return _duplicate_text(old, new)
    label = reference.field_label(ENTITY, name)
    field = BY_NAME.get(name)
    if field is None or field.type is FieldType.TEXT or _is_nameless(field, (old, new), reference):
        return QCoreApplication.translate("History", "{field} changed").format(field=label)
    before, after = (_shorten(TICKET.value_text(field, value, reference)) for value in (old, new))
    if not before:
        return QCoreApplication.translate("History", "{field}: {value}").format(field=label, value=after)
    return f"{label} {before} \N{RIGHTWARDS ARROW} {after or NOTHING}"


def _duplicate_text(old: Any, new: Any) -> str:
    if new is None:
        return QCoreApplication.translate("History", "No duplicate of another ticket any more")
    if old is None:
        return QCoreApplication.translate("History", "Named as a duplicate of another ticket")
    return QCoreApplication.translate("History", "Named as a duplicate of yet another ticket")


def _is_nameless(field: Field, values: Sequence[Any], reference: ReferenceStore) -> bool:
    return any(value is not None and not TICKET.value_text(field, value, reference) for value in values)


def _shorten(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 1] + "\N{HORIZONTAL ELLIPSIS}"


def event_text(line: HistoryLine, reference: ReferenceStore) -> str:
    """What an event says."""
    if line.kind == "created":
        return QCoreApplication.translate("History", "Reported")
    order = {name: index for index, name in enumerate(BY_NAME, start=1)} | {"status": 0}
    changed = sorted((line.changes or {}).items(), key=lambda item: order.get(item[0], len(order)))
    changes = [change_text(name, old, new, reference) for name, (old, new) in changed]
    if not changes and line.status:
        label = reference.choice_label("status", line.status)
        changes.append(QCoreApplication.translate("History", "Status: {status}").format(status=label))
    if line.what:
        changes.insert(0, line.what)
    return _comma().join(changes) or QCoreApplication.translate("History", "Changed")


def interaction_text(line: HistoryLine, reference: ReferenceStore) -> str:
    """What an interaction says: "Phone, in, 6 min: ..."."""
    incoming = line.kind == "in"
    parts = [reference.choice_label("channel", line.channel)] if line.channel else []
    parts.append(
        QCoreApplication.translate("History", "in") if incoming else QCoreApplication.translate("History", "out")
    )
    if line.minutes:
        parts.append(QCoreApplication.translate("History", "{minutes} min").format(minutes=line.minutes))
    head = _comma().join(parts)
    if not line.text:
        return head
    return QCoreApplication.translate("History", "{head}: {text}").format(head=head, text=line.text)


def line_text(line: HistoryLine, reference: ReferenceStore) -> str:
    """What a line says, in the language of the window."""
    if line.line == "event":
        return event_text(line, reference)
    if line.line == "interaction":
        return interaction_text(line, reference)
    if line.line == "attachment":
        return QCoreApplication.translate("History", "File: {name}").format(name=line.what or line.text or "")
    if line.is_private and line.text is None:
        return QCoreApplication.translate("History", "A private comment, not for this machine")
    return line.text or ""


def person_text(line: HistoryLine, reference: ReferenceStore) -> str:
    """The person and department of a line, '' where none is stated."""
    labels = {one.code: one.label(reference.language) for one in reference.data.departments}
    department = labels.get(line.department or "", line.department or "")
    return _comma().join(part for part in (line.person, department) if part)


def _comma() -> str:
    """What stands between the parts of a line: Chinese has a comma of its own."""
    return QCoreApplication.translate("History", ", ")


def when_text(at: datetime, now: datetime) -> str:
    """The time of today, else date and time."""
    at, now = at.astimezone(), now.astimezone()
    if at.date() == now.date():
        return at.strftime("%H:%M")
    return at.strftime("%m-%d %H:%M") if at.year == now.year else at.strftime("%Y-%m-%d %H:%M")


def _margin(above: int) -> QTextBlockFormat:
    block = QTextBlockFormat()
    block.setTopMargin(above)
    return block


class HistoryView(QWidget):
    """Shows the lines. The machine (proved) and the person (as stated) are told apart by colour, place and tooltip."""

    def __init__(self, reference: ReferenceStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reference = reference
        self._lines: Sequence[HistoryLine] = ()
        self._is_loaded = False
        self._shown = 0
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._render_more)
        self.setObjectName("history")
        self._title = QLabel(self)
        set_role(self._title, Role.TITLE)
        self.browser = QTextBrowser(self)
        self.browser.setObjectName("historyText")
        self.browser.setProperty("role", "value")
        self.browser.setOpenLinks(False)
        self.browser.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.browser.document().setDocumentMargin(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self.browser, 1)
        reference.changed.connect(self.retranslate)
        self.retranslate()

    def show_lines(self, lines: Sequence[HistoryLine]) -> None:
        """Show a history, newest first. What was only added comes on top; who reads further down stays there."""
        before, was_loaded = self._lines, self._is_loaded
        added = len(lines) - len(before)
        self._lines, self._is_loaded = lines, True
        if was_loaded and before and added >= 0 and tuple(lines[added:]) == tuple(before):
            self._put_on_top(lines[:added])
        else:
            self._render()

    def clear(self) -> None:
        """Show nothing: another ticket is on its way, or a new one has no history."""
        self._lines, self._is_loaded = (), False
        self._render()

    def retranslate(self) -> None:
        """Say everything again in the language of the window."""
        self._title.setText(QCoreApplication.translate("History", "History"))
        self.browser.setAccessibleName(QCoreApplication.translate("History", "History"))
        self._render()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another language or another palette."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._render()
        super().changeEvent(event)

    def _render(self) -> None:
        """Begin again at the top; a long history comes in portions, so that the window never stands still."""
        self._shown = 0
        document = self.browser.document()
        document.clear()
        if not self._lines:
            QTextCursor(document).insertText(self._empty_text(), self._format(muted=True))
        self._render_more()
        # the browser's own cursor went along with what was inserted, and what it is in is scrolled into sight
        self.browser.setTextCursor(QTextCursor(document))
        self.browser.verticalScrollBar().setValue(0)

    def _render_more(self) -> None:
        cursor = QTextCursor(self.browser.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        now = datetime.now().astimezone()
        for line in self._lines[self._shown : self._shown + PORTION]:
            self._insert_head(cursor, line, now, is_first=self._shown == 0)
            self._insert_body(cursor, line)
            self._shown += 1
        cursor.endEditBlock()
        if self._shown < len(self._lines):
            self._more.start()

    def _put_on_top(self, lines: Sequence[HistoryLine]) -> None:
        if not lines:
            return
        document, bar, now = self.browser.document(), self.browser.verticalScrollBar(), datetime.now().astimezone()
        place, height = bar.value(), document.size().height()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        cursor.insertBlock()
        cursor.mergeBlockFormat(_margin(LINE_MARGIN))  # the first until now has one above it
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        for line in lines:
            self._insert_head(cursor, line, now, is_first=cursor.atStart())
            self._insert_body(cursor, line)
        cursor.endEditBlock()
        self._shown += len(lines)
        bar.setValue(place + round(document.size().height() - height) if place else 0)

    def _empty_text(self) -> str:
        if not self._is_loaded:
            return ""
        return QCoreApplication.translate("History", "Nothing happened yet. A comment is the beginning.")

    def _insert_head(self, cursor: QTextCursor, line: HistoryLine, now: datetime, *, is_first: bool) -> None:
        block = _margin(0 if is_first else LINE_MARGIN)
        cursor.insertBlock(block) if not is_first else cursor.setBlockFormat(block)
        exact = line.at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        cursor.insertText(when_text(line.at, now), self._format(muted=True, small=True, tip=exact))
        if line.machine:
            tip = QCoreApplication.translate("History", "Machine, proved by its certificate")
            cursor.insertText("   ", self._format(muted=True, small=True))
            cursor.insertText(line.machine, self._format(muted=True, small=True, tip=tip))
        if who := person_text(line, self._reference):
            tip = QCoreApplication.translate("History", "Person, as stated at that machine; department as it was then")
            cursor.insertText(" \N{MIDDLE DOT} ", self._format(muted=True, small=True))
            cursor.insertText(who, self._format(small=True, tip=tip))
        if line.is_private:
            mark = QCoreApplication.translate("History", "private")
            cursor.insertText(f"   {mark}", self._format(small=True, accent=True))

    def _insert_body(self, cursor: QTextCursor, line: HistoryLine) -> None:
        cursor.insertBlock(_margin(1))
        is_said = line.line in ("comment", "interaction") and not (line.is_private and line.text is None)
        cursor.insertText(line_text(line, self._reference), self._format(muted=not is_said))

    def _format(
        self, *, muted: bool = False, small: bool = False, accent: bool = False, tip: str = ""
    ) -> QTextCharFormat:
        roles = QPalette.ColorRole
        role = roles.Link if accent else roles.PlaceholderText if muted else roles.WindowText
        made = QTextCharFormat()
        made.setForeground(QColor(self.palette().color(role)))
        if small:
            made.setProperty(QTextCharFormat.Property.FontPixelSize, SMALL_PX)
        if tip:
            made.setToolTip(tip)
        return made
