"""The list's table model on pages from memory: Qt's own model tester, the cache's bound, anchors, changed rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from desk_client.listing.table_model import CACHED_PAGES, ROW_ROLE, PagedTableModel
from desk_client.reference_store import ReferenceStore
from desk_client.theme import LIGHT
from desk_client.tickets.age import age_text
from desk_client.tickets.columns import COLUMNS, INDEX, TICKET_COLUMNS, ColumnId, TicketTexts
from desk_client.tickets.delegate import TicketDelegate
from shared.schemas.listing import PAGE_ROWS, Anchors, PageKey
from shared.schemas.ticket import TicketRow
from shared.schemas.ticket_listing import TicketPage

NOW = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
ROWS = 100_000
Model = PagedTableModel[TicketRow]


def ticket(number: int, **values: Any) -> TicketRow:
    row: dict[str, Any] = {
        "id": number, "number": 10_000 + number, "priority": "high", "kind": "problem", "subject": f"花屏 {number}",
        "customer": "三川实业", "product": "STB-300", "release": "4.2.1", "status": "open", "assignee": None,
        "waiting_for": None, "waiting_for_department": None, "reported_at": NOW - dt.timedelta(hours=2),
        "due_at": None, "last_activity_at": NOW, "edited_by": None, "edited_person": None, "edited_since": None,
    }  # fmt: skip
    return TicketRow(**row | values)


def page(number: int, rows: int = ROWS) -> TicketPage:
    first = number * PAGE_ROWS
    last = min(first + PAGE_ROWS, rows)
    key = PageKey(value=last, id=last) if last < rows else None
    return TicketPage(rows=tuple(ticket(at) for at in range(first, last)), next_key=key)


def anchors(rows: int = ROWS) -> Anchors:
    keys = (None, *(PageKey(value=at, id=at) for at in range(PAGE_ROWS, rows, PAGE_ROWS)))
    return Anchors(keys=keys, count=rows)


@pytest.fixture
def model(qapp: object) -> Model:
    return PagedTableModel(TICKET_COLUMNS, TicketTexts(ReferenceStore(), lambda: NOW))


def cell(model: Model, row: int, column: ColumnId, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
    return model.data(model.index(row, INDEX[column]), role)


def test_qt_finds_no_fault_while_it_fills_and_changes(model: Model, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)
    model.show_first(page(0, 1_000))
    qtmodeltester.check(model)
    model.set_anchors(anchors(1_000))
    model.add_page(3, page(3, 1_000))
    qtmodeltester.check(model)
    model.replace({0: page(0, 700)}, anchors(700))
    qtmodeltester.check(model)
    model.show_first(TicketPage(rows=(), next_key=None))
    qtmodeltester.check(model)


def test_a_hundred_thousand_rows_of_which_few_are_kept(model: Model) -> None:
    model.show_first(page(0))
    assert (model.rowCount(), model.is_exact) == (PAGE_ROWS, False)
    model.set_anchors(anchors())
    assert (model.rowCount(), model.is_exact) == (ROWS, True)
    for number in range(ROWS // PAGE_ROWS):
        model.add_page(number, page(number))
    assert len(model._pages) == CACHED_PAGES
    assert cell(model, ROWS - 1, ColumnId.NUMBER) == str(10_000 + ROWS - 1)


def test_what_was_seen_last_is_kept_longest(model: Model) -> None:
    model.show_first(page(0))
    model.set_anchors(anchors())
    for number in range(1, CACHED_PAGES):
        model.add_page(number, page(number))
    assert model.missing_pages(0, 10) == []  # page 0 is in sight again
    model.add_page(100, page(100))
    assert 0 in model._pages
    assert 1 not in model._pages


def test_missing_pages_of_what_is_in_sight(model: Model) -> None:
    model.show_first(page(0))
    assert model.missing_pages(0, 5_000) == []  # further keys are not known yet
    model.set_anchors(anchors())
    assert model.missing_pages(390, 410) == [1, 2]
    assert model.missing_pages(ROWS - 1, ROWS + 50) == [ROWS // PAGE_ROWS - 1]
    assert model.page_key(2) == PageKey(value=400, id=400)


def test_what_is_edited_here_is_marked_and_called_so_in_the_column_that_is_always_in_sight(qapp: object) -> None:
    texts = TicketTexts(ReferenceStore(), lambda: NOW, "pc-1")
    theme: Any = None  # only painting needs it
    delegate = TicketDelegate(TICKET_COLUMNS, theme)
    delegate.own_machine = "pc-1"
    number = COLUMNS[INDEX[ColumnId.NUMBER]]
    glyphs, said = [], []
    for machine in ("pc-1", "pc-2", None):
        row = ticket(0, edited_by=machine, edited_person=None, edited_since=NOW if machine else None)
        glyphs.append(delegate.look(row, number, LIGHT).glyph)
        said.append(texts.tooltip(row, ColumnId.NUMBER).split(" is editing")[0])
    assert glyphs == ["pencil-own", "pencil", None]
    assert said == ["This machine", "pc-2", "10000"]


def test_a_row_on_its_way_has_no_words_and_no_error(model: Model) -> None:
    model.show_first(page(0))
    model.set_anchors(anchors())
    for role in (ROW_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
        assert cell(model, 50_000, ColumnId.SUBJECT, role) is None


def test_a_changed_row_is_replaced_where_it_stands(model: Model) -> None:
    model.show_first(page(0))
    assert model.update_row(ticket(7, subject="now another"))
    assert cell(model, 7, ColumnId.SUBJECT) == "now another"
    assert model.find(7) == 7
    assert not model.update_row(ticket(ROWS + 1))


def test_words_for_eye_and_ear(model: Model) -> None:
    edited = ticket(0, edited_by="pc-0388", edited_person="Wang Y.", edited_since=NOW)
    model.show_first(TicketPage(rows=(edited, ticket(1, status="closed")), next_key=None))
    assert cell(model, 0, ColumnId.PRODUCT) == "STB-300 / 4.2.1"
    assert cell(model, 0, ColumnId.ASSIGNEE) == "nobody"
    assert cell(model, 1, ColumnId.ASSIGNEE) == ""
    assert cell(model, 0, ColumnId.AGE) == "2 h"
    assert "pc-0388" in cell(model, 0, ColumnId.NUMBER, Qt.ItemDataRole.ToolTipRole)
    assert cell(model, 0, ColumnId.EDITED) == "pc-0388"
    spoken = cell(model, 0, ColumnId.SUBJECT, Qt.ItemDataRole.AccessibleTextRole)
    for word in ("10000", "花屏 0", "open", "三川实业", "nobody", "Wang Y. is editing"):
        assert word in spoken
    for section in range(len(COLUMNS)):
        assert model.headerData(section, Qt.Orientation.Horizontal)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"), (-30, "0 min"), (59 * 60, "59 min"), (3_600, "1 h"), (47 * 3_600, "47 h"), (48 * 3_600, "2 d"),
        (99 * 86_400, "99 d"), (100 * 86_400, "3 mo"), (730 * 86_400, "23 mo"), (731 * 86_400, "2 y"),
        (1_095 * 86_400, "2 y"), (1_096 * 86_400, "3 y"), (40 * 366 * 86_400, "40 y"),
    ],
)  # fmt: skip
def test_ages(qapp: object, seconds: int, text: str) -> None:
    assert age_text(NOW - dt.timedelta(seconds=seconds), NOW) == text


def test_without_anchors_the_listing_grows_at_its_end(model: Model) -> None:
    model.show_first(page(0, 500))
    assert model.missing_pages(150, 199) == []  # whether anchors come is not known yet
    model.grow()
    assert model.missing_pages(0, 40) == []
    assert model.missing_pages(160, 199) == [1]
    model.add_page(1, page(1, 500))
    assert (model.rowCount(), model.is_exact) == (2 * PAGE_ROWS, False)
    model.add_page(2, page(2, 500))
    assert (model.rowCount(), model.is_exact) == (500, True)
    assert model.missing_pages(450, 499) == []
    model.show_first(page(0, 500))
    assert model.missing_pages(160, 199) == []  # another listing may have anchors
