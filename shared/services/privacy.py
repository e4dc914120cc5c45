"""What is private and what is not: the mark first, then the search entries, in portions of a unit of work each."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Integer, Text, Uuid, func, literal, select
from sqlalchemy.orm import Session

from shared.schemas.privacy import PrivacyChange

PORTION = 500  # entries a unit of work; each takes a few milliseconds with its words


def set_private(session: Session, change: PrivacyChange) -> int:
    """Make a field private or open again; how many search entries have to move after it.

    Rights change with the commit: nobody reads what is private while entries still move.
    """
    left = func.desk.field_private_set(
        literal(change.entity, Text),
        literal(change.field, Text),
        literal(change.is_private, Boolean),
        literal(change.save_id, Uuid),
        literal(change.lease_token, BigInteger),
        literal(change.row_version, BigInteger),
    )
    return int(session.execute(select(left)).scalar_one())


def move_private(session: Session, portion: int = PORTION) -> int:
    """Move one portion of search entries to where they belong now; how many are left."""
    return int(session.execute(select(func.desk.field_private_move(literal(portion, Integer)))).scalar_one())
