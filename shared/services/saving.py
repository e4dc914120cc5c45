"""The one way in which a row of any editable entity is made, changed, deleted and restored.

A save carries ``save_id``, lease token and version as columns; the table's guard trigger looks at them in this order
and clears them. So there is nothing to read first: one statement a row, and what it returns is the row as it is now.
Machines are the exception, since their roles have to follow: ``desk.machine_set`` takes the same three and hands them
to the same trigger (``services.machines``).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, func, insert, update
from sqlalchemy.orm import Session

from shared.errors import NotFoundError
from shared.models import (
    Choice,
    Complaint,
    Contact,
    Customer,
    Department,
    FieldRule,
    HardwareRevision,
    Interaction,
    Product,
    Project,
    Release,
    Staff,
    Ticket,
)
from shared.models.base import Editable
from shared.schemas.base import Frozen
from shared.schemas.saving import RowUpdate, SavedRow

Model = type[Editable]

EDITABLE: Mapping[str, Model] = {
    model.__tablename__: model
    for model in (
        Ticket, Customer, Contact, Project, Product, Release, HardwareRevision, Interaction, Complaint, Department,
        Staff, Choice, FieldRule,
    )
}  # fmt: skip
"""The entities that are saved this way, by their name in leases, notices and audit."""


def insert_row(
    session: Session, model: Model, values: Mapping[str, Any], *, save_id: uuid.UUID, returning: Sequence[Any] = ()
) -> RowMapping:
    """Make a row. AlreadySavedError: this very save made it before, and says which it is."""
    statement = insert(model).values(**values, save_id=save_id).returning(*(returning or _state(model)))
    return session.execute(statement).mappings().one()


def update_row(
    session: Session,
    model: Model,
    row_id: int,
    values: Mapping[str, Any],
    *,
    row_version: int,
    save_id: uuid.UUID,
    lease_token: int | None = None,
    returning: Sequence[Any] = (),
) -> RowMapping:
    """Write these columns of a row that was read at ``row_version``.

    Raises AlreadySavedError, LeaseLostError, ConflictError (the row has moved on), NotFoundError and FieldErrors.
    """
    statement = (
        update(model)
        .where(model.id == row_id)  # by the id alone: what else must be so is the trigger's to say, and to explain
        .values(**values, row_version=row_version + 1, save_id=save_id, lease_token=lease_token)
        .returning(*(returning or _state(model)))
        .execution_options(synchronize_session=False)
    )
    found = session.execute(statement).mappings().one_or_none()
    if found is None:
        raise NotFoundError("There is no such row, or it was deleted.")
    return found


def delete_row(
    session: Session, model: Model, row_id: int, *, row_version: int, save_id: uuid.UUID, lease_token: int | None = None
) -> SavedRow:
    """Mark a row as deleted, under the same guard as any change; it is kept, and ``restore_row`` brings it back."""
    gone = {"deleted_at": func.clock_timestamp()}
    return saved_row(
        update_row(session, model, row_id, gone, row_version=row_version, save_id=save_id, lease_token=lease_token)
    )


def restore_row(
    session: Session, model: Model, row_id: int, *, row_version: int, save_id: uuid.UUID, lease_token: int | None = None
) -> SavedRow:
    """Bring a deleted row back; ``row_version`` is the one that the deletion gave it."""
    back = {"deleted_at": None}
    return saved_row(
        update_row(session, model, row_id, back, row_version=row_version, save_id=save_id, lease_token=lease_token)
    )


def save_change(session: Session, model: Model, change: RowUpdate[Any]) -> SavedRow:
    """``update_row`` for a change as it comes from a form."""
    keys: dict[str, Any] = {
        "row_version": change.row_version,
        "save_id": change.save_id,
        "lease_token": change.lease_token,
    }
    return saved_row(update_row(session, model, change.id, given(change.values), **keys))


def given(values: Frozen, *, filled_only: bool = False, leave_out: Collection[str] = ()) -> dict[str, Any]:
    """What was set, None included: an emptied field is a change, a field never set is none.

    ``filled_only``: without what is None, for a new row whose columns have defaults of their own.
    """
    names = type(values).model_fields if filled_only else values.model_fields_set
    found = {name: getattr(values, name) for name in names}
    wanted = {name: value for name, value in found.items() if value is not None or not filled_only}
    return {name: value for name, value in wanted.items() if name not in leave_out}


def saved_row(found: RowMapping) -> SavedRow:
    """A row of the columns that ``returning`` has where none are named."""
    return SavedRow(id=found["id"], row_version=found["row_version"], updated_at=found["updated_at"])


def _state(model: Model) -> tuple[Any, ...]:
    return model.id, model.row_version, model.updated_at
