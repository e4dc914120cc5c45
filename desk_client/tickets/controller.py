"""What the ticket pane asks of the database: open, look up, lease, save. All of it goes through the runner."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import ChangeBus
from desk_client.runner import DbRunner
from desk_client.tickets.fields import ENTITY
from desk_client.tickets.lease_controller import LeaseController
from desk_client.widgets.type_ahead import Suggestion
from shared.errors import AlreadySavedError, ConflictError, DeskError
from shared.queries.lookup import find_contacts, find_customers, find_projects, find_tickets
from shared.queries.tickets import get_history, get_ticket
from shared.schemas.reference import Named
from shared.schemas.session import DeskSession
from shared.schemas.ticket import CommentText, TicketCreate, TicketDetail, TicketUpdate, TicketValues
from shared.services.tickets import add_comment, create_ticket, update_ticket

if TYPE_CHECKING:
    from sqlalchemy import Connection


class TicketController(QObject):
    """One for each pane. Holds the ids of the saves under way; knows no widget.

    Signals:
        opened(TicketDetail): the ticket that was asked for.
        open_failed(DeskError), history_failed(DeskError)
        history_loaded(tuple[HistoryLine]): of the open ticket, newest first.
        suggestions_found(name, text, list[Suggestion]): the answer to ``look_up``.
        saved(TicketDetail): as the database holds it now.
        save_failed(DeskError): nothing was written.
        conflicted(TicketDetail, history): nothing was written; this is what the ticket is by now.
        commented(): the comment is appended.
    """

    opened = Signal(object)
    open_failed = Signal(object)
    history_failed = Signal(object)
    history_loaded = Signal(object)
    suggestions_found = Signal(str, str, object)
    saved = Signal(object)
    save_failed = Signal(object)
    conflicted = Signal(object, object)
    commented = Signal()

    def __init__(self, runner: DbRunner, bus: ChangeBus, session: DeskSession, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._bus, self._session = runner, bus, session
        self._ticket_id: int | None = None
        self._visit = 0  # counts what is shown one after the other: the answer to an earlier one's save is not shown
        self.lease = LeaseController(runner, self)
        self.lease.changed.connect(lambda ticket_id: bus.publish(ENTITY, ticket_id, initiator=self))
        self._create_id = uuid.uuid4()
        self._comment_id = uuid.uuid4()
        self._intended: tuple[Any, uuid.UUID] | None = None  # what is being saved, and its save_id

    # -- reading ---------------------------------------------------------------------------------------------------

    def open(self, ticket_id: int) -> None:
        """Read a ticket and its history; the lease of the one before is given back."""
        self._begin(ticket_id)
        self._runner.run(
            lambda conn: get_ticket(conn, ticket_id),
            on_done=self.opened.emit, on_error=self.open_failed.emit, receiver=self, purpose="open",
        )  # fmt: skip
        self.load_history()

    def start_new(self) -> None:
        """Begin a ticket that is not there yet: the save_id is made now and kept over retries."""
        self.stay(None)

    def stay(self, ticket_id: int | None) -> None:
        """Go on with what is shown: a ticket that was asked for meanwhile is not wanted any more, or did not come."""
        self._begin(ticket_id)
        self._runner.cancel(self, "open")
        self._runner.cancel(self, "history")

    def _begin(self, ticket_id: int | None) -> None:
        self.lease.follow(ticket_id)
        self._forget_saves()
        self._ticket_id = ticket_id
        self._visit += 1

    def _forget_saves(self) -> None:
        self._create_id, self._comment_id, self._intended = uuid.uuid4(), uuid.uuid4(), None

    def load_history(self) -> None:
        """Read the history of the open ticket again."""
        ticket_id, readable = self._ticket_id, self._session.readable_private
        if ticket_id is not None:
            self._runner.run(
                lambda conn: get_history(conn, ticket_id, readable_private=readable),
                on_done=self.history_loaded.emit, on_error=self.history_failed.emit, receiver=self, purpose="history",
            )  # fmt: skip

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

    def create(self, values: Mapping[str, Any], comment: CommentText | None) -> None:
        """Save a new ticket. Sent again after a lost answer it is the same save, whatever was typed since."""
        new = TicketCreate(
            save_id=self._create_id, values=TicketValues(**values), comment=comment,
            comment_save_id=self._comment_id if comment else None,
        )  # fmt: skip
        self._save(lambda session: create_ticket(session, new))

    def update(self, base: TicketDetail, changed: Mapping[str, Any], comment: CommentText | None) -> None:
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

    def _save_id(self, intention: Any) -> uuid.UUID:
        if self._intended is None or self._intended[0] != intention:
            self._intended = (intention, uuid.uuid4())
        return self._intended[1]

    def _save(self, op: Callable[[Any], TicketDetail]) -> None:
        visit = self._visit
        self._runner.run(
            op,
            on_done=lambda detail: self._on_saved(visit, detail),
            on_error=lambda error: self._on_save_failed(visit, error),
            receiver=self, write=True,
        )  # fmt: skip

    def _on_saved(self, visit: int, detail: TicketDetail) -> None:
        if visit != self._visit:
            self._bus.publish(ENTITY, detail.id)  # another ticket is shown here by now
            return
        self._ticket_id = detail.id
        self._forget_saves()
        self.lease.follow(detail.id)
        self._bus.publish(ENTITY, detail.id, initiator=self)
        self.saved.emit(detail)
        self.load_history()

    def _on_save_failed(self, visit: int, error: DeskError) -> None:
        ticket_id = self._ticket_id
        if visit != self._visit:
            return  # what was typed there has been discarded
        if isinstance(error, AlreadySavedError):
            self._read_again(error.entity_id or ticket_id, lambda detail: self._on_saved(visit, detail), error)
        elif isinstance(error, ConflictError) and ticket_id is not None:
            self._intended = None
            self._runner.run(
                lambda conn: self._read_both(conn, ticket_id),
                on_done=lambda both: self._on_conflict(visit, *both), on_error=self.save_failed.emit, receiver=self,
            )  # fmt: skip
        else:
            self.save_failed.emit(error)

    def _on_conflict(self, visit: int, detail: TicketDetail, history: Any) -> None:
        if visit == self._visit:
            self.conflicted.emit(detail, history)

    def _read_both(self, conn: Connection, ticket_id: int) -> tuple[TicketDetail, Any]:
        history = get_history(conn, ticket_id, readable_private=self._session.readable_private)
        return get_ticket(conn, ticket_id), history

    def _read_again(self, ticket_id: int | None, on_done: Callable[[TicketDetail], None], error: DeskError) -> None:
        if ticket_id is None:
            self.save_failed.emit(error)
            return
        self._runner.run(
            lambda conn: get_ticket(conn, ticket_id), on_done=on_done, on_error=self.save_failed.emit, receiver=self
        )

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
