"""The audit screen on a real desk: pages, filters by keys, an entry in full, what is private or forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk_client.audit.columns import AUDIT_COLUMNS, ColumnId
from desk_client.audit.page import AuditPage
from desk_client.listing.list_header import ARROW, PADDING, title_width
from shared.schemas.audit import AuditRow
from shared.schemas.listing import PAGE_ROWS
from tests.desks import RunningDesk
from tests.gui.conftest import CHINESE, Client, StartClient


def open_audit(client: Client) -> AuditPage:
    client.window.actions_here["audit"].trigger()
    page = client.workspace.tabs.currentWidget()
    assert isinstance(page, AuditPage)
    client.until(lambda: not page.model.is_dimmed and page.model.rowCount() > 0)
    client.settle()
    return page


def rows(page: AuditPage) -> list[AuditRow]:
    found = [page.model.row(at) for at in range(page.model.rowCount())]
    return [row for row in found if row is not None]


def settled(client: Client, page: AuditPage) -> list[AuditRow]:
    client.settle()
    client.until(lambda: not page.model.is_dimmed)
    return rows(page)


def pick(box: Any, value: Any) -> None:
    box.set_value(value)
    box.activated.emit(box.currentIndex())


@pytest.fixture
def client(start_client: StartClient) -> Client:
    return start_client("admin")


def test_the_newest_entries_come_first_and_further_ones_as_one_goes_on(client: Client, desk: RunningDesk) -> None:
    page = open_audit(client)
    assert page.model.rowCount() == PAGE_ROWS
    assert not page.model.is_exact
    assert "more than 200" in client.window._rows.text()
    cursor = desk.owner().cursor()
    cursor.execute("SELECT id FROM desk.audit_entry ORDER BY at DESC, id DESC LIMIT 1000")
    ids = [found[0] for found in cursor.fetchall()]
    for pages in (2, 3):
        page.list.scrollToBottom()
        client.until(lambda expected=pages: page.model.rowCount() == expected * PAGE_ROWS)
        client.settle()
    assert [row.id for row in rows(page)] == ids[: 3 * PAGE_ROWS]


def test_each_filter_narrows_and_clear_widens(client: Client, qtbot: QtBot) -> None:
    page = open_audit(client)
    filters = page.filters
    pick(filters.machine, "pc-full")
    assert {row.machine for row in settled(client, page)} == {"pc-full"}
    pick(filters.entity, "contact")
    found = settled(client, page)
    assert [(row.entity, row.action) for row in found] == [("contact", "update"), ("contact", "insert")] * 2
    pick(filters.action, "insert")
    assert len(settled(client, page)) == 2
    pick(filters.person, found[0].person_id)
    assert len(settled(client, page)) == 2
    filters.clear_button.click()
    assert len(settled(client, page)) == PAGE_ROWS
    filters.search.setFocus()
    qtbot.keyClicks(filters.search, "ren kept")
    client.until(lambda: page.model.rowCount() == 1)
    filters.clear_button.click()
    settled(client, page)
    filters.since.setFocus()
    filters.since.selectAll()
    qtbot.keyClicks(filters.since, "+1d")
    client.until(lambda: page.model.rowCount() == 0)
    assert "No entry fits" in page.list._empty_text
    filters.since.selectAll()
    qtbot.keyClicks(filters.since, "nonsense")
    client.until(lambda: page.model.rowCount() == PAGE_ROWS)
    assert filters.since.accessibleDescription()


def test_an_entry_in_full_tells_the_proved_from_the_stated(client: Client, qtbot: QtBot) -> None:
    page = open_audit(client)
    pick(page.filters.machine, "pc-full")
    entry = next(row for row in settled(client, page) if row.entity == "contact" and row.action == "update")
    titles = [AUDIT_COLUMNS.title(index) for index in range(len(AUDIT_COLUMNS))]
    assert {"Machine, proved", "Person, stated"} <= set(titles)
    page.list.select_row(entry.id)
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.detail.values
    said = page.detail.text()
    assert "Machine pc-full, proved by its login" in said
    assert f"person {entry.person}, as stated there, not proved" in said


def test_private_values_are_shown_marked_and_forgotten_ones_are_said_to_be(client: Client) -> None:
    page = open_audit(client)
    pick(page.filters.machine, "pc-full")
    pick(page.filters.entity, "contact")
    found = settled(client, page)
    kept = next(row for row in found if not row.is_forgotten and row.action == "update")
    gone = next(row for row in found if row.is_forgotten and row.action == "update")
    page._show_entry(kept.id)
    assert "(private)" in page.detail.text()
    assert "555-0101-9" in page.detail.text()
    page._show_entry(gone.id)
    assert "forgotten" in page.detail.text()
    assert "555-0777" not in page.detail.text()
    changes = AUDIT_COLUMNS.index(ColumnId.CHANGES)
    texts = {row.id: page.model.data(page.model.index(at, changes)) for at, row in enumerate(found)}
    assert "(private)" in texts[kept.id]
    assert "forgotten" in texts[gone.id]
    assert "555-0777" not in "".join(texts.values())


def test_the_whole_screen_follows_the_language(client: Client) -> None:
    page = open_audit(client)
    found = rows(page)
    assert found[0].is_server
    page._show_entry(found[0].id)
    client.app.language.use(CHINESE)
    client.settle()
    assert "由服务器（postgres）自身执行" in page.detail.text()
    assert "3 条记录的私密值" in page.detail.text(), "what was forgotten is said in words"
    page._show_entry(next(row for row in found if not row.is_server).id)
    assert page.filters.export_button.text() == "导出 CSV(&X)"
    assert "由其登录证实" in page.detail.text()
    assert AUDIT_COLUMNS.title(1) == "机器（已证实）"


@pytest.mark.parametrize("language", ["en", CHINESE])
def test_the_smallest_window_shows_all_controls_whole(client: Client, language: str) -> None:
    page = open_audit(client)
    client.app.language.use(language)
    client.window.resize(client.window.minimumSize())
    client.settle()
    controls = [widget for widget in page.filters.children() if isinstance(widget, QWidget) and widget.isVisible()]
    assert len(controls) == 12
    for at, one in enumerate(controls):
        assert page.filters.rect().contains(one.geometry()), one.objectName()
        assert not [other.objectName() for other in controls[at + 1 :] if one.geometry().intersects(other.geometry())]


def test_every_heading_is_whole(client: Client) -> None:
    header = open_audit(client).list.header
    for language in ("en", CHINESE):
        client.app.language.use(language)
        client.settle()
        for index, column in enumerate(AUDIT_COLUMNS.columns):
            word = title_width(AUDIT_COLUMNS, index, header.font())
            assert column.width >= 2 * PADDING + word + (ARROW + 3 if column.sort else 0), column.id


def cell(page: AuditPage, at: int, column: ColumnId) -> str:
    return str(page.model.data(page.model.index(at, AUDIT_COLUMNS.index(column))))


def test_rows_fields_and_times_are_in_words(client: Client, desk: RunningDesk) -> None:
    admin = desk.owner().cursor()
    admin.execute("UPDATE desk.field_rule SET position = position WHERE entity = 'contact' AND field = 'note'")
    admin.execute("UPDATE desk.field_rule SET help_en = 'x' WHERE entity = 'contact' AND field = 'note'")
    page = open_audit(client)
    pick(page.filters.entity, "field_rule")
    settled(client, page)
    assert cell(page, 0, ColumnId.ROW) == "Field rule Contact: Note"
    assert cell(page, 0, ColumnId.CHANGES).startswith("Help, English: ")
    assert cell(page, 0, ColumnId.MACHINE) == "server (postgres)"
    pick(page.filters.entity, "machine_person")
    settled(client, page)
    assert "/" not in cell(page, 0, ColumnId.ROW) and ", " in cell(page, 0, ColumnId.ROW)
    pick(page.filters.entity, "machine")
    found = settled(client, page)
    at = next(at for at, row in enumerate(found) if row.action == "insert")
    assert "Level: " in cell(page, at, ColumnId.CHANGES) and "Level since" not in cell(page, at, ColumnId.CHANGES)
    page._show_entry(found[at].id)
    since = found[at].changes["level_since"][1]
    assert since not in page.detail.text(), "not as it is stored"
    assert datetime.fromisoformat(since).astimezone().strftime("%Y-%m-%d %H:%M:%S") in page.detail.text()
    client.app.language.use(CHINESE)
    client.settle()
    assert "权限" in cell(page, at, ColumnId.CHANGES)
    english = [page.filters.entity.itemText(n) for n in range(1, page.filters.entity.count())]
    assert [text for text in english if text.isascii()] == []
    english = [page.filters.field.itemText(n) for n in range(1, page.filters.field.count())]
    assert [text for text in english if text.isascii()] == []


def test_a_field_narrows(client: Client) -> None:
    page = open_audit(client)
    pick(page.filters.field, "phone")
    assert {("phone" in row.changes) for row in settled(client, page)} == {True}


def test_an_entry_that_the_filter_leaves_out_is_not_shown_any_longer(client: Client) -> None:
    page = open_audit(client)
    pick(page.filters.entity, "contact")
    entry = settled(client, page)[0]
    page._show_entry(entry.id)
    pick(page.filters.machine, entry.machine)
    settled(client, page)
    assert page.detail.isVisible()
    pick(page.filters.entity, "ticket")
    settled(client, page)
    assert not page.detail.isVisible()
