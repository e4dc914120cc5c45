"""What an import did, for a person and for a program."""

from __future__ import annotations

from shared.schemas.base import Frozen

SHOWN = 10


class RejectedRow(Frozen):
    """A row that could not be read; its text is kept in ``import_reject``."""

    file: str
    line: int
    reason: str


class KeptTicket(Frozen):
    """A ticket that a machine has edited: it got the new events and kept its own values."""

    number: int
    ticket: str
    new_events: int


class ImportResult(Frozen):
    """``rows`` counts the file's rows, rejected ones too; ``tickets`` and ``events`` only what was new to the desk.

    ``created`` names what had to be made: {"customers": [...], "products": [...], "people": [...],
    "choices": ["priority: Major", ...], ...}. ``batch`` is None after a dry run.
    """

    rows: int
    tickets: int
    events: int
    updated: int
    created: dict[str, tuple[str, ...]]
    rejects: tuple[RejectedRow, ...]
    kept: tuple[KeptTicket, ...]
    unused_status: tuple[str, ...]  # events of the map's [status] that no row has: misspelt?
    batch: int | None
    source: str
    file: str
    encoding: str
    delimiter: str
    time_zone: str
    dry_run: bool
    seconds: float

    def lines(self) -> list[str]:
        """The result as a person reads it."""
        verb = "would be imported" if self.dry_run else "imported"
        found = [
            f"{self.file}: {self.rows:,} rows in {self.encoding}, delimiter {self.delimiter!r}, source {self.source!r}",
            f"{self.tickets:,} new tickets and {self.events:,} new events {verb} in {self.seconds:.1f} s",
        ]
        if self.updated:
            found.append(f"{self.updated:,} tickets got new values")
        for entity, names in ((entity, names) for entity, names in self.created.items() if names):
            found.append(f"new {entity} ({len(names)}): {_some(names)}")
        for ticket in self.kept[:SHOWN]:
            found.append(
                f"ticket {ticket.number} ({ticket.ticket}) was edited here: it keeps its own values, "
                f"new events: {ticket.new_events}"
            )
        if len(self.kept) > SHOWN:
            found.append(f"... and {len(self.kept) - SHOWN} more tickets that were edited here")
        found += [f"[status] {event!r}: no row has this event" for event in self.unused_status]
        return found

    def warnings(self) -> list[str]:
        """One line for each reject, the first ones only."""
        shown = [f"{row.file}:{row.line}: {row.reason}" for row in self.rejects[:SHOWN]]
        if len(self.rejects) > SHOWN:
            shown.append(f"... and {len(self.rejects) - SHOWN} more; all are listed by --json")
        return [f"{len(self.rejects):,} rows rejected:", *shown] if self.rejects else []


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
