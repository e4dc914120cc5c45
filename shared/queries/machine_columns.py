"""The columns of a machine's list line and of an opened machine: nested selects beside ``desk.machine``."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from shared.models import EditLease, EnrolmentCode, Machine, MachineCertificate, MachinePerson, MachineSeen, Staff
from shared.schemas.machine import MachineDetail, MachineRow, MachineValues

ENTITY = "machine"
_EDITOR = aliased(Staff, name="editor")
_NOW = func.statement_timestamp()


def certificate_ends() -> Any:
    """When the newest certificate ends that is good at login; NULL where there is none."""
    good = select(func.max(MachineCertificate.not_after)).where(
        MachineCertificate.machine_id == Machine.id, MachineCertificate.replaced_at.is_(None)
    )
    return good.scalar_subquery()


def last_seen(column: Any) -> Any:
    """What the worker last saw of a machine."""
    return select(column).where(MachineSeen.machine_id == Machine.id).scalar_subquery()


def people(column: Any) -> Any:
    """The people of a machine, as an array of ``column``, by name."""
    bound = (
        select(column)
        .join(MachinePerson, MachinePerson.staff_id == Staff.id)
        .where(MachinePerson.machine_id == Machine.id)
        .order_by(Staff.name, Staff.id)
    )
    return cast(func.array(bound.scalar_subquery()), ARRAY(Text))


def _code_ends() -> Any:
    """When the open one-time code ends."""
    is_open = (
        EnrolmentCode.machine_id == Machine.id,
        EnrolmentCode.used_at.is_(None),
        EnrolmentCode.withdrawn_at.is_(None),
        EnrolmentCode.expires_at > _NOW,
    )
    return select(func.max(EnrolmentCode.expires_at)).where(*is_open).scalar_subquery()


def _editing() -> tuple[Any, ...]:
    lease = (EditLease.entity == ENTITY, EditLease.entity_id == Machine.id, EditLease.expires_at > _NOW)
    editor = select(_EDITOR.name).join(EditLease, EditLease.person_id == _EDITOR.id).where(*lease).scalar_subquery()
    return (
        select(EditLease.machine).where(*lease).scalar_subquery().label("edited_by"),
        editor.label("edited_person"),
        select(EditLease.taken_at).where(*lease).scalar_subquery().label("edited_since"),
        select(EditLease.beat_at).where(*lease).scalar_subquery().label("edited_seen"),
    )


@cache
def row_columns() -> tuple[Any, ...]:
    """The columns of a MachineRow, except ``sessions``."""
    return (
        Machine.id,
        Machine.name,
        Machine.level,
        people(Staff.name).label("people"),
        certificate_ends().label("certificate_ends"),
        last_seen(MachineSeen.last_seen_at).label("last_seen_at"),
        last_seen(MachineSeen.address).label("address"),
        _code_ends().label("code_ends"),
        *_editing(),
    )


@cache
def detail_columns() -> tuple[Any, ...]:
    """The columns of a MachineDetail."""
    return (
        Machine.id,
        Machine.row_version,
        Machine.updated_at,
        Machine.name,
        Machine.level,
        Machine.note,
        people(Staff.code).label("people"),
        certificate_ends().label("certificate_ends"),
        _code_ends().label("code_ends"),
        *_editing(),
    )


def row_of(found: Any) -> MachineRow:
    """A row of ``row_columns`` with its sessions as a MachineRow."""
    return MachineRow.model_validate({name: found[name] for name in MachineRow.model_fields})


def detail_of(found: Any) -> MachineDetail:
    """A row of ``detail_columns`` as a MachineDetail."""
    values = MachineValues.model_validate({name: found[name] for name in MachineValues.model_fields})
    own = {name: found[name] for name in MachineDetail.model_fields if name != "values"}
    return MachineDetail.model_validate({**own, "values": values})
