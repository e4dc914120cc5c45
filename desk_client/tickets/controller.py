"""What the ticket pane asks of the database: tickets with their history, look-ups, comments."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import ChangeBus
from desk_client.forms.controller import EntityController
from desk_client.leases.keeper import LeaseKeeper
from desk_client.runner import DbRunner
from desk_client.tickets.fields import ENTITY
from desk_client.widgets.type_ahead import Suggestion
from shared.errors import AlreadySavedError, DeskError
from shared.queries.lookup import find_contacts, find_customers, find_projects, find_tickets
from shared.queries.tickets import get_history, get_ticket
from shared.schemas.reference import Named
from shared.schemas.session import DeskSession
from shared.schemas.ticket import CommentText, HistoryLine, TicketCreate, TicketDetail, TicketUpdate, TicketValues
from shared.services.tickets import add_comment, create_ticket, update_ticket

if TYPE_CHECKING:
    from sqlalchemy import Connection


class TicketController(EntityController[TicketDetail]):
    """The controller of a pane of tickets.

    Signals:
        history_failed(DeskError)
        history_loaded(tuple[HistoryLine]): of the open ticket, newest first.
        suggestions_found(name, text, list[Suggestion]): the answer to ``look_up``.
        commented(): the comment is appended.
    """

    history_failed = Signal(object)
    history_loaded = Signal(object)
    suggestions_found = Signal(str, str, object)
    commented = Signal()

    entity = ENTITY

    def __init__(
        self, runner: DbRunner, bus: ChangeBus, leases: LeaseKeeper, session: DeskSession, parent: QObject
    ) -> None:
        super().__init__(runner, bus, leases, parent)
        self._session = session
        self._comment_id = uuid.uuid4()

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self, conn: Connection, row_id: int) -> TicketDetail:
        """One ticket."""
        return get_ticket(conn, row_id)

    def read_beside(self, conn: Connection, row_id: int) -> tuple[HistoryLine, ...]:
        """Its history."""
        return get_history(conn, row_id, readable_private=self._session.readable_private)

    def open(self, row_id: int) -> None:
        """Read a ticket and its history; the lease of the one before is given back."""
        super().open(row_id)
        self.load_history()

    def stay(self, row_id: int | None) -> None:
        """Go on with what is shown: a ticket that was asked for meanwhile is not wanted any more, or did not come."""
        super().stay(row_id)
        self._runner.cancel(self, "history")

    def _forget_saves(self) -> None:
        super()._forget_saves()
        self._comment_id = uuid.uuid4()

    def load_history(self) -> None:
        """Read the history of the open ticket again."""
        ticket_id = self._row_id
        if ticket_id is not None:
            self._runner.run(
                lambda conn: self.read_beside(conn, ticket_id),
                on_done=self.history_loaded.emit, on_error=self.history_failed.emit, receiver=self, purpose="history",
            )  # fmt: skip

    def after_save(self, detail: TicketDetail) -> None:
        """The save is in the history by now."""
        self.load_history()

    def look_up(self, name: str, entity: str, text: str, parent: int | None) -> None:
        """Ask for the rows that the typed text may mean; a newer question of the same field makes this one void."""
        find = _lookup(entity, text, parent)
        if find is None:
            self.suggestions_found.emit(name, text, [])
            return
        self._runner.run(
            find,
            on_done=lambda rows: self.suggestions_found.emit(name, text, _suggestions(entity, rows)),
            receiver=self, purpose=f"lookup {name}",
        )  # fmt: skip

    # -- saving ----------------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any], comment: CommentText | None = None) -> None:
        """Save a new ticket. Sent again after a lost answer it is the same save, whatever was typed since."""
        new = TicketCreate(
            save_id=self._create_id, values=TicketValues(**values), comment=comment,
            comment_save_id=self._comment_id if comment else None,
        )  # fmt: skip
        self._save(lambda session: create_ticket(session, new))

    def update(self, base: TicketDetail, changed: Mapping[str, Any], comment: CommentText | None = None) -> None:
        """Save what changed of a ticket; the same intention keeps its save_id over retries."""
        values = TicketValues(**changed)
        change = TicketUpdate(
            id=base.id, row_version=base.row_version, save_id=self._save_id((base.id, base.row_version, values)),
            lease_token=self.lease.token(),
            values=values, comment=comment, comment_save_id=self._comment_id if comment else None,
        )  # fmt: skip
        self._save(lambda session: update_ticket(session, change))

    def comment(self, ticket_id: int, comment: CommentText) -> None:
        """Append a comment alone: it needs no lease and meets no conflict."""
        save_id, visit = self._comment_id, self._visit
        self._runner.run(
            lambda session: add_comment(session, ticket_id, comment, save_id),
            on_done=lambda _: self._on_commented(visit, ticket_id),
            on_error=lambda error: self._on_comment_failed(visit, ticket_id, error), receiver=self, write=True,
        )  # fmt: skip

    def _on_commented(self, visit: int, ticket_id: int) -> None:
        if visit != self._visit:
            self._bus.publish(ENTITY, ticket_id)
            return
        self._comment_id = uuid.uuid4()
        self._bus.publish(ENTITY, ticket_id, initiator=self)
        self.commented.emit()
        self.load_history()

    def _on_comment_failed(self, visit: int, ticket_id: int, error: DeskError) -> None:
        if isinstance(error, AlreadySavedError):
            self._on_commented(visit, ticket_id)
        elif visit == self._visit:
            self.save_failed.emit(error)


def _lookup(entity: str, text: str, parent: int | None) -> Callable[[Connection], Iterable[Named]] | None:
    """The query for an entity; None where it needs a parent and there is none."""
    if entity == "customer":
        return lambda conn: find_customers(conn, text)
    if entity == "ticket":
        return lambda conn: find_tickets(conn, text)
    if parent is None:
        return None
    if entity == "contact":
        return lambda conn: find_contacts(conn, parent, text)
    return lambda conn: find_projects(conn, parent, text)


def _suggestions(entity: str, rows: Iterable[Named]) -> list[Suggestion]:
    if entity == "ticket":
        return [Suggestion(row.id, row.code, row.name) for row in rows]
    return [Suggestion(row.id, row.name, row.code) for row in rows]
