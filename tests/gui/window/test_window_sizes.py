"""The window at its smallest: nothing overlaps, nothing is cut off, and a ticket can be read and edited there."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desk_client.listing.delegate import GLYPH, PADDING
from desk_client.tickets.age import DAY, HOUR, MINUTE, YEAR, age_text
from desk_client.tickets.columns import COLUMNS, INDEX, ColumnId
from desk_server.demo.loader import seed
from shared.domain.status import Status
from tests.desks import RunningDesk
from tests.gui.conftest import CHINESE, ENGLISH, Client, StartClient
from tests.gui.window.test_window_words import open_first

BOTH = pytest.mark.parametrize("language", [ENGLISH, CHINESE])


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


def at_its_smallest(start_client: StartClient, language: str) -> Client:
    """A window that is narrowed as far as it goes, with a ticket below the list and a filter set."""
    client = start_client(language=language)
    open_first(client)
    client.page.filters._due.click()
    client.settle()
    client.window.resize(1, 1)
    client.settle()
    return client


def on_window(widget: QWidget) -> QRect:
    """Where it is, in the window's pixels."""
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


def shown_children(parent: QWidget) -> list[QWidget]:
    return [child for child in parent.children() if isinstance(child, QWidget) and child.isVisible()]


def overlaps(parent: QWidget) -> list[str]:
    """Children of one parent that share pixels, or leave the parent."""
    children = shown_children(parent)
    faults = [
        f"{one.objectName()} and {other.objectName()}"
        for one, other in itertools.combinations(children, 2)
        if one.geometry().intersects(other.geometry())
    ]
    return faults + [f"{one.objectName()} leaves it" for one in children if not parent.rect().contains(one.geometry())]


@BOTH
def test_nothing_overlaps_in_the_smallest_window(start_client: StartClient, language: str) -> None:
    client = at_its_smallest(start_client, language)
    window, pane = client.window, client.page.pane
    needed = window.minimumSizeHint()
    assert window.size() == window.minimumSize()
    assert (needed.width() <= window.width(), needed.height() <= window.height()) == (True, True), needed
    assert client.page.filters._clear.isVisible()
    for parent in (client.page.filters, window.top_bar, pane.head, pane.foot):
        assert overlaps(parent) == [], parent.objectName()
    for part in (client.page.filters, client.list, client.workspace.views, pane.head, pane.foot, window.top_bar):
        assert window.rect().contains(on_window(part)), part.objectName()


def test_the_measure_finds_an_overlap(start_client: StartClient) -> None:
    client = at_its_smallest(start_client, ENGLISH)
    client.page.filters._due.move(client.page.filters._assignee.pos())
    assert overlaps(client.page.filters)


@BOTH
def test_the_empty_filters_are_read_whole(start_client: StartClient, language: str) -> None:
    client = at_its_smallest(start_client, language)
    client.page.clear_filters()
    cut = []
    for box in shown_children(client.page.filters):
        text = box.placeholderText() if isinstance(box, QLineEdit) else ""
        if isinstance(box, QComboBox):
            text = box.currentText()
        beside = 48 if isinstance(box, QComboBox) else 22  # frame and padding; the arrow of a dropdown
        if QFontMetrics(box.font()).horizontalAdvance(text) > box.width() - beside:
            cut.append(text)
    assert cut == []


def test_a_wide_window_gives_the_filters_their_full_width(start_client: StartClient) -> None:
    filters = start_client().page.filters
    boxes = (filters._status, filters._product, filters._customer, filters._assignee)
    assert [box.width() for box in boxes] == [box.maximumWidth() for box in boxes]


@BOTH
def test_the_age_column_fits_its_widest_text(start_client: StartClient, language: str) -> None:
    client = start_client(language=language)
    now = dt.datetime.now(dt.UTC)
    ages = [59 * MINUTE, 47 * HOUR, 99 * DAY, 100 * DAY, 2 * YEAR - HOUR, 2 * YEAR, 98 * YEAR]
    metrics = QFontMetrics(client.list.font())
    for column in (ColumnId.AGE, ColumnId.ACTIVITY):
        room = COLUMNS[INDEX[column]].width - 2 * PADDING
        for age in ages:
            text = age_text(now - dt.timedelta(seconds=age), now)
            assert metrics.horizontalAdvance(text) <= room, text


@BOTH
def test_no_status_is_cut_off(start_client: StartClient, language: str) -> None:
    client = start_client(language=language)
    room = COLUMNS[INDEX[ColumnId.STATUS]].width - 2 * PADDING - GLYPH - 6
    words = [client.app.reference.choice_label("status", status) for status in Status]
    assert all(words) and words[0] != Status.NEW
    metrics = QFontMetrics(client.list.font())
    assert [word for word in words if metrics.horizontalAdvance(word) > room] == []


@BOTH
def test_a_ticket_in_the_smallest_window_shows_several_fields(start_client: StartClient, language: str) -> None:
    client = at_its_smallest(start_client, language)
    client.page.clear_filters()
    client.settle()
    form = client.page.pane.form
    seen = [
        name
        for name, frame in form.fields.frames.items()
        if frame.isVisible() and form.viewport().rect().contains(on_viewport(frame.editor, form.viewport()))
    ]
    assert len(seen) >= 2, seen
    first, last = client.list.visible_rows()
    assert last - first >= 2, "rows of the list"
    assert overlaps(client.page.pane._splitter) == []


def on_viewport(widget: QWidget, viewport: QWidget) -> QRect:
    return QRect(widget.mapTo(viewport, widget.rect().topLeft()), widget.size())
