"""Writes of the contact log."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.models import Interaction
from shared.schemas.contact_log import InteractionCreate


def add_interaction(session: Session, new: InteractionCreate) -> int:
    """Log an exchange with the outside; returns its id. Person and department default to who sits at the machine."""
    values = {name: value for name, value in new.model_dump().items() if value is not None}
    return session.execute(insert(Interaction).values(**values).returning(Interaction.id)).scalar_one()
