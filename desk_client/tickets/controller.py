"""What the ticket pane asks of the database: tickets with their history, look-ups, comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import ChangeBus
from desk_client.forms.controller import EntityController
from desk_client.forms.lookup_controller import LookupController
from desk_client.forms.save_ids import Sent
from desk_client.leases.keeper import LeaseKeeper
from desk_client.runner import DbRunner
from desk_client.tickets.fields import ENTITY
from shared.queries.tickets import get_history, get_ticket
from shared.schemas.session import DeskSession
from shared.schemas.ticket import HistoryLine, TicketCreate, TicketDetail, TicketUpdate, TicketValues
from shared.services.tickets import add_comment, create_ticket, update_ticket

if TYPE_CHECKING:
    from sqlalchemy import Connection


class TicketController(EntityController[TicketDetail]):
    """The controller of a pane of tickets.

    Signals:
        history_failed(DeskError)
        history_loaded(tuple[HistoryLine]): of the open ticket, newest first.
        suggestions_found(name, text, list[Suggestion] or None), lookup_failed(DeskError): the answer to ``look_up``.
        arrivals_found(tuple[HistoryLine]), arrivals_failed(DeskError): the answer to ``ask_for_arrivals``.
    """

    history_failed = Signal(object)
    history_loaded = Signal(object)
    suggestions_found = Signal(str, str, object)
    lookup_failed = Signal(object)
    arrivals_found = Signal(object)
    arrivals_failed = Signal(object)

    entity = ENTITY

    def __init__(
        self, runner: DbRunner, bus: ChangeBus, leases: LeaseKeeper, session: DeskSession, parent: QObject
    ) -> None:
        super().__init__(runner, bus, leases, parent)
        self._session = session
        self._lookups = LookupController(runner, self)
        self._lookups.suggestions_found.connect(self.suggestions_found)
        self._lookups.failed.connect(self.lookup_failed)

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self, conn: Connection, row_id: int) -> TicketDetail:
        """One ticket."""
        return get_ticket(conn, row_id)

    def row_of(self, kept: Mapping[str, Any]) -> TicketDetail | None:
        """A ticket as it was read once."""
        try:
            return TicketDetail.model_validate(kept)
        except ValueError:
            return None

    def read_beside(self, conn: Connection, row_id: int) -> tuple[HistoryLine, ...]:
        """Its history."""
        return get_history(conn, row_id, readable_private=self._session.readable_private)

    def read_beside_again(self) -> None:
        """Read the history of the ticket that is shown; that of another is not wanted any more."""
        ticket_id = self._row_id
        if ticket_id is None:
            self._runner.cancel(self, "history")
        else:
            self._runner.run(
                lambda conn: self.read_beside(conn, ticket_id),
                on_done=self.history_loaded.emit, on_error=self.history_failed.emit, receiver=self, purpose="history",
            )  # fmt: skip

    def after_save(self, detail: TicketDetail) -> None:
        """The save is in the history by now."""
        self.read_beside_again()

    def ask_for_arrivals(self) -> None:
        """Read the history before the ticket is resolved: what came in since it was opened counts, noticed or not."""
        ticket_id, visit = self._row_id, self._visit
        if ticket_id is not None:
            self._runner.run(
                lambda conn: self.read_beside(conn, ticket_id),
                on_done=lambda lines: self._if_shown(visit, self.arrivals_found, lines),
                on_error=lambda error: self._if_shown(visit, self.arrivals_failed, error),
                receiver=self, purpose="arrivals",
            )  # fmt: skip

    def look_up(self, name: str, entity: str, text: str, parent: int | None) -> None:
        """Ask for the rows that the typed text may mean; a newer question of the same field makes this one void."""
        self._lookups.look_up(name, entity, text, parent)

    # -- saving ----------------------------------------------------------------------------------------------------

    def insert(self, session: Any, sent: Sent) -> TicketDetail:
        """Make a ticket."""
        new = TicketCreate(
            save_id=sent.save_id, values=TicketValues(**sent.changed), comment=sent.beside,
            comment_save_id=sent.beside_id if sent.beside else None,
        )  # fmt: skip
        return create_ticket(session, new)

    def write(self, session: Any, sent: Sent, lease_token: int | None) -> TicketDetail:
        """Change a ticket, and append the comment that goes along."""
        change = TicketUpdate(
            id=sent.row_id or 0, row_version=sent.row_version, save_id=sent.save_id, lease_token=lease_token,
            values=TicketValues(**sent.changed), comment=sent.beside,
            comment_save_id=sent.beside_id if sent.beside else None,
        )  # fmt: skip
        return update_ticket(session, change)

    def is_beside_kept(self, sent: Any, beside: tuple[HistoryLine, ...]) -> bool:
        """Whether this comment is in the history."""
        said = {line.text.rstrip() for line in beside if line.line == "comment" and line.text is not None}
        return sent.body.rstrip() in said

    def append(self, session: Any, sent: Sent) -> None:
        """Append a comment alone: it needs no lease and meets no conflict."""
        add_comment(session, sent.row_id or 0, sent.beside, sent.beside_id)
