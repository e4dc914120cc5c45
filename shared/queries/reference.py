"""What dropdowns offer and fields are called, in one statement."""

from __future__ import annotations

from sqlalchemy import Connection, select

from shared.models import (
    Choice,
    Department,
    DependentChoice,
    FieldRule,
    HardwareRevision,
    Product,
    Release,
    ReleaseHardware,
    Staff,
)
from shared.queries.rows import AnySelect, json_rows
from shared.schemas.reference import ReferenceData

_SELECTS: dict[str, AnySelect] = {
    "choices": select(
        Choice.id,
        Choice.list_code,
        Choice.code,
        Choice.label_en,
        Choice.label_zh,
        Choice.position,
        Choice.retired_at.is_not(None).label("is_retired"),
    )
    .where(Choice.deleted_at.is_(None))
    .order_by(Choice.list_code, Choice.position, Choice.id),
    "dependent_choices": select(DependentChoice.parent_id, DependentChoice.child_id),
    "field_rules": select(
        FieldRule.entity,
        FieldRule.field,
        FieldRule.label_en,
        FieldRule.label_zh,
        FieldRule.help_en,
        FieldRule.help_zh,
        FieldRule.is_required,
        FieldRule.required_status,
        FieldRule.required_kind,
        FieldRule.is_custom,
        FieldRule.position,
    )
    .where(FieldRule.deleted_at.is_(None))
    .order_by(FieldRule.entity, FieldRule.position, FieldRule.id),
    "products": select(Product.id, Product.code, Product.name, Product.retired_at.is_not(None).label("is_retired"))
    .where(Product.deleted_at.is_(None))
    .order_by(Product.code),
    "releases": select(
        Release.id,
        Release.version.label("code"),
        Release.version.label("name"),
        Release.product_id.label("parent_id"),
        Release.retired_at.is_not(None).label("is_retired"),
    )
    .where(Release.deleted_at.is_(None))
    .order_by(Release.product_id, Release.released_on.desc().nulls_last(), Release.id.desc()),
    "hardware_revisions": select(
        HardwareRevision.id,
        HardwareRevision.code,
        HardwareRevision.code.label("name"),
        HardwareRevision.product_id.label("parent_id"),
        HardwareRevision.retired_at.is_not(None).label("is_retired"),
    )
    .where(HardwareRevision.deleted_at.is_(None))
    .order_by(HardwareRevision.product_id, HardwareRevision.code),
    "release_hardware": select(ReleaseHardware.release_id, ReleaseHardware.hardware_revision_id),
    "staff": select(
        Staff.id, Staff.code, Staff.name, Staff.department_id, Staff.retired_at.is_not(None).label("is_retired")
    )
    .where(Staff.deleted_at.is_(None))
    .order_by(Staff.name, Staff.id),
    "departments": select(
        Department.id,
        Department.code,
        Department.name_en,
        Department.name_zh,
        Department.is_support,
        Department.retired_at.is_not(None).label("is_retired"),
    )
    .where(Department.deleted_at.is_(None))
    .order_by(Department.id),
}
_PAIRS = ("dependent_choices", "release_hardware")


def get_reference(conn: Connection) -> ReferenceData:
    """All choices, rules, products, people and departments, retired ones marked. One statement."""
    row = conn.execute(select(*(json_rows(rows).label(name) for name, rows in _SELECTS.items()))).mappings().one()
    pairs = {name: frozenset(tuple(pair.values()) for pair in row[name]) for name in _PAIRS}
    return ReferenceData.model_validate({**row, **pairs})
