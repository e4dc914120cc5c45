"""Writes of the contact log."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shared.models import Interaction
from shared.schemas.contact_log import InteractionCreate, InteractionValues
from shared.schemas.saving import RowUpdate, SavedRow
from shared.services.saving import given, insert_row, save_change


def add_interaction(session: Session, new: InteractionCreate) -> int:
    """Log an exchange with the outside; returns its id. Person and department default to who sits at the machine."""
    values = given(new, filled_only=True, leave_out=("save_id",))
    return int(insert_row(session, Interaction, values, save_id=new.save_id)["id"])


def update_interaction(session: Session, change: RowUpdate[InteractionValues]) -> SavedRow:
    """Correct what was logged."""
    return save_change(session, Interaction, change)
