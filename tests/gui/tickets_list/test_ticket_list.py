"""The list on a real desk: pages, jumps, sorting, filters, views, and what a person sees meanwhile."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_client.language import CHINESE, ENGLISH
from desk_client.tickets.columns import INDEX, ColumnId
from shared.schemas.listing import PAGE_ROWS
from tests.desks import RunningDesk
from tests.gui.conftest import StartClient
from tests.gui.tickets_list.conftest import TICKETS


def numbers_by(desk: RunningDesk, order: str, where: str = "true", limit: int = 10) -> list[int]:
    """An independent answer, by SQL."""
    with desk.owner().cursor() as cursor:
        cursor.execute(f"SELECT number FROM desk.ticket t WHERE {where} ORDER BY {order} LIMIT {limit}")
        return [row[0] for row in cursor.fetchall()]


def test_the_list_shows_the_newest_first_and_counts_all(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    client.show_view("all")
    assert client.numbers() == numbers_by(desk, "reported_at DESC, id DESC")
    assert client.model.rowCount() == TICKETS
    assert client.model.is_exact
    assert sorted(client.model._pages) == [0]


def test_any_row_is_reached_by_a_jump(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    client.show_view("all")
    client.list.setFocus()
    QTest.keyClick(client.list, Qt.Key.Key_End)
    client.settle()
    last = client.model.row(TICKETS - 1)
    assert last is not None
    assert [last.number] == numbers_by(desk, "reported_at, id", limit=1)
    assert sorted(client.model._pages) == [0, (TICKETS - 1) // PAGE_ROWS]
    assert client.list.current_id() == last.id
    QTest.keyClick(client.list, Qt.Key.Key_Home)
    client.settle()
    assert client.list.currentIndex().row() == 0


def test_all_rows_are_there_once(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    bar = client.list.verticalScrollBar()
    seen: set[int] = set()
    for position in range(0, bar.maximum() + 1, bar.pageStep()):
        bar.setValue(position)
        client.settle()
        first, last = client.list.visible_rows()
        rows = [client.model.row(at) for at in range(first, last + 1)]
        assert None not in rows
        seen.update(row.id for row in rows if row is not None)
    bar.setValue(bar.maximum())
    client.settle()
    seen.update(row.id for row in map(client.model.row, range(TICKETS - 40, TICKETS)) if row is not None)
    assert len(seen) == TICKETS


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (ColumnId.NUMBER, "number"),
        (ColumnId.AGE, "reported_at DESC, id DESC"),
        (
            ColumnId.PRIORITY,
            "(SELECT position FROM desk.choice c WHERE list_code = 'priority' AND c.code = t.priority), id",
        ),
    ],
)
def test_a_click_on_a_heading_sorts(start_client: StartClient, desk: RunningDesk, column: ColumnId, order: str) -> None:
    client = start_client()
    client.show_view("all")
    header = client.list.header
    if column is ColumnId.AGE:  # it is sorted by age already: away from it first
        click_heading(client.list, INDEX[ColumnId.NUMBER])
        client.settle()
    click_heading(client.list, INDEX[column])
    client.settle()
    assert client.numbers() == numbers_by(desk, order)
    assert header.sortIndicatorSection() == INDEX[column]
    click_heading(client.list, INDEX[column])
    client.settle()
    assert client.numbers(3) != numbers_by(desk, order, limit=3)


def test_a_heading_that_can_not_sort_changes_nothing(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    before = client.numbers()
    click_heading(client.list, INDEX[ColumnId.SUBJECT])
    client.settle()
    assert client.numbers() == before
    assert client.list.header.sortIndicatorSection() == INDEX[ColumnId.AGE]


def click_heading(view, section: int) -> None:
    header = view.horizontalHeader()
    at = header.viewport().rect().center()
    at.setX(header.sectionViewportPosition(section) + header.sectionSize(section) // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def test_a_view_is_its_filter_and_its_count(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM desk.ticket WHERE status = 'waiting_customer'")
        (expected,) = cursor.fetchone()
    views = client.workspace.views
    row = [view.id for view in views.views].index("waiting_customer")
    views.setFocus()
    views.setCurrentRow(row)
    client.settle()
    assert client.model.rowCount() == expected
    assert views.item(row).data(Qt.ItemDataRole.AccessibleTextRole) == f"Waiting for customer, {expected}"
    assert client.page.filters.filter() == views.views[row].filter


def test_filters_narrow_and_unmark_the_view(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    client.show_view("all")
    product = client.app.reference.products()[0]
    combo = client.page.filters._product
    combo.setFocus()
    QTest.keyClicks(combo, product.code)
    QTest.keyClick(combo, Qt.Key.Key_Return)
    if combo.value() != product.id:  # the platform's combo announces a choice by keys only when it is made
        combo.setCurrentIndex(combo.findData(product.id))
        combo.activated.emit(combo.currentIndex())
    client.settle()
    assert client.numbers() == numbers_by(desk, "reported_at DESC, id DESC", f"product_id = {product.id}")
    assert client.workspace.views.currentRow() == -1
    client.page.clear_filters()
    client.settle()
    assert client.model.rowCount() == TICKETS


def test_a_customer_is_found_by_three_letters(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    client.show_view("all")
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT c.id, c.name FROM desk.customer c JOIN desk.ticket t ON t.customer_id = c.id"
                       " ORDER BY c.id LIMIT 1")  # fmt: skip
        customer_id, name = cursor.fetchone()
    field = client.page.filters._customer
    field.setFocus()
    for letter in name:
        event = QInputMethodEvent()
        event.setCommitString(letter)
        QApplication.sendEvent(field, event)
    QTest.keyClick(field, Qt.Key.Key_Return)
    client.until(lambda: field.value() is not None)
    client.settle()
    assert client.numbers() == numbers_by(desk, "reported_at DESC, id DESC", f"customer_id = {field.value()}")
    assert field.value() == customer_id


def test_search_waits_for_the_input_method(start_client: StartClient, qtbot: QtBot) -> None:
    client = start_client()
    client.show_view("all")
    box = client.window.top_bar.search
    asked: list[str] = []
    box.search_changed.connect(asked.append)
    box.setFocus()
    QApplication.sendEvent(box, QInputMethodEvent("hua", []))
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.wait(400)
    assert asked == []
    event = QInputMethodEvent()
    event.setCommitString("花屏")
    QApplication.sendEvent(box, event)
    client.until(lambda: asked == ["花屏"])
    client.settle()
    assert 0 < client.model.rowCount() < TICKETS
    rows = [client.model.row(at) for at in range(min(5, client.model.rowCount()))]
    assert all(row is not None for row in rows)


@pytest.mark.parametrize(
    ("language", "one", "many"), [(ENGLISH, "1 ticket", "1,100 tickets"), (CHINESE, "1 张工单", "1,100 张工单")]
)
def test_one_ticket_is_counted_in_the_singular(
    start_client: StartClient, desk: RunningDesk, language: str, one: str, many: str
) -> None:
    client = start_client(language=language)
    said = client.window._rows
    client.show_view("all")
    assert said.text().split("  ·  ")[0] == many
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT number FROM desk.ticket ORDER BY number LIMIT 1")
        (number,) = cursor.fetchone()
    client.page.filters.set_text(str(number))
    client.settle()
    assert client.model.rowCount() == 1
    assert said.text().split("  ·  ")[0] == one


def test_due_soon_is_one_number_by_button_and_by_view(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    with desk.owner().cursor() as cursor:
        cursor.execute("UPDATE desk.ticket SET due_at = now() + interval '1 day' WHERE number % 5 = 0 RETURNING status")
        ended = {"resolved", "closed", "cancelled", "duplicate"}
        statuses = [row[0] for row in cursor.fetchall()]
    expected = numbers_by(
        desk,
        "reported_at DESC, id DESC",
        "due_at <= now() + interval '3 days' AND status NOT IN ('resolved', 'closed', 'cancelled', 'duplicate')",
        limit=TICKETS,
    )
    assert ended & set(statuses), "ended ones are due by their date alone"
    client.show_view("due_soon")
    assert client.model.rowCount() == len(expected)
    by_view = client.numbers()
    client.show_view("all")
    QTest.mouseClick(client.page.filters._due, Qt.MouseButton.LeftButton)
    client.settle()
    assert client.model.rowCount() == len(expected)
    assert client.numbers() == by_view == expected[:10]


def test_a_number_and_enter_opens_that_ticket(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    client.show_view("all")
    (number,) = numbers_by(desk, "number", limit=1)
    box = client.window.top_bar.search
    box.setFocus()
    QTest.keyClicks(box, str(number))
    QTest.keyClick(box, Qt.Key.Key_Return)
    client.until(client.page.has_ticket)
    client.settle()
    detail = client.page.pane.editing.detail
    assert detail is not None
    assert detail.number == number


def test_an_empty_list_says_what_would_be_here(start_client: StartClient) -> None:
    client = start_client()
    client.page.filters.set_text("nothing-has-these-words")
    client.settle()
    assert client.model.rowCount() == 0
    assert "No ticket fits" in client.list._empty_text


def test_old_rows_stay_dimmed_until_others_are_there(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    before = client.numbers()
    dimmed: list[bool] = []
    client.model.dimmed_changed.connect(dimmed.append)
    client.page.filters.set_text("STB")
    shown_while_dimmed: list[list[int]] = []
    client.model.dimmed_changed.connect(lambda is_dimmed: is_dimmed and shown_while_dimmed.append(client.numbers()))
    client.until(lambda: dimmed == [True, False])
    client.settle()
    assert shown_while_dimmed == [before]
    assert client.numbers() != before


def test_a_dragged_thumb_asks_for_few_pages(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    asked: list[object] = []
    controller = client.page.controller
    run = controller.run
    controller.run = lambda op, done, purpose: (asked.append(purpose), run(op, done, purpose))
    bar = client.list.verticalScrollBar()
    for step in range(600):
        bar.setValue(bar.maximum() * step // 600)
    bar.setValue(bar.maximum())
    client.settle()
    assert asked.count("page") <= 3
    assert client.model.row(TICKETS - 1) is not None


def test_refresh_keeps_the_place(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    client.list.verticalScrollBar().setValue(client.list.verticalScrollBar().maximum() // 2)
    client.settle()
    place, rows = client.list.verticalScrollBar().value(), client.list.visible_rows()
    shown = client.model.row(rows[0])
    client.window.actions_here["refresh"].trigger()
    client.settle()
    assert client.list.verticalScrollBar().value() == place
    assert client.model.row(rows[0]) == shown
    assert client.model.rowCount() == TICKETS


def test_arrows_show_the_ticket_below_and_enter_goes_there(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    client.list.setFocus()
    QTest.keyClick(client.list, Qt.Key.Key_Home)
    QTest.keyClick(client.list, Qt.Key.Key_Down)
    client.until(client.page.has_ticket)
    client.settle()
    second = client.model.row(1)
    assert second is not None
    assert client.page.shown_id() == second.id
    assert client.list.hasFocus()
    QTest.keyClick(client.list, Qt.Key.Key_Return)
    client.settle()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert client.page.pane.isAncestorOf(focused) or focused is client.page.pane


def test_a_ticket_in_its_own_tab(start_client: StartClient) -> None:
    client = start_client()
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(0, 0))
    client.settle()
    client.window.actions_here["open_tab"].trigger()
    client.settle()
    tabs = client.workspace.tabs
    assert tabs.count() == 2
    first = client.model.row(0)
    assert first is not None
    assert str(first.number) in tabs.tabText(1)
    client.workspace.open_in_tab(first.id)
    assert tabs.count() == 2
    client.window.actions_here["close_tab"].trigger()
    assert tabs.count() == 1
    assert tabs.currentIndex() == 0
