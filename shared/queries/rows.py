"""Rows of a nested select as one JSON value, so that one statement can bring several tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ScalarSelect, Select, func, literal_column, select

AnySelect = Select[*tuple[Any, ...]]
"""A select of whatever columns."""


def json_rows(rows: AnySelect) -> ScalarSelect[Any]:
    """The rows, in their order, as a JSON array of objects keyed by column; [] where there are none."""
    nested = rows.subquery("nested")
    values = func.json_agg(literal_column("nested"), type_=JSON)
    return select(func.coalesce(values, literal_column("'[]'::json"), type_=JSON)).select_from(nested).scalar_subquery()
