"""What a superuser can do to the audit's tables, undone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def tampered(boss: Any, *statements: str) -> Iterator[None]:
    """The superuser's own hands, with every trigger off; undone afterwards."""
    tables = ("audit_entry", "audit_private", "audit_seal", "audit_block", "audit_open")
    for table in tables:
        boss.execute(f"CREATE TABLE public.kept_{table} AS TABLE desk.{table}")
    boss.execute("SET session_replication_role = replica")
    try:
        for statement in statements:
            boss.execute(statement)
            assert boss.rowcount != 0, statement
        yield
    finally:
        for table in tables:
            boss.execute(f"DELETE FROM desk.{table}")
            boss.execute(f"INSERT INTO desk.{table} TABLE public.kept_{table}")
            boss.execute(f"DROP TABLE public.kept_{table}")
        boss.execute("SET session_replication_role = DEFAULT")
