"""How the cells of the list of machines look: what needs somebody stands out, what is revoked steps back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject

from desk_client.listing.columns import Column
from desk_client.listing.delegate import CellDelegate, Look
from desk_client.machine_words import Ending, ending_of
from desk_client.machines.columns import MACHINE_COLUMNS, ColumnId
from desk_client.theme import Colours, Theme
from shared.domain.level import Level
from shared.schemas.machine import MachineRow

LEVEL_GLYPHS = {Level.NONE: "cross", Level.QUERY: "ring", Level.FULL: "disc", Level.ADMIN: "disc-done"}


class MachineDelegate(CellDelegate[MachineRow]):
    """One cell of the list of machines."""

    def __init__(self, theme: Theme, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(MACHINE_COLUMNS, theme, parent)
        self._now = now

    def look(self, row: MachineRow, column: Column, colours: Colours) -> Look:
        """How this cell is painted."""
        is_revoked = row.level is Level.NONE
        if column.id == ColumnId.NAME:
            colour = colours.muted if is_revoked else colours.text
            return Look(colour, glyph=self.edit_glyph(row.edited_by), glyph_colour=colours.accent)
        if column.id == ColumnId.LEVEL:
            colour = colours.muted if is_revoked else colours.accent if row.level is Level.ADMIN else colours.text
            return Look(colour, glyph=LEVEL_GLYPHS[row.level], glyph_colour=colour)
        if is_revoked:
            return Look(colours.muted)
        if column.id == ColumnId.CERTIFICATE:
            return _certificate_look(ending_of(row.certificate_ends, self._now()), colours)
        return Look(colours.text if column.id == ColumnId.PEOPLE else colours.muted)


def _certificate_look(ending: Ending, colours: Colours) -> Look:
    if ending is Ending.ENDED:
        return Look(colours.red, glyph="cross", glyph_colour=colours.red)
    if ending is Ending.SOON:
        return Look(colours.amber, glyph="up", glyph_colour=colours.amber)
    return Look(colours.muted)
