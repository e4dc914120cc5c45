"""Tables, indexes and constraints, and the baseline: choices, field rules, status graph, departments, settings."""

from __future__ import annotations

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MIGRATIONS = Path(__file__).resolve().parent.parent
SQL = MIGRATIONS / "sql" / revision
DATA = MIGRATIONS / "data" / revision
LIST_COLUMNS = ("required_status", "required_kind")


def upgrade() -> None:
    """Create everything, then fill in what a desk needs before its first ticket."""
    for file in sorted(SQL.glob("*.sql")):
        op.get_bind().exec_driver_sql(file.read_text("utf-8"), execution_options={"no_parameters": True})
    for table in ("choice_list", "department", "status_transition", "setting"):
        _insert(table, _rows(table))
    _insert("choice", _choices())
    _insert("field_rule", _field_rules())
    _link_symptoms()
    _insert("version_gate", [{"schema_revision": revision, "min_client": "0.1.0"}])


def downgrade() -> None:
    """Nothing lies below the first revision: a desk is removed by dropping its database."""
    raise NotImplementedError("revision 0001 is the beginning")


def _rows(name: str) -> list[dict[str, str | None]]:
    """The lines of a baseline file; an empty cell is NULL, but for the beginning of the status graph."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {key: value if value or key == "from_status" else None for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def _insert(table: str, rows: list[dict[str, str | None]]) -> None:
    columns = list(rows[0])
    names, values = ", ".join(columns), ", ".join(map(_placeholder, columns))
    op.get_bind().execute(sa.text(f"INSERT INTO desk.{table} ({names}) VALUES ({values})"), rows)  # noqa: S608 - ours


def _placeholder(column: str) -> str:
    if column in LIST_COLUMNS:
        return f"string_to_array(:{column}, ' ')"
    return f"CAST(:{column} AS boolean)" if column.startswith(("is_", "may_be_")) else f":{column}"


def _choices() -> list[dict[str, str | None]]:
    """All choices; the order of the files is the order of the lists."""
    rows = _rows("choice")
    rows += [{"list_code": "cause", **row} for row in _rows("cause")]
    for row in _rows("symptom"):
        rows.append({"list_code": "symptom", **{k: row[k] for k in ("code", "label_en", "label_zh")}})
    places: dict[str | None, int] = {}
    for row in rows:
        places[row["list_code"]] = place = places.get(row["list_code"], 0) + 10
        row["position"] = str(place)
    return rows


def _field_rules() -> list[dict[str, str | None]]:
    rows = _rows("field_rule")
    for number, row in enumerate(rows, 1):
        row["position"] = str(number * 10)
    return rows


def _link_symptoms() -> None:
    """Category > symptom > cause, as symptom.csv has it."""
    pairs: list[dict[str, str | None]] = []
    for row in _rows("symptom"):
        pairs.append({"a": "category", "parent": row["category"], "b": "symptom", "child": row["code"]})
        for cause in (row["causes"] or "").split():
            pairs.append({"a": "symptom", "parent": row["code"], "b": "cause", "child": cause})
    op.get_bind().execute(
        sa.text(
            "INSERT INTO desk.dependent_choice (parent_id, child_id)"
            " SELECT p.id, c.id FROM desk.choice p, desk.choice c"
            " WHERE p.list_code = :a AND p.code = :parent AND c.list_code = :b AND c.code = :child"
        ),
        pairs,
    )
