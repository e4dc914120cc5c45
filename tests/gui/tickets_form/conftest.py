"""A pane on a real desk: the machine's own certificate, the real runner, real key events."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from desk_client.change_bus import ChangeBus
from desk_client.client_settings import ClientSettings
from desk_client.context import ClientContext
from desk_client.forms import away, undo
from desk_client.language import Language
from desk_client.leases.keeper import LeaseKeeper
from desk_client.messages import Answer, Messages
from desk_client.reference_store import ReferenceStore
from desk_client.runner import DbRunner
from desk_client.theme import Scheme, Theme
from desk_client.tickets.pane import TicketPane
from shared.queries.reference import get_reference
from shared.queries.session import get_session
from shared.queries.tickets import get_ticket
from shared.schemas.session import DeskSession
from shared.schemas.ticket import TicketCreate, TicketDetail, TicketUpdate, TicketValues
from shared.services.tickets import create_ticket, update_ticket
from tests.desks import RunningDesk

WAIT_MS = 20_000

FILL = """
INSERT INTO desk.customer (name, short_name) VALUES
    ('Nordwave Electronics', 'Nordwave'), ('三川实业有限公司', '三川实业'), ('Lumora Devices', 'Lumora');
INSERT INTO desk.contact (customer_id, name, title)
    SELECT id, 'Li Na', 'Hardware lab' FROM desk.customer WHERE short_name = '三川实业';
INSERT INTO desk.contact (customer_id, name) SELECT id, 'Erik Dahl' FROM desk.customer WHERE short_name = 'Nordwave';
INSERT INTO desk.product (code, name, retired_at) VALUES
    ('STB-300', 'Set-top box 300', NULL), ('STB-520', 'Set-top box 520', NULL), ('RTR-8', 'Router 8', NULL),
    ('STB-100', 'Set-top box 100', '2020-01-01');
INSERT INTO desk.release (product_id, version, released_on)
    SELECT id, version, day::date
    FROM desk.product
    JOIN (VALUES ('STB-300', '4.2.0', '2026-01-10'), ('STB-300', '4.2.1', '2026-03-10'),
                 ('STB-520', '5.0.0', '2026-02-01')) AS made (product, version, day) ON product = code;
INSERT INTO desk.hardware_revision (product_id, code)
    SELECT id, made.code
    FROM desk.product
    JOIN (VALUES ('STB-300', 'C1'), ('STB-300', 'C2'), ('STB-520', 'A1')) AS made (of_product, code)
        ON of_product = product.code;
INSERT INTO desk.release_hardware
    SELECT r.id, h.id FROM desk.release r JOIN desk.hardware_revision h USING (product_id)
    WHERE NOT (r.version = '4.2.0' AND h.code = 'C2');
INSERT INTO desk.project (code, name, customer_id, product_id)
    SELECT 'P-01', 'Hotel box', customer.id, product.id FROM desk.customer, desk.product
    WHERE short_name = 'Nordwave' AND code = 'STB-300';
INSERT INTO desk.choice (list_code, code, label_en, label_zh, position, retired_at)
    VALUES ('channel', 'fax', 'Fax', '传真', 90, '2020-01-01');
"""


@pytest.fixture(autouse=True)
def no_pause_counts() -> Iterator[None]:
    """On a loaded machine moments pass between two keys: they are one step of undo all the same."""
    with pytest.MonkeyPatch.context() as patience:
        patience.setattr(undo, "PAUSE_MS", 600_000)
        patience.setattr(away, "LOOK_AGAIN_MS", 600_000)  # see Client.look_again
        yield


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The palette and the style sheet of the product."""
    made = Theme(qapp)
    made.apply(Scheme.LIGHT)
    return made


@pytest.fixture(scope="module")
def filled(desk: RunningDesk) -> RunningDesk:
    """The desk with a few customers and products."""
    connection = desk.owner()
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    desk.close_connections()
    return desk


class AnsweringMessages(Messages):
    """Messages that answer their question without a modal box, and remember what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer.CANCEL
        self.asked: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.shown.connect(lambda severity, say: self.said.append((severity, say())))

    def ask_unsaved(self, parent: QWidget, title: str) -> Answer:
        self.asked.append(title)
        return self.answer


class Line(QObject):
    """What the client knows of the way to the desk, as a test tells it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_live = True

    @property
    def is_listening(self) -> bool:
        return self.is_live

    def become(self, *, live: bool) -> None:
        self.is_live = live
        self.changed.emit()


@dataclass
class Client:
    """One machine's client as far as the pane needs it."""

    pane: TicketPane
    runner: DbRunner
    reference: ReferenceStore
    messages: AnsweringMessages
    bus: ChangeBus
    session: DeskSession
    desk: RunningDesk
    machine: str
    qtbot: QtBot
    line: Line
    presses: int = 0
    typed: list[str] = field(default_factory=list)

    # -- keys ------------------------------------------------------------------------------------------------------

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key press, counted."""
        self.presses += 1
        QTest.keyClick(self.focus(), key, modifiers)

    def type(self, text: str) -> None:
        """The letters of a text: not counted, but remembered."""
        self.typed.append(text)
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(self.focus(), letter)
            else:
                self.commit(letter)

    def compose(self, preedit: str) -> None:
        """What an input method shows while it composes."""
        QApplication.sendEvent(self.focus(), QInputMethodEvent(preedit, []))

    def commit(self, text: str) -> None:
        """What an input method puts in at last."""
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.focus(), event)

    def go(self, name: str) -> None:
        """Put the focus into a field, as a click would."""
        self.pane.activateWindow()
        self.editor(name).setFocus(Qt.FocusReason.MouseFocusReason)
        self.until(lambda: QApplication.focusWidget() is self.editor(name))

    def focus(self) -> QWidget:
        """The widget that gets the keys."""
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def focused_field(self) -> str:
        """The name of the field with the focus."""
        return self.focus().objectName().removeprefix("edit_")

    # -- fields ----------------------------------------------------------------------------------------------------

    def editor(self, name: str) -> Any:
        return self.pane.form.fields.frames[name].editor

    def frame(self, name: str) -> Any:
        return self.pane.form.fields.frames[name]

    def messages_shown(self) -> dict[str, str]:
        """What stands under the fields."""
        return {name: f.message_text() for name, f in self.pane.form.fields.frames.items() if f.message_text()}

    def choose(self, name: str, letters: str) -> None:
        """Choose in a dropdown by its letters."""
        self.go(name)
        self.type(letters)

    def find(self, name: str, letters: str) -> None:
        """Type into a type-ahead and take the best match."""
        self.go(name)
        self.editor(name).selectAll()
        self.type(letters)
        self.press(Qt.Key.Key_Return)
        self.until(lambda: self.editor(name).value() is not None)

    # -- the desk --------------------------------------------------------------------------------------------------

    def idle(self) -> None:
        """Wait until the database has answered everything."""
        self.until(self.runner.is_idle)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def open(self, ticket_id: int) -> None:
        self.pane.open_row(ticket_id)
        self.until(lambda: self.pane.editing.detail is not None and self.pane.editing.detail.id == ticket_id)
        self.idle()

    def look_again(self) -> None:
        """What a save that broke off does by itself after a while: it finds the desk back, and offers to save."""
        again = self.pane.editing.away._again
        assert again.isActive()
        again.start(0)
        self.until(lambda: self.pane.change_banner.text().startswith("The desk is back"))

    def stored(self, ticket_id: int | None = None) -> TicketDetail:
        """The ticket as the database holds it."""
        wanted = ticket_id or self.pane.editing.detail.id
        return self.direct(lambda work: get_ticket(work.connection(), wanted))

    def direct(self, op: Callable[[Any], Any]) -> Any:
        """Run a service or query beside the client, on a connection of its own."""
        database = self.desk.database(self.machine, session=uuid.uuid4())
        try:
            with database.unit_of_work() as work:
                return op(work)
        finally:
            database.close()

    def id_of(self, sql: str) -> int:
        return int(self.direct(lambda work: work.execute(text(sql)).scalar_one()))

    def new_ticket_id(self, **values: Any) -> int:
        """A ticket made by a service, for tests that begin with one."""
        given = {
            "kind": "problem", "subject": "No picture after standby", "category": "video",
            "priority": "normal", "status": "new",
            "source": "customer", "channel": "phone",
            "customer_id": self.id_of("SELECT id FROM desk.customer WHERE short_name = 'Nordwave'"),
            "product_id": self.id_of("SELECT id FROM desk.product WHERE code = 'STB-300'"),
        } | values  # fmt: skip
        new = TicketCreate(save_id=uuid.uuid4(), values=TicketValues(**given))
        return int(self.direct(lambda work: create_ticket(work, new)).id)

    def change(self, ticket_id: int, **values: Any) -> None:
        """Change a ticket beside the client."""
        version = self.stored(ticket_id).row_version
        change = TicketUpdate(id=ticket_id, row_version=version, save_id=uuid.uuid4(), values=TicketValues(**values))
        self.direct(lambda work: update_ticket(work, change))

    def person(self, code: str) -> int:
        return next(one.id for one in self.reference.data.staff if one.code == code)


@pytest.fixture
def make_client(filled: RunningDesk, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """``make_client("full")``: a shown pane on that machine's own certificate."""
    made: list[Client] = []

    def make(machine: str = "full", size: tuple[int, int] = (1180, 760)) -> Client:
        database = filled.database(machine, session=uuid.uuid4())
        with database.reading() as connection:
            session, data = get_session(connection), get_reference(connection)
        runner, reference, messages, bus = DbRunner(database), ReferenceStore(), AnsweringMessages(), ChangeBus()
        reference.load(data)
        runner.start()
        profile, line = filled.profile(machine), Line()
        context = ClientContext(
            session=session, runner=runner, bus=bus, messages=messages, reference=reference, theme=theme,
            language=Language(), settings=ClientSettings(tmp_path), profile=profile,
            leases=LeaseKeeper(runner, bus, session), connection=cast(Any, line), may_save=lambda: True,
        )  # fmt: skip
        pane = TicketPane(context)
        pane.resize(*size)
        qtbot.addWidget(pane)
        pane.show()
        pane.activateWindow()
        qtbot.waitActive(pane).__enter__()
        made.append(Client(pane, runner, reference, messages, bus, session, filled, machine, qtbot, line=line))
        return made[-1]

    yield make
    for client in made:
        client.pane.controller.lease.keeper.end()
        client.runner.shutdown()
    filled.close_connections()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    """A full machine's client."""
    return make_client("full")
