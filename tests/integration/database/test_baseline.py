"""What a desk holds before its first ticket, and that it agrees with the program's own specification."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.domain.fields import FIELDS, FieldType, field
from tests.integration.database.world import one, rows

LISTS = {
    "ticket_kind": "problem request question",
    "priority": "urgent high normal low",
    "severity": "critical major minor trivial",
    "source": "customer sales field_engineer agent",
    "channel": "phone mail chat on_site portal",
    "category": "video audio network remote boot_update drm ui hardware sdk",
    "customer_kind": "device_maker agent operator integrator",
    "tier": "key standard small",
    "project_stage": "inquiry evaluation design_in pilot production ended",
}
TYPES = {
    FieldType.LINE: "text", FieldType.TEXT: "text", FieldType.CHOICE: "text",
    FieldType.REFERENCE: "bigint", FieldType.NUMBER: "bigint", FieldType.TIME: "timestamp with time zone",
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_choices_stand_in_their_order(boss: Any, name: str) -> None:
    stored = rows(boss, "SELECT code FROM desk.choice WHERE list_code = %s ORDER BY position", name)
    assert [row["code"] for row in stored] == LISTS[name].split()


@pytest.mark.parametrize("table", ["choice_list", "choice", "field_rule", "department"])
def test_everything_has_its_words_in_both_languages(boss: Any, table: str) -> None:
    names = ("name_en", "name_zh") if table == "department" else ("label_en", "label_zh")
    for row in rows(boss, f"SELECT {names[0]} AS en, {names[1]} AS zh FROM desk.{table}"):
        assert row["en"].strip(), row
        assert re.search("[\u4e00-\u9fff]", row["zh"]), row


def test_every_ticket_field_has_its_help_in_both_languages(boss: Any) -> None:
    for row in rows(boss, "SELECT field, help_en, help_zh FROM desk.field_rule WHERE entity = 'ticket'"):
        assert row["help_en"] and row["help_zh"], row["field"]


def test_every_category_leads_to_symptoms_and_every_symptom_to_causes(boss: Any) -> None:
    children = """
        SELECT p.code, count(d.child_id) AS children FROM desk.choice p
        LEFT JOIN desk.dependent_choice d ON d.parent_id = p.id WHERE p.list_code = %s GROUP BY p.code"""
    assert {row["children"] for row in rows(boss, children, "category")} == {5}
    assert min(row["children"] for row in rows(boss, children, "symptom")) >= 1
    lonely = """
        SELECT count(*) FROM desk.choice c WHERE list_code IN ('symptom', 'cause')
        AND NOT EXISTS (SELECT FROM desk.dependent_choice WHERE child_id = c.id)"""
    assert one(boss, lonely) == 0


@pytest.mark.parametrize("entity", FIELDS)
def test_field_rules_are_those_of_the_specification(boss: Any, entity: str) -> None:
    stored = rows(
        boss,
        "SELECT field, choice_list, depends_on FROM desk.field_rule"
        " WHERE entity = %s AND NOT is_custom ORDER BY position",
        entity,
    )
    specified = [{"field": f.name, "choice_list": f.choice_list, "depends_on": f.depends_on} for f in FIELDS[entity]]
    assert stored == specified


@pytest.mark.parametrize("entity", FIELDS)
def test_every_field_is_a_column_of_its_type(boss: Any, entity: str) -> None:
    columns = {
        row["column_name"]: row["data_type"]
        for row in rows(
            boss,
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'desk' AND table_name = %s",
            entity,
        )
    }
    for specified in FIELDS[entity]:
        assert columns[specified.name] == TYPES[specified.type], specified.name


def test_references_point_where_the_specification_says(boss: Any) -> None:
    keys = rows(
        boss,
        """SELECT a.attname AS field, c.confrelid::regclass::text AS target FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.conrelid = 'desk.ticket'::regclass""",
    )
    for key in keys:
        assert f"desk.{field('ticket', key['field']).reference}" == key["target"]
    assert {key["field"] for key in keys} == {f.name for f in FIELDS["ticket"] if f.type is FieldType.REFERENCE}


def test_lengths_are_those_of_the_specification(boss: Any) -> None:
    source = one(boss, "SELECT prosrc FROM pg_proc WHERE oid = 'desk.check_lengths'::regproc")
    stored = {
        name: int(letters)
        for entity, name, letters in re.findall(r"\('(\w+)', '(\w+)', (\d+)\)", source)
        if entity == "ticket"
    }
    for specified in FIELDS["ticket"]:
        if specified.max_length is not None:
            assert stored.get(specified.name, 100_000) == specified.max_length, specified.name


def test_settings_departments_and_gate(boss: Any) -> None:
    settings = {row["key"]: row["value"] for row in rows(boss, "SELECT key, value FROM desk.setting")}
    assert {key: settings[key] for key in ("lease_seconds", "heartbeat_seconds", "save_id_days")} == {
        "lease_seconds": "60", "heartbeat_seconds": "15", "save_id_days": "30",
    }  # fmt: skip
    assert one(boss, "SELECT now() AT TIME ZONE %s IS NOT NULL", settings["time_zone"])
    departments = rows(boss, "SELECT code FROM desk.department WHERE is_support")
    assert [row["code"] for row in departments] == ["support"]
    gate = rows(boss, "SELECT * FROM desk.version_gate")
    assert len(gate) == 1
    assert gate[0]["schema_revision"] == one(boss, "SELECT version_num FROM desk.alembic_version")
