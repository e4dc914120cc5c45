"""Each filter of the bar by keys alone, against an independent answer by SQL; headings that sort nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHoverEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk_client.tickets.columns import INDEX, ColumnId
from desk_client.tickets.list_controller import placing_columns
from shared.schemas.ticket_listing import SortKey, TicketFilter, TicketListing
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient
from tests.gui.tickets_list.conftest import TICKETS
from tests.gui.tickets_list.test_ticket_list import click_heading, numbers_by

NEWEST = "reported_at DESC, id DESC"
UNSORTED = (ColumnId.SUBJECT, ColumnId.WAITING)


def all_tickets(start_client: StartClient) -> Client:
    client = start_client()
    client.show_view("all")
    return client


def assert_shows(client: Client, desk: RunningDesk, where: str) -> None:
    """The list is what SQL says, and narrower than everything."""
    expected = numbers_by(desk, NEWEST, where, limit=TICKETS)
    assert 0 < len(expected) < TICKETS
    assert client.model.rowCount() == len(expected)
    assert client.numbers() == expected[:10]


def test_status_by_keys(start_client: StartClient, desk: RunningDesk) -> None:
    client = all_tickets(start_client)
    box = client.page.filters._status
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    menu = box.menu()
    client.until(menu.isVisible)
    first = menu.activeAction()
    QTest.keyClick(menu, Qt.Key.Key_Space)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    second = menu.activeAction()
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert menu.isVisible(), "it stays open while marks are set"
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    client.settle()
    assert box.values() == (first.data(), second.data())
    assert_shows(client, desk, f"status IN ('{first.data()}', '{second.data()}')")


def test_product_by_keys(start_client: StartClient, desk: RunningDesk) -> None:
    client = all_tickets(start_client)
    box = client.page.filters._product
    product = client.app.reference.products()[1]
    box.setFocus()
    QTest.keyClicks(box, product.code)
    client.settle()
    assert box.value() == product.id
    assert_shows(client, desk, f"product_id = {product.id}")


def test_assignee_by_keys(start_client: StartClient, desk: RunningDesk) -> None:
    client = all_tickets(start_client)
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.name FROM desk.staff s JOIN desk.ticket t ON t.assignee_id = s.id"
            " WHERE s.name ~ '^[ -~]+$' GROUP BY s.id, s.name ORDER BY count(*) DESC, s.id LIMIT 1"
        )
        person_id, name = cursor.fetchone()
    box = client.page.filters._assignee
    box.setFocus()
    QTest.keyClicks(box, name)
    client.settle()
    assert box.value() == person_id
    assert_shows(client, desk, f"assignee_id = {person_id}")
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_Down)  # nobody
    client.settle()
    assert_shows(client, desk, "assignee_id IS NULL")


def test_text_by_keys_and_back(start_client: StartClient, desk: RunningDesk) -> None:
    client = all_tickets(start_client)
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "SELECT serial FROM desk.ticket WHERE serial IS NOT NULL GROUP BY serial HAVING count(*) < 5"
            " ORDER BY serial LIMIT 1"
        )
        (serial,) = cursor.fetchone()
    box = client.window.top_bar.search
    QTest.keyClick(client.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    client.until(box.hasFocus)
    QTest.keyClicks(box, serial)
    QTest.keyClick(box, Qt.Key.Key_Return)
    client.settle()
    assert_shows(client, desk, f"serial = '{serial}'")
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is not box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    client.settle()
    assert client.model.rowCount() == TICKETS


def test_filters_add_up_and_are_cleared_together(start_client: StartClient, desk: RunningDesk) -> None:
    client = all_tickets(start_client)
    filters = client.page.filters
    product = client.app.reference.products()[0]
    filters._product.setFocus()
    QTest.keyClicks(filters._product, product.code)
    filters._status.setFocus()
    QTest.keyClick(filters._status, Qt.Key.Key_Space)
    client.until(filters._status.menu().isVisible)
    closed = next(one for one in filters._status.menu().actions() if one.data() == "closed")
    filters._status.menu().setActiveAction(closed)
    QTest.keyClick(filters._status.menu(), Qt.Key.Key_Space)
    QTest.keyClick(filters._status.menu(), Qt.Key.Key_Escape)
    client.settle()
    assert_shows(client, desk, f"product_id = {product.id} AND status = 'closed'")
    client.window.activateWindow()
    client.until(client.window.isActiveWindow)
    QTest.keyClick(client.list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    client.settle()
    assert client.model.rowCount() == TICKETS


@pytest.mark.parametrize("column", UNSORTED)
def test_a_heading_that_sorts_nothing_says_and_does_nothing(start_client: StartClient, column: ColumnId) -> None:
    client = all_tickets(start_client)
    header = client.list.header
    before, order = client.numbers(), header.sort()
    asked: list[object] = []
    header.sort_changed.connect(lambda *order: asked.append(order))
    for _ in range(2):
        click_heading(client.list, INDEX[column])
        client.settle()
    assert (client.numbers(), header.sort(), asked) == (before, order, [])
    assert header.sortIndicatorSection() == INDEX[ColumnId.AGE]
    assert not lights_up(client, column)
    assert lights_up(client, ColumnId.CUSTOMER)


def lights_up(client: Client, column: ColumnId) -> bool:
    """Whether the heading looks different under the pointer."""
    header = client.list.header
    x = header.sectionViewportPosition(INDEX[column]) + header.sectionSize(INDEX[column]) - 6
    colours: list[QColor] = []
    for at in (QPointF(-1, -1), QPointF(x, 10)):
        kind = QEvent.Type.HoverMove if at.x() >= 0 else QEvent.Type.HoverLeave
        QApplication.sendEvent(header, QHoverEvent(kind, at, at, at))
        colours.append(header.viewport().grab().toImage().pixelColor(QPoint(x, 4)))
    return colours[0] != colours[1]


@pytest.mark.parametrize(
    ("wanted", "columns"),
    [
        (TicketFilter(), {"reported_at"}),
        (TicketFilter(status=("open",)), {"reported_at", "status"}),
        (TicketFilter(due_within_days=3), {"reported_at", "status", "due_at"}),
    ],
)
def test_what_places_a_row(wanted: TicketFilter, columns: set[str]) -> None:
    assert placing_columns(TicketListing(filter=wanted, sort=SortKey.REPORTED)) == columns
