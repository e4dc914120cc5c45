"""Making a field private and open again, by keys on the administrator's real client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import isValid

from desk_client import lane
from desk_client.privacy import controller as controller_module
from desk_client.privacy.page import PrivacyPage
from shared.errors import BusyError, DatabaseUnavailableError, DeskError, LoginRefusedError
from tests.desks import RunningDesk
from tests.gui.conftest import CHINESE, Client, StartClient

NOTE = ("contact", "note")


@pytest.fixture
def stored(desk: RunningDesk) -> Iterator[Callable[..., Any]]:
    connection = desk.owner()

    def ask(sql: str, *values: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else None

    ask("INSERT INTO desk.customer (name, short_name) VALUES ('Nordwave', 'Nordwave')")
    ask(
        "INSERT INTO desk.contact (customer_id, name, note)"
        " SELECT max(id), 'Li Na', 'prefers Tuesday' FROM desk.customer"
    )
    yield ask
    ask("UPDATE desk.field_rule SET is_private = false WHERE entity = 'contact' AND field = 'note'")
    ask("DELETE FROM desk.search_move")
    ask("DELETE FROM desk.contact")
    ask("DELETE FROM desk.customer")
    connection.close()


def open_page(client: Client) -> PrivacyPage:
    client.window.actions_here["privacy"].trigger()
    page = client.workspace.tabs.currentWidget()
    assert isinstance(page, PrivacyPage)
    client.until(lambda: NOTE in page.cards)
    return page


def switch(client: Client, page: PrivacyPage, button: str = "questionGoOn") -> str:
    """Press the switch of the contact's note and answer the question; what was asked."""
    box = page.cards[NOTE].box
    client.window.activateWindow()
    box.setFocus()
    client.until(lambda: QApplication.focusWidget() is box)
    QTest.keyClick(box, Qt.Key.Key_Space)
    shown: list[Any] = []

    def is_there() -> bool:
        shown[:] = [one for one in client.window.findChildren(QWidget, "privacyQuestion") if one.isVisible()]
        return bool(shown)

    client.until(is_there)
    text: str = shown[0].text()
    QTest.keyClick(shown[0].findChild(QPushButton, button), Qt.Key.Key_Space)
    client.until(lambda: not isValid(shown[0]) or not shown[0].isVisible())
    return text


def is_private(stored: Callable[..., Any]) -> bool:
    return bool(stored("SELECT is_private FROM desk.field_rule WHERE entity = 'contact' AND field = 'note'")[0][0])


def test_a_field_becomes_private_and_open_again(
    start_client: StartClient, stored: Callable[..., Any], raw: Any
) -> None:
    reader = raw("query").cursor()
    reader.execute("SELECT note FROM desk.contact")
    assert reader.fetchall() == [("prefers Tuesday",)]
    client = start_client("admin")
    page = open_page(client)
    assert not page.cards[NOTE].box.isChecked()

    switch(client, page, "questionBack")
    assert not is_private(stored), "asked first"
    assert not page.cards[NOTE].box.isChecked()

    assert "will see it no more" in switch(client, page)
    client.until(page.cards[NOTE].box.isChecked)
    client.settle()
    assert is_private(stored)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        reader.execute("SELECT note FROM desk.contact")
    assert stored("SELECT count(*) FROM desk.search_move") == [(0,)]

    assert "Every machine will read it" in switch(client, page)
    client.until(lambda: not page.cards[NOTE].box.isChecked())
    client.settle()
    reader.execute("SELECT note FROM desk.contact")
    assert reader.fetchall() == [("prefers Tuesday",)]


def test_moving_is_stopped_and_goes_on(
    start_client: StartClient, stored: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(
        "INSERT INTO desk.contact (customer_id, name, note) SELECT max(c.id), 'C ' || n, 'note ' || n"
        " FROM desk.customer c, generate_series(1, 60) n GROUP BY n"
    )
    real = controller_module.move_private
    monkeypatch.setattr(controller_module, "move_private", lambda session: real(session, 10))
    client = start_client("admin")
    page = open_page(client)
    seen: list[int] = []
    page.controller.moving.connect(seen.append)
    page.controller.moving.connect(lambda left: page.controller.pause() if left < 50 else None)
    switch(client, page)
    client.until(lambda: bool(seen) and not page.controller.is_moving and client.app.runner.is_idle())
    assert page._progress.isVisible()
    left = stored("SELECT desk.field_private_left()")[0][0]
    assert 0 < left < 61
    assert is_private(stored), "the rights have changed already"

    page.controller.moving.disconnect()
    page.controller.moving.connect(page._show_left)
    stop = page.findChild(QPushButton, "privacyStop")
    stop.setFocus()
    QTest.keyClick(stop, Qt.Key.Key_Space)
    client.until(lambda: not page._progress.isVisible())
    assert stored("SELECT desk.field_private_left()") == [(0,)]
    assert seen == sorted(seen, reverse=True)


def test_a_desk_that_is_away_is_the_badge_s_affair_and_a_refusal_is_said(
    start_client: StartClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start_client("admin")
    controller, failed = open_page(client).controller, []
    controller.failed.connect(failed.append)
    for error in (DatabaseUnavailableError("Nobody there."), LoginRefusedError("Not you."), BusyError("Not now.")):

        def break_off(_session: object, error: DeskError = error) -> int:
            raise error

        monkeypatch.setattr(controller_module, "move_private", break_off)
        monkeypatch.setattr(lane, "RETRY_PAUSES", ())
        controller.resume()
        client.until(lambda: not controller.is_moving)
    assert [type(error) for error in failed] == [LoginRefusedError, BusyError]


def test_another_administrator_was_first(start_client: StartClient, stored: Callable[..., Any]) -> None:
    client = start_client("admin")
    page = open_page(client)
    stored("UPDATE desk.field_rule SET is_private = true WHERE entity = 'contact' AND field = 'note'")
    switch(client, page)
    client.until(lambda: page.banner.text() != "")
    client.until(page.cards[NOTE].box.isChecked)
    assert "Another administrator" in page.banner.text()
    client.app.language.use(CHINESE)
    client.until(lambda: "Another administrator" not in page.banner.text())


def test_only_administrators_have_it(start_client: StartClient) -> None:
    window = start_client("full").window
    assert window.actions_here is not None
    assert window.actions_here.get("privacy") is None
