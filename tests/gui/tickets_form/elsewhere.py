"""What another machine does meanwhile, by its own certificate and session; and hands for the dialogs that follow."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from sqlalchemy import text

from shared.notify import ChangeKind
from shared.queries.tickets import get_ticket
from shared.schemas.contact_log import InteractionCreate
from shared.schemas.ticket import CommentText, TicketUpdate, TicketValues
from shared.services.contact_log import add_interaction
from shared.services.saving import EDITABLE, delete_row, restore_row
from shared.services.tickets import add_comment, update_ticket

CONTROL = Qt.KeyboardModifier.ControlModifier
OTHER = "full2"  # pc-full2, sun


def elsewhere(client: Any, op: Callable[[Any], Any], machine: str = OTHER) -> Any:
    """Run a service on the other machine."""
    database = client.desk.database(machine, session=uuid.uuid4())
    try:
        with database.unit_of_work() as work:
            return op(work)
    finally:
        database.close()


def change_elsewhere(client: Any, ticket: int, machine: str = OTHER, **values: Any) -> None:
    """The other machine saves."""

    def save(work: Any) -> None:
        version = get_ticket(work.connection(), ticket).row_version
        change = TicketUpdate(id=ticket, row_version=version, save_id=uuid.uuid4(), values=TicketValues(**values))
        update_ticket(work, change)

    elsewhere(client, save, machine)


def comment_elsewhere(client: Any, ticket: int, body: str, machine: str = OTHER) -> None:
    elsewhere(client, lambda work: add_comment(work, ticket, CommentText(body=body), uuid.uuid4()), machine)


def call_elsewhere(client: Any, ticket: int, summary: str) -> None:
    """An interaction on the ticket."""
    new = InteractionCreate(
        save_id=uuid.uuid4(), ticket_id=ticket, at=datetime.now(UTC), channel="phone", direction="in", summary=summary
    )
    elsewhere(client, lambda work: add_interaction(work, new))


def delete_elsewhere(client: Any, ticket: int, *, back: bool = False) -> None:
    def do(work: Any) -> None:
        model = EDITABLE["ticket"]
        found = work.execute(text("SELECT row_version FROM desk.ticket WHERE id = :id"), {"id": ticket}).scalar_one()
        (restore_row if back else delete_row)(work, model, ticket, row_version=found, save_id=uuid.uuid4())

    elsewhere(client, do)


def hear(client: Any, ticket: int, kind: ChangeKind = ChangeKind.ROW) -> None:
    """The notice of it arrives."""
    client.bus.publish("ticket", ticket, kind=kind)
    client.idle()


def comments(client: Any, ticket: int) -> list[str]:
    """What is stored, oldest first."""
    statement = text("SELECT body FROM desk.comment WHERE ticket_id = :id ORDER BY id")
    return list(client.direct(lambda work: work.execute(statement, {"id": ticket}).scalars().all()))


def window_of(client: Any, name: str) -> Any:
    """The dialog of that name, once it is shown and has the keys."""
    found: list[QWidget] = []

    def is_there() -> bool:
        found[:] = [one for one in client.pane.findChildren(QWidget, name) if one.isVisible() and one.isActiveWindow()]
        return bool(found)

    client.until(is_there)
    return found[-1]


def push(client: Any, window: QWidget, name: str) -> None:
    """Press a button of a dialog by the space bar."""
    button = window.findChild(QPushButton, name)
    assert button is not None, name
    assert button.isVisible(), name
    button.setFocus(Qt.FocusReason.TabFocusReason)
    client.until(lambda: QApplication.focusWidget() is button)
    QTest.keyClick(button, Qt.Key.Key_Space)
    client.pane.activateWindow()  # there is no window manager to do it
    client.idle()


def banner_button(client: Any, name: str) -> Any:
    """A button of what is said over the form."""
    found: list[QPushButton] = []

    def is_there() -> bool:
        found[:] = [one for one in client.pane.change_banner.findChildren(QPushButton, name) if one.isVisible()]
        return bool(found)

    client.until(is_there)  # a layout shows what is added to it a moment later
    return found[-1]
