"""How the cells of the ticket list look: what stands out, what steps back."""

from __future__ import annotations

from desk_client.listing.columns import Column
from desk_client.listing.delegate import CellDelegate, Look
from desk_client.theme import Colours
from desk_client.tickets.columns import PRIORITY_GLYPHS, STATUS_GLYPHS, ColumnId, is_ended
from shared.domain.status import Status
from shared.schemas.ticket import TicketRow

_MUTED = frozenset({ColumnId.NUMBER, ColumnId.AGE, ColumnId.ACTIVITY})


class TicketDelegate(CellDelegate[TicketRow]):
    """One cell of the ticket list."""

    def look(self, row: TicketRow, column: Column, colours: Colours) -> Look:
        """New subjects are bold, nobody's tickets red, what has ended muted."""
        if column.id == ColumnId.PRIORITY:
            return _priority_look(row, colours)
        colour = _text_colour(row, column, colours)
        if column.id == ColumnId.NUMBER:
            return Look(colour, glyph=self.edit_glyph(row.edited_by), glyph_colour=colours.accent)
        if column.id == ColumnId.STATUS:
            return Look(colour, False, *status_look(row.status, colours))
        return Look(colour, bold=row.status == Status.NEW and column.id == ColumnId.SUBJECT)


def _priority_look(row: TicketRow, colours: Colours) -> Look:
    colour = {"urgent": colours.red, "high": colours.amber}.get(row.priority or "", colours.muted)
    glyph = PRIORITY_GLYPHS.get(row.priority or "")
    return Look(colours.text, glyph=glyph, glyph_colour=colours.muted if is_ended(row) else colour)


def status_look(status: str, colours: Colours) -> tuple[str, str]:
    """Glyph and colour of a status; the word stands beside it."""
    name = STATUS_GLYPHS.get(Status(status), "ring")
    if status in (Status.NEW, Status.OPEN):
        return name, colours.accent
    if status in (Status.WAITING_CUSTOMER, Status.WAITING_INTERNAL):
        return name, colours.amber
    return name, colours.green if status == Status.RESOLVED else colours.muted


def _text_colour(row: TicketRow, column: Column, colours: Colours) -> str:
    if column.id == ColumnId.ASSIGNEE and row.assignee is None:
        return colours.red
    if is_ended(row) or column.id in _MUTED:
        return colours.muted
    return colours.text
