"""A save that is held up, by a look-up, a lease or what came in: nothing waits for ever, and nothing goes out later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desk_client.forms import lease_controller, lookup_controller
from desk_client.forms.leasing import Leasing
from desk_client.tickets import controller
from shared.errors import DatabaseUnavailableError
from tests.gui.tickets_form.elsewhere import CONTROL, change_elsewhere

WAIT_SECONDS = 60.0
NO_ANSWER = ("error", "The server can't be reached")


@pytest.fixture
def break_look_ups(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Callable[[], None]]:
    """``mend = break_look_ups()``: from now on nobody finds a customer."""

    def make() -> Callable[[], None]:
        honest = lookup_controller.find_customers

        def fail(*_args: Any) -> Any:
            raise DatabaseUnavailableError("The connection to the database server broke.")

        monkeypatch.setattr(lookup_controller, "find_customers", fail)
        return lambda: monkeypatch.setattr(lookup_controller, "find_customers", honest)

    return make


def type_customer(client: Any, letters: str) -> int:
    """Into an opened ticket; its id."""
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("customer_id")
    client.editor("customer_id").selectAll()
    client.type(letters)
    return int(ticket)


def save(client: Any) -> None:
    client.press(Qt.Key.Key_Return, CONTROL)
    client.idle()


def errors(client: Any) -> list[tuple[str, str]]:
    return [(severity, text) for severity, text in client.messages.said if severity == "error"]


def test_a_look_up_that_failed_holds_up_no_save_for_ever(client: Any, break_look_ups: Any) -> None:
    mend = break_look_ups()
    ticket = type_customer(client, "Lumora")
    save(client)
    assert errors(client)[-1] == NO_ANSWER
    assert client.editor("customer_id").text() == "Lumora"
    mend()
    save(client)
    client.until(lambda: not client.pane.is_dirty())
    assert client.stored(ticket).customer == "Lumora Devices"


def test_a_look_up_that_failed_within_a_merge_ends_the_save(
    client: Any, break_look_ups: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that was typed while the save was out is asked for before it goes out again."""
    ticket = client.new_ticket_id()
    client.open(ticket)
    change_elsewhere(client, ticket, subject="Another meanwhile")
    client.go("serial")
    client.type("SN 7")
    client.idle()
    goes_on, honest = threading.Event(), controller.update_ticket
    monkeypatch.setattr(controller, "update_ticket", lambda *how: goes_on.wait(WAIT_SECONDS) and honest(*how))
    mend = break_look_ups()
    client.press(Qt.Key.Key_Return, CONTROL)
    client.go("customer_id")
    client.editor("customer_id").selectAll()
    client.type("Lumora")
    goes_on.set()
    client.idle()
    assert not client.pane.editing.is_saving and client.pane.is_dirty()
    mend()
    save(client)
    client.until(lambda: not client.pane.is_dirty())
    stored = client.stored(ticket)
    assert (stored.customer, stored.values.serial, stored.values.subject) == (
        "Lumora Devices", "SN 7", "Another meanwhile",
    )  # fmt: skip


def test_after_a_look_up_that_failed_no_save_goes_out_by_itself(client: Any, break_look_ups: Any) -> None:
    mend = break_look_ups()
    ticket = type_customer(client, "Lumora")
    closed: list[bool] = []
    client.pane.editing.after_save = lambda: closed.append(True)
    client.pane.editing.save()
    client.idle()
    mend()
    client.find("customer_id", "Lumora")
    client.idle()
    assert client.pane.is_dirty(), "found, and not saved: nobody asks for that any more"
    assert closed == []
    save(client)
    assert client.stored(ticket).customer == "Lumora Devices"


def test_what_is_discarded_while_the_desk_is_asked_what_came_in_is_not_saved(client: Any) -> None:
    lin = client.person("lin")
    client.open(client.new_ticket_id(kind="question", status="open", assignee_id=lin))
    client.pane.form.put({"status": "resolved", "resolution": "fixed"}, {})
    client.idle()
    sent: list[Any] = []
    client.pane.controller.save = lambda *args: bool(sent.append(args))
    client.pane.save()
    assert client.pane.editing.is_saving
    client.pane.editing.discard()
    client.idle()
    assert sent == []
    assert not client.pane.editing.is_saving


def test_a_lease_that_could_not_be_asked_for_is_its_own_ticket_s_matter(client: Any, monkeypatch: Any) -> None:
    """Who types in the next one has that one's, and hears nothing of the first."""
    first, second = client.new_ticket_id(), client.new_ticket_id()
    honest, gate = lease_controller.take_lease, threading.Event()

    def fail_at_first(conn: Any, entity: str, row_id: int) -> Any:
        if row_id != first:
            return honest(conn, entity, row_id)
        assert gate.wait(WAIT_SECONDS)
        raise DatabaseUnavailableError("The connection to the database server broke.")

    monkeypatch.setattr(lease_controller, "take_lease", fail_at_first)
    client.open(first)
    client.go("serial")
    client.type("1")
    client.pane.editing.discard()
    client.pane.open_row(second)
    client.until(lambda: client.pane.editing.detail.id == second)
    client.go("serial")
    client.type("2")
    gate.set()
    client.idle()
    assert client.stored(second).edited_by == "pc-full"
    assert errors(client) == []


def test_a_save_that_waits_is_over_once_its_lease_is_given_back(client: Any, monkeypatch: Any) -> None:
    """Nothing was typed for long while the desk did not confirm the lease: the next key is no wish to save."""
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("1")
    client.idle()
    with monkeypatch.context() as unsure:
        unsure.setattr(Leasing, "is_unsure", property(lambda _: True))
        client.pane.save()
        lease = client.pane.controller.lease
        lease.keeper.rested.emit(*lease.key, True)
        client.idle()
    client.type("2")
    client.idle()
    assert client.stored(ticket).edited_by == "pc-full"
    assert client.stored(ticket).values.serial is None
    assert client.pane.is_dirty()
