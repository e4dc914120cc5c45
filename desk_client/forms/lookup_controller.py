"""What a few letters may mean among rows that only the server knows: customers, contacts, projects, tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desk_client.runner import DbRunner
from desk_client.widgets.type_ahead import Suggestion
from shared.errors import DeskError
from shared.queries.lookup import find_contacts, find_customers, find_projects, find_tickets
from shared.schemas.reference import Named

if TYPE_CHECKING:
    from sqlalchemy import Connection


class LookupController(QObject):
    """Answers the ``lookup_requested`` of a ``FieldSet``.

    Signals:
        suggestions_found(name, text, list[Suggestion] or None): the answer to ``look_up``; None where there is none.
        failed(DeskError): why there is none.
    """

    suggestions_found = Signal(str, str, object)
    failed = Signal(object)

    def __init__(self, runner: DbRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner

    def look_up(self, name: str, entity: str, text: str, parent: int | None) -> None:
        """Ask for the rows that the typed text may mean; a newer question of the same field makes this one void."""
        find = query_for(entity, text, parent)
        if find is None:
            self.suggestions_found.emit(name, text, [])
            return
        self._runner.run(
            find,
            on_done=lambda rows: self.suggestions_found.emit(name, text, suggestions(entity, rows)),
            on_error=lambda error: self._on_error(name, text, error),
            receiver=self, purpose=f"lookup {name}",
        )  # fmt: skip

    def _on_error(self, name: str, text: str, error: DeskError) -> None:
        self.suggestions_found.emit(name, text, None)
        self.failed.emit(error)


def query_for(entity: str, text: str, parent: int | None) -> Callable[[Connection], Iterable[Named]] | None:
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


def suggestions(entity: str, rows: Iterable[Named]) -> list[Suggestion]:
    """What was found, as a type-ahead offers it."""
    if entity == "ticket":
        return [Suggestion(row.id, row.code, row.name) for row in rows]
    return [Suggestion(row.id, row.name, row.code) for row in rows]
