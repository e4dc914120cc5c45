"""Several rows of the list: by Shift, Ctrl and Ctrl+A; they stay chosen when the list is read anew."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desk_client import main_window
from desk_client.listing.table_model import CACHED_PAGES
from shared.schemas.bulk import MOST_ROWS
from shared.schemas.listing import PAGE_ROWS
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient
from tests.gui.tickets_list.conftest import TICKETS
from tests.gui.tickets_list.test_ticket_list import numbers_by

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


def press(client: Client, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(client.list, key, modifiers)


def click(client: Client, row: int, modifiers: Qt.KeyboardModifier = NONE,
          button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:  # fmt: skip
    at = client.list.visualRect(client.model.index(row, 2)).center()
    QTest.mouseClick(client.list.viewport(), button, modifiers, at)


def chosen_rows(client: Client) -> list[int]:
    return sorted(row for one in client.list.chosen.ids() if (row := client.model.find(one)) is not None)


def opened(start_client: StartClient) -> Client:
    client = start_client()
    client.show_view("all")
    client.list.setFocus()
    press(client, Qt.Key.Key_Home)
    return client


def status(client: Client) -> str:
    return client.window._rows.text()


def test_shift_and_the_arrows_choose_a_range(start_client: StartClient) -> None:
    client = opened(start_client)
    assert client.list.chosen_ids() == (client.model.row(0).id,)
    press(client, Qt.Key.Key_Down, SHIFT, times=4)
    assert chosen_rows(client) == [0, 1, 2, 3, 4]
    press(client, Qt.Key.Key_Up, SHIFT, times=2)
    assert chosen_rows(client) == [0, 1, 2]
    assert client.list.currentIndex().row() == 2
    assert "3 selected" in status(client)
    press(client, Qt.Key.Key_Down)
    assert chosen_rows(client) == [] and "selected" not in status(client)
    assert client.list.chosen_ids() == (client.model.row(3).id,)


def test_ctrl_click_adds_and_takes_away_and_shift_click_takes_a_range(start_client: StartClient) -> None:
    client = opened(start_client)
    click(client, 1)
    click(client, 3, CONTROL)
    click(client, 5, CONTROL)
    assert chosen_rows(client) == [1, 3, 5]
    click(client, 3, CONTROL)
    assert chosen_rows(client) == [1, 5]
    click(client, 1)
    assert chosen_rows(client) == []
    click(client, 6, SHIFT)
    assert chosen_rows(client) == [1, 2, 3, 4, 5, 6]
    click(client, 2, SHIFT)
    assert chosen_rows(client) == [1, 2]


def test_ctrl_and_space_choose_by_keyboard_and_esc_lets_go(start_client: StartClient) -> None:
    client = opened(start_client)
    press(client, Qt.Key.Key_Space, CONTROL)
    press(client, Qt.Key.Key_Down, CONTROL, times=2)
    press(client, Qt.Key.Key_Space, CONTROL)
    assert chosen_rows(client) == [0, 2]
    press(client, Qt.Key.Key_Escape)
    assert chosen_rows(client) == []
    assert client.list.chosen_ids() == (client.model.row(2).id,)


def test_the_menu_of_a_chosen_row_leaves_the_others_chosen(start_client: StartClient) -> None:
    client = opened(start_client)
    press(client, Qt.Key.Key_Down, SHIFT, times=3)
    click(client, 1, button=Qt.MouseButton.RightButton)
    assert chosen_rows(client) == [0, 1, 2, 3]
    click(client, 7, button=Qt.MouseButton.RightButton)
    assert chosen_rows(client) == []
    assert client.list.current_id() == client.model.row(7).id


def test_ctrl_a_chooses_rows_that_are_not_in_memory(
    start_client: StartClient, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "INFO_MS", 600_000)  # it is looked at below, however late
    client = opened(start_client)
    press(client, Qt.Key.Key_A, CONTROL)
    client.until(lambda: len(client.list.chosen) == MOST_ROWS)
    with desk.owner().cursor() as cursor:
        cursor.execute(f"SELECT id FROM desk.ticket ORDER BY reported_at DESC, id DESC LIMIT {MOST_ROWS}")
        expected = [row[0] for row in cursor.fetchall()]
    assert list(client.list.chosen.ids()) == expected
    assert len(client.model._pages) < MOST_ROWS // PAGE_ROWS < CACHED_PAGES
    assert "1,000 selected" in status(client)
    assert "1,000" in client.window.statusBar().currentMessage()


def test_a_range_reaches_beyond_the_memory_and_is_capped(start_client: StartClient) -> None:
    client = opened(start_client)
    press(client, Qt.Key.Key_Down, times=5)
    press(client, Qt.Key.Key_End, SHIFT)
    client.until(lambda: len(client.list.chosen) == MOST_ROWS)
    assert client.list.currentIndex().row() == TICKETS - 1
    first = client.model.row(5)
    assert first is not None and next(iter(client.list.chosen)) == first.id


def test_a_click_before_the_answer_counts_instead(start_client: StartClient) -> None:
    client = opened(start_client)
    press(client, Qt.Key.Key_A, CONTROL)
    click(client, 4)
    client.settle()
    assert chosen_rows(client) == []


def test_who_shows_other_rows_before_the_answer_has_none_chosen(start_client: StartClient) -> None:
    client = opened(start_client)
    press(client, Qt.Key.Key_A, CONTROL)
    client.show_view("waiting_customer")
    assert client.list.chosen.ids() == (), "nobody sees any more which they are"


def test_what_is_chosen_stays_chosen_when_the_list_is_read_anew(start_client: StartClient, desk: RunningDesk) -> None:
    client = opened(start_client)
    press(client, Qt.Key.Key_Down, SHIFT, times=3)
    before = client.list.chosen.ids()
    with desk.owner().cursor() as cursor:
        cursor.execute("UPDATE desk.ticket SET reported_at = now() WHERE number = %s", (client.numbers(8)[7],))
    client.workspace.refresh()
    client.settle()
    assert client.list.chosen.ids() == before
    assert chosen_rows(client) == [1, 2, 3, 4]
    assert client.numbers() == numbers_by(desk, "reported_at DESC, id DESC")
    press(client, Qt.Key.Key_Down, SHIFT)
    assert chosen_rows(client) == [1, 2, 3, 4, 5]
    client.show_view("waiting_customer")
    assert not client.list.chosen


def test_a_chosen_row_says_so(start_client: StartClient) -> None:
    client = opened(start_client)
    role = Qt.ItemDataRole.AccessibleTextRole
    press(client, Qt.Key.Key_Down, SHIFT)
    assert client.model.data(client.model.index(1, 2), role).startswith("selected, ")
    assert not client.model.data(client.model.index(2, 2), role).startswith("selected, ")


def test_chosen_rows_are_painted(start_client: StartClient) -> None:
    client = opened(start_client)
    press(client, Qt.Key.Key_Down, SHIFT, times=2)
    picture = client.list.viewport().grab().toImage()

    def ground(row: int) -> str:
        box = client.list.visualRect(client.model.index(row, 2))
        return picture.pixelColor(QPoint(box.right() - 3, box.center().y())).name()

    selection = client.app.theme.colours.selection.lower()
    assert [ground(row) == selection for row in range(5)] == [True, True, True, False, False]
