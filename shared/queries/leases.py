"""Who edits what: leases as anybody may see them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, tuple_

from shared.models import EditLease, Staff
from shared.schemas.lease import LeaseState


def get_leases(conn: Connection, rows: Sequence[tuple[str, int]]) -> tuple[LeaseState, ...]:
    """The live leases of these rows (entity, id), in no order; one that has ended or was given back is absent."""
    columns = [getattr(EditLease, name) for name in LeaseState.model_fields if name != "person"]
    statement = (
        select(*columns, Staff.name.label("person"))
        .outerjoin(Staff, Staff.id == EditLease.person_id)
        .where(
            tuple_(EditLease.entity, EditLease.entity_id).in_(rows),
            EditLease.expires_at > func.statement_timestamp(),
        )
    )
    return tuple(LeaseState(**found) for found in conn.execute(statement).mappings())
