"""Reads of what may be private."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from shared.models import FieldRule
from shared.queries.rows import json_rows
from shared.schemas.privacy import PrivacyState

_FIELDS = (
    select(
        FieldRule.id,
        FieldRule.entity,
        FieldRule.field,
        FieldRule.label_en,
        FieldRule.label_zh,
        FieldRule.is_private,
        FieldRule.row_version,
    )
    .where(FieldRule.may_be_private, FieldRule.deleted_at.is_(None))
    .order_by(FieldRule.entity, FieldRule.position, FieldRule.id)
)


def get_privacy(conn: Connection) -> PrivacyState:
    """The fields that may be private, and how many search entries have to move still. One statement."""
    statement = select(json_rows(_FIELDS).label("fields"), func.desk.field_private_left().label("left"))
    row = conn.execute(statement).mappings().one()
    return PrivacyState.model_validate(dict(row))
