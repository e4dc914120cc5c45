"""Writes of what an administrator may change: choices and field rules."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shared.models import Choice, FieldRule
from shared.schemas.choice import ChoiceCreate, ChoiceValues, FieldRuleValues
from shared.schemas.saving import RowUpdate, SavedRow
from shared.services.saving import given, insert_row, save_change, saved_row


def create_choice(session: Session, new: ChoiceCreate) -> SavedRow:
    """Add a value to a list."""
    values = {"list_code": new.list_code, "code": new.code, **given(new.values, filled_only=True)}
    return saved_row(insert_row(session, Choice, values, save_id=new.save_id))


def update_choice(session: Session, change: RowUpdate[ChoiceValues]) -> SavedRow:
    """Say a choice otherwise, move it, retire it or take it into use again. Its code stays."""
    return save_change(session, Choice, change)


def update_field_rule(session: Session, change: RowUpdate[FieldRuleValues]) -> SavedRow:
    """Change what a field is called and when it is required."""
    return save_change(session, FieldRule, change)
