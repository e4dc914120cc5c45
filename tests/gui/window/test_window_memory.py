"""What is remembered over a restart: size, columns, order, splitters, view, language, appearance."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desk_client.language import CHINESE
from desk_client.theme import Scheme
from desk_client.tickets.columns import COLUMNS, INDEX, ColumnId
from shared.schemas.ticket_listing import SortKey
from tests.gui.conftest import StartClient, end_client


def restart(start_client: StartClient, client):
    client.window.close()
    end_client(client.app)
    return start_client("full", remembered=True)


def test_columns_moved_sized_hidden_and_sorted_are_found_again(start_client: StartClient) -> None:
    client = start_client()
    header = client.list.header
    header.moveSection(header.visualIndex(INDEX[ColumnId.CUSTOMER]), 0)
    header.resizeSection(INDEX[ColumnId.PRODUCT], 201)
    header.toggle(INDEX[ColumnId.WAITING])
    header.toggle(INDEX[ColumnId.DUE])
    header.setSortIndicator(INDEX[ColumnId.PRIORITY], Qt.SortOrder.AscendingOrder)
    client.settle()
    client = restart(start_client, client)
    header = client.list.header
    assert header.visualIndex(INDEX[ColumnId.CUSTOMER]) == 0
    assert header.sectionSize(INDEX[ColumnId.PRODUCT]) == 201
    hidden = {column.id for at, column in enumerate(COLUMNS) if header.isSectionHidden(at)}
    assert hidden == {ColumnId.WAITING, ColumnId.KIND, ColumnId.ACTIVITY, ColumnId.EDITED}
    assert header.sortIndicatorSection() == INDEX[ColumnId.PRIORITY]
    assert client.page.controller.listing.sort is SortKey.PRIORITY
    assert not client.page.controller.listing.descending
    client.window.resize(1440, 900)  # the screen it came back on is smaller
    header.reset_columns()
    assert header.visualIndex(INDEX[ColumnId.CUSTOMER]) == INDEX[ColumnId.CUSTOMER]
    assert not header.isSectionHidden(INDEX[ColumnId.WAITING])


def test_size_and_splitters_and_view_are_found_again(start_client: StartClient) -> None:
    client = start_client()
    client.window.resize(900, 700)  # the offscreen screen is 800 x 800: a wider window comes back narrower
    client.page.splitter.setSizes([250, 400])
    client.show_view("waiting_us")
    sizes = client.page.splitter.sizes()
    client = restart(start_client, client)
    assert client.window.height() == 700
    assert client.page.splitter.sizes() == sizes
    assert client.workspace.views.views[client.workspace.views.currentRow()].id == "waiting_us"


def test_language_and_appearance_are_found_again(start_client: StartClient) -> None:
    client = start_client()
    client.app.language.use(CHINESE)
    client.app.theme.apply(Scheme.DARK)
    client = restart_as_left(start_client, client)
    assert client.app.language.code == CHINESE
    assert client.app.theme.is_dark
    assert client.window.menuBar().actions()[0].text().startswith("工单")


def restart_as_left(start_client: StartClient, client):
    """As ``restart``, with the settings as the person left them: ending a test client sets them back."""
    client.window.close()
    client.app.settings.sync()
    stored = client.app.settings.file
    kept = stored.read_text(encoding="utf-8")
    end_client(client.app)
    stored.write_text(kept, encoding="utf-8")
    return start_client("full", remembered=True)


def test_nothing_remembered_and_nonsense_remembered_are_survived(start_client: StartClient) -> None:
    client = start_client()
    settings = client.app.settings
    for key in ("list/columns", "window/geometry", "window/views", "window/ticket", "window/scheme", "list/view"):
        settings.set(key, "nonsense")
    settings.sync()
    end_client(client.app)
    client = start_client("full", remembered=True)
    assert client.list.header.visualIndex(INDEX[ColumnId.SUBJECT]) == INDEX[ColumnId.SUBJECT]
    assert client.window.isVisible()
