"""The desk under attack: the small world of the database's tests, and a cursor for each kind of machine."""

from __future__ import annotations

from tests.integration.database.conftest import admin, boss, full, query, world

__all__ = ["admin", "boss", "full", "query", "world"]
